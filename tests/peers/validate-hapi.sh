#!/bin/sh
# Validates FHIR that Linkway wrote with HAPI's validator (HL7's reference one), against base R4, without a terminology server.
#
#   validate-hapi.sh FILE-OR-FOLDER...
#
# Takes NDJSON files, JSON files (Bundles among them) and folders of both. Prints each error with file and line, each kind of warning with
# how often it came, then a summary. The libraries (130 MB) are kept in $XDG_CACHE_HOME/linkway, by default ~/.cache/linkway.
# Exit code: 0 no errors, 1 errors, 2 wrong usage, 77 the validator cannot be had here (no Java 17, no Maven, no network).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

skip() {
    echo "validate-hapi: skipped: $1" >&2
    exit 77
}

if [ $# -eq 0 ] || [ "$1" = --help ]; then
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    [ $# -gt 0 ] && exit 0
    exit 2
fi
command -v javac >/dev/null || skip "no Java development kit is installed"

version=$(sed -n 's:.*<hapi.version>\(.*\)</hapi.version>.*:\1:p' "$here/hapi/pom.xml")
lib=${XDG_CACHE_HOME:-$HOME/.cache}/linkway/hapi-$version
if [ ! -d "$lib" ]; then
    command -v mvn >/dev/null || skip "Maven is not installed"
    # Under another name until whole, so that a broken download is not taken for the libraries.
    part=$lib.$$
    trap 'rm -rf "$part"' EXIT
    mvn -q -B -f "$here/hapi/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$part" >&2 ||
        skip "Maven could not fetch HAPI $version"
    mv "$part" "$lib"
    trap - EXIT
fi
exec java -Xmx2g -Dslf4j.internal.verbosity=ERROR -cp "$lib/*" "$here/hapi/ValidateHapi.java" "$@"
