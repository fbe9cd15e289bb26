"""Closes a round and freezes it, through the pages, for ./bench: close_round.py URL INQUIRY YEAR. Prints three figures in seconds: the page that says
what closing means (who is missing, likely doubles), closing itself, making the edition."""
import http.cookiejar
import re
import sys
import time
import urllib.parse
import urllib.request

url, inquiry, year = sys.argv[1:4]
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def get(path):
    return opener.open(url + path).read().decode()


def send(page, path, fields):
    form = {n: re.search(f'name="{n}" value="([^"]*)"', page).group(1) for n in ("csrf", "key")}
    form.update(fields)
    ask = urllib.request.Request(url + path, urllib.parse.urlencode(form).encode(), {"Origin": url})
    start = time.perf_counter()
    answer = opener.open(ask).read().decode()
    return answer, time.perf_counter() - start


send(get("/login"), "/login", {"login": "jimukyoku", "password": "rei-jimukyoku"})
start = time.perf_counter()
page = get(f"/inquiries/{inquiry}/close")
shown = time.perf_counter() - start
answer, closed = send(page, f"/inquiries/{inquiry}/close", {})
if "閉じた" not in answer:
    sys.exit("the round was not closed")
answer, frozen = send(get(f"/editions/new?year={year}"), "/editions/new", {"year": year, "preface": ""})
if "/publish" not in answer:
    sys.exit("no edition was made")
print(f"{shown:.3f} {closed:.3f} {frozen:.3f}")
