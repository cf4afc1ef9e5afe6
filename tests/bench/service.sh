#!/bin/sh
# Drives the real service with wrk and prints one table of ratios to the bars of the service.
#   tests/bench/service.sh [LINKWAY]
# RESOURCES (500000) and SECONDS_EACH (10) may be set. The loaded store is kept under build/service-bench for the next run.
# Exit: 0 when every figure was taken, whether or not a bar was missed; 1 when something did not work.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(dirname -- "$(dirname -- "$here")")
exec python3 "$here/service.py" "${1:-$root/build/release/linkway}" "$root/build/service-bench" "${RESOURCES:-500000}" "${SECONDS_EACH:-10}"
