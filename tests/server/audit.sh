#!/bin/sh
# Whoever changes the database behind the program's back is found out: a row of the log altered, removed, put in, the tail cut; a record changed.
cd "$(dirname "$0")/../.." || exit 1
. tests/server/lib.sh
for engine in $engines; do
    instance "$engine" "audit_$engine"
    verify() { "$kyodo" audit verify --database "$database"; }
    check "$engine: whole at first" exits 0 verify
    chain=$(sql "SELECT min(chain) FROM audit")
    middle=$(sql "SELECT max(n) / 2 FROM audit WHERE chain = $chain")
    last=$(sql "SELECT max(n) FROM audit WHERE chain = $chain")
    # Does it, sees it, undoes it.
    tried() { # NAME STATEMENT UNDO
        sql "$2" >"$work/sql" 2>&1 || { check "$engine: $1: the statement" false; cat "$work/sql"; return; }
        check "$engine: $1 is found" exits 7 verify
        check "$engine: $1: the place is named" grep -q '[0-9]' "$work/stderr"
        sql "$3" >"$work/sql" 2>&1
        check "$engine: $1: undone, it is whole" exits 0 verify
    }
    what=$(sql "SELECT what FROM audit WHERE chain = $chain AND n = $middle")
    at=$(sql "SELECT at FROM audit WHERE chain = $chain AND n = $middle")
    tried "another deed" "UPDATE audit SET what = 'x' WHERE chain = $chain AND n = $middle" "UPDATE audit SET what = '$what' WHERE chain = $chain AND n = $middle"
    tried "another time" "UPDATE audit SET at = at + 1 WHERE chain = $chain AND n = $middle" "UPDATE audit SET at = $at WHERE chain = $chain AND n = $middle"
    # The values behind a row's hashes, and the records of a published edition.
    value="FROM audit_value WHERE chain = $chain AND field = 'name' AND after IS NOT NULL"
    value_at=$(sql "SELECT max(n) $value")
    after=$(sql "SELECT after $value AND n = $value_at LIMIT 1")
    tried "another value" "UPDATE audit_value SET after = 'x' WHERE chain = $chain AND n = $value_at AND field = 'name'" \
        "UPDATE audit_value SET after = '$after' WHERE chain = $chain AND n = $value_at AND field = 'name'"
    editions() { "$kyodo" edition verify --database "$database"; }
    check "$engine: the editions are whole" exits 0 editions
    frozen=$(sql "SELECT min(id) FROM frozen")
    category=$(sql "SELECT category FROM frozen WHERE id = $frozen")
    sql "UPDATE frozen SET category = 'cohost' WHERE id = $frozen" >/dev/null
    check "$engine: a changed row of an edition is found" exits 7 editions
    sql "UPDATE frozen SET category = '$category' WHERE id = $frozen" >/dev/null
    sql "UPDATE figure SET value = value + 1 WHERE edition = 1 AND name = 'projects' AND one = 'ps'" >/dev/null
    check "$engine: a changed figure is found" exits 7 editions
    sql "UPDATE figure SET value = value - 1 WHERE edition = 1 AND name = 'projects' AND one = 'ps'" >/dev/null
    check "$engine: undone, they are whole" exits 0 editions
    sql "CREATE TABLE kept AS SELECT * FROM audit WHERE chain = $chain AND n IN ($middle, $last)" >/dev/null
    tried "a row taken out" "DELETE FROM audit WHERE chain = $chain AND n = $middle" "INSERT INTO audit SELECT * FROM kept WHERE n = $middle"
    tried "the tail cut off" "DELETE FROM audit WHERE chain = $chain AND n = $last" "INSERT INTO audit SELECT * FROM kept WHERE n = $last"
    tried "a row put in" "UPDATE kept SET n = $last + 1 WHERE n = $last; INSERT INTO audit SELECT * FROM kept WHERE n = $last + 1" "DELETE FROM audit WHERE chain = $chain AND n = $last + 1"
    sql "DROP TABLE kept" >/dev/null
done
finish
