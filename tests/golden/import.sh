#!/bin/bash
# `kyodo import organizations` and `kyodo export organizations` as a script calls them: JSON on stdout, exit codes, the files that come out.
# Everything in tests/golden/import is made up. UPDATE=1 writes the expected files anew.
set -u
cd "$(dirname "$0")/../.."
kyodo=$PWD/${KYODO_TEST_BINARY:-build/test/src/kyodo}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
gold=$PWD/tests/golden/import

same() { # name of the expected file, the file that came out
    [ -z "${UPDATE:-}" ] || cp "$2" "$gold/$1"
    if cmp -s "$gold/$1" "$2"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "differs: $1"; diff "$gold/$1" "$2" | head -n 20; fi
}
is() { # name, got, expected
    if [ "$2" = "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "$1: got $2, expected $3"; fi
}
import() { # name of the expected file, exit code, arguments
    local name=$1 code=$2
    shift 2
    (cd "$gold" && "$kyodo" import organizations "$@" --json --database "$work/data") >"$work/out" 2>"$work/err"
    is "exit of $name" $? "$code"
    same "$name" "$work/out"
}

mkdir "$work/data"
"$kyodo" init --preset kumamoto --database "$work/data" 2>/dev/null
is 'exit of init' $? 0
import broken_cut.json 4 cut.csv
import broken_undecodable.json 4 undecodable.csv
import broken_column.json 4 unknown_column.csv
import first.json 0 nta.csv
import again.json 0 nta.csv
import cp932.json 0 nta_cp932.csv --format nta
import only_npo.json 0 nta.csv --only-npo
import diff.json 3 nta_diff.csv --format=auto
import diff_again.json 3 nta_diff.csv
import portal.json 0 portal.csv
import portal_again.json 0 portal.csv
import own.json 3 own.csv
import own_again.json 3 own.csv --format kyodo
"$kyodo" import organizations "$work/none.csv" --database "$work/data" >/dev/null 2>&1
is 'exit without a file' $? 6
for format in csv json; do
    "$kyodo" export organizations --format $format --database "$work/data" >"$work/out" 2>/dev/null
    is "exit of export $format" $? 0
    same "export.$format" "$work/out"
done
# What goes out comes in again, into another instance, as the same list but for what only the sources may say.
mkdir "$work/other"
"$kyodo" init --preset kumamoto --database "$work/other" 2>/dev/null
"$kyodo" export organizations --database "$work/data" 2>/dev/null >"$work/list.csv"
"$kyodo" import organizations "$work/list.csv" --database "$work/other" 2>/dev/null
is 'exit of the way back' $? 0
is 'organizations there' "$("$kyodo" export organizations --database "$work/other" 2>/dev/null | grep -c '例')" "$(grep -c '例' "$work/list.csv")"
"$kyodo" reindex --database "$work/data" >/dev/null 2>&1
is 'exit of reindex' $? 0
"$kyodo" audit verify --database "$work/data" >/dev/null 2>&1
is 'the log verifies' $? 0
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
