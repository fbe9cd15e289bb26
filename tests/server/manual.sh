#!/bin/sh
# The operator's manual: what it marks as 試験 is run to the letter, but for the places (/var/lib/kyodo and the like become folders of the test) and for
# systemctl and runuser, which there are none of here. Whatever else it names, files of deploy/ and commands, is there.
cd "$(dirname "$0")/../.." || exit 1
. tests/server/lib.sh
manual=docs/operate.ja.md
mkdir -p "$work/bin" "$work/backups" "$work/tmp"
ln -s "$kyodo" "$work/bin/kyodo"
ln -s "$PWD/deploy/kyodo-backup" "$work/bin/kyodo-backup"
PATH=$work/bin:$PATH
# The marked blocks of a name, one after the other.
block() {
    awk -v name="$1" '
        index($0, "<!-- 試験 " name " -->") { next_one = 1; next }
        /^ *```sh/ && next_one { inside = 1; next_one = 0; next }
        /^ *```/ { inside = 0 }
        inside { sub(/^ +/, ""); print }' "$manual"
}
here() {
    sed "s#/var/backups/kyodo#$work/backups#g; s#/var/lib/kyodo#$work/kyodo#g; s#/var/tmp#$work/tmp#g; s#\"postgresql:///kyodo\"#\"\$postgres_url\"#g; \
s#^systemctl .*#true#; s#runuser -u kyodo -- ##g; s# -o kyodo -g kyodo##g"
}
run_block() {
    block "$1" | here >"$work/block.sh"
    [ -s "$work/block.sh" ] || { echo "no block $1"; return 1; }
    # Every line counts, not the last alone.
    sh -e "$work/block.sh" >"$work/stdout" 2>"$work/stderr" || { cat "$work/block.sh" "$work/stderr"; return 1; }
}
database=$work/kyodo
"$kyodo" init --preset kumamoto --database "$database" 2>"$work/stderr" || cat "$work/stderr"
"$kyodo" demo add --database "$database" >"$work/accounts" 2>"$work/stderr" || cat "$work/stderr"
check "backup" run_block backup
check "backup: what it prints are tables with their hashes" grep -E '^organization	[0-9]+	[0-9a-f]{64}$' "$work/stdout"
check "nightly" run_block nightly
check "nightly: today's is there" has "$work/stdout" "kyodo-$(date +%F).json"
check "drill" run_block drill
check "drill: nothing is left" equal "$(ls "$work/tmp")" ""
check "rehearsal" run_block rehearsal
check "checks" run_block checks
check "sweep" run_block sweep
if [ -n "${KYODO_TEST_POSTGRES:-}" ]; then
    place postgres manual
    postgres_url=$database
    export postgres_url
    unset KYODO_DATA
    check "postgres" run_block postgres
    grep -E '	[0-9a-f]{64}$' "$work/stdout" >"$work/lines"
    # Once by backup, once by restore: the same line twice for every table.
    check "postgres: the tables are the same on both" equal "$(sort "$work/lines" | uniq -c | awk '$1 != 2' | wc -l)" 0
    database=$work/kyodo
fi
"$kyodo" export organizations --format csv --database "$database" >"$work/before" 2>/dev/null
check "restore for good" run_block restore
"$kyodo" export organizations --format csv --database "$database" >"$work/after" 2>/dev/null
check "restore: all is back" cmp "$work/before" "$work/after"
check "restore: the old one is still there" test -f "$work/kyodo-broken/kyodo.db"

# The nightly script: without a good backup nothing old is thrown away.
for day in 2020-01-01 2020-01-02 2020-02-01; do cp "$work/backups/kyodo-$(date +%F).json" "$work/backups/kyodo-$day.json"; done
check "nightly: a copy that fails fails the night" exits 5 env KYODO_DATABASE="$database" KYODO_BACKUP_DIR="$work/backups" KYODO_BACKUP_COPY='exit 5' kyodo-backup
check "nightly: and keeps the old ones" test -f "$work/backups/kyodo-2020-01-02.json"
check "nightly: a database that is not there fails the night" exits 6 env KYODO_DATABASE="$work/nowhere" KYODO_BACKUP_DIR="$work/backups" kyodo-backup
check "nightly: with a copy" exits 0 env KYODO_DATABASE="$database" KYODO_BACKUP_DIR="$work/backups" KYODO_BACKUP_COPY="cp {} $work/elsewhere" kyodo-backup
check "nightly: the copy is a backup" exits 0 "$kyodo" backup verify "$work/elsewhere"
check "nightly: the old ones have gone" equal "$(ls "$work/backups" | grep -c '^kyodo-2020')" 0
for days in $(seq 1 40); do : >"$work/backups/kyodo-$(date -d "$days days ago" +%F).json"; done
check "nightly: once more" exits 0 env KYODO_DATABASE="$database" KYODO_BACKUP_DIR="$work/backups" KYODO_BACKUP_MONTHS=0 kyodo-backup
check "nightly: fourteen nights and the first of this month stay" less "$(ls "$work/backups"/kyodo-2*.json | wc -l)" 17
check "nightly: and no fewer" less 14 "$(ls "$work/backups"/kyodo-2*.json | wc -l)"

# What the manual names is there.
for file in $(grep -o 'deploy/[a-z.-]*[a-z]' "$manual" | sort -u); do check "$file" test -f "$file"; done
"$kyodo" --help >"$work/help" 2>&1
for words in $(grep -o 'kyodo \(backup verify\|audit verify\|edition verify\|user reset\|user list\|demo remove\|[a-z]*\)' "$manual" | sed 's/ /_/g' | sort -u); do
    name=$(echo "$words" | sed 's/^kyodo_//; s/_/ /g')
    case $name in kyodo | www | '') continue ;; esac
    check "the command $name" has "$work/help" "kyodo $name"
done
finish
