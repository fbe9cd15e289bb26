"""Processor time per request with two sizes of the register: called by sizes.sh.

  sizes.py PROGRAM FOLDER MANY [WORD]    WORD: only addresses that hold it

A cost is the smallest of several rounds, since other work on the machine only ever adds to it. A difference of less than 50 µs between two pages of some
50 to 300 µs is noise, as two runs of one instance show; the limit is not weakened for it: what is past the limit is measured again, four times, and up to
twelve times where it is such a difference; only what stays there is named.
"""
import glob, http.client, os, re, socket, sqlite3, subprocess, sys, time
sys.path.insert(0, "tests/server")
from client import Browser, account

kyodo, folder, many = sys.argv[1:4]
only = sys.argv[4] if len(sys.argv) > 4 else ""
SIZES, LIMIT = ("10000", many), 1.3
ROLES = ("secretariat", "promoter", "collator", "approver", "municipality", "operator", "member")
# A casebook and a meeting's paper show a whole edition on one page, up to a limit: the demo's own edition stands for them at both sizes.
# What stands for the parts of an address, by the longest beginning that fits; a name in braces is a row of the filling (see names).
PARTS = {"/answers/": ["{draft}/{carried}", "{draft}"], "/answers/:id/projects/:id/remove": ["{draft}/4000001"], "/answers/:id/return": ["{submitted}"], "/answers/:id/receipt": ["{submitted}"],
         "/answers/:id/skip": ["{collating}", "{approving}"], "/answers/:id/enter": ["{draft}"], "/answers/:id/check": ["{draft}", "{submitted}", "{collating}"],
         "/inquiries/": ["1900000"], "/inquiries/:id/open": ["1900001"], "/inquiries/:id/edit": ["1900001"], "/inquiries/:id/discard": ["1900001"], "/inquiries/:id/sheet": ["1900000", "1000005"],
         "/inquiries/:id": ["1900000", "1900001", "1000005"], "/collations/": ["1900000/29"], "/projects/": ["{project}"], "/organizations/": ["1"],
         "/editions/": ["1900025", "1900001"], "/editions/:id/publish": ["1002026"], "/editions/:id/notices": ["1002026"], "/office/editions/": ["1900025/{project}", "1900001/{project}"], "/office/editions/:id": ["1900025", "1900001"],
         "/editions/:id/changes": ["1900025", "1002025"], "/editions/:id/casebook": ["2"], "/office/editions/:id/paper": ["2"], "/vocabulary/": ["form"], "/sections/": ["{section}"], "/requests/": ["{request}"], "/letters/": ["1"], "/words/": ["1"]}
QUERIES = ["/projects?year=2025", "/projects?year=2001", "/projects?year=2025&category=accord", "/projects?year=2001&category=accord", "/projects?year=2001&continuity=new&category=committee",
           "/projects?year=2001&sort=budget", "/projects?year=2001&section={section01}", "/projects?year=2025&department={department}", "/projects?year=2025&q=守る",
           "/projects?year=2001&q=福祉", "/projects/{project}?edition=1900001",
           "/statistics?year=2025", "/statistics?year=2025&by=category", "/statistics?year=2001", "/statistics/sections?year=2025", "/editions?year=2025",
           "/search?q=守る", "/search?q=福祉を守る", "/search?q=山福祉", "/search?q=ない言葉です", "/search?q=道路&kind=project"]
STAFF_QUERIES = ["/inquiries/1900000?state=missing", "/letters?inquiry=1900000", "/requests?state=declined", "/requests?state=open", "/editions/new?year=2025",
                 "/merges?one=3000001&other=3000150", "/reorganise?year=2027"]
# A file holds all that it is named for, so it grows with it; those of one answer do not.
FILES = (".csv", ".json", ".xlsx", ".pdf", ".atom", ".ics")
SAME_FILES = ("/answers/:id/sheet.xlsx", "/answers/:id/sheet.csv", "/transfers/sheet.xlsx", "/reorganise/sheet.xlsx")


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def names(size):
    db = sqlite3.connect(f"file:{folder}/{size}/kyodo.db?mode=ro", uri=True)
    one = lambda sql: db.execute(sql).fetchone()[0]
    answer = lambda where: one(f"SELECT a.id FROM answer a JOIN section x ON x.id = a.section WHERE a.inquiry = 1900000 AND {where} ORDER BY a.id LIMIT 1")
    return {"draft": answer("x.unit = 59"), "approving": answer("x.unit = 58"), "collating": answer("a.state = 'collating'"), "submitted": answer("a.state = 'submitted'"),
            "carried": 3000001, "project": one("SELECT project FROM edition_item WHERE edition = 1900025 AND position = 100"),
            "section": one("SELECT id FROM section WHERE year = 2026 AND unit = 59"), "section01": one("SELECT section FROM edition_item WHERE edition = 1900001 AND position = 100"),
            "department": one("SELECT parent FROM section WHERE year = 2025 AND unit = 59"), "request": one("SELECT max(id) FROM correction_request")}


