#!/bin/sh
# What each page costs with 10,000 and with 1,000,000 projects: processor time of the server per request, and every page whose cost grows past 1.3 times.
#   tests/bench/sizes.sh [PROGRAM [FOLDER [MANY]]]    FOLDER (some 3 GB) is made when it is not there and kept; MANY instead of 1,000,000
# The instances are tests/bench/fill.sql with another number; all but the first hundred frozen rows have an empty body, which only a file of the whole
# edition and the search index would read: the rows are not indexed, search is measured by ./bench.
set -eu
cd "$(dirname "$0")/../.."
kyodo=${1:-build/release/kyodo}
folder=${2:-$(mktemp -d)}
many=${3:-1000000}
for n in 10000 "$many"; do
    [ ! -f "$folder/$n/done" ] || continue
    rm -rf "${folder:?}/$n"
    "$kyodo" init --preset kumamoto --database "$folder/$n"
    "$kyodo" demo add --database "$folder/$n" >"$folder/accounts"
    # In memory as far as it goes: the indexes are filled out of order.
    sed "s/^BEGIN;/PRAGMA cache_size = -2000000; BEGIN;/; s/50000/$n/g; s/one\.partners, one\.body,/one.partners, CASE WHEN i <= 100 THEN one.body ELSE '{}' END,/" tests/bench/fill.sql | sqlite3 "$folder/$n/kyodo.db"
    : >"$folder/$n/done"
done
exec python3 tests/bench/sizes.py "$kyodo" "$folder" "$many"
