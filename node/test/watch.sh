#!/usr/bin/env bash
# Runs exercise.js under a memory checker, on DynamoDB Local. Fails if a report has
# a stack frame of the addon; both tools also report problems in Node.js itself.
#
#     watch.sh asan|valgrind ADDON
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tool=$1
export DYNAMODOWN_NODE_ADDON=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

arguments=(--expose-gc "$here/exercise.js" "$DYNAMODOWN_TEST_ENDPOINT" "$folder")
status=0
case $tool in
  asan)
    LD_PRELOAD="$(g++ -print-file-name=libasan.so) $(g++ -print-file-name=libubsan.so)" \
    ASAN_OPTIONS=detect_leaks=1:exitcode=0:log_path="$folder/report" \
    LSAN_OPTIONS=fast_unwind_on_malloc=0 \
    UBSAN_OPTIONS=print_stacktrace=1 \
      node "${arguments[@]}" >"$folder/stdout" || status=$?
    ;;
  valgrind)
    valgrind --quiet --leak-check=full --show-leak-kinds=definite \
      --smc-check=all-non-file --num-callers=40 --log-file="$folder/report.%p" \
      node "${arguments[@]}" >"$folder/stdout" || status=$?
    ;;
  *)
    echo "usage: watch.sh asan|valgrind ADDON" >&2
    exit 2
    ;;
esac
reports=("$folder"/report*)
[[ -e ${reports[0]} ]] || reports=(/dev/null)
total=$(cat "${reports[@]}" | wc -l)
ours=$(cat "${reports[@]}" | grep -cE 'dynamodown\.node|face::|dynamodown::|dyno::' || true)
echo "$tool: exercise ended with $status; $total lines reported, $ours with a frame of ours"
if (( status != 0 || ours != 0 )); then
  cat "${reports[@]}" | head -200
  exit 1
fi
grep -qx finished "$folder/stdout"
