#!/usr/bin/env bash
# Installs the Debian packages in a fresh system made by debootstrap, and uses
# the program, its pages, its completion, and the library from CMake and from
# pkg-config. The system has this machine's release and mirror.
#
#     chroot_test.sh PACKAGE.deb...
#
# Run as root. Takes minutes and 1.5 GB below TMPDIR, and leaves nothing there.
set -euo pipefail

(( $# > 0 )) || {
  echo "usage: chroot_test.sh PACKAGE.deb..." >&2
  exit 1
}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
# shellcheck source=tests/package/chroot.sh
source "$here/chroot.sh"
new_system

# --------------------------------------------------------------- the tool

for package; do
  cp "$package" "$root/tmp/"
done
tool=$(cd "$root" && compgen -G 'tmp/dynamodown_*.deb')
library=$(cd "$root" && compgen -G 'tmp/libdynamodown-dev_*.deb')

apt_install "/$tool"
expect "--help" "LevelDB's API on Amazon DynamoDB, from the shell." \
  "$(inside dynamodown --help | head -n 1)"
inside dynamodown create leveldb:/tmp/kim
inside dynamodown put leveldb:/tmp/kim name 'Yuri Irsenovich Kim'
expect "get" 'Yuri Irsenovich Kim' \
  "$(inside dynamodown get leveldb:/tmp/kim name)"
# Without credentials, a command fails before it sends a request.
status=0
inside env AWS_EC2_METADATA_DISABLED=true \
  dynamodown get mytable/myhash name --region eu-west-1 \
  2>"$root/tmp/error" || status=$?
expect "the status without credentials" 3 "$status"
grep -q 'credentials: ' "$root/tmp/error" || fail "$(cat "$root/tmp/error")"

apt_install man-db
for page in dynamodown dynamodown-get dynamodown-scan; do
  inside man --warnings "$page" >"$root/tmp/page" 2>"$root/tmp/error"
  expect "the warnings of man $page" '' "$(cat "$root/tmp/error")"
  grep -q "^EXAMPLES" "$root/tmp/page" || fail "man $page: no examples"
done
# man also accepts two words, as for git's pages.
inside man dynamodown get >/dev/null
inside mandb --quiet
expect "apropos" 'dynamodown-scan (1)  - print keys and values in order' \
  "$(inside apropos --exact dynamodown-scan)"

# shellcheck disable=SC2016  # for the shell inside
readonly offers='
  COMP_LINE=$1 COMP_POINT=${#1}
  shift
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
  _dynamodown
  printf "%s\n" "${COMPREPLY[@]}"'
readonly completion=/usr/share/bash-completion/completions/dynamodown
expect "completion by itself" "--key-type" \
  "$(inside bash -c "source $completion; $offers" bash \
    'dynamodown get t --ke' dynamodown get t --ke)"
expect "completion of a location" /tmp/kim/ \
  "$(inside bash -c "source $completion; $offers" bash \
    'dynamodown get leveldb:/tmp/ki' dynamodown get leveldb : /tmp/ki)"

apt_install bash-completion
# Does what the tab key does: the package finds the file by the program's name.
expect "completion found by bash-completion" '--keys-only' \
  "$(inside bash -c "
    source /usr/share/bash-completion/bash_completion
    _completion_loader dynamodown
    complete -p dynamodown >/dev/null
    $offers" bash 'dynamodown scan t --keys' dynamodown scan t --keys)"

# ------------------------------------------------------------ the library

apt_install g++ cmake make "/$library"
cp -r "$here/../install/consumer" "$root/tmp/consumer"
inside cmake -S /tmp/consumer -B /tmp/consumer/build >/dev/null
inside cmake --build /tmp/consumer/build >/dev/null
inside /tmp/consumer/build/consumer leveldb:/tmp/by-cmake
say "ok: a program built with CMake"
# shellcheck disable=SC2016  # for the shell inside
inside sh -euc 'c++ -std=c++17 /tmp/consumer/consumer.cc -o /tmp/by-pkg-config \
  $(pkg-config --cflags --libs --static dynamodown-dyno)'
inside /tmp/by-pkg-config leveldb:/tmp/pkg-config-store
say "ok: a program built with pkg-config"

# --------------------------------------------------------------- the end

inside apt-get -qq --yes purge dynamodown libdynamodown-dev >/dev/null 2>&1
expect "what a purge leaves" '' \
  "$(find "$root/usr" "$root/etc" "$root/var/lib/dpkg/info" \
    -name '*dynamodown*')"
say "all is well"
