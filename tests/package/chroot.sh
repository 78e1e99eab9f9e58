# shellcheck shell=bash
# Fresh systems, made by debootstrap. Source this file as root.
#
# new_system makes a system in the folder $root. It has this machine's release,
# from this machine's mirror, and only the essential packages. remove_system, or
# the end of the script, removes it.
#
# debootstrap's result is kept in .deps/ for a month.

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*"; }

fail() {
  say "$*" >&2
  exit 1
}

(( EUID == 0 )) || fail "debootstrap and chroot are for root"
chroot_here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
root=
child=  # runs in the system, in the background

# A system's mounts are in a namespace that ends with the system's processes.
remove_system() {
  if [[ -n $child ]]; then
    kill -KILL "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
    child=
  fi
  [[ -z $root ]] || rm -rf --one-file-system "$root"
  root=
}
trap remove_system EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

inside() {
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}

# inside_with_mounts [NAME=VALUE...] COMMAND...: runs it with /proc and /dev. No
# process of the command outlives it.
inside_with_mounts() {
  local status=0
  # shellcheck disable=SC2016  # for the shell inside
  unshare --mount --pid --fork --kill-child sh -euc '
    mount --rbind /dev "$0/dev"
    mount -t proc proc "$0/proc"
    exec env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
      LC_ALL=C.UTF-8 chroot "$0" env "$@"' "$root" "$@" &
  child=$!
  wait "$child" || status=$?
  child=
  return "$status"
}

# Installs, without packages that are only recommended.
apt_install() {
  say "installing $*"
  inside apt-get -qq --yes --no-install-recommends \
    --option Dpkg::Use-Pty=0 install "$@" >"$root/tmp/apt.log" 2>&1 || {
    cat "$root/tmp/apt.log"
    fail "apt-get cannot install $*"
  }
}

# expect WHAT EXPECTED GOT
expect() {
  [[ $2 == "$3" ]] || fail "$1: expected '$2', got '$3'"
  say "ok: $1"
}

# debootstrap_into FOLDER MIRROR RELEASE
debootstrap_into() {
  local log
  log=$(mktemp)
  say "debootstrap of $3"
  debootstrap --variant=minbase "$3" "$1" "$2" >"$log" 2>&1 || {
    cat "$log"
    rm -f "$log"
    fail "debootstrap failed"
  }
  rm -f "$log"
}

new_system() {
  command -v debootstrap >/dev/null ||
    fail "no debootstrap (Debian: debootstrap)"
  # Where this machine's own packages come from: URI, suite and component.
  local release sources mirror
  # shellcheck disable=SC1091
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  # shellcheck disable=SC2016  # apt-get fills that in
  sources=$(apt-get indextargets \
    --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' \
    'Identifier: Packages' | awk -v release="$release" \
    '$2 ~ "^"release && ($4 == "Debian" || $4 == "Ubuntu") {print $1, $2, $3}' |
    sort -u)
  mirror=$(awk -v release="$release" '$2 == release {print $1; exit}' \
    <<<"$sources")
  [[ -n $mirror ]] || fail "apt has no mirror of $release: run apt-get update"

  root=$(mktemp -d)
  chmod 755 "$root"  # it becomes the folder / of everybody inside
  local base=$chroot_here/.deps/chroot-$release.tar.gz
  if [[ -n $(find "$base" -mtime -30 2>/dev/null) ]]; then
    tar -xzpf "$base" -C "$root" --numeric-owner
  else
    debootstrap_into "$root" "$mirror" "$release"
    mkdir -p "$chroot_here/.deps"
    tar -c --one-file-system --numeric-owner -C "$root" . |
      gzip -1 >"$base.$$"
    mv "$base.$$" "$base"
  fi

  awk '{print "deb", $0}' <<<"$sources" >"$root/etc/apt/sources.list"
  # A proxy, if there is one, and the settings and names for reaching it.
  apt-config dump --format '%F "%v";%n' Acquire::http Acquire::https \
    >"$root/etc/apt/apt.conf.d/50host"
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  inside apt-get -qq update
}
