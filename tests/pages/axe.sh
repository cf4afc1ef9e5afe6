#!/usr/bin/env bash
# The same with the rules of axe-core, which is fetched with npm into build/; says so and exits with 77 when it cannot be had.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v npm > /dev/null || { echo "npm is not installed: axe-core was not run"; exit 77; }
if [ ! -f build/axe/node_modules/axe-core/axe.min.js ]; then
  npm install --silent --no-audit --no-fund --prefix build/axe axe-core@4 > /dev/null || {
    echo "axe-core cannot be fetched: it was not run"
    exit 77
  }
fi
exec tests/pages/browser.sh --axe build/axe/node_modules/axe-core/axe.min.js
