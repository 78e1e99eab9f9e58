#!/usr/bin/env bash
# Runs ./dev demo and ./dev test as on a bare machine: each as root in a new
# system by debootstrap, in a copy of this checkout's tracked files. Node.js and
# Java are the release's own.
#
#     fresh.sh [demo | test]
#
# Needs root. Prints for each whether it passed and how long it took; the output
# is in build/fresh/. The exit status is 0 if all passed. Takes up to an hour,
# and up to 5 GB below TMPDIR, which it removes again.
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

# Sets `npm_settings` to variables for the npm inside: this machine's registry,
# proxies and authorities. They contain no credentials.
find_npm_settings() {
  npm_settings=()
  local name value
  for name in registry proxy https-proxy noproxy; do
    value=$(npm config get "$name" 2>/dev/null) || value=
    [[ $value == *@* ]] && value=  # it contains a name and a password
    [[ -z $value || $value == null || $value == undefined ]] ||
      npm_settings+=("npm_config_${name//-/_}=$value")
  done
  # The certificate authorities that this machine trusts, for npm alone.
  value=$(npm config get cafile 2>/dev/null) || value=
  [[ -f $value ]] || value=${NODE_EXTRA_CA_CERTS-}
  [[ -f $value ]] || return 0
  cp "$value" "$root/etc/host-authorities.pem"
  npm_settings+=(npm_config_cafile=/etc/host-authorities.pem)
}

# run COMMAND: runs ./dev COMMAND inside and sets `status`.
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
