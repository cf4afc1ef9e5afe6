"""Runs template cases through fpml and Linkway and prints where they differ. See compare-fpml.sh."""

import decimal
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

import yaml
from fhirpathpy import evaluate as fhirpath
from fhirpathpy.models import models
from fpml import FPMLValidationError, make_evaluator, resolve_template

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
NAMESPACE = uuid.UUID("9a78a2d3-78bc-5e96-9065-da359f9dbfef")  # of gateway/fhir/identity.cpp
REFUSED = "refused"


def derived_id(inputs, *parts):
    """Linkway's uuid(), which is no part of the language."""
    return [str(uuid.uuid5(NAMESPACE, "\x1f".join([text, *parts]))) for text in inputs]


OPTIONS = {
    "userInvocationTable": {
        "uuid": {"fn": derived_id, "arity": {0: [], 1: ["String"], 2: ["String", "String"]}},
    }
}
EVALUATE = make_evaluator(models["r4"], OPTIONS)

# Mistakes that are found before a template is one, or in what is Linkway's own.
NOT_THE_LANGUAGE = {
    "broken-input",
    "each-and-input",
    "input-of-another-type",
    "invalid-utf-8",
    "json-template-place",
    "neither-each-nor-input",
    "nested-too-deep",
    "too-many-rounds",
    "unknown-input-type",
    "when-with-markers",
    "yaml-anchor",
    "yaml-tag",
}


class CoreLoader(yaml.BaseLoader):
    """YAML 1.2's core schema, as Linkway reads templates: no dates, no "yes"."""


for tag, pattern, first in [
    ("null", r"(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"(true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", list("-+.0123456789")),
]:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)
for tag, make in {
    "null": lambda text: None,
    "bool": lambda text: text.lower() == "true",
    "int": int,
    "float": decimal.Decimal,
}.items():
    CoreLoader.add_constructor(
        f"tag:yaml.org,2002:{tag}", lambda loader, node, make=make: make(loader.construct_scalar(node))
    )


def read_json(text):
    """All the values of the text. Decimals keep their digits."""
    decoder = json.JSONDecoder(parse_float=decimal.Decimal)
    values, at = [], 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        values.append(value)
    return values


def first_that_exists(*paths):
    return next(path for path in paths if path.exists())


def files(case):
    """A mistake needs no input to be found; fpml finds what it does as it runs, over some patient."""
    template = first_that_exists(case / "template.yaml", case / "template.json", case / "t.yaml")
    some = ROOT / "tests/templates/same-expression-twice/input.json"
    return template, first_that_exists(case / "input.json", case / "input.ndjson", some)


def ours(case):
    template, source = files(case)
    command = [os.environ["LINKWAY"], "map", "run", "--mappings", ROOT / "mappings", template, source]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return read_json(done.stdout) if done.returncode == 0 else REFUSED


def inputs_of(source, wanted):
    for value in read_json(source.read_text()):
        resources = [value]
        if value.get("resourceType") == "Bundle" and wanted != "Bundle":
            resources = [entry["resource"] for entry in value.get("entry", []) if "resource" in entry]
        yield from (resource for resource in resources if resource["resourceType"] == wanted)


def theirs(case):
    template, source = files(case)
    read = yaml.load(template.read_text(), CoreLoader)  # noqa: S506, data only
    results = []
    for resource in inputs_of(source, read["input"]):
        variables = {"resource": resource}
        if "when" in read and fhirpath({}, f"iif({read['when']}, true, false)", variables, models["r4"]) != [True]:
            continue
        try:
            results.append(
                resolve_template(resource, read["resource"], variables, strict=True, evaluate=EVALUATE)
            )
        except FPMLValidationError as error:
            print(f"  fpml: {error}", file=sys.stderr)
            return REFUSED
    return results


def plain(value):
    """Numbers by their digits, and what FHIRPath made of text as text."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float, decimal.Decimal)):
        return ("number", str(value))
    return str(value)


def show(value):
    return value if value == REFUSED else json.dumps(value, ensure_ascii=False, default=str)


def explained():
    """Cases that README.md lists below its heading on fpml."""
    text = (HERE / "README.md").read_text()
    table = text[text.index("## Where fpml differs"):]
    names = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    return {name for row in names for name in re.findall(r"`([^`]+)`", row)}


def all_cases():
    yield from sorted(each for each in (ROOT / "tests/templates").iterdir() if each.is_dir())
    for case in sorted((ROOT / "tests/mistakes/templates").iterdir()):
        if case.name not in NOT_THE_LANGUAGE:
            yield case


def main(arguments):
    known = explained()
    cases = [pathlib.Path(each) for each in arguments] or list(all_cases())
    same, differing = 0, set()
    for case in cases:
        mine, other = ours(case), theirs(case)
        if plain(mine) == plain(other):
            same += 1
            continue
        differing.add(case.name)
        print(f"{case.name}: {'explained' if case.name in known else 'NOT EXPLAINED'}")
        print(f"  linkway: {show(mine)}\n  fpml:    {show(other)}")
    unexplained = differing - known
    stale = known - differing if not arguments else set()
    for name in sorted(stale):
        print(f"{name}: README.md explains a difference that is none")
    print(f"{len(cases)} cases, {same} the same, {len(differing)} differ, {len(unexplained)} of them not explained")
    return 1 if unexplained or stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
