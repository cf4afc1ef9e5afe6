#!/usr/bin/env bash
# Opens every expected page in headless Chromium: pictures into build/pages, and what only a browser can check. 77: no browser.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec python3 tests/pages/browser.py "$@" build/pages
