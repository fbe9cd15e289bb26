#!/bin/sh
# A backup taken while people write, restored elsewhere, is an instance that verifies; one taken in peace gives identical exports. Broken or misplaced
# files are refused and leave nothing behind, nor does a full disk. Carried from SQLite to PostgreSQL and back, nothing differs.
cd "$(dirname "$0")/../.." || exit 1
. tests/server/lib.sh
exports() { # DIR: everything an instance prints
    mkdir -p "$1"
    for what in projects organizations statistics; do
        for format in csv json; do "$kyodo" export $what --format $format --database "$database" >"$1/$what.$format" 2>"$work/stderr" || cat "$work/stderr"; done
    done
    "$kyodo" user list --database "$database" >"$1/users"
}
for engine in $engines; do
    instance "$engine" "backup_$engine"
    first=$database first_data=${KYODO_DATA:-}
    check "$engine: starts" start || finish
    : >"$work/kept"
    client write "$url" "$work/accounts" "$work/kept" 6 4 >"$work/writers" 2>&1 &
    writers=$!
    for _ in $(seq 1 1200); do [ -s "$work/kept" ] && break; sleep 0.1; done
    check "$engine: a backup while people write" exits 0 "$kyodo" backup "$work/$engine.busy" --database "$database"
    check "$engine: kept from others" equal "$(stat -c %a "$work/$engine.busy")" 600
    wait "$writers"
    check "$engine: people went on writing" has "$work/writers" 'refused \[\]'
    stop
    check "$engine: ends well" equal "$ended" 0
    check "$engine: no sanitizer spoke" sane
    check "$engine: a backup in peace" exits 0 "$kyodo" backup "$work/$engine.calm" --database "$database"
    exports "$work/$engine.before"

    place "$engine" "busy_$engine"
    check "$engine: the busy one is restored" exits 0 "$kyodo" restore "$work/$engine.busy" --database "$database"
    check "$engine: its log is whole" exits 0 "$kyodo" audit verify --database "$database"
    check "$engine: its editions are right" exits 0 "$kyodo" edition verify --database "$database"
    check "$engine: it checks" exits 0 "$kyodo" check --database "$database"
    sql "SELECT name FROM organization ORDER BY id" | grep '^例[0-9]番' >"$work/there"
    # Some of the writes, and none without those before it.
    check "$engine: it has what was kept before it began" test -s "$work/there"

    place "$engine" "calm_$engine"
    check "$engine: the calm one is restored" exits 0 "$kyodo" restore "$work/$engine.calm" --database "$database"
    exports "$work/$engine.after"
    check "$engine: all exports are identical" diff -r "$work/$engine.before" "$work/$engine.after"
    check "$engine: its log is whole" exits 0 "$kyodo" audit verify --database "$database"
    check "$engine: its editions are right" exits 0 "$kyodo" edition verify --database "$database"
    check "$engine: it serves" start || finish
    last=$(tail -n 1 "$work/kept")
    curl -s -G --data-urlencode "q=$last" "$url/search" >"$work/page"
    check "$engine: search finds the last one" has "$work/page" "$last"
    check "$engine: the accounts work" client write "$url" "$work/accounts" "$work/more" 5 1
    check "$engine: and write" test -s "$work/more"
    stop
    rm -f "$work/more"
    check "$engine: not over an instance that is there" exits 7 "$kyodo" restore "$work/$engine.calm" --database "$database"

    place "$engine" "broken_$engine"
    n=$(wc -l <"$work/$engine.calm")
    head -n $((n / 2)) "$work/$engine.calm" >"$work/short"
    check "$engine: a file cut short is refused" exits 4 "$kyodo" restore "$work/short" --database "$database"
    sed "$((n / 2))s/[0-9]/7/;$((n / 2))s/a/b/;$((n / 2))s/例/列/" "$work/$engine.calm" >"$work/altered"
    if ! cmp -s "$work/altered" "$work/$engine.calm"; then check "$engine: an altered file is refused" exits 4 "$kyodo" restore "$work/altered" --database "$database"; fi
    printf 'not a backup\n' >"$work/other"
    check "$engine: another file is refused" exits 4 "$kyodo" restore "$work/other" --database "$database"
    check "$engine: verify refuses it too" exits 4 "$kyodo" backup verify "$work/short"
    check "$engine: nothing was left behind, the whole one goes in" exits 0 "$kyodo" restore "$work/$engine.calm" --database "$database"
    database=$first KYODO_DATA=$first_data
    check "$engine: no place for the file" exits 9 "$kyodo" backup /proc/nowhere/x --database "$database"
    check "$engine: not over a file that is there" exits 7 "$kyodo" backup "$work/$engine.calm" --database "$database"
    cp "$work/$engine.calm" "$work/over"
    check "$engine: unless it is said" exits 0 "$kyodo" backup "$work/over" --force --database "$database"
    check "$engine: which is a backup again" exits 0 "$kyodo" backup verify "$work/over"

    # A disk that has no room left: a limit of the file's size stands for it (the same errors, the same way out).
    cp "$work/over" "$work/kept_backup"
    check "$engine: a full disk is said" exits 9 sh -c 'ulimit -f 1000; exec "$0" backup "$1" --force --database "$2"' "$kyodo" "$work/over" "$database"
    check "$engine: with table and row" grep -E '表 [a-z_]+ の [0-9]+ 行目' "$work/stderr"
    check "$engine: nothing half written is left" equal "$(ls "$work"/over.part 2>/dev/null)" ""
    check "$engine: the file before is as it was" cmp "$work/over" "$work/kept_backup"
