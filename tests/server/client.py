"""What the server tests need of a browser: log in, take a form's token, send many requests at once. Standard library only.

  client.py write URL ACCOUNTS OUT SECONDS THREADS   adds sections until the time is up or the server is gone; each name that was acknowledged goes to OUT
  client.py same URL ACCOUNTS N                      sends one form N times at once, then again with another body: prints the answers
  client.py busy URL ACCOUNTS N                      begins N logins, prints "begun", then how each was answered
  client.py raw HOST PORT|unix:PATH [tls]            sends stdin as it is, prints what comes back
"""
import http.client, os, re, secrets, socket, ssl, sys, threading, time, urllib.parse


class Connection(http.client.HTTPConnection):
    def __init__(self, url, timeout=60):
        self.url = url
        self.path = url[5:] if url.startswith("unix:") else None
        super().__init__("localhost" if self.path else urllib.parse.urlsplit(url).netloc, timeout=timeout)

    def connect(self):
        if not self.path:
            return super().connect()
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Browser:
    def __init__(self, url):
        self.url, self.cookies = url, {}
        self.c = Connection(url)

    def send(self, method, path, form=None):
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.c.request(method, path, body, headers)
        r = self.c.getresponse()
        text = r.read().decode()
        for line in r.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return r.status, r.headers, text

    def token(self, path):
        return re.search(r'name="csrf" value="([0-9a-f]+)"', self.send("GET", path)[2]).group(1)

    def login(self, login, password):
        status, headers, _ = self.send("POST", "/login", {"csrf": self.token("/login"), "key": secrets.token_hex(16), "login": login, "password": password})
        return status


def account(file, role):
    for line in open(file):
        a = line.rstrip("\n").split("\t")
        if a[0] == role:
            return a[1], a[2]
    raise SystemExit(f"no account for {role}")


def office(url, accounts):
    b = Browser(url)
    status = b.login(*account(accounts, "secretariat"))
    if status != 303:
        raise SystemExit(f"login: {status}")
    return b


def form_of(b, path):
    """The fields of a page's form, as a browser would send them back untouched."""
    html = b.send("GET", path)[2]
    main = html[html.index("<main"):]
    fields = {}
    for m in re.finditer(r"<input\b([^>]*)>", main):
        a = dict(re.findall(r'(\w+)="([^"]*)"', m.group(1)))
        if a.get("type") in ("checkbox", "radio") and " checked" not in m.group(1):
            continue
        if "name" in a and a["name"] != "q":
            fields[a["name"]] = a.get("value", "")
    for m in re.finditer(r'<select\b[^>]*name="(\w+)"[^>]*>(.*?)</select>', main, re.S):
        options = re.findall(r'<option value="([^"]*)"( selected)?', m.group(2))
        fields[m.group(1)] = next((v for v, s in options if s and v), next((v for v, s in options if v), ""))  # the first real choice
    for m in re.finditer(r'<textarea\b[^>]*name="(\w+)"', main):
        fields[m.group(1)] = ""
    return fields


PAGE = "/organizations/new"


def record(fields, name):
    """A group without a number, the smallest record that staff can add."""
    return {**fields, "name": name, "kana": "れい", "key": secrets.token_hex(16)}


def write(url, accounts, out, seconds, threads):
    until = time.monotonic() + float(seconds)
    fields = form_of(office(url, accounts), PAGE)
    lock, kept, refused = threading.Lock(), [], []

    def one(number):
        try:
            b = office(url, accounts)
            form = {**fields, "csrf": b.token(PAGE)}
            n = 0
            while time.monotonic() < until:
                n += 1
                name = f"例{number}番{n}回{secrets.token_hex(4)}"
                status, headers, text = b.send("POST", PAGE, record(form, name))
                with lock, open(out, "a") as f:
                    if status == 303:
                        f.write(name + "\n")
                        kept.append(name)
                    else:
                        refused.append(status)
        except (OSError, http.client.HTTPException):
            pass  # the server is gone

    all_ = [threading.Thread(target=one, args=(i,)) for i in range(int(threads))]
    for t in all_:
        t.start()
    for t in all_:
        t.join()
    print(f"kept {len(kept)} refused {sorted(set(refused))}")


def same(url, accounts, n):
    b = office(url, accounts)
    form = record(form_of(b, PAGE), "例 十六回送られた会")
    answers, gate = [], threading.Barrier(int(n))

    def one():
        mine = Browser(url)
        mine.cookies = dict(b.cookies)
        mine.c.connect()
        gate.wait()
        status, headers, _ = mine.send("POST", PAGE, form)
        answers.append(f"{status} {headers.get('Location')}")

    all_ = [threading.Thread(target=one) for _ in range(int(n))]
    for t in all_:
        t.start()
    for t in all_:
        t.join()
    print("different answers", len(set(answers)), *sorted(set(answers)))
    print("another body", b.send("POST", PAGE, {**form, "name": "例 別の名前"})[0])
    other = Browser(url)
    other.login(*account(accounts, "promoter"))
    print("another person", other.send("POST", PAGE, {**form, "csrf": other.token(PAGE)})[0])
    print("another token", b.send("POST", PAGE, {**record(form, "例 印のちがう会"), "csrf": "0" * 64})[0])


def busy(url, accounts, n):
    ready = []
    for _ in range(int(n)):
        b = Browser(url)
        ready.append((b, {"csrf": b.token("/login"), "key": secrets.token_hex(16), "login": account(accounts, "secretariat")[0], "password": account(accounts, "secretariat")[1]}))
    answers, gate = [], threading.Barrier(int(n) + 1)

    def one(b, form):
        body = urllib.parse.urlencode(form)
        b.c.putrequest("POST", "/login")
        b.c.putheader("Cookie", "; ".join(f"{k}={v}" for k, v in b.cookies.items()))
        b.c.putheader("Content-Type", "application/x-www-form-urlencoded")
        b.c.putheader("Content-Length", str(len(body)))
        b.c.endheaders(body.encode())
        gate.wait()
        try:
            r = b.c.getresponse()
            r.read()
            answers.append(str(r.status))
        except (OSError, http.client.HTTPException) as e:
            answers.append(type(e).__name__)

    all_ = [threading.Thread(target=one, args=x) for x in ready]
    for t in all_:
        t.start()
    gate.wait()
    time.sleep(0.1)
    print("begun", flush=True)
    for t in all_:
        t.join()
    print(*sorted(answers))


def raw(host, where, tls=None):
    s = socket.socket(socket.AF_UNIX if where.startswith("unix:") else socket.AF_INET)
    s.settimeout(10)
    s.connect(where[5:] if where.startswith("unix:") else ("127.0.0.1", int(where)))
    if tls:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        s = context.wrap_socket(s, server_hostname=host)
    s.sendall(sys.stdin.buffer.read())
    got = b""
    try:
        while True:
            piece = s.recv(65536)
            if not piece:
                break
            got += piece
    except (socket.timeout, OSError):
        pass
    sys.stdout.buffer.write(got)


if __name__ == "__main__":
    {"write": write, "same": same, "busy": busy, "raw": raw}[sys.argv[1]](*sys.argv[2:])
