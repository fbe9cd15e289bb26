#!/bin/sh
# A stop is graceful: what is under way is answered, what is new is refused, nothing leaks. A second server on the same place takes over.
cd "$(dirname "$0")/../.." || exit 1
. tests/server/lib.sh
instance sqlite stop
check 'starts' start || finish
check 'is healthy' equal "$(curl -s "$url/healthz")" ok
# Passwords are slow on purpose: twelve at once wait in line when the signal comes.
client busy "$url" "$work/accounts" 12 >"$work/answers" 2>&1 &
people=$!
for _ in $(seq 1 1200); do grep -q begun "$work/answers" && break; sleep 0.05; done
stop
check 'ends with 0' equal "$ended" 0
wait "$people"
check 'all twelve were answered' has "$work/answers" '^303 303 303 303 303 303 303 303 303 303 303 303$'
check 'it said so' has "$work/log" 'event=stopping signal="TERM"'
check 'no sanitizer spoke' sane
check 'nobody listens any more' exits 7 curl -s -o /dev/null "$url/healthz"

check 'starts on a socket' start "unix:$work/socket" || finish
check 'answers there' equal "$(curl -s --unix-socket "$work/socket" http://localhost/healthz)" ok
check 'only its group may connect' equal "$(stat -c %a "$work/socket")" 660
check 'a second server is refused there' exits 7 "$kyodo" serve --listen "unix:$work/socket" --database "$database"
stop KILL
check 'the socket was left behind' test -S "$work/socket"
check 'starts over a dead socket' start "unix:$work/socket" || finish
stop INT
check 'ends with 0 after Ctrl+C' equal "$ended" 0
check 'and takes its socket along' test ! -e "$work/socket"

check 'starts' start || finish
check 'a port that is taken is refused' exits 7 "$kyodo" serve --listen "127.0.0.1:$port" --database "$database"
check 'saying where' has "$work/stderr" "127.0.0.1:$port"
# An idle keep-alive connection and half a request do not hold it up.
python3 -c '
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1]))); s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); s.recv(999)
t = socket.create_connection(("127.0.0.1", int(sys.argv[1]))); t.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Le")
print("open", flush=True); s.settimeout(60); print(len(s.recv(999)))' "$port" >"$work/idle" 2>&1 &
idle=$!
for _ in $(seq 1 1200); do grep -q open "$work/idle" && break; sleep 0.05; done
begun=$(date +%s)
stop
check 'idle connections do not hold it up' less $(($(date +%s) - begun)) 28 # it gives up after 30 seconds
kill "$idle" 2>/dev/null
finish
