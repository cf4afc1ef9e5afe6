#!/bin/sh
# Asks HL7's npm engine and Linkway the same FHIRPath questions and prints each difference.
#
#   compare-fhirpath.sh [LINKWAY]
#
# LINKWAY is the program (default: build/release/linkway). The questions: HL7's suite for R4 when ../shared holds it, and the
# invariants and search parameters of fhirpath-expressions.json over what the cases expect and over made-up resources.
# Exit code: 0 no differences but those of fhirpath-differences.json, 1 others (or one listed that is gone), 2 wrong usage,
# 77 the engine cannot be had here (no Node.js, no npm, no network).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

skip() {
    echo "compare-fhirpath: skipped: $1" >&2
    exit 77
}

if [ $# -gt 1 ] || [ "${1:-}" = --help ]; then
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    [ "${1:-}" = --help ] && exit 0
    exit 2
fi
linkway=${1:-$here/../../build/release/linkway}
[ -x "$linkway" ] || { echo "compare-fhirpath: $linkway is no program; build it first" >&2; exit 2; }
command -v node >/dev/null || skip "Node.js is not installed"
command -v npm >/dev/null || skip "npm is not installed"

# Installed when the pinned version is not there yet. Without a lock file, because that would name a registry.
wanted=$(node -p "require('$here/package.json').dependencies.fhirpath")
have=$(node -p "require('$here/node_modules/fhirpath/package.json').version" 2>/dev/null || echo none)
if [ "$have" != "$wanted" ]; then
    npm install --prefix "$here" --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
        skip "npm could not install fhirpath $wanted"
fi
exec node "$here/compare-fhirpath.mjs" "$linkway"
