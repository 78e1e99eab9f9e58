#!/usr/bin/env bash
# Runs threads_test under helgrind. Fails if a report has a stack frame of ours.
# Leaves out the reports in known_false.supp, which gives the reason for each.
#
#     helgrind.sh THREADS_TEST
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Endpoint() reads the server's URL from a file.
printf '%s\n' "$DYNAMODOWN_TEST_ENDPOINT" >"$folder/dynamodb-local.endpoint"
status=0
DYNAMODOWN_TEST_SERVERS=$folder valgrind --tool=helgrind --quiet \
  --num-callers=40 --history-level=approx \
  --suppressions="$here/known_false.supp" --log-file="$folder/report" \
  "$1" || status=$?
# A report is a block of lines between empty ones.
ours=$(grep -cE 'dynamodown::' "$folder/report" || true)
total=$(wc -l <"$folder/report")
echo "helgrind: the test ended with $status; $total lines reported," \
  "$ours with a frame of ours"
if (( status != 0 || ours != 0 )); then
  head -300 "$folder/report"
  exit 1
fi
