#!/usr/bin/env bash
# Completion of `dynamodown` in bash: calls the function with lines and the
# words that bash makes of them, and at the end presses tab in a terminal.
#
#     completion_test.sh FILE
set -uo pipefail

file=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir -p 'stores/kim' 'stores/kim il' 'stores/a:b' 'stores/x=y'
touch stores/plain.txt ca.pem

# shellcheck source=/dev/null
source "$file"

checks=0
failures=0

report() {
  printf 'completion_test: %s\n  expected: %s\n  got:      %s\n' "$@" >&2
  failures=$((failures + 1))
}

# completes LINE WORD... = EXPECTED...: the cursor is at the end of LINE, and
# bash splits LINE into these words.
completes() {
  local expected got
  COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=()
  shift
  while [[ $1 != '=' ]]; do
    COMP_WORDS+=("${1//EQUALS/=}")
    shift
  done
  shift
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=(stale)
  _dynamodown
  expected=$(printf '<%s>' "$@")
  got=$(printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | sed 's/.*/<&>/' |
    tr -d '\n')
  checks=$((checks + 1))
  [[ $got == "$expected" ]] || report "$COMP_LINE" "$expected" "$got"
}

# completes_nothing LINE WORD...
completes_nothing() {
  completes "$@" = ''
}

# has_option LINE OPTION WORD...: OPTION is offered, among others.
has_option() {
  local line=$1 option=$2
  shift 2
  COMP_LINE=$line COMP_POINT=${#line} COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  _dynamodown
  checks=$((checks + 1))
  printf '%s\n' "${COMPREPLY[@]}" | grep -qxF -e "$option" ||
    report "$line" "$option, among others" "${COMPREPLY[*]}"
}

# ------------------------------------------------------- commands and options

completes 'dynamodown de' dynamodown de = del destroy
completes 'dynamodown help sca' dynamodown help sca = scan
completes 'dynamodown --v' dynamodown --v = --version
completes_nothing 'dynamodown nonsense --' dynamodown nonsense --
completes_nothing 'dynamodown help scan ' dynamodown help scan ''

completes 'dynamodown scan t --ke' \
  dynamodown scan t --ke = --key-type --keys-only
completes 'dynamodown get t --ke' dynamodown get t --ke = --key-type
completes_nothing 'dynamodown get t --limit' dynamodown get t --limit
completes 'dynamodown scan --limit 1 --lim' \
  dynamodown scan --limit 1 --lim = --limit
completes 'dynamodown scan --from user: --lim' \
  dynamodown scan --from user : --lim = --limit
completes_nothing 'dynamodown get t -- --h' dynamodown get t -- --h
completes_nothing 'dynamodown get t k' dynamodown get t k
has_option 'dynamodown get -' -n dynamodown get -
has_option 'dynamodown get -' --raw dynamodown get -

completes 'dynamodown item se' dynamodown item se = set settle
completes 'dynamodown item h' dynamodown item h = help history
completes 'dynamodown help item fl' dynamodown help item fl = flatten
completes 'dynamodown item help fl' dynamodown item help fl = flatten
completes 'dynamodown item get lev' dynamodown item get lev = leveldb:
completes 'dynamodown item get t n --as' dynamodown item get t n --as = --as-of
completes 'dynamodown item --' dynamodown item -- = --help
completes_nothing 'dynamodown item nonsense ' dynamodown item nonsense ''
completes_nothing 'dynamodown item get t n --reap' \
  dynamodown item get t n --reap
completes 'dynamodown item settle t n k k --reap' \
  dynamodown item settle t n k k --reap = --reapply

# --------------------------------------------------------- values of options

completes 'dynamodown get --key-type ' dynamodown get --key-type '' = B S
completes 'dynamodown get --key-type S' dynamodown get --key-type S = S
completes 'dynamodown get --key-type=' dynamodown get --key-type EQUALS = B S
completes 'dynamodown get --key-type=S' \
  dynamodown get --key-type EQUALS S = S
completes_nothing 'dynamodown get --region ' dynamodown get --region ''
completes 'dynamodown get --ca-bundle ' \
  dynamodown get --ca-bundle '' = ca.pem stores/
completes 'dynamodown get --ca-bundle=c' \
  dynamodown get --ca-bundle EQUALS c = ca.pem
completes 'dynamodown get --ca-bundle stores/kim\ i' \
  dynamodown get --ca-bundle 'stores/kim\ i' = 'stores/kim il/'

# ------------------------------------------------------------------ locations

completes 'dynamodown get ' dynamodown get '' = dynamodb:// leveldb:
completes 'dynamodown get lev' dynamodown get lev = leveldb:
completes 'dynamodown get --hex lev' dynamodown get --hex lev = leveldb:
completes 'dynamodown get --region r lev' \
  dynamodown get --region r lev = leveldb:
completes_nothing 'dynamodown get t lev' dynamodown get t lev
completes 'dynamodown get -- lev' dynamodown get -- lev = leveldb:
# Releases of bash treat a colon at the cursor differently.
completes 'dynamodown get leveldb:' dynamodown get leveldb : = stores/
completes 'dynamodown get leveldb:' dynamodown get leveldb : '' = stores/
completes 'dynamodown get leveldb:stores/k' \
  dynamodown get leveldb : stores/k = 'stores/kim il/' stores/kim/
completes_nothing 'dynamodown get leveldb:stores/p' \
  dynamodown get leveldb : stores/p
completes "dynamodown get leveldb:$work/stores/kim\\ " \
  dynamodown get leveldb : "$work/stores/kim\\ " = "$work/stores/kim il/"
completes 'dynamodown get "leveldb:stores/kim ' \
  dynamodown get '"leveldb:stores/kim ' = 'leveldb:stores/kim il/'
completes 'dynamodown get leveldb:stores/a:' \
  dynamodown get leveldb : stores/a : = b/
completes 'dynamodown get leveldb:stores/a\:' \
  dynamodown get leveldb : 'stores/a\:' = 'stores/a:b/'
completes 'dynamodown get leveldb:stores/x=' \
  dynamodown get leveldb : stores/x EQUALS = y/
completes_nothing 'dynamodown get leveldb:~/' dynamodown get leveldb : \~/
completes 'dynamodown scan --reverse leveldb:stores/kim/' \
  dynamodown scan --reverse leveldb : stores/kim/ = ''
completes_nothing 'dynamodown get leveldb:stores/kim k' \
  dynamodown get leveldb : stores/kim k
completes 'dynamodown get leveldb:stores/kim k --ra' \
  dynamodown get leveldb : stores/kim k --ra = --range-key --raw

# If the cursor is in the middle of a word, the text after it does not count.
COMP_LINE='dynamodown desk leveldb:x' COMP_POINT=13 COMP_CWORD=1
COMP_WORDS=(dynamodown desk leveldb : x)
_dynamodown
[[ ${COMPREPLY[*]} == 'del destroy' ]] ||
  report 'in the middle of a word' 'del destroy' "${COMPREPLY[*]}"

# Some people remove the colon and the equals sign from COMP_WORDBREAKS.
COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=]/}
completes 'dynamodown get lev' dynamodown get lev = leveldb:
completes 'dynamodown get leveldb:stores/kim' \
  dynamodown get leveldb:stores/kim = \
  'leveldb:stores/kim il/' leveldb:stores/kim/
