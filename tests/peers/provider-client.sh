#!/usr/bin/env bash
# The provider's side of the whole line with fhir-kit-client (npm) and TLS, a token of SMART Backend Services signed by jose (npm), and a
# subscriber of its own; then the practice files what came of it, and its next extract tells of nothing new.
#
#   provider-client.sh [BUILD-FOLDER]      (default: build/release)
#
# Exit code: 0 all well, 1 not, 77 the clients cannot be had here (no Node.js, no npm, no network).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source=$here/../..
program=$(realpath "${1:-$source/build/release}")/linkway

skip() {
  echo "provider-client: skipped: $1" >&2
  exit 77
}
command -v node > /dev/null || skip "Node.js is not installed"
command -v npm > /dev/null || skip "npm is not installed"
for package in fhir-kit-client jose; do
  wanted=$(node -p "require('$here/package.json').dependencies['$package']")
  have=$(node -p "JSON.parse(require('fs').readFileSync('$here/node_modules/$package/package.json')).version" 2> /dev/null || echo none)
  [ "$have" = "$wanted" ] ||
    npm install --prefix "$here" --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
    skip "npm could not install $package $wanted"
done

. "$source/tests/service/gateway.sh"
start_gateway
practice=$(token_of practice)
first_extract
NODE_EXTRA_CA_CERTS="$work/tls.pem" node "$here/provider-client.mjs" "$base" "$work" "$practice" || fail "the provider's client"
task=$(jq -r .task "$work/provider.json")

file_entries "$task"
before=$(everything)
next_extract
same "entries filed" "$(jq .entries "$work/provider.json")" "$number"
same "entries that came back" "$number" "$(wc -w <<< "$came_back" | tr -d ' ')"
sleep 1.5 # the outbox looks twice a second at what is new
same "what follows from them" "$before" "$(everything)"
echo "passed"
