#!/usr/bin/env bash
# Runs ./dev demo and ./dev test as on a machine that has nothing yet: each in a
# system that debootstrap has just made, as root, in a copy of this checkout's
# tracked files. Node.js and Java are the release's own.
#
#     fresh.sh [demo | test]
#
# As root. Prints how each ended and how long it took; their output is in
# build/fresh/. The exit status is 0 if all passed. Takes up to an hour and 5 GB
# below TMPDIR, and leaves nothing there.
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly checkout
case "$*" in
  "") commands=(demo test) ;;
  demo | test) commands=("$1") ;;
  *)
    echo "usage: fresh.sh [demo | test]" >&2
    exit 2
    ;;
esac
# shellcheck source=tests/package/chroot.sh
source "$checkout/tests/package/chroot.sh"
readonly logs=$checkout/build/fresh
mkdir -p "$logs"

copy_checkout() {
  local file files=()
  while IFS= read -r -d '' file; do
    [[ ! -f $checkout/$file ]] || files+=("$file")  # a deleted one is listed
  done < <(git -C "$checkout" ls-files -z)
  mkdir "$root/root/dynamodown"
  printf '%s\0' "${files[@]}" |
    tar -c -C "$checkout" --null --files-from - |
    tar -x -C "$root/root/dynamodown" --no-same-owner
}

# How npm reaches its registry from here, as variables for npm inside: sets
# `npm_settings`. Nothing that tells who we are is among them.
find_npm_settings() {
  npm_settings=()
  local name value
  for name in registry proxy https-proxy noproxy; do
    value=$(npm config get "$name" 2>/dev/null) || value=
    [[ $value == *@* ]] && value=  # a name and a password
    [[ -z $value || $value == null || $value == undefined ]] ||
      npm_settings+=("npm_config_${name//-/_}=$value")
  done
  # The authorities that this machine trusts, for npm alone.
  value=$(npm config get cafile 2>/dev/null) || value=
  [[ -f $value ]] || value=${NODE_EXTRA_CA_CERTS-}
  [[ -f $value ]] || return 0
  cp "$value" "$root/etc/host-authorities.pem"
  npm_settings+=(npm_config_cafile=/etc/host-authorities.pem)
}

# Sets `status`.
run() {
  local npm_settings
  find_npm_settings
  status=0
  inside_with_mounts "${npm_settings[@]}" sh -c \
    "cd /root/dynamodown && exec ./dev $1" > >(tee "$logs/$1.log") 2>&1 ||
    status=$?
}

summary=()
failures=0
for command in "${commands[@]}"; do
  new_system
  copy_checkout
  say "./dev $command"
  SECONDS=0
  run "$command"
  time="$((SECONDS / 60)) min $((SECONDS % 60)) s"
  if (( status == 0 )); then
    summary+=("./dev $command passed in $time")
  else
    failures=$((failures + 1))
    summary+=("./dev $command failed with status $status after $time")
    # The failed tests, if ctest got as far as listing them.
    mapfile -t -O "${#summary[@]}" summary < \
      <(sed -n '/^The following tests FAILED/,/^Errors/p' "$logs/$command.log")
  fi
  remove_system
done
echo
for line in "${summary[@]}"; do say "$line"; done
(( failures == 0 ))
