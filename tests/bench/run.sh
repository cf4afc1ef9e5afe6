#!/bin/sh
# Builds the benchmarks in Release, runs them and prints one table of ratios with their bars. README.md says what each means.
#   tests/bench/run.sh [BUILD_FOLDER]
# MEGABYTES (1024), ROWS (50000), ROUNDS (7) and PATIENCE (20: seconds to wait before each round until the machine is quiet)
# may be set. Takes 1.5 GB of temporary space under TMPDIR and leaves nothing there.
# Exit: 0 when every figure was taken, whether or not a bar was missed; 1 when something failed.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(dirname -- "$(dirname -- "$here")")
build=${1:-$root/build/bench}
rounds=${ROUNDS:-7}
patience=${PATIENCE:-20}

work=$(mktemp -d "${TMPDIR:-/tmp}/linkway-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export TMPDIR="$work"

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release >"$work/configure.log" || { cat "$work/configure.log"; exit 1; }
cmake --build "$build" --target bench_scan bench_map bench_row bench_fhirpath bench_validate bench_view

# DuckDB is a peer, not a dependency: without it its line is missing, and this says so.
peer=""
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "DuckDB is left out: node or npm is not installed"
elif ! npm install --prefix "$work/npm" --no-audit --no-fund @duckdb/node-api >"$work/npm.log" 2>&1; then
    # Its versions are all marked as pre-releases, so that a range such as @1 finds none.
    echo "DuckDB is left out: npm could not install @duckdb/node-api"
    tail -n 3 "$work/npm.log"
else
    export NODE_MODULES="$work/npm/node_modules"
    peer="node '$here/duckdb.mjs'"
    echo "DuckDB: @duckdb/node-api $(sed -n 's/^ *"version": "\(.*\)",*$/\1/p' "$NODE_MODULES/@duckdb/node-api/package.json" | head -n 1)"
fi

echo "== Scanning"
set -- --file "$work/observations.csv" --megabytes "${MEGABYTES:-1024}" --rounds "$rounds" --patience "$patience"
[ -z "$peer" ] || set -- "$@" --peer "$peer"
"$build/tests/bench_scan" "$@" >"$work/scan.txt" || { cat "$work/scan.txt"; exit 1; }
grep -v '^RATIO' "$work/scan.txt"
rm -f "$work/observations.csv"

echo "== Mapping"
"$build/tests/bench_map" --rows "${ROWS:-50000}" --rounds "$rounds" --patience "$patience" >"$work/map.txt" || { cat "$work/map.txt"; exit 1; }
grep -v '^RATIO' "$work/map.txt"

echo "== Rows, file in and NDJSON out"
"$build/tests/bench_row" --rounds "$rounds" --patience "$patience" >"$work/row.txt" || { cat "$work/row.txt"; exit 1; }
grep -v '^RATIO' "$work/row.txt"

echo "== Views, NDJSON to CSV in memory"
"$build/tests/bench_view" --rounds "$rounds" --patience "$patience" >"$work/view.txt" || { cat "$work/view.txt"; exit 1; }
grep -v '^RATIO' "$work/view.txt"

echo "== FHIRPath, resources parsed and expressions compiled before"
engine=""
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "HL7's engine is left out: node or npm is not installed"
elif ! npm install --prefix "$work/npm" --no-audit --no-fund "fhirpath@$(node -p "require('$here/../peers/package.json').dependencies.fhirpath")" >"$work/npm.log" 2>&1; then
    echo "HL7's engine is left out: npm could not install fhirpath"
    tail -n 3 "$work/npm.log"
else
    export NODE_MODULES="$work/npm/node_modules"
    engine="node '$here/fhirpath.mjs'"
fi
: >"$work/fhirpath.txt"
if [ -n "$engine" ]; then
    node "$here/../peers/resources.mjs" 10000 >"$work/resources.ndjson"
    "$build/tests/bench_fhirpath" --resources "$work/resources.ndjson" --expressions "$here/../peers/fhirpath-expressions.json" \
        --rounds "$rounds" --patience "$patience" --peer "$engine" >"$work/fhirpath.txt" || { cat "$work/fhirpath.txt"; exit 1; }
    grep -v '^RATIO' "$work/fhirpath.txt"
fi

echo "== Validation, resources parsed before"
medplum=""
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "Medplum's validator is left out: node or npm is not installed"
else
    wanted=$(node -p "const all = require('$here/../peers/package.json').dependencies; ['core', 'definitions'].map((n) => '@medplum/' + n + '@' + all['@medplum/' + n]).join(' ')")
    # shellcheck disable=SC2086 # two packages
    if npm install --prefix "$work/npm" --no-audit --no-fund --ignore-scripts $wanted >"$work/npm.log" 2>&1; then
        export NODE_MODULES="$work/npm/node_modules"
        medplum="node '$here/validate.mjs'"
    else
        echo "Medplum's validator is left out: npm could not install $wanted"
        tail -n 3 "$work/npm.log"
    fi
fi
: >"$work/validate.txt"
if command -v node >/dev/null; then
    node "$here/../peers/resources.mjs" 20000 >"$work/valid.ndjson"
    set -- --resources "$work/valid.ndjson" --rounds "$rounds" --patience "$patience"
    [ -z "$medplum" ] || set -- "$@" --peer "$medplum"
    "$build/tests/bench_validate" "$@" >"$work/validate.txt" || { cat "$work/validate.txt"; exit 1; }
    grep -v '^RATIO' "$work/validate.txt"
fi

echo "== Ratios (of the least times; medians and processor time beside them)"
awk -F '\t' '/^RATIO/ { printf "%-42s %8s  %-7s %-7s %s\n", $2, $3, $4, $5, $6 }' "$work/scan.txt" "$work/map.txt" "$work/row.txt" "$work/view.txt" "$work/fhirpath.txt" "$work/validate.txt"
