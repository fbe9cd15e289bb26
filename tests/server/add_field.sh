#!/bin/bash
# Follows the recipe "Add a field" of CONTRIBUTING.md to the letter, on a copy of the tree: takes its lines, places and names from the text itself,
# builds, and sees the field in form, page, CSV, JSON and log. Where the recipe no longer holds, this fails.
set -u
cd "$(dirname "$0")/../.."
source=$(pwd)
work=$(mktemp -d -p "$source/build")
passed=0
failed=0
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
check() { # name, then a command
    local name=$1
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "not so: $name"; fi
}
finish() { echo "$passed passed, $failed failed"; [ "$failed" = 0 ]; exit; }

git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$work" 2>/dev/null
recipe=$work/recipe
awk '/^## Add a field/ { on = 1; next } /^## / { on = 0 } on' CONTRIBUTING.md >"$recipe"
# The n-th fenced block of the recipe, its indent of three taken off.
block() { awk -v n="$1" '/^ *```/ { f = !f; if (f) k++; next } f && k == n { sub(/^   /, ""); print }' "$recipe"; }
# The n-th place "In `FILE`, before the line `TEXT`".
file_of() { sed -n 's/.*[Ii]n `\([^`]*\)`, before the line `.*/\1/p' "$recipe" | sed -n "$1p"; }
line_of() { sed -n 's/.*[Ii]n `[^`]*`, before the line `\([^`]*\)`.*/\1/p' "$recipe" | sed -n "$1p"; }
insert() { # file, text of the line, what stands before it
    awk -v mark="$2" -v text="$3" 'index($0, mark) && !done { print text; done = 1 } { print } END { exit !done }' "$1" >"$1.new" && mv "$1.new" "$1"
}
check 'the recipe names two places' test "$(grep -c 'before the line' "$recipe")" = 2
check 'the field goes into its list' insert "$work/$(file_of 1)" "$(line_of 1)" "$(block 1 | sed 's/\\/\\\\/')"
migration=$(sed -n 's/.*here in `\([^`]*\)`.*/\1/p' "$recipe")
block 2 >"$work/$migration"
check 'the migration is there' test -s "$work/$migration"
check 'the form gets its place' insert "$work/$(file_of 2)" "$(line_of 2)" "$(block 3)"
list=$(sed -n 's/.*in `\([^`]*\)` the name in the list.*/\1/p' "$recipe")
from=$(sed -n 's/.*the form shows: `\([^`]*\)` becomes.*/\1/p' "$recipe")
to=$(sed -n 's/.*becomes `\([^`]*\)`.*/\1/p' "$recipe")
check 'the list of shown fields is found' grep -q "$from" "$work/$list"
sed -i "s/$from/$to/" "$work/$list"

cd "$work"
if ! { meson setup build --buildtype=debug -Doptimization=0 >log 2>&1 && ninja -C build src/kyodo >>log 2>&1; }; then
    tail -n 30 log
    failed=$((failed + 1))
    finish
fi
kyodo=build/src/kyodo
check 'kyodo entities lists it' sh -c "$kyodo entities | grep -q 'organization.*fax.*ファクス'"
data=$work/data
$kyodo init --preset kumamoto --database "$data" 2>/dev/null
printf '名称,種類,市区町村,ファクス\n例の会,ボランティア団体,例示市,000-000-1234\n' >in.csv
$kyodo import organizations in.csv --format kyodo --database "$data" >/dev/null 2>err || cat err
check 'our CSV brings it in and out' sh -c "$kyodo export organizations --format csv --database $data | grep -q '000-000-1234'"
check 'JSON has it' sh -c "$kyodo export organizations --format json --database $data | grep -q '\"fax\":\"000-000-1234\"'"
check 'the log still verifies' sh -c "$kyodo audit verify --database $data | grep -q ok"
check 'the log names the imported row that has it' test "$(sqlite3 "$data/kyodo.db" "SELECT count(*) FROM audit_value v JOIN organization_history h ON h.row_hash = v.after WHERE h.row LIKE '%000-000-1234%'")" = 1
finish
