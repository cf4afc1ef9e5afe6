#!/bin/sh
# Validates HL7's official R4 examples with `linkway validate`.
#
#   validate-examples.sh [LINKWAY]
#
# They are 5,306 resources and more in Bundles (npm package hl7.fhir.r4.examples 4.0.1, 18 MB, kept in $XDG_CACHE_HOME/linkway, by default
# ~/.cache/linkway). All must be valid but for the errors of examples-known.tsv, each with its reason; those must still be found.
# Exit code: 0 all as expected, 1 not, 77 the examples cannot be had here (no npm, no network).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
linkway=${1:-$here/../../build/release/linkway}
version=4.0.1
files_expected=5306
resources_expected=19010

skip() {
    echo "validate-examples: skipped: $1" >&2
    exit 77
}

[ "$linkway" != --help ] || { sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0; }
command -v npm >/dev/null || skip "npm is not installed"
[ -x "$linkway" ] || { echo "validate-examples: $linkway is no program; build it or name one" >&2; exit 1; }

folder=${XDG_CACHE_HOME:-$HOME/.cache}/linkway/r4-examples-$version
work=$(mktemp -d "${TMPDIR:-/tmp}/linkway-examples.XXXXXX")
trap 'rm -rf "$work"' EXIT
if [ ! -d "$folder" ]; then
    (cd "$work" && npm pack --silent "hl7.fhir.r4.examples@$version") >/dev/null 2>"$work/npm.log" ||
        skip "npm could not fetch hl7.fhir.r4.examples $version"
    mkdir "$work/examples" "$(dirname "$folder")" 2>/dev/null || true
    tar -xzf "$work"/*.tgz -C "$work/examples"
    rm -f "$work/examples/package/package.json"
    mv "$work/examples/package" "$folder.$$" # under another name until whole
    mv "$folder.$$" "$folder"
fi

# Each file and path once: names of items do not matter here, nor do warnings (most names of HL7's own definitions break one).
find "$folder" -name '*.json' | sort >"$work/files"
xargs "$linkway" validate <"$work/files" >"$work/counts" 2>"$work/issues" || true
grep ': error: ' "$work/issues" | sed -e "s:^$folder/::" -e 's/^\([^:]*\):[0-9]*:[0-9]*: error: \([^ :]*\): .*/\1	\2/' -e 's/\[[0-9]*\]//g' |
    sort -u >"$work/found"
grep -v '^#' "$here/examples-known.tsv" | cut -f 1,2 | sort -u >"$work/known"

files=$(grep -c . "$work/files")
resources=$(awk '{ n += $1 } END { print n }' "$work/counts")
echo "$files files, $resources resources, $(grep -c . "$work/found") kinds of error, $(grep -c . "$work/known") known"
status=0
if [ "$files" != "$files_expected" ] || [ "$resources" != "$resources_expected" ]; then
    echo "expected $files_expected files and $resources_expected resources"
    status=1
fi
diff "$work/known" "$work/found" >"$work/diff" || status=1
sed -n -e 's/^> /not known: /p' -e 's/^< /known, but not found: /p' "$work/diff"
exit $status
