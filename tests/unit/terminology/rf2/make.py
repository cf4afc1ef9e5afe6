#!/usr/bin/env python3
"""Writes the made-up SNOMED CT release beside this script: invented concepts in the namespace 9999999.

Only the identifiers that the format itself is written with (is-a, kinds of description, languages) are SNOMED CT's own.
"""
import pathlib
import uuid

HERE = pathlib.Path(__file__).parent
DATE = "20250101"

IS_A = "116680003"
FSN, SYNONYM = "900000000000003001", "900000000000013009"
PREFERRED, ACCEPTABLE = "900000000000548007", "900000000000549004"
BRITISH, AMERICAN = "900000000000508004", "900000000000509007"
REPLACED_BY = "900000000000526001"


def check_digit(digits):
    """Verhoeff's: the product in the symmetries of a pentagon, with his permutation for each place."""
    step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

    def product(a, b):
        turn = (a % 5 + b % 5) % 5 if a < 5 else (a % 5 - b % 5) % 5
        return turn + (5 if (a < 5) != (b < 5) else 0)

    def permuted(digit, place):
        for _ in range(place % 8):
            digit = step[digit]
        return digit

    for last in range(10):
        total = 0
        for place, digit in enumerate(reversed(digits + str(last))):
            total = product(total, permuted(int(digit), place))
        if total == 0:
            return str(last)


def sctid(item, partition):
    digits = f"{item}9999999{partition}"
    return digits + check_digit(digits)


MODULE = sctid(900, "10")

# number: (tag, term, numbers above it); a term may be (British, American)
CONCEPTS = {
    1: ("root", "Made-up thing", []),
    2: ("need", "Need", [1]),
    3: ("need", "Housing need", [2]),
    4: ("need", "Debt need", [2]),
    5: ("need", "Rent owed", [3, 4]),
    6: ("activity", "Activity", [1]),
    7: ("activity", "Gardening group", [6]),
    8: ("activity", ("Neighbour walk", "Neighbor walk"), [6]),
    9: ("activity", "Digging group", []),  # inactive, replaced by 7
    10: ("refset", "Needs simple reference set", [1]),
    900: ("module", "Made-up module", [1]),
}
INACTIVE = {9}
NEEDS = [3, 4, 5]


def concept(number):
    return sctid(number, "10")


def write(name, header, rows):
    path = HERE / "Snapshot" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [header.split()] + rows
    path.write_bytes("".join("\t".join(line) + "\r\n" for line in lines).encode())


def member(*key):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(key)))


def main():
    concepts, descriptions, preferences, relationships = [], [], [], []

    def describe(number, kind, term, languages):
        identifier = sctid(len(descriptions) + 1, "11")
        descriptions.append(
            [identifier, DATE, "1", MODULE, concept(number), "en", kind, term, "900000000000448009"]
        )
        for language, acceptability in languages:
            preferences.append(
                [member(language, identifier), DATE, "1", MODULE, language, identifier, acceptability]
            )

    def relate(child, parent, active):
        relationships.append(
            [sctid(len(relationships) + 1, "12"), DATE, active, MODULE, concept(child), concept(parent), "0", IS_A,
             "900000000000011006", "900000000000451002"]
        )

    for number, (tag, term, parents) in CONCEPTS.items():
        concepts.append([concept(number), DATE, "0" if number in INACTIVE else "1", MODULE, "900000000000074008"])
        british, american = term if isinstance(term, tuple) else (term, term)
        describe(number, FSN, f"{american} ({tag})", [(BRITISH, PREFERRED), (AMERICAN, PREFERRED)])
        # The American one first: the order of the file must not decide.
        if american != british:
            describe(number, SYNONYM, american, [(AMERICAN, PREFERRED), (BRITISH, ACCEPTABLE)])
        describe(number, SYNONYM, british, [(BRITISH, PREFERRED)])
        for parent in parents:
            relate(number, parent, "1")
    relate(8, 2, "0")  # no longer holds

    write(f"Terminology/sct2_Concept_Snapshot_XX9999999_{DATE}.txt",
          "id effectiveTime active moduleId definitionStatusId", concepts)
    write(f"Terminology/sct2_Description_Snapshot-en_XX9999999_{DATE}.txt",
          "id effectiveTime active moduleId conceptId languageCode typeId term caseSignificanceId", descriptions)
    write(f"Terminology/sct2_Relationship_Snapshot_XX9999999_{DATE}.txt",
          "id effectiveTime active moduleId sourceId destinationId relationshipGroup typeId "
          "characteristicTypeId modifierId", relationships)
    write(f"Refset/Language/der2_cRefset_LanguageSnapshot-en_XX9999999_{DATE}.txt",
          "id effectiveTime active moduleId refsetId referencedComponentId acceptabilityId", preferences)
    write(f"Refset/Content/der2_Refset_SimpleSnapshot_XX9999999_{DATE}.txt",
          "id effectiveTime active moduleId refsetId referencedComponentId",
          [[member("needs", concept(n)), DATE, "1", MODULE, concept(10), concept(n)] for n in NEEDS]
          + [[member("needs", concept(7)), DATE, "0", MODULE, concept(10), concept(7)]])
    write(f"Refset/Content/der2_cRefset_AssociationSnapshot_XX9999999_{DATE}.txt",
          "id effectiveTime active moduleId refsetId referencedComponentId targetComponentId",
          [[member("replaced", concept(9)), DATE, "1", MODULE, REPLACED_BY, concept(9), concept(7)]])


if __name__ == "__main__":
    main()
