#!/usr/bin/env bash
# Installs what is needed, builds Linkway with its tests and runs them all.
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/packages.sh
cmake --preset release -DBUILD_TESTING=ON
cmake --build --preset release
ctest --preset release
