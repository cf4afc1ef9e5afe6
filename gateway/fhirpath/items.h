// Small questions about collections that many functions ask.
#pragma once

#include <optional>
#include <string_view>

#include "program.h"

namespace linkway::fhirpath {

/// Whether the collection has an item that equals this one. False when the machine holds an issue:
/// looking pays for each item, and for what is long or large in them.
bool look_for(Machine& machine, const Step& step, const Collection& items, const Value& wanted,
              bool& found);

/// The text of the only item, or "" when there is none; fails on several items or on what is no
/// text.
bool text_or_nothing(Machine& machine, const Step& step, const Collection& items,
                     std::string_view& text);

/// The only item as text or integer. `present` is false when there is none; fails on several items
/// and on other kinds.
bool one_text(Machine& machine, const Step& step, const Collection& items, bool& present,
              std::string_view& text);
bool one_integer(Machine& machine, const Step& step, const Collection& items, bool& present,
                 std::int64_t& number);

}  // namespace linkway::fhirpath
