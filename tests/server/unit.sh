#!/bin/sh
# The systemd unit: systemd understands every line, it is closed up tight, and what it names is what the program has.
cd "$(dirname "$0")/../.." || exit 1
. tests/server/lib.sh
unit=deploy/kyodo.service
sed "s|^ExecStart=[^ ]*|ExecStart=$kyodo|" $unit >"$work/kyodo.service"
start=$(sed -n 's/^ExecStart=[^ ]* //p' $unit)
check 'it starts the server' equal "${start%% *}" serve
# The line of the unit as it stands, in a folder of ours: it serves, and it ends with 0 at the unit's signal.
database=$work/data
"$kyodo" init --preset kumamoto --database "$database" 2>"$work/stderr" || cat "$work/stderr"
# shellcheck disable=SC2086
KYODO_DATABASE=$database "$kyodo" $(echo "$start" | sed "s|/run/kyodo|$work|") 2>"$work/log" &
server=$!
running=$server
for _ in $(seq 1 1200); do grep -qs event=listening "$work/log" && break; sleep 0.1; done
check 'its line serves' equal "$(curl -s --unix-socket "$work/kyodo.sock" http://localhost/healthz)" ok
stop "$(sed -n 's/^KillSignal=SIG//p' $unit)"
check 'and ends well' equal "$ended" 0
seconds=$(sed -n 's/^TimeoutStopSec=//p' $unit)
check 'systemd waits longer than the program finishes its work' less 30 "$seconds"
for line in NoNewPrivileges=yes ProtectSystem=strict ProtectHome=yes PrivateTmp=yes PrivateDevices=yes MemoryDenyWriteExecute=yes 'CapabilityBoundingSet=$' StateDirectoryMode=0700; do
    check "$line" grep -q "^$line" $unit
done
check 'the same socket stands in nginx.conf' has deploy/nginx.conf "$(echo "$start" | sed 's/.*\(unix:[^ ]*\).*/\1/')"
# The nightly backup: its unit and timer, and the script that they start.
check 'the timer names a time' grep -q '^OnCalendar=' deploy/kyodo-backup.timer
check 'the script is a program' test -x deploy/kyodo-backup
check 'the unit starts it' grep -q '^ExecStart=/usr/local/sbin/kyodo-backup$' deploy/kyodo-backup.service
if command -v systemd-analyze >/dev/null; then
    sed "s|^ExecStart=.*|ExecStart=$PWD/deploy/kyodo-backup|" deploy/kyodo-backup.service >"$work/kyodo-backup.service"
    cp deploy/kyodo-backup.timer "$work/kyodo-backup.timer"
    systemd-analyze verify "$work/kyodo-backup.service" "$work/kyodo-backup.timer" >"$work/verify" 2>&1
    check 'systemd-analyze verify of the backup' equal $? 0
    check 'and it says nothing of it' equal "$(grep -c kyodo "$work/verify")" 0
fi
if command -v systemd-analyze >/dev/null; then
    systemd-analyze verify "$work/kyodo.service" >"$work/verify" 2>&1
    check 'systemd-analyze verify' equal $? 0
    check 'and it says nothing' equal "$(grep -c kyodo "$work/verify")" 0
    level=$(systemd-analyze security --offline=true "$work/kyodo.service" 2>/dev/null | sed -n 's/.*exposure level for[^:]*: \([0-9]*\)\.\([0-9]\).*/\1\2/p')
    check "exposure ${level:-unknown} of 100" less "${level:-100}" 20
else
    echo "systemd-analyze is not here: the unit was not verified"
fi
finish