class Server:
    def __init__(self, size):
        self.url = f"http://127.0.0.1:{port()}"
        self.names = names(size)
        self.p = subprocess.Popen([kyodo, "serve", "--listen", self.url[7:], "--database", f"{folder}/{size}", "--threads", "1"], stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                Browser(self.url).send("GET", "/healthz")
                break
            except OSError:
                time.sleep(0.1)
        self.browser = {"nobody": Browser(self.url)}
        self.browser["nobody"].cookies["notice"] = "x"  # a page of one's own: not the one kept for all
        for role in ROLES:
            self.browser[role] = Browser(self.url)
            assert self.browser[role].login(*account(f"{folder}/accounts", role)) == 303, role

    def spent(self):
        total = 0
        for f in glob.glob(f"/proc/{self.p.pid}/task/*/schedstat"):
            try:
                total += int(open(f).read().split()[0])
            except OSError:  # a thread that has just ended
                pass
        return total

    def get(self, role, path):
        b = self.browser[role]
        b.cookies.pop("flash", None)
        for again in (True, False):
            try:
                b.c.request("GET", path, None, {"Cookie": "; ".join(f"{k}={v}" for k, v in b.cookies.items())})
                r = b.c.getresponse()
                return r.status, len(r.read())
            except (OSError, http.client.HTTPException):  # the server closes a connection that was idle
                b.c.close()
                if not again:
                    raise

    def cost(self, role, path, rounds=3):
        """(status, bytes, microseconds a request): the smallest of the rounds."""
        path = path.format(**self.names)
        path = re.sub(r"[^\x00-\x7f]", lambda m: "".join(f"%{b:02X}" for b in m.group().encode()), path)
        status, size = self.get(role, path)  # what is kept is made now
        best = None
        for _ in range(rounds):
            before, times = self.spent(), 0
            while times < 8 and (times == 0 or self.spent() - before < 100e6):
                self.get(role, path)
                times += 1
            cost = (self.spent() - before) / times / 1000
            best = cost if best is None else min(best, cost)
            if best > 1e6:  # plain enough at once
                break
        return status, size, best


def filled(pattern):
    """The addresses of a pattern: its parts in order."""
    fits = [k for k in PARTS if pattern == k or (k.endswith("/") and pattern.startswith(k))]
    for parts in PARTS[max(fits, key=len)] if fits else ["1"]:
        values = iter(parts.split("/"))
        yield re.sub(r":\w+", lambda m: next(values, "1"), pattern)


def routes():
    out = []
    for line in subprocess.run([kyodo, "routes"], capture_output=True, text=True).stdout.splitlines():
        method, pattern, lane, who = line.split("\t")
        if method != "GET" or (pattern.endswith(FILES) and pattern not in SAME_FILES) or "." in pattern.rsplit("/", 1)[-1] and pattern not in SAME_FILES:
            continue
        who = who.split(",")
        roles = ["nobody", "secretariat"] if "anyone" in who else [r for r in ROLES if r in who]
        out += [(r, p) for p in dict.fromkeys(filled(pattern)) for r in roles]
    return out + [(r, q) for q in QUERIES for r in ("nobody", "secretariat", "promoter")] + [("secretariat", q) for q in STAFF_QUERIES]


def compare(role, path, rounds=3):
    (s0, n0, small), (s1, n1, big) = (s.cost(role, path, rounds) for s in servers)
    return {"role": role, "path": path, "status": (s0, s1), "bytes": (n0, n1), "small": small, "big": big, "ratio": big / small if small else 0}


def grows(m):
    """A page that has more to show may cost as much more as it is longer."""
    return m["ratio"] > LIMIT * max(1, m["bytes"][1] / max(1, m["bytes"][0]))


def show(m):
    print(f"{m['ratio']:7.2f} {m['small']:9.0f} {m['big']:9.0f} µs  {m['status'][0]} {m['status'][1]} {m['bytes'][0]:8} {m['bytes'][1]:8}  {m['role']:12} {m['path']}", flush=True)


servers = [Server(s) for s in SIZES]
try:
    measured = []
    for role, path in routes():
        if only not in path:
            continue
        m = compare(role, path)
        for i in range(12):
            if not grows(m) or m["big"] > 20 * m["small"] or (i >= 4 and m["big"] - m["small"] > 50):
                break
            again = compare(role, path, 5)
            m["small"], m["big"] = min(m["small"], again["small"]), min(m["big"], again["big"])
            m["ratio"] = m["big"] / m["small"]
        show(m)
        measured.append(m)
    shown = [m for m in measured if m["status"] == (200, 200)]
    grown = [m for m in shown if grows(m)]
    print(f"\n{len(measured)} addresses by role, {len(shown)} of them pages, {len(shown) - len(grown)} within {LIMIT}")
    odd = [m for m in measured if m["status"][0] != m["status"][1]]
    for m in odd:
        print(f"another answer: {m['status']} {m['role']} {m['path']}")
    print(f"grown past {LIMIT}:" if grown else "none grown")
    for m in sorted(grown, key=lambda m: -m["ratio"]):
        show(m)
    sys.exit(1 if grown or odd else 0)
finally:
    for s in servers:
        s.p.terminate()
        s.p.wait()
