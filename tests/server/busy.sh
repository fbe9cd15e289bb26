#!/bin/sh
# While a list of 27,835 organizations goes in and a backup is taken, pages and logins are answered; the import's page says how far it is. A server that is
# stopped or killed in the midst of an import says afterwards which row it had come to, and the same file sent again goes on from there.
# (With PostgreSQL a part of the list will do: the same code writes it, each row on its way to another process.)
cd "$(dirname "$0")/../.." || exit 1
. tests/server/lib.sh
rows=27835
if [ -n "${KYODO_NPO_LIST:-}" ] && [ -f "$KYODO_NPO_LIST" ]; then cp "$KYODO_NPO_LIST" "$work/list.csv"; else
    python3 tests/bench/organizations.py >"$work/list.csv"
fi
cat >"$work/import.py" <<'END'
import subprocess, sys
sys.path.insert(0, "tests/server")
from client import *


def upload(b, file):
    """Sends the file as the page does; where the import's own page is."""
    token = b.token("/organizations/import")
    edge = secrets.token_hex(16)
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in (("csrf", token), ("key", secrets.token_hex(16)), ("only_npo", "1"))]
    parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\nContent-Type: text/csv\r\n\r\n'.encode())
    body = b"".join(parts) + open(file, "rb").read() + f"\r\n--{edge}--\r\n".encode()
    b.c.request("POST", "/organizations/import", body, {"Cookie": "; ".join(f"{k}={v}" for k, v in b.cookies.items()), "Content-Type": f"multipart/form-data; boundary={edge}"})
    r = b.c.getresponse()
    r.read()
    if r.status != 303:
        raise SystemExit(f"upload: {r.status}")
    return r.headers["Location"]


def look(b, page):
    """(still running, rows written)"""
    status, headers, text = b.send("GET", page)
    text = text[text.index("<main"):]
    m = re.search(r"([0-9,]+)行のうち、([0-9,]+)行まで", text)
    return "取り込んでいます" in text, int(m.group(2).replace(",", "")) if m else 0, text


if __name__ == "__main__":
    what, url, accounts, file = sys.argv[1:5]
    b = office(url, accounts)
    page = upload(b, file)
    print("begun", page, flush=True)
    if what == "begin":  # until some rows are there
        while look(b, page)[1] < 1000:
            time.sleep(0.05)
        print("under way", flush=True)
        raise SystemExit(0)
    kyodo, database, backup = sys.argv[5:]
    taking = subprocess.Popen([kyodo, "backup", backup, "--database", database], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    guest, seen, gets, logins, writes = Browser(url), set(), 0, 0, 0
    while True:
        running, n, text = look(b, page)
        if not running:
            break
        # Only what was answered while the import still ran counts: it is looked at after each answer.
        ok = [guest.send("GET", "/organizations")[0], guest.send("GET", "/projects")[0]] == [200, 200]
        login = Browser(url).login(*account(accounts, "promoter"))
        form = {**form_of(b, PAGE), "csrf": b.token(PAGE)}
        write = b.send("POST", PAGE, record(form, "例 取り込みのあいだの会" + secrets.token_hex(4)))[0]
        time.sleep(0.3)  # people, not a flood: the import has the machine too
        if look(b, page)[0]:
            seen.add(n)
            gets += ok
            logins += login == 303
            writes += write == 303
    print("gets", gets, "logins", logins, "writes", writes, "steps", len(seen))
    print("answered", gets >= 1 and logins >= 1 and writes >= 1)
    print("progress", len(seen) >= 2)
    print("backup", taking.wait())
    print("ended", "取り込みました" in text)
END
cp "$work/list.csv" "$work/whole.csv"
for engine in $engines; do
    [ "$engine" = sqlite ] || { rows=12000; head -n 12000 "$work/whole.csv" >"$work/list.csv"; }
    instance "$engine" "busy_$engine"
    check "$engine: starts" start || finish
    python3 "$work/import.py" whole "$url" "$work/accounts" "$work/list.csv" "$kyodo" "$database" "$work/$engine.json" >"$work/told" 2>&1
    said() { has "$work/told" "^$1\$"; }
    check "$engine: pages, logins and writes were answered while it ran" said "answered True"
    check "$engine: and its page said how far it was" said "progress True"
    check "$engine: it came to its end" said "ended True"
    check "$engine: the backup too" said "backup 0"
    sed -n 's/^gets/gets/p' "$work/told"
    check "$engine: the backup is whole" exits 0 "$kyodo" backup verify "$work/$engine.json"
    check "$engine: all rows are there" equal "$(sql "SELECT CASE WHEN count(*) >= $rows - 1 THEN 'yes' ELSE 'no' END FROM organization")" yes
    check "$engine: one run, done" equal "$(sql "SELECT state FROM run WHERE kind = 'organizations.import'")" done
    stop
    check "$engine: ends well" equal "$ended" 0
    check "$engine: no sanitizer spoke" sane
    check "$engine: the log is whole" exits 0 "$kyodo" audit verify --database "$database"
done
# Cut off.
rows=27835
cp "$work/whole.csv" "$work/list.csv"
for signal in TERM KILL; do
    instance sqlite "cut_$signal"
    check "$signal: starts" start || finish
    check "$signal: an import is under way" exits 0 python3 "$work/import.py" begin "$url" "$work/accounts" "$work/list.csv"
    stop "$signal"
    [ "$signal" = KILL ] || check "TERM: ends well, between two pieces" equal "$ended" 0
    check "$signal: what is there stands for itself" exits 0 "$kyodo" check --database "$database"
    there=$(sql "SELECT count(*) FROM organization_history")
    check "$signal: some rows" less 500 "$there"
    check "$signal: not all" less "$there" $rows
    check "$signal: starts again" start || finish
    for _ in $(seq 1 1200); do [ "$(sql "SELECT state FROM run WHERE kind = 'organizations.import'")" = broken ] && break; sleep 0.1; done
    check "$signal: the run is broken, and names its row" equal "$(sql "SELECT state, done >= 1000, total > 20000 FROM run WHERE kind = 'organizations.import'")" 'broken|1|1'
    python3 - "$url" "$work/accounts" >"$work/home" 2>&1 <<'END'
import sys
sys.path.insert(0, "tests/server")
from client import *
b = Browser(sys.argv[1])
print(b.login(*account(sys.argv[2], "operator")))
print(b.send("GET", "/home")[2])
END
    check "$signal: it is the operator's to-do" has "$work/home" '途中で止まった仕事を確かめる'
    check "$signal: with its row" grep -E '行のうち[0-9]+行のあと' "$work/home"
    if [ "$signal" = KILL ]; then
        check "KILL: the same file again goes on" exits 0 "$kyodo" import organizations "$work/list.csv" --only-npo --database "$database"
        check "KILL: and all is there, once" equal "$(sql "SELECT count(*) FROM organization_history")" $rows
    fi
    stop
done
finish
