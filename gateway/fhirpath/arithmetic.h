// The operators on values.
#pragma once

#include <optional>

#include "decimal.h"
#include "program.h"

namespace linkway::fhirpath {

/// =, ~, <, +, &, |, in, contains and their like. The logical ones are the machine's.
bool apply_operator(Machine& machine, const Step& step, const Collection& left,
                    const Collection& right, Collection& out);

/// + or - before a number or quantity.
bool apply_sign(Machine& machine, const Step& step, const Value& value, Collection& out);

/// Appends an integer when `whole` and the number fits one, else a decimal; nothing for no number.
bool push_number(Machine& machine, const Step& step, const std::optional<Decimal>& number,
                 bool whole, Collection& out);

/// Items of both without repetition.
bool merge(Machine& machine, const Step& step, const Collection& left, const Collection& right,
           Collection& out);

}  // namespace linkway::fhirpath
