#!/bin/sh
# A backup taken while people write, restored elsewhere, is an instance that verifies; one taken in peace gives identical exports. Broken or misplaced
# files are refused and leave nothing behind.
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
    for _ in $(seq 1 100); do [ -s "$work/kept" ] && break; sleep 0.1; done
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
    check "$engine: the accounts work" client write "$url" "$work/accounts" "$work/more" 1 1
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
    check "$engine: nothing was left behind, the whole one goes in" exits 0 "$kyodo" restore "$work/$engine.calm" --database "$database"
    database=$first KYODO_DATA=$first_data
    check "$engine: no place for the file" exits 9 "$kyodo" backup /proc/nowhere/x --database "$database"
done
finish
