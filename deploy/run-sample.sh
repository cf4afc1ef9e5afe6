#!/usr/bin/env bash
# Installs what is needed, builds Linkway, runs its main job on a synthetic EMIS Web extract and then the whole line as a service.
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/packages.sh
cmake --preset release -DBUILD_TESTING=OFF
cmake --build --preset release

linkway=build/release/linkway
out=build/sample
rm -rf "$out"
mkdir -p "$out"
"$linkway" sample --system emis --patients 1000 --seed 1 "$out/extract"
"$linkway" translate --system emis "$out/extract" -o "$out/fhir" | tee "$out/reconciliation.txt"

echo
echo "One referral as it came out of the extract ($out/fhir):"
# The first one that a later entry moved: it tells the whole story.
id=$(jq -r 'select(.status != "requested") | .id' "$out/fhir/Task.ndjson" | head -n 1)
jq "select(.id == \"$id\")" "$out/fhir/ServiceRequest.ndjson"
jq "select(.id == \"$id\")" "$out/fhir/Task.ndjson"
echo
cat "$out/reconciliation.txt"

echo
echo "The same as a service, with a link worker's system at the other end (linkway demo):"
# On a terminal it stays up to be looked at; else it ends when the line is through.
stop=()
[ -t 1 ] || stop=(--stop)
exec "$linkway" demo --data "$out/demo" "${stop[@]}"
