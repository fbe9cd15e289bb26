"""Processor time per request with two sizes of the register: called by sizes.sh."""
import glob, re, socket, subprocess, sys, time
sys.path.insert(0, "tests/server")
from client import Browser, account

kyodo, folder, many = sys.argv[1:4]
SIZES, LIMIT = ("10000", many), 1.3
# Parts of addresses: what stands for a number or a name in a route of that beginning. 1000001 is a project of the filling, 1000000 its inquiry and edition.
PARTS = {"/projects/": "1000001", "/inquiries/": "1000000", "/editions/": "1000000", "/answers/": "1000000", "/vocabulary/": "form", "/sections/": "1000001"}
QUERIES = ["/projects?year=2030", "/projects?year=2030&category=accord", "/projects?year=2030&continuity=new", "/projects?year=2030&sort=budget",
           "/statistics?year=2030", "/statistics?year=2030&by=category"]
FILES = (".csv", ".json", ".xlsx", ".pdf", ".atom", ".ics")


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, size):
        self.url = f"http://127.0.0.1:{port()}"
        self.p = subprocess.Popen([kyodo, "serve", "--listen", self.url[7:], "--database", f"{folder}/{size}", "--threads", "1"], stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                Browser(self.url).send("GET", "/healthz")
                break
            except OSError:
                time.sleep(0.1)
        self.browser = {"nobody": Browser(self.url)}
        self.browser["nobody"].cookies["notice"] = "x"  # a page of one's own: not the one kept for all
        for role in ("promoter", "secretariat", "operator"):
            self.browser[role] = Browser(self.url)
            assert self.browser[role].login(*account(f"{folder}/accounts", role)) == 303, role

    def spent(self):
        return sum(int(open(f).read().split()[0]) for f in glob.glob(f"/proc/{self.p.pid}/task/*/schedstat"))

    def cost(self, role, path, times=8):
        """(status, microseconds): the smallest of three rounds."""
        b, best, status = self.browser[role], None, 0
        for _ in range(3):
            before = self.spent()
            for _ in range(times):
                status = b.send("GET", path)[0]
            cost = (self.spent() - before) / times / 1000
            best = cost if best is None else min(best, cost)
            if best > 300000:
                break
        return status, best


def routes():
    out = []
    for line in subprocess.run([kyodo, "routes"], capture_output=True, text=True).stdout.splitlines():
        method, pattern, lane, who = line.split("\t")
        if method != "GET" or pattern.endswith(FILES) or "." in pattern.rsplit("/", 1)[-1]:
            continue
        names = who.split(",")
        role = "nobody" if who == "anyone" or "nobody" in names else next((r for r in ("secretariat", "promoter", "operator") if r in names), None)
        if role is None:
            continue
        part = next((v for k, v in PARTS.items() if pattern.startswith(k)), "1")
        out.append((role, re.sub(r":\w+", part, pattern)))
    return out + [("nobody", q) for q in QUERIES] + [("secretariat", q) for q in QUERIES]


servers = [Server(s) for s in SIZES]
try:
    grown = []
    for role, path in routes():
        (s0, small), (s1, big) = (s.cost(role, path) for s in servers)
        ratio = big / small if small else 0
        print(f"{ratio:6.2f}  {small:9.0f} {big:9.0f} µs  {s0} {s1}  {role:12} {path}", flush=True)
        if ratio > LIMIT and s0 < 400:
            grown.append((ratio, role, path, small, big))
    print(f"\ngrown past {LIMIT}:")
    for ratio, role, path, small, big in sorted(grown, reverse=True):
        print(f"{ratio:6.2f}  {small:9.0f} {big:9.0f} µs  {role:12} {path}")
finally:
    for s in servers:
        s.p.terminate()
