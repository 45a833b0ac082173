#!/bin/sh
# Prints where a run of tests puts its shops: into memory where there is room and a program may lie, so that no commit
# waits for a disk; otherwise where temporary files lie. A suite that needs a disk makes one (tests/faults/disk.py).
set -eu

MEMORY=/dev/shm
ROOM=4000000 # kB

usable() {
    room=$(df -Pk "$MEMORY" 2>/dev/null | awk 'END { print $4 }')
    [ "${room:-0}" -ge "$ROOM" ] || return 1
    program=$(mktemp "$MEMORY/printd-place-XXXXXX" 2>/dev/null) || return 1
    printf '#!/bin/sh\n' >"$program"
    chmod +x "$program"
    "$program" 2>/dev/null && runs=0 || runs=1
    rm -f "$program"
    return "$runs"
}

if [ -z "${TMPDIR:-}" ] && usable; then
    echo "$MEMORY"
else
    echo "${TMPDIR:-/tmp}"
fi
