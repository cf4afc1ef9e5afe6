// Numbers and ids that carry their own proof.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace linkway::fhir {

/// UUIDv5 (RFC 9562, SHA-1) under Linkway's own namespace, over the parts joined by U+001F so that
/// ("a","bc") and ("ab","c") differ. Lower case, 36 characters: a valid FHIR id. Linkway derives
/// every id from (system, organisation, table, key...): any node, any day, the same id. The
/// namespace is the UUIDv5 of "linkway.uk" in the DNS namespace of RFC 9562:
/// 9a78a2d3-78bc-5e96-9065-da359f9dbfef. Safe from any thread.
std::string derived_id(std::initializer_list<std::string_view> parts);

/// Ten digits (single spaces between groups allowed) whose modulus 11 check digit is right. Source:
/// NHS Data Dictionary, NHS NUMBER. Ten equal digits, which all pass modulus 11, are refused: they
/// are fillers, never issued.
bool is_valid_nhs_number(std::string_view text);

}  // namespace linkway::fhir
