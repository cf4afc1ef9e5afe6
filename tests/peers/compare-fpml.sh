#!/bin/sh
# Runs the template cases through fpml, the Python engine of the FHIRPath Mapping Language, and through Linkway.
#
#   compare-fpml.sh [CASE...]
#
# A case is a folder with template.yaml and input.json; without any, all of tests/templates, and those of
# tests/mistakes/templates about the language, which both engines must refuse. Prints each difference.
# LINKWAY names the program (build/release/linkway).
# Exit code: 0 no difference but those that README.md explains, 1 another one (or one explained there that is none any
# more), 77 the engine cannot be had here (no Python, no venv, no network).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(dirname -- "$(dirname -- "$here")")

skip() {
    echo "compare-fpml: skipped: $1" >&2
    exit 77
}

if [ "${1:-}" = --help ]; then
    sed -n '2,10s/^# \{0,1\}//p' "$0"
    exit 0
fi
command -v python3 >/dev/null || skip "Python 3 is not installed"
LINKWAY=${LINKWAY:-$root/build/release/linkway}
[ -x "$LINKWAY" ] || { echo "compare-fpml: $LINKWAY is not built" >&2; exit 1; }
export LINKWAY

# fpml 1.0.0 does not say that it needs typing_extensions.
venv=$root/build/fpml
wanted="fpml==1.0.0 fhirpathpy==2.2.4 typing_extensions==4.16.0 PyYAML==6.0.3"
if [ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ]; then
    mkdir -p "$(dirname -- "$venv")"
    rm -rf "$venv"
    python3 -m venv "$venv" >&2 || skip "python3 -m venv does not work here"
    # shellcheck disable=SC2086 # several words
    "$venv/bin/pip" install --quiet --disable-pip-version-check $wanted >&2 || skip "pip could not install $wanted"
    echo "$wanted" >"$venv/installed"
fi
exec "$venv/bin/python" "$here/compare-fpml.py" "$@"
