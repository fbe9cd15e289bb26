# What the server tests share; read with `. tests/server/lib.sh` from the project's folder. Not a test itself, therefore not executable.
# Each script ends with `finish`, which prints "N passed, N failed". The program is build/test/src/kyodo, or what KYODO_TEST_BINARY names.
set -u
kyodo=${KYODO_TEST_BINARY:-build/test/src/kyodo}
[ -x "$kyodo" ] || { echo "$kyodo is missing"; echo "0 passed, 1 failed"; exit 1; }
kyodo=$(cd "$(dirname "$kyodo")" && pwd)/$(basename "$kyodo")
export LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
unset KYODO_DATABASE KYODO_DATA LC_ALL LC_MESSAGES
work=$(mktemp -d)
passed=0
failed=0
running= # process ids to end
at_end() {
    for pid in $running; do kill "$pid" 2>/dev/null; done
    for pid in $running; do wait "$pid" 2>/dev/null; done
    for name in ${databases:-}; do psql -X -q "$KYODO_TEST_POSTGRES" -c "DROP DATABASE IF EXISTS $name WITH (FORCE)" 2>/dev/null; done
    rm -rf "$work"
}
trap at_end EXIT
trap 'exit 130' INT TERM

# check NAME COMMAND …: counts; on failure what the command printed is shown.
check() {
    name=$1
    shift
    if "$@" >"$work/check" 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "not so: $name ($*)"
        tail -n 20 "$work/check"
    fi
}
equal() { [ "$1" = "$2" ] || { echo "got  $1"; echo "want $2"; return 1; }; }
less() { [ "$1" -lt "$2" ] || { echo "$1 is not less than $2"; return 1; }; }
# exits CODE COMMAND …
exits() {
    want=$1
    shift
    "$@" >"$work/stdout" 2>"$work/stderr"
    got=$?
    [ "$got" = "$want" ] || { echo "exit $got, not $want"; cat "$work/stderr"; return 1; }
}
has() { grep -qi -- "$2" "$1" || { echo "\"$2\" is not in:"; head -c 2000 "$1"; return 1; }; }
lacks() { if grep -qi -- "$2" "$1"; then echo "\"$2\" is in $1"; return 1; fi; }
finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
    exit
}

# The engines to try; a database for each: `place ENGINE NAME` sets $database (and, for PostgreSQL, KYODO_DATA, where the key lies).
engines=${KYODO_TEST_ENGINE:-sqlite postgres}
[ -n "${KYODO_TEST_POSTGRES:-}" ] || case $engines in *postgres*) echo "KYODO_TEST_POSTGRES is not set: SQLite only"; engines=sqlite ;; esac
databases=
place() {
    if [ "$1" = sqlite ]; then
        database=$work/$2
        unset KYODO_DATA
        return
    fi
    name=kyodo_server_$$_$2
    psql -X -q "$KYODO_TEST_POSTGRES" -c "CREATE DATABASE $name" || exit 1
    databases="$databases $name"
    database=$(echo "$KYODO_TEST_POSTGRES" | sed "s#/[^/?]*\(?\|\$\)#/$name\1#")
    export KYODO_DATA="$work/$2.data"
    mkdir -p "$KYODO_DATA"
}
# One value from the database itself.
sql() {
    case $database in
        postgresql:*) psql -X -q -A -t "$database" -c "$1" ;;
        *) sqlite3 "$database/kyodo.db" "$1" ;;
    esac
}
# An instance with demo data; its accounts are role, login, password in $work/accounts.
instance() {
    place "$1" "$2"
    "$kyodo" init --preset kumamoto --database "$database" 2>"$work/stderr" || { cat "$work/stderr"; echo "0 passed, 1 failed"; exit 1; }
    "$kyodo" demo add --database "$database" >"$work/accounts" 2>"$work/stderr" || { cat "$work/stderr"; echo "0 passed, 1 failed"; exit 1; }
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
# Starts a server, waits until it listens: sets $server (process), $port, $url. `start unix:PATH` instead of a port.
start() {
    if [ $# -gt 0 ]; then listen=$1; else
        port=$(free_port)
        listen=127.0.0.1:$port
        url=http://$listen
    fi
    "$kyodo" serve --listen "$listen" --database "$database" 2>"$work/log" &
    server=$!
    running="$running $server"
    for _ in $(seq 1 1200); do
        grep -qs event=listening "$work/log" && return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    echo "the server did not start:"
    cat "$work/log"
    return 1
}
# Ends the server with a signal and sets $ended to its exit code.
stop() {
    kill "-${1:-TERM}" "$server"
    wait "$server" 2>/dev/null
    ended=$?
    running=$(echo "$running" | sed "s/ $server\$//; s/ $server / /")
}
sane() { if grep -E 'Sanitizer|runtime error:' "$work/log"; then return 1; fi; }
client() { python3 tests/server/client.py "$@"; }
