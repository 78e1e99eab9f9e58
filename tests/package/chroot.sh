# shellcheck shell=bash
# Makes a fresh system with debootstrap, for scripts that source this file. Its
# folder is $root, and is removed when the script ends. It has this machine's
# release and mirror, and only essential packages.
#
# Run as root.

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*"; }

fail() {
  say "$*" >&2
  exit 1
}

(( EUID == 0 )) || fail "debootstrap and chroot are for root"
command -v debootstrap >/dev/null || fail "no debootstrap (Debian: debootstrap)"

root=$(mktemp -d)
chmod 755 "$root"  # it becomes the folder / of everybody inside
trap 'rm -rf --one-file-system "$root"' EXIT

inside() {
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}

# Installs packages without those that are only recommended.
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

# ------------------------------------------------------------- the system

# Lists the sources of this machine's own packages: URI, suite and component.
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

say "debootstrap of $release from $mirror"
debootstrap --variant=minbase "$release" "$root" "$mirror" \
  >"$root.log" 2>&1 || {
  cat "$root.log"
  rm -f "$root.log"
  fail "debootstrap failed"
}
rm -f "$root.log"
awk '{print "deb", $0}' <<<"$sources" >"$root/etc/apt/sources.list"
# The proxy, if there is one, and the settings to reach it.
apt-config dump --format '%F "%v";%n' Acquire::http Acquire::https \
  >"$root/etc/apt/apt.conf.d/50host"
cp /etc/resolv.conf "$root/etc/resolv.conf"
inside apt-get -qq update
