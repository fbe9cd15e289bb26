#!/bin/sh
# The disk is full (a small file system of the test's own): who writes is told so (507) and loses nothing typed, who reads goes on, whatever was
# acknowledged is there, and when there is room again writing goes on without a restart. SQLite: with PostgreSQL the disk is its server's.
cd "$(dirname "$0")/../.." || exit 1
if [ -z "${KYODO_TEST_INSIDE:-}" ]; then
    [ "$(id -u)" = 0 ] && how=-m || how=-rm
    if unshare $how true 2>/dev/null; then KYODO_TEST_INSIDE=yes exec unshare $how "$0"; fi
    echo "*** no file system can be mounted here: the full disk was not tried ***"
    echo "0 passed, 0 failed"
    exit 0
fi
. tests/server/lib.sh
mkdir "$work/small"
mount -t tmpfs -o size=48m,mode=0777 tmpfs "$work/small" || { echo "0 passed, 1 failed"; exit 1; }
database=$work/small/instance
check "init" exits 0 "$kyodo" init --preset kumamoto --database "$database"
"$kyodo" demo add --database "$database" >"$work/accounts" 2>"$work/stderr" || cat "$work/stderr"
check "starts" start || finish
python3 - "$url" "$work/accounts" "$work/small/filler" "$work/kept" "$kyodo" "$database" "$work" >"$work/told" 2>&1 <<'END'
import subprocess, sys
sys.path.insert(0, "tests/server")
from client import *
url, accounts, filler, kept, kyodo, database, work = sys.argv[1:]
b = office(url, accounts)
fields = {**form_of(b, PAGE), "csrf": b.token(PAGE)}
def post(name):
    status, headers, text = b.send("POST", PAGE, record(fields, name))
    if status == 303:
        open(kept, "a").write(name + "\n")
    return status, text
print("before", post("例 空きのあるとき")[0])
fd = os.open(filler, os.O_WRONLY | os.O_CREAT)
for size in (1 << 20, 1 << 12, 1):
    try:
        while True:
            os.write(fd, b"x" * size)
    except OSError:
        pass
os.close(fd)
full = None
for i in range(60):  # what the database has reserved for itself is used up first
    status, text = post(f"例 いっぱいのとき {i} " + "長い名前 " * 12)
    if status != 303:
        full = status, text
        break
print("full", full[0] if full else None)
print("sentence", "ディスクがいっぱい" in full[1])
print("typed", "例 いっぱいのとき" in full[1])
for path in ("/", "/projects", "/statistics", "/organizations", "/healthz", "/sections"):
    print("read", path, b.send("GET", path)[0])
other = Browser(url)
print("login", other.login(*account(accounts, "promoter")))
print("guest", other.send("GET", "/organizations")[0])
still = post("例 まだいっぱい " + "長い名前 " * 12)[0]
print("still", still)
# A backup onto the full disk, and one elsewhere.
here = subprocess.run([kyodo, "backup", os.path.dirname(database) + "/backup.json", "--database", database], capture_output=True, text=True)
print("backup here", here.returncode, "ディスクの空きがありません" in here.stderr, sorted(os.listdir(os.path.dirname(database))))
print("backup elsewhere", subprocess.run([kyodo, "backup", work + "/backup.json", "--database", database], capture_output=True).returncode)
os.remove(filler)
print("after", post("例 空いたあと")[0])
print("login again", other.login(*account(accounts, "promoter")))
END
said() { has "$work/told" "^$1\$"; }
check "before: it is written" said "before 303"
check "full: a write is told 507" said "full 507"
check "full: in words" said "sentence True"
check "full: what was typed is on the page" said "typed True"
for page in / /projects /statistics /organizations /healthz /sections; do check "full: GET $page" said "read $page 200"; done
check "full: a guest reads" said "guest 200"
check "full: a login is told so too" said "login 507"
check "full: it stays so" said "still 507"
check "room again: it is written, without a restart" said "after 303"
check "room again: login" said "login again 303"
stop
check "ends well" equal "$ended" 0
check "no sanitizer spoke" sane
check "the log says why" has "$work/log" "E_FULL"
sql "SELECT name FROM organization" | sort >"$work/there"
sort "$work/kept" | sed 's/ *$//' >"$work/promised"
check "all that was acknowledged is there" equal "$(comm -23 "$work/promised" "$work/there")" ""
check "and something was" less 1 "$(wc -l <"$work/promised")"
check "and nothing of what was refused" equal "$(sql "SELECT count(*) FROM organization WHERE name LIKE '例 まだ%'")" 0
check "the log is whole" exits 0 "$kyodo" audit verify --database "$database"

check "a backup onto the full disk fails, says so and leaves nothing" said "backup here 9 True \['filler', 'instance'\]"
check "one elsewhere is made" said "backup elsewhere 0"
check "and is whole" exits 0 "$kyodo" backup verify "$work/backup.json"

head -c 100000000 /dev/zero >"$work/small/filler" 2>/dev/null
check "without a server even reading needs some room" exits 9 "$kyodo" check --database "$database"
check "which is said" has "$work/stderr" "ディスクの空きがない"
rm "$work/small/filler"
check "restoring onto a disk too small" exits 9 sh -c 'head -c $(($(df -Pk "$1" | awk "NR == 2 { print \$4 }") * 1024 - 1500000)) /dev/zero >"$1/filler"; exec "$0" restore "$2" --database "$1/again"' "$kyodo" "$work/small" "$work/backup.json"
rm "$work/small/filler"
check "goes through when there is room" exits 0 "$kyodo" restore "$work/backup.json" --database "$work/small/again"
check "and is whole" exits 0 "$kyodo" audit verify --database "$work/small/again"
umount "$work/small" 2>/dev/null
finish
