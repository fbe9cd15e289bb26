#!/bin/sh
# deploy/nginx.conf in front of the Unix socket, as it stands but for paths, ports and user: TLS, cookies, addresses, limits, and requests that two
# servers might read differently.
cd "$(dirname "$0")/../.." || exit 1
. tests/server/lib.sh
nginx=$(command -v nginx || echo /usr/sbin/nginx)
[ -x "$nginx" ] || { echo "nginx is missing: apt-get install nginx-light"; echo "0 passed, 1 failed"; exit 1; }
instance sqlite data
check 'starts on its socket' start "unix:$work/kyodo.sock" || finish

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=kyodo.example.jp -addext subjectAltName=DNS:kyodo.example.jp \
    -keyout "$work/privkey.pem" -out "$work/fullchain.pem" 2>"$work/openssl" || cat "$work/openssl"
http=$(free_port)
https=$(free_port)
mkdir "$work/nginx"
sed -e "s|/run/kyodo/kyodo.sock|$work/kyodo.sock|; s|/etc/ssl/kyodo|$work|" \
    -e "/listen \[::\]/d; s|listen 80|listen 127.0.0.1:$http|; s|listen 443|listen 127.0.0.1:$https|" deploy/nginx.conf >"$work/site.conf"
check 'nothing of the example was missed' equal "$(grep -cE 'listen (80|443)|/run/kyodo|/etc/ssl' "$work/site.conf")" 0
cat >"$work/nginx.conf" <<END
daemon off;
pid $work/nginx/pid;
error_log $work/nginx/error.log info;
worker_processes 1;
$([ "$(id -u)" = 0 ] && echo "user root;")
events { worker_connections 512; }
http {
    access_log $work/nginx/access.log;
    client_body_temp_path $work/nginx/body;
    proxy_temp_path $work/nginx/proxy;
    fastcgi_temp_path $work/nginx/fastcgi;
    uwsgi_temp_path $work/nginx/uwsgi;
    scgi_temp_path $work/nginx/scgi;
    include $work/site.conf;
}
END
check 'nginx takes the configuration' "$nginx" -t -c "$work/nginx.conf" -e "$work/nginx/error.log"
"$nginx" -c "$work/nginx.conf" -e "$work/nginx/error.log" 2>"$work/nginx/stderr" &
front=$!
running="$front $running"
get() { curl -s --cacert "$work/fullchain.pem" --resolve "kyodo.example.jp:$https:127.0.0.1" --resolve "kyodo.example.jp:$http:127.0.0.1" "$@"; }
site=https://kyodo.example.jp:$https
for _ in $(seq 1 1200); do get -o /dev/null "$site/" && break; sleep 0.1; done

# --- TLS, headers, cookies ---
get -D "$work/head" -o "$work/page" -w '%{http_code} %{http_version}' "$site/projects" >"$work/how"
check 'a page by https and HTTP/2' equal "$(cat "$work/how")" '200 2'
check 'the whole page' has "$work/page" '</html>'
check 'with HSTS' has "$work/head" 'strict-transport-security'
check 'with a strict policy' has "$work/head" "content-security-policy"
check 'without inline script' lacks "$work/head" "unsafe-inline"
check 'http leads to https' equal "$(get -o /dev/null -w '%{http_code} %{redirect_url}' "http://kyodo.example.jp:$http/projects")" '301 https://kyodo.example.jp/projects'
check 'compressed once' equal "$(get -H 'Accept-Encoding: gzip' -o /dev/null -D - "$site/projects" | grep -ci '^content-encoding: gzip')" 1
check 'another name gets no answer' test "$(curl -s -k -o /dev/null -w '%{http_code}' --resolve "evil.example:$https:127.0.0.1" "https://evil.example:$https/")" = 000
check 'the name of TLS with another Host gets none either' test "$(get -o /dev/null -w '%{http_code}' -H 'Host: evil.example' --http1.1 "$site/")" = 000

# --- a person logs in and writes ---
get -c "$work/jar" -o "$work/login" "$site/login"
token() { sed -n 's/.*name="csrf" value="\([0-9a-f]*\)".*/\1/p' "$1" | head -n 1; }
password=$(awk '$1 == "secretariat" { print $3 }' "$work/accounts")
key=00112233445566778899aabbccddeeff
status=$(get -b "$work/jar" -c "$work/jar" -D "$work/head" -o "$work/page" -w '%{http_code}' -d "csrf=$(token "$work/login")" -d key=$key -d login=jimukyoku --data-urlencode "password=$password" "$site/login")
check 'logs in' equal "$status" 303
check 'the cookie is __Host-, Secure, HttpOnly, SameSite' has "$work/head" 'set-cookie: __Host-kyodo=[^;]*;.*secure'
grep 'set-cookie: __Host-kyodo=' "$work/head" >"$work/cookie"
for word in HttpOnly SameSite 'Path=/' Secure; do check "the cookie says $word" has "$work/cookie" "$word"; done
check 'the cookie has no Domain' lacks "$work/cookie" 'domain='
check 'the answer leads on by path alone' has "$work/head" '^location: /'
check 'signed in' equal "$(get -b "$work/jar" -o "$work/home" -w '%{http_code}' "$site/home")" 200
check 'a form from another site is refused' equal "$(get -b "$work/jar" -o /dev/null -w '%{http_code}' -H 'Origin: https://evil.example' -d "csrf=$(token "$work/home")" -d key=$key "$site/logout")" 403
check 'the same from our own is taken' equal "$(get -b "$work/jar" -c "$work/jar" -o /dev/null -w '%{http_code}' -H "Origin: $site" -d "csrf=$(token "$work/home")" -d key=$key "$site/logout")" 303
check 'signed out' equal "$(get -b "$work/jar" -o /dev/null -w '%{http_code}' "$site/home")" 303

