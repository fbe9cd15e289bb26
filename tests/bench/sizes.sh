#!/bin/sh
# What each page costs with 10,000 and with 1,000,000 projects: processor time of the server per request, and every page whose cost grows past 1.3 times.
#   tests/bench/sizes.sh [PROGRAM [FOLDER [MANY [WORD]]]]    FOLDER (some 6 GB) is made when it is not there and kept; MANY instead of 1,000,000;
#                                                            WORD: only addresses that hold it
# The instances are filled by tests/bench/sizes.sql (see there for what is in them), and their search index is made.
set -eu
cd "$(dirname "$0")/../.."
kyodo=${1:-build/release/kyodo}
folder=${2:-$(mktemp -d)}
many=${3:-1000000}
mkdir -p "$folder"
for n in 10000 "$many"; do
    [ ! -f "$folder/$n/done" ] || continue
    rm -rf "${folder:?}/$n"
    "$kyodo" init --preset kumamoto --database "$folder/$n"
    "$kyodo" demo add --database "$folder/$n" >"$folder/accounts"
    # A small register has one round a year, a large one four; both have 25 years.
    sed "s/@PROJECTS@/$n/g; s/@ROUNDS@/$([ "$n" -gt 100000 ] && echo 4 || echo 1)/g" tests/bench/sizes.sql | sqlite3 "$folder/$n/kyodo.db" >/dev/null
    "$kyodo" reindex --database "$folder/$n"
    : >"$folder/$n/done"
done
exec python3 tests/bench/sizes.py "$kyodo" "$folder" "$many" ${4:+"$4"}
