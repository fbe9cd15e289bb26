#!/bin/sh
# The commands as scripts use them: --help of each in two languages, exit codes, data alone on stdout, no harm done by a wrong call.
cd "$(dirname "$0")/../.." || exit 1
. tests/server/lib.sh
japanese() { LC_ALL=ja_JP.UTF-8 "$kyodo" "$@"; }
english() { LC_ALL=C.UTF-8 "$kyodo" "$@"; }
in_japanese() { LC_ALL=C.UTF-8 grep -qP '[\x{3041}-\x{30ff}]' "$1"; }
no_japanese() { sed 's/うち//g' "$1" >"$1.bare"; ! in_japanese "$1.bare"; } # うち is a word of a file's format

# --- help ---
english --help >"$work/overview" 2>"$work/stderr"
check 'the overview goes to stdout' test -s "$work/overview"
check 'and nothing to stderr' test ! -s "$work/stderr"
check 'without a command it is an error' exits 2 "$kyodo"
check 'an unknown command too' exits 2 "$kyodo" frobnicate
check 'nothing on stdout then' test ! -s "$work/stdout"
grep '^  kyodo ' "$work/overview" | sed 's/^  kyodo //; s/ *\(--\|\[\|[A-Z]\).*//; s/ *$//' >"$work/commands"
check 'there are commands' less 20 "$(wc -l <"$work/commands")"
for command in 'init' 'serve' 'migrate' 'check' 'routes' 'entities' 'audit verify' 'import organizations' 'import history' 'export statistics' 'export organizations' \
    'export projects' 'backup' 'restore' 'demo add' 'demo remove' 'user add'; do
    check "the overview names $command" grep -qx -- "$command" "$work/commands"
done
while read -r command; do
    # shellcheck disable=SC2086
    english $command --help >"$work/en" 2>"$work/stderr" </dev/null
    check "$command --help ends with 0" equal $? 0
    check "$command --help begins with the command" grep -q "^kyodo $command" "$work/en"
    check "$command --help explains" less 2 "$(wc -l <"$work/en")"
    check "$command --help in English has no Japanese" no_japanese "$work/en"
    # shellcheck disable=SC2086
    japanese $command --help >"$work/ja" </dev/null
    check "$command --help in Japanese" in_japanese "$work/ja"
    # An option nobody knows is refused before anything happens.
    # shellcheck disable=SC2086
    "$kyodo" $command --frobnicate --database "$work/none" >"$work/stdout" 2>"$work/stderr" </dev/null
    check "$command --frobnicate does not end with 0" test $? != 0
    check "$command --frobnicate prints nothing on stdout" test ! -s "$work/stdout"
    check "$command --frobnicate says something" test -s "$work/stderr"
done <"$work/commands"
check 'no place was made by it' test ! -e "$work/none"
LANG=ja_JP.UTF-8 "$kyodo" --help >"$work/ja"
check 'LANG alone is enough' has "$work/ja" '使い方'
LC_ALL=C LANG=ja_JP.UTF-8 "$kyodo" --help >"$work/en"
check 'LC_ALL wins' has "$work/en" '^usage'

# --- exit codes ---
database=$work/data
check 'no preset' exits 2 "$kyodo" init --database "$database"
check 'an unknown preset' exits 6 "$kyodo" init --preset atlantis --database "$database"
check 'left nothing behind' test ! -e "$database/kyodo.db"
if [ -n "${KYODO_TEST_POSTGRES:-}" ]; then
    check 'PostgreSQL without a place for the key' exits 2 env -u KYODO_DATA "$kyodo" init --preset kumamoto --database "$KYODO_TEST_POSTGRES"
    check 'is told what to set' has "$work/stderr" KYODO_DATA
    check 'by serve as well' exits 2 env -u KYODO_DATA "$kyodo" serve --listen 127.0.0.1:0 --database "$KYODO_TEST_POSTGRES"
fi
check 'init' exits 0 "$kyodo" init --preset kumamoto --database "$database"
check 'prints nothing on stdout' test ! -s "$work/stdout"
check 'the key is kept from others' equal "$(stat -c %a "$database/key")" 600
check 'init again changes nothing' exits 7 "$kyodo" init --preset kumamoto --database "$database"
check 'check' exits 0 "$kyodo" check --database "$database"
check 'in English' has "$work/stdout" '^projects 0$'
for command in check 'audit verify'; do
    # shellcheck disable=SC2086
    japanese $command --database "$database" >"$work/ja"
    check "$command speaks Japanese where LANG does" has "$work/ja" '異常なし'
    # shellcheck disable=SC2086
    english $command --database "$database" >"$work/en"
    check "$command speaks English otherwise" no_japanese "$work/en"
    check "$command says the same" equal "$(tr -cd '0-9\n' <"$work/ja")" "$(tr -cd '0-9\n' <"$work/en")"