# --- addresses: what the proxy saw counts, not what somebody wrote ---
get -o /dev/null -H 'X-Forwarded-For: 203.0.113.9' -H 'X-Forwarded-Proto: http' -H 'Forwarded: for=203.0.113.9' "$site/projects?where=1"
check 'the visitor cannot choose an address' lacks "$work/log" '203\.0\.113\.9'
check 'the log has the one the proxy saw' has "$work/log" '127\.0\.0\.1'

# --- limits ---
head -c 70000000 /dev/zero >"$work/large"
check 'a body of 70 MB is refused at the door' equal "$(get -o /dev/null -w '%{http_code}' --http1.1 --data-binary @"$work/large" "$site/login")" 413
code=$(get -o /dev/null -w '%{http_code}' --http1.1 -H "X-Long: $(head -c 40000 /dev/zero | tr '\0' a)" "$site/")
check 'a head of 40 KB is refused' sh -c "[ $code = 400 ] || [ $code = 431 ]"
limited=0
for _ in $(seq 1 25); do [ "$(get -o /dev/null -w '%{http_code}' -d login=x -d password=y "$site/login")" != 429 ] || limited=$((limited + 1)); done
check 'many logins in a row are slowed down' less 0 "$limited"
check 'pages go on meanwhile' equal "$(get -o /dev/null -w '%{http_code}' "$site/projects")" 200
check 'healthz is for the inside' equal "$(get -o /dev/null -w '%{http_code}' "$site/healthz")" 200

# --- requests that two servers might read differently: the second one must never be seen behind the proxy ---
raw() { client raw kyodo.example.jp "$https" tls; }
smuggled='GET /smuggled HTTP/1.1\r\nHost: kyodo.example.jp\r\n\r\n'
# name, head without the request line and Host, body
try() {
    printf "POST /login HTTP/1.1\r\nHost: kyodo.example.jp\r\n$2\r\n$3" | raw >"$work/answer"
    check "smuggling, $1: refused or read as one" sh -c "! grep -q 404 '$work/answer'"
    check "smuggling, $1: nothing came through" lacks "$work/log" smuggled
}
try 'length and chunks' "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n" "0\r\n\r\n$smuggled"
check 'it was 400' has "$work/answer" '^HTTP/1.1 400'
try 'two lengths' "Content-Length: 0\r\nContent-Length: 54\r\n" "$smuggled"
try 'two lengths in one' "Content-Length: 0, 54\r\n" "$smuggled"
try 'a signed length' "Content-Length: +0\r\n" "$smuggled"
try 'a blank before the colon' "Content-Length : 54\r\nContent-Length: 0\r\nConnection: close\r\n" ""
try 'an unknown coding' "Transfer-Encoding: xchunked\r\n" "0\r\n\r\n$smuggled"
try 'two codings' "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n" "0\r\n\r\n$smuggled"
try 'a folded line' "X-Fold: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\nConnection: close\r\n" ""
try 'a bare line feed' "X-A: b\nTransfer-Encoding: chunked\r\nConnection: close\r\n" "0\r\n\r\n"
try 'a chunk of odd size' "Transfer-Encoding: chunked\r\nConnection: close\r\n" "0x5\r\nabcde\r\n0\r\n\r\n$smuggled"
printf "GET /x HTTP/1.1\r\nHost: kyodo.example.jp\r\nHost: evil.example\r\n\r\n" | raw >"$work/answer"
check 'two Hosts are refused' has "$work/answer" '^HTTP/1.1 400'
check 'none came through at all' lacks "$work/log" smuggled

# --- the proxy outlives a restart behind it ---
stop
check 'ends well' equal "$ended" 0
check 'no sanitizer spoke' sane
check 'meanwhile the proxy says 502' equal "$(get -o /dev/null -w '%{http_code}' "$site/projects")" 502
check 'starts again' start "unix:$work/kyodo.sock" || finish
check 'and is there again' equal "$(get -o /dev/null -w '%{http_code}' "$site/projects")" 200
stop
kill -QUIT "$front"
wait "$front" 2>/dev/null
finish
