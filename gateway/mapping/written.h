// What the runner writes: elements and resources as a whole, and what it says when it can't.
// Private to mapping.
#pragma once

#include <string>
#include <string_view>

#include "fhirpath/value.h"
#include "program.h"

namespace linkway::mapping {

/// A comma unless this is the first thing in the open object or array.
inline void separate(std::string& out) {
    if (!out.empty() && out.back() != '{' && out.back() != '[') {
        out.push_back(',');
    }
}

/// An error of a step, with its place in the template and the element it writes.
text::Issue failure(const Step& step, std::string code, std::string message);

/// Of a value whose kind the step does not accept: an error, unless it is a primitive that is there
/// for its extensions only, which counts as empty. Only where the type of an expression is not
/// known before it runs.
text::Status wrong_kind(const Step& step, const fhirpath::Value& value);

/// Appends a value of kind node (an element or resource); sets `written` unless it is such a
/// primitive.
text::Status append_node(const Step& step, const fhirpath::Value& value, std::string_view prefix,
                         std::string& out, bool& written);

/// Appends the members of an object to the one that is open.
text::Status append_members(const Step& step, const fhirpath::Value& value, std::string& out);

/// Whether the object with those members (compact JSON, no bracket) has all that `step` needs.
text::Status check_needs(const Step& step, std::string_view members);

/// A value as FHIRPath sees it, from JSON that a template wrote.
fhirpath::Value value_of(const text::Node& node);

}  // namespace linkway::mapping
