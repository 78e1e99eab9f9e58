#!/bin/bash
# An operator's day on a real terminal: create, load, count, dump and destroy,
# each of them interrupted and continued with the command that the program
# prints. Checks what a person sees.
#
#     operator_day.sh DYNAMODOWN
set -euo pipefail

dynamodown=$1
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

fail() {
  printf 'FAILED: %s\n' "$1" >&2
  [[ ! -e seen ]] || { echo 'The terminal showed:' && cat -v seen; } >&2
  exit 1
}

# A server whose queries take a while, as those of a large store do.
cat >faults.json <<'END'
{"faults": [{"kind": "slow_answer", "rate": 1, "operations": ["Query"],
             "seconds": [0.7, 0.7]}]}
END
export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
export AWS_REGION=eu-west-1 AWS_EC2_METADATA_DISABLED=true HOME=$work
"$dynamodown" fake-server --port 0 --faults faults.json >announced &
server=$!
for _ in {1..100}; do
  [[ ! -s announced ]] || break
  sleep 0.1
done
AWS_ENDPOINT_URL=$(sed 's/.*listening on //' announced)
export AWS_ENDPOINT_URL

# at_terminal COMMAND: runs a shell command on a terminal, where the standard
# input of at_terminal is typed. What the terminal shows is then in the file
# `seen`, and the exit status in `status`.
at_terminal() {
  status=0
  TERM=xterm script --quiet --return --flush --command "$1" /dev/null \
    >seen 2>&1 || status=$?
}
sees() {
  grep -qaE -- "$1" seen || fail "it does not show: $1"
}
sees_not() {
  ! grep -qaE -- "$1" seen || fail "it shows: $1"
}
ends_with_status() {
  [[ $status == "$1" ]] || fail "the exit status is $status, not $1"
}
# The command that the terminal shows after "run: ".
next_command() {
  tr -d '\r' <seen | sed -n 's/^.*run: //p' | tail -n 1
}
# interrupt_after SECONDS: waits, and then types Ctrl-C.
interrupt_after() {
  sleep "$1"
  printf '\003'
  sleep 3
}

d=$(printf %q "$dynamodown")
for i in {10001..13000}; do
  printf '{"key":"order%s","value":"%0900d"}\n' "$i" "$i"
done >orders.dump

echo 'Morning: the store, and a load that is interrupted twice'
at_terminal "$d craete shop/orders" </dev/null
ends_with_status 2
sees "there is no command 'craete'; did you mean 'create'\?"
at_terminal "$d --verbose create shop/orders" </dev/null
ends_with_status 0
sees '^\* CreateTable'

load="$d load shop/orders orders.dump --checkpoint orders.checkpoint"
at_terminal "$load --max-wcu 400" < <(interrupt_after 2)
ends_with_status 130
sees 'loading: [0-9]+ records, [0-9.]+ KB, [0-9]+ records/s, [0-9]+%, [0-9.]+ s left'
sees 'stopping; Ctrl-C again ends at once'
sees 'dynamodown: stopped: loaded [0-9]+ records \(lines 1 to [0-9]+\); to continue, run: .*load'
first=$(sed -nE 's/.*stopped: loaded ([0-9]+) records.*/\1/p' seen)
((first > 0 && first < 3000)) || fail "$first records were loaded"
[[ -s orders.checkpoint ]] || fail 'there is no checkpoint'

at_terminal "$(next_command)" < <(interrupt_after 2)
ends_with_status 130
sees "continuing after line $first of orders.dump: $first records loaded before"
second=$(sed -nE 's/.*stopped: loaded ([0-9]+) records.*/\1/p' seen)
((second > first)) || fail "$second records after $first"

at_terminal "$load" </dev/null
ends_with_status 0
sees "continuing after line $second of orders.dump"
sees "loaded 3000 records; this run: $((3000 - second)) records, [0-9.]+ MB, .*$((3000 - second)) write units, \\\$0\.00[0-9]+ \(us-east-1's on-demand price\), [0-9.]+ s"
[[ ! -e orders.checkpoint ]] || fail 'the checkpoint is still there'

echo 'Noon: counting and looking'
at_terminal "$d count shop/orders" < <(interrupt_after 1.5)
ends_with_status 130
sees 'counting: [0-9]+ keys?'
sees 'stopped: counted [0-9]+ keys before order[0-9]+; to count the rest, run: .*--from=order'
before=$(sed -nE 's/.*counted ([0-9]+) keys before.*/\1/p' seen)
at_terminal "$(next_command)" </dev/null
ends_with_status 0
sees "K$((3000 - before))"
sees "counted $((3000 - before)) keys, [0-9.]+ read units, \\\$0\.0"
at_terminal "$d put shop/orders note" < <(
  sleep 0.5
  printf 'red\033[31m\n\004'
  sleep 0.5
)
ends_with_status 0
sees 'reading the value from the terminal; Ctrl-D'
at_terminal "$d get shop/orders note" </dev/null
sees 'red\\x1b\[31m'
at_terminal "$d del shop/orders note" </dev/null
at_terminal "$d dump shop/orders | head -n 1" </dev/null
sees '"key":"order10001"'
sees_not dynamodown:

echo 'Afternoon: a backup that is interrupted, and one that is replaced'
at_terminal "$d dump shop/orders -o backup" < <(interrupt_after 1.2)
ends_with_status 130
sees 'dumping: [0-9]+ records'
sees 'stopped: dumped [0-9]+ records; to continue, run: .*--resume'
[[ -s backup ]] || fail 'nothing was dumped'
at_terminal "$(next_command)" </dev/null
ends_with_status 0
sees 'continuing after the last record of backup: [0-9]+ records dumped before'
sees 'dumped 3000 records; this run: [0-9]+ records, .* read units, \$0\.0'
cmp -s orders.dump backup || fail 'the backup differs from what was loaded'
at_terminal "$d dump shop/orders -o backup --force" < <(interrupt_after 1.5)
ends_with_status 130
sees 'and left backup as it was; to begin again, run: '
cmp -s orders.dump backup || fail 'the old backup is spoilt'
[[ $(ls backup*) == backup ]] || fail 'a draft was left'

echo 'Evening: the store goes, after a slip and an interruption'
at_terminal "$d destroy shop/order" </dev/null
ends_with_status 1
sees 'there is no store shop/order; nothing was destroyed'
at_terminal "$d destroy shop/orders" <<<n
ends_with_status 3
sees "this deletes the store shop/orders at $AWS_ENDPOINT_URL in eu-west-1, created [0-9TZ:-]+, with over 100 keys"
sees 'Destroy it\? \[y/N\] '
sees 'nothing was destroyed'
at_terminal "$d destroy shop/orders" < <(
  sleep 2.5
  printf 'y\n'
  interrupt_after 2
)
ends_with_status 130
sees 'destroying: [0-9]+ requests'
sees 'stopped: shop/orders may be half destroyed; to finish, run: .*--yes'
finish=$(next_command)
at_terminal "$d get shop/orders order10001" </dev/null
ends_with_status 3
sees 'destroying: .*destroy it again to finish.*; run: dynamodown destroy shop/orders'
at_terminal "$finish --drop-table" </dev/null
ends_with_status 0
sees 'destroyed 1 store, .* write units, \$0\.0'
at_terminal "$d list shop" </dev/null
ends_with_status 3
sees 'does not exist'
echo 'A good day.'
