#!/bin/sh
# One form sent 16 times at once makes one record, and all 16 are told the same; with another body, by another person or without its token it is refused.
cd "$(dirname "$0")/../.." || exit 1
. tests/server/lib.sh
for engine in $engines; do
    instance "$engine" "once_$engine"
    check "$engine: starts" start || finish
    client same "$url" "$work/accounts" 16 >"$work/answers" 2>&1
    check "$engine: one answer for all" has "$work/answers" '^different answers 1 303 /organizations/[0-9]*$'
    check "$engine: one record" equal "$(sql "SELECT count(*) FROM organization WHERE name = '例 十六回送られた会'")" 1
    check "$engine: another body is refused" has "$work/answers" '^another body 409$'
    check "$engine: another person is refused" has "$work/answers" '^another person 4'
    check "$engine: another token is refused" has "$work/answers" '^another token 403$'
    check "$engine: nothing of it was kept" equal "$(sql "SELECT count(*) FROM organization WHERE name IN ('例 別の名前', '例 印のちがう会')")" 0
    stop
    check "$engine: ends well" equal "$ended" 0
    check "$engine: no sanitizer spoke" sane
done
finish
