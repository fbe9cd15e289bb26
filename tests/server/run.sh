#!/bin/bash
# ./run as a newcomer calls it: builds, serves demo data, prints address and accounts; again, it is there at once with the same data.
cd "$(dirname "$0")/../.." || exit 1
. tests/server/lib.sh
now() { date +%s%N | cut -c 1-13; }
check './run --build' exits 0 ./run --build
begun=$(now)
check './run --build again' exits 0 ./run --build
check 'is quick' less $(($(now) - begun)) 15000
check 'the binary' build/release/kyodo --help
check '--help' exits 0 ./run --help
check 'says the options' has "$work/stdout" '--port'
check 'an unknown option' exits 2 ./run --frobnicate
port=$(free_port)
url=http://127.0.0.1:$port
serve() { # ./run becomes the server itself: its process is the server's. More arguments go to ./run.
    ./run --port "$port" "$@" >"$work/printed" 2>"$work/log" &
    server=$!
    running="$running $server"
    for _ in $(seq 1 600); do
        grep -qs event=listening "$work/log" && return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    cat "$work/log" "$work/printed"
    kill "$server" 2>/dev/null
    return 1
}
check 'it serves' serve --data "$work/here" || finish
check 'prints its address' has "$work/printed" "$url"
for role in 事務局 推進員 担当者 団体 管理者; do check "prints an account: $role" has "$work/printed" "^$role"; done
check 'the front page' equal "$(curl -s -o "$work/page" -w '%{http_code}' "$url/")" 200
check 'with demo data' has "$work/page" '令和'
curl -s "$url/projects?format=json" >"$work/before"
client write "$url" "$work/here/demo-accounts.txt" "$work/kept" 1 1 >"$work/writers"
check 'the account printed may write' test -s "$work/kept"
stop INT
check 'Ctrl+C ends it well' equal "$ended" 0
begun=$(now)
check 'it serves again' serve --data "$work/here" || finish
check 'at once' less $(($(now) - begun)) 20000
check 'the same data' equal "$(curl -s "$url/projects?format=json" | cksum)" "$(cksum <"$work/before")"
check 'and what was written' sh -c "curl -s -G --data-urlencode 'q=$(tail -n 1 "$work/kept")' $url/search | grep -q '$(tail -n 1 "$work/kept")'"
check 'the accounts again' has "$work/printed" '^事務局'
stop
check 'ends well' equal "$ended" 0
# The words of another prefecture: an instance of its own.
check 'an unknown preset' exits 2 ./run --preset atlantis --build
check 'says which there are' has "$work/stderr" 'chiba'
for preset in chiba saga; do
    port=$(free_port)
    url=http://127.0.0.1:$port
    serve --preset "$preset" --data "$work/$preset" >"$work/served" && served=yes || served=no
    check "$preset: it serves" equal "$served" yes
    [ "$served" = yes ] || continue
    for role in 事務局 推進員 担当者 団体 管理者; do check "$preset: prints an account: $role" has "$work/printed" "^$role"; done
    check "$preset: the list" equal "$(curl -s -o "$work/page" -w '%{http_code}' "$url/projects")" 200
    [ "$preset" = chiba ] && of='filter-relation' || of='filter-domain'
    check "$preset: its own fields" has "$work/page" "$of"
    check "$preset: nothing of another prefecture" lacks "$work/page" 'PSプロジェクト'
    stop INT
    check "$preset: ends well" equal "$ended" 0
done
finish