done

# One engine's backup restored on the other, and back again: nothing differs, whatever is looked at.
tables() { "$kyodo" backup "$1" --database "$database" 2>"$work/stderr" || cat "$work/stderr"; }
# The page without what no two requests have alike: a form's key and token.
pages() {
    mkdir -p "$1"
    start || return 1
    for page in / /projects /statistics /editions /organizations /projects/1 /organizations/1 /statistics.csv /projects.csv /organizations.csv /organizations.json "/search?q=%E5%8D%94%E5%83%8D"; do
        curl -s "$url$page" | sed 's/name="\(csrf\|key\)" value="[0-9a-f]*"//g; s/127\.0\.0\.1:[0-9]*/HERE/g' >"$1/$(echo "$page" | tr '/?=%' '____')"
    done
    stop
}
if [ "$engines" = "sqlite postgres" ]; then
    instance sqlite carried
    mkdir -p "$database/files/2026"
    head -c 100000 /dev/urandom >"$database/files/2026/photo-1.bin"
    printf 'himitsu\n' >"$database/smtp-password"
    : >"$work/kept"
    start || finish
    client write "$url" "$work/accounts" "$work/kept" 4 4 >"$work/writers" 2>&1
    stop
    # The highest number given is one that is gone: it must not be given again over there.
    sql "INSERT INTO withholding (entity, record, field, reason, account, at) VALUES ('x', 1, 'x', 'x', 1, 1); DELETE FROM withholding WHERE entity = 'x'"
    last=$(sql "SELECT seq FROM sqlite_sequence WHERE name = 'withholding'")
    origin=$database
    tables "$work/one.json" >"$work/one.tables"
    check "carried: a backup that holds much" less 5000 "$(grep -c '^\[' "$work/one.json")"
    pages "$work/one.pages"

    place postgres carried
    check "carried: SQLite to PostgreSQL" exits 0 "$kyodo" restore "$work/one.json" --database "$database"
    cp "$work/stdout" "$work/restored.tables"
    check "carried: restore says the same of every table" cmp "$work/one.tables" "$work/restored.tables"
    tables "$work/two.json" >"$work/two.tables"
    check "carried: every table is the same on PostgreSQL" cmp "$work/one.tables" "$work/two.tables"
    # Line for line but for the head and the sum over it.
    sed '1d;$d' "$work/one.json" >"$work/one.lines"
    sed '1d;$d' "$work/two.json" >"$work/two.lines"
    check "carried: every line, highest numbers and files too" cmp "$work/one.lines" "$work/two.lines"
    check "carried: the file came along" cmp "$origin/files/2026/photo-1.bin" "$KYODO_DATA/files/2026/photo-1.bin"
    check "carried: and the mail's password" cmp "$origin/smtp-password" "$KYODO_DATA/smtp-password"
    check "carried: with the mode of a secret" equal "$(stat -c %a "$KYODO_DATA/smtp-password")" 600
    check "carried: the log is whole" exits 0 "$kyodo" audit verify --database "$database"
    check "carried: the editions are right" exits 0 "$kyodo" edition verify --database "$database"
    sql "INSERT INTO withholding (entity, record, field, reason, account, at) VALUES ('x', 1, 'x', 'x', 1, 1)" >/dev/null
    check "carried: a number is not given twice" equal "$(sql "SELECT id FROM withholding WHERE entity = 'x'")" $((last + 1))
    sql "DELETE FROM withholding WHERE entity = 'x'" >/dev/null
    pages "$work/two.pages"
    check "carried: public pages are the same, byte for byte" diff -r "$work/one.pages" "$work/two.pages"

    place sqlite carried_back
    check "carried: back to SQLite" exits 0 "$kyodo" restore "$work/two.json" --database "$database"
    tables "$work/four.json" >"$work/four.tables"
    check "carried: every table is the same at home" cmp "$work/one.tables" "$work/four.tables"
    check "carried: the log is whole at home" exits 0 "$kyodo" audit verify --database "$database"
    check "carried: the editions are right at home" exits 0 "$kyodo" edition verify --database "$database"
    pages "$work/four.pages"
    check "carried: public pages at home, byte for byte" diff -r "$work/one.pages" "$work/four.pages"

    # A changed row is named, and nothing stays.
    python3 - "$work/two.json" "$work/wrong.json" <<'END'
# A statement's project becomes one that is not there; the hash stays.
import json, sys
lines = open(sys.argv[1], encoding='utf-8').read().split('\n')
at = next(i for i, l in enumerate(lines) if l.startswith('{"table":"statement"'))
row = json.loads(lines[at + 1])
row[2] = 999999
lines[at + 1] = json.dumps(row, ensure_ascii=False, separators=(',', ':'))
open(sys.argv[2], 'w', encoding='utf-8').write('\n'.join(lines))
END
    place sqlite wrong
    check "a changed row is refused" exits 4 "$kyodo" restore "$work/wrong.json" --database "$database"
    check "and its table and line are named" grep -E '[0-9]+行目\(statement\)' "$work/stderr"
    check "and nothing was made" equal "$(ls "$database/key" 2>/dev/null)" ""
fi
finish