completes 'dynamodown get --key-type=' \
  dynamodown get --key-typeEQUALS = --key-type=B --key-type=S

# --------------------------------------------------------------- a terminal

# bash runs the completed lines, and a function records their words. The typed
# text may wait before bash reads it; nothing here depends on the time.
typed=$'dynamodown des\tleveldb:sto\tkim\\ \t --for\t\n'
typed+=$'dynamodown get lev\tstores/a\tk --key-type=\tS --ca-b\tc\t\n'
typed+=$'exit\n'
cat >rc <<END
PS1='' INPUTRC=/dev/null
source '$file'
dynamodown() { printf '<%s>' "\$@" >>'$work/told'; echo >>'$work/told'; }
END
printf '%s' "$typed" |
  TERM=dumb script --quiet --return --command \
    'bash --noprofile --rcfile rc -i' /dev/null >terminal 2>&1
expected='<destroy><leveldb:stores/kim il/><--force>
<get><leveldb:stores/a:b/k><--key-type=S><--ca-bundle><ca.pem>'
got=$(cat told)
checks=$((checks + 1))
[[ $got == "$expected" ]] || {
  report 'in a terminal' "$expected" "$got"
  cat terminal >&2
}

echo "$checks checks, $failures failures"
((failures == 0 && checks > 40))