done
check 'demo remove without one' exits 6 "$kyodo" demo remove --database "$database"
"$kyodo" demo add --database "$database" >"$work/accounts" 2>"$work/stderr"
check 'demo add' equal $? 0
check 'stdout holds the accounts alone' equal "$(grep -cvE '^[a-z]+	[a-z]+	[a-z-]+$' "$work/accounts")" 0
check 'one for each role' equal "$(cut -f 1 "$work/accounts" | sort | tr '\n' ' ')" 'approver collator member municipality officer operator promoter secretariat '
check 'demo add again' exits 7 "$kyodo" demo add --database "$database"
check 'no such file' exits 6 "$kyodo" import organizations "$work/nowhere.csv" --database "$database"
printf 'a,b\n1,2\n' >"$work/odd.csv"
check 'a file of unknown columns' exits 4 "$kyodo" import organizations "$work/odd.csv" --database "$database"
check 'a table of unknown columns' exits 4 "$kyodo" import history "$work/odd.csv" --database "$database"
printf 'scheme,form,2002,2003\n例事業,例形態,1,2\n' >"$work/history.csv"
check 'a table' exits 0 "$kyodo" import history "$work/history.csv" --database "$database"
check 'a table from a pipe' exits 0 sh -c "sed s/2002,2003/2004,2005/ '$work/history.csv' | '$kyodo' import history /dev/stdin --database '$database'"
truncate -s 600M "$work/large"
for import in 'history' 'staff' 'sections' 'answers --inquiry 5' 'organizations'; do
    # shellcheck disable=SC2086
    check "import $import: no such file" exits 6 "$kyodo" import $import "$work/nowhere" --database "$database"
    # shellcheck disable=SC2086
    check "import $import: a folder" exits 9 "$kyodo" import $import "$work" --database "$database"
    # shellcheck disable=SC2086
    check "import $import: too large" exits 8 "$kyodo" import $import "$work/large" --database "$database"
    check 'naming what may come' has "$work/stderr" "large が大きすぎます([0-9]*MBまで)"
done
check 'an endless file' exits 8 "$kyodo" sheet to-csv /dev/zero
check 'too many words' exits 2 "$kyodo" import history "$work/history.csv" x --database "$database"
check 'no such user' exits 6 "$kyodo" user reset nobody-here --database "$database"
check 'no such role' exits 2 "$kyodo" user add someone 例 --role emperor --database "$database"
for what in projects organizations statistics; do
    "$kyodo" export $what --format csv --database "$database" >"$work/csv" 2>"$work/stderr"
    check "export $what: CSV begins with the mark" equal "$(head -c 3 "$work/csv" | od -An -tx1 | tr -d ' ')" efbbbf
    check "export $what: lines end as Excel wants" equal "$(head -n 1 "$work/csv" | tail -c 2 | od -An -tx1 | tr -d ' ')" 0d0a
    "$kyodo" export $what --format json --database "$database" >"$work/json" 2>"$work/stderr"
    check "export $what: JSON is JSON" python3 -m json.tool "$work/json"
    check "export $what --format xml" exits 2 "$kyodo" export $what --format xml --database "$database"
done
# the sheet of the demo's open inquiry: out, back unchanged, back with a fault
"$kyodo" export answers --inquiry 5 --database "$database" >"$work/sheet.xlsx" 2>"$work/stderr"
check 'export answers: a zip' equal "$(head -c 2 "$work/sheet.xlsx")" PK
"$kyodo" export answers --inquiry 5 --format csv --database "$database" >"$work/sheet.csv" 2>"$work/stderr"
for file in sheet.xlsx sheet.csv; do
    check "import answers $file" exits 0 "$kyodo" import answers "$work/$file" --inquiry 5 --json --database "$database"
    check "import answers $file: nothing changes" has "$work/stdout" '"added":0,"changed":0,"ended":0,"decided":0,"none":0,'
