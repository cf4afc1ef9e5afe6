// How one value of an expression is written, and what it is tried against first. Private to
// mapping.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "program.h"

namespace linkway::mapping {

/// A comma unless this is the first thing in the open object or array.
inline void separate(std::string& out) {
    if (!out.empty() && out.back() != '{' && out.back() != '[') {
        out.push_back(',');
    }
}

/// An issue at the step's place in the template, about its element.
text::Issue failure(const Step& step, std::string code, std::string message);

/// Text of a value for concatenation and for quoted output; boolean and integer are spelt out.
std::string_view spelt(const fhirpath::Value& value, std::array<char, 24>& buffer);

/// A value as FHIRPath sees it, from JSON that a template wrote.
fhirpath::Value value_of(const text::Node& node);

/// Appends one item behind `prefix`, the member's name; sets `written` unless it holds nothing (a
/// blank string). An item that the element can't hold is an issue.
text::Status append_item(const Step& step, const fhirpath::Value& value, std::string_view prefix,
                         std::string& out, bool& written);

/// Appends the members of an object to the one that is open.
text::Status append_members(const Step& step, const fhirpath::Value& value, std::string& out);

/// Whether the object with those members (compact JSON, no bracket) has all that `step` needs.
text::Status check_needs(const Step& step, std::string_view members);

}  // namespace linkway::mapping
