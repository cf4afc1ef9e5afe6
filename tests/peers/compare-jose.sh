#!/bin/sh
# Exchanges keys and signed tokens with jose (npm): what either signs the other must take, and what nobody may take is refused.
#
#   compare-jose.sh [BUILD-FOLDER]      (default: build/release)
#
# Exit code: 0 no differences, 1 differences, 77 jose cannot be had here (no Node.js, no npm, no network).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
build=${1:-$here/../../build/release}

skip() {
    echo "compare-jose: skipped: $1" >&2
    exit 77
}

command -v node >/dev/null || skip "Node.js is not installed"
command -v npm >/dev/null || skip "npm is not installed"

wanted=$(node -p "require('$here/package.json').dependencies.jose")
have=$(node -p "JSON.parse(require('fs').readFileSync('$here/node_modules/jose/package.json')).version" 2>/dev/null || echo none)
if [ "$have" != "$wanted" ]; then
    npm install --prefix "$here" --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
        skip "npm could not install jose $wanted"
fi
exec node "$here/compare-jose.mjs" "$build/linkway" "$build/tests/verify_token"
