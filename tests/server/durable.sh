#!/bin/sh
# The power goes while 8 people write: whatever was acknowledged is there afterwards, and the log is whole. Three times, on each engine.
cd "$(dirname "$0")/../.." || exit 1
. tests/server/lib.sh
for engine in $engines; do
    instance "$engine" "durable_$engine"
    : >"$work/kept"
    for round in 1 2 3; do
        check "$engine: starts ($round)" start || finish
        client write "$url" "$work/accounts" "$work/kept" 20 8 >"$work/writers" 2>&1 &
        writers=$!
        # Not before there is something to lose.
        before=$(wc -l <"$work/kept")
        for _ in $(seq 1 300); do
            [ "$(wc -l <"$work/kept")" -ge $((before + 20 * round)) ] && break
            sleep 0.1
        done
        stop KILL
        check "$engine: it was killed" equal "$ended" 137
        wait "$writers"
        check "$engine: people had written ($round)" less "$before" "$(wc -l <"$work/kept")"
        check "$engine: nobody was refused" has "$work/writers" 'refused \[\]'
        sql "SELECT name FROM organization ORDER BY id" | sort >"$work/there"
        sort "$work/kept" >"$work/promised"
        check "$engine: all acknowledged are there ($round)" equal "$(comm -23 "$work/promised" "$work/there")" ""
        # Of those that nobody was told about there is at most one for each writer and kill.
        check "$engine: none twice" equal "$(grep '^例[0-9]番' "$work/there" | uniq -d)" ""
        check "$engine: the log is whole ($round)" exits 0 "$kyodo" audit verify --database "$database"
        check "$engine: nothing else is broken ($round)" exits 0 "$kyodo" check --database "$database"
    done
    check "$engine: it serves again" start || finish
    last=$(tail -n 1 "$work/kept")
    curl -s -G --data-urlencode "q=$last" "$url/search" >"$work/page"
    check "$engine: the last one is found" has "$work/page" "$last"
    stop
    check "$engine: ends well" equal "$ended" 0
    check "$engine: no sanitizer spoke" sane
done
finish