done
sed '2,$s/,変更なし,/,たぶん,/' "$work/sheet.csv" >"$work/odd-sheet.csv"
check 'import answers with faults' exits 4 "$kyodo" import answers "$work/odd-sheet.csv" --inquiry 5 --database "$database"
check 'naming the column' has "$work/stderr" '続けるか「たぶん」'
check 'import answers without an inquiry' exits 2 "$kyodo" import answers "$work/sheet.csv" --database "$database"
check 'export answers of no such section' exits 6 "$kyodo" export answers --inquiry 5 --section なし課 --database "$database"
check 'routes' exits 0 "$kyodo" routes
check 'each route says who may' equal "$(grep -cvE '^(GET|POST)	/[^	]*	(read|write|slow|password)	[a-z,]+$' "$work/stdout")" 0
check 'entities' exits 0 "$kyodo" entities
check 'the database by its variable' env KYODO_DATABASE="$database" "$kyodo" check
check 'no instance there' exits 6 "$kyodo" check --database "$work/empty"
check 'nothing was made there' test ! -e "$work/empty"
check 'a closed pipe is no crash' sh -c "\"$kyodo\" export projects --format json --database \"$database\" 2>/dev/null | head -c 1 >/dev/null"
check 'a full disk is an error' sh -c "! \"$kyodo\" export projects --database \"$database\" >/dev/full 2>/dev/null"

# --- the demo is for this machine alone ---
check 'the demo is not served to a network' exits 7 timeout 20 "$kyodo" serve --listen 0.0.0.0:"$(free_port)" --database "$database"
check 'saying what to do' has "$work/stderr" 'demo remove'
check 'nor by a name' exits 7 timeout 20 "$kyodo" serve --listen "127.0.0.1.example.jp:$(free_port)" --database "$database"
check 'it is on this machine' start || finish
curl -s "$url/" >"$work/page"
check 'and says that it is one' has "$work/page" '例'
stop
check 'demo remove' exits 0 "$kyodo" demo remove --database "$database"
check 'its log stays whole' exits 0 "$kyodo" audit verify --database "$database"
check 'no project is left' equal "$(sql 'SELECT (SELECT count(*) FROM project) + (SELECT count(*) FROM section) + (SELECT count(*) FROM inquiry) + (SELECT count(*) FROM edition)')" 0
check 'no account' equal "$(sql 'SELECT count(*) FROM account')" 0
check 'serves without it' start || finish
check 'with a code for the first set-up' has "$work/log" 'setup'
curl -s "$url/" >"$work/page"
check 'the front page leads there' has "$work/page" 'href="/setup"'
for path in / /projects /statistics /organizations /search?q= /editions /login /healthz /setup; do
    check "$path is 200 from the start" equal "$(curl -s -o /dev/null -w '%{http_code}' "$url$path")" 200
done
stop

# --- an old schema, a newer one, an altered one ---
number=$(sql 'SELECT max(number) FROM schema_migration')
name=$(sql "SELECT name FROM schema_migration WHERE number = $number")
sum=$(sql "SELECT checksum FROM schema_migration WHERE number = $number")
sql "DELETE FROM schema_migration WHERE number = $number"
check 'serve refuses an old schema' exits 7 timeout 20 "$kyodo" serve --listen "127.0.0.1:$(free_port)" --database "$database"
check 'naming the command that mends it' has "$work/stderr" 'kyodo migrate'
sql "INSERT INTO schema_migration VALUES ($number, '$name', 'x', 0)"
check 'serve refuses another program'\''s schema' exits 7 timeout 20 "$kyodo" serve --listen "127.0.0.1:$(free_port)" --database "$database"
sql "UPDATE schema_migration SET checksum = '$sum' WHERE number = $number"
sql "INSERT INTO schema_migration VALUES (9999, '9999_later.sql', 'x', 0)"
check 'serve refuses a newer schema' exits 7 timeout 20 "$kyodo" serve --listen "127.0.0.1:$(free_port)" --database "$database"
sql 'DELETE FROM schema_migration WHERE number = 9999'
check 'migrate has nothing to do' exits 0 "$kyodo" migrate --database "$database"
mv "$database/key" "$work/key"
check 'without its key nothing opens' test "$("$kyodo" check --database "$database" >/dev/null 2>"$work/stderr"; echo $?)" != 0
check 'saying which file' has "$work/stderr" 'key'
finish
