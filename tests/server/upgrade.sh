#!/bin/sh
# An instance of the first release (schema 3: tests/golden/upgrade/first-release.json was written by that program, commit e2a40d7) is brought up to
# this program on both engines: serve refuses it and names the command, migrate makes a backup first and may be run again, nothing of the data has
# changed, figures and log are the same, pages are served.
cd "$(dirname "$0")/../.." || exit 1
. tests/server/lib.sh
golden=tests/golden/upgrade
# Rows of the old columns in the new backup are those of the old one. Added since: what the migrations themselves put in.
same_data() {
    python3 - "$1" "$2" <<'END'
import json, sys
def read(name):
    tables, rows = {}, None
    for line in open(name, encoding='utf-8'):
        v = json.loads(line)
        if isinstance(v, list):
            rows.append(v)
        elif 'table' in v:
            rows = []
            tables[v['table']] = (v['columns'], rows)
    return tables
old, new = read(sys.argv[1]), read(sys.argv[2])
bad = 0
for name, (columns, rows) in old.items():
    if name not in new:
        print(name, 'is gone'); bad += 1; continue
    at = [new[name][0].index(c) for c in columns]
    now = [[r[i] for i in at] for r in new[name][1]]
    lost = [r for r in rows if r not in now]
    if lost:
        print(name, len(lost), 'rows changed or lost, e.g.', json.dumps(lost[0], ensure_ascii=False)[:300]); bad += 1
    if name not in ('vocabulary', 'run', 'finder_touched') and len(now) != len(rows):
        print(name, 'had', len(rows), 'rows, has', len(now)); bad += 1
if sum(len(r) for c, r in old.values()) < 400:
    print('the old file is too small to prove anything'); bad += 1
sys.exit(bad > 0)
END
}
for engine in $engines; do
    place "$engine" "upgrade_$engine"
    check "$engine: the old instance, in its own schema" exits 0 "$kyodo" restore "$golden/first-release.json" --keep-schema --database "$database"
    check "$engine: it has the old schema" equal "$(sql 'SELECT max(number) FROM schema_migration')" 3
    check "$engine: and no newer table" equal "$(sql "SELECT count(*) FROM account WHERE login IS NULL")" 0
    check "$engine: serve refuses it" exits 7 "$kyodo" serve --listen 127.0.0.1:0 --database "$database"
    check "$engine: and names the command" has "$work/stderr" "kyodo migrate"
    check "$engine: check refuses it too" exits 7 "$kyodo" check --database "$database"

    check "$engine: migrate with no place for the backup changes nothing" exits 9 "$kyodo" migrate --backup /proc/nowhere/x.json --database "$database"
    check "$engine: still the old schema" equal "$(sql 'SELECT max(number) FROM schema_migration')" 3
    check "$engine: migrate" exits 0 "$kyodo" migrate --database "$database"
    data=${KYODO_DATA:-$database}
    backup=$(ls "$data"/before-update-3-*.json)
    check "$engine: it made a backup first and said where" has "$work/stderr" "$(basename "$backup")"
    check "$engine: which is whole" exits 0 "$kyodo" backup verify "$backup"
    check "$engine: and holds the old rows exactly" equal "$(grep -c '^\[' "$backup")" "$(grep -c '^\[' $golden/first-release.json)"
    check "$engine: once more does nothing" exits 0 "$kyodo" migrate --database "$database"
    check "$engine: and makes no second backup" equal "$(ls "$data"/before-update-* | wc -l)" 1

    check "$engine: it can be backed up" exits 0 "$kyodo" backup "$work/$engine.new" --database "$database"
    check "$engine: nothing of the data has changed" same_data $golden/first-release.json "$work/$engine.new"
    check "$engine: the log is whole" exits 0 "$kyodo" audit verify --database "$database"
    check "$engine: the editions are right" exits 0 "$kyodo" edition verify --database "$database"
    "$kyodo" export statistics --format csv --database "$database" >"$work/statistics.csv" 2>/dev/null
    check "$engine: the figures are the same" cmp "$work/statistics.csv" $golden/statistics.csv
    check "$engine: it serves" start || finish
    for page in / /projects /statistics /organizations "/search?q=%E3%83%AD%E3%83%BC%E3%83%89"; do
        check "$engine: GET $page" equal "$(curl -s -o "$work/page" -w '%{http_code}' "$url$page")" 200
    done
    check "$engine: search finds what was there" has "$work/page" "ロードクリーン(例)\|クリーン(例)"
    check "$engine: what was withheld is not shown" lacks "$work/page" "理由(例)"
    stop
    check "$engine: ends well" equal "$ended" 0
    check "$engine: no sanitizer spoke" sane

    # A backup of the old release straight into this one.
    place "$engine" "straight_$engine"
    check "$engine: an old backup is restored and brought up" exits 0 "$kyodo" restore "$golden/first-release.json" --database "$database"
    check "$engine: its log is whole" exits 0 "$kyodo" audit verify --database "$database"
    check "$engine: its editions are right" exits 0 "$kyodo" edition verify --database "$database"
    check "$engine: it can be backed up" exits 0 "$kyodo" backup "$work/$engine.straight" --database "$database"
    check "$engine: nothing of the data has changed" same_data $golden/first-release.json "$work/$engine.straight"
done
finish
