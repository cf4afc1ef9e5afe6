// Equality, equivalence and order of items and collections (FHIRPath N1, sections 6.1 and 6.2).
#pragma once

#include <optional>

#include "decimal.h"
#include "moment.h"
#include "program.h"

namespace linkway::fhirpath {

/// Runtime::steps_left. Elements may be as large as the input and be compared again and again, so
/// comparing pays as it goes; when nothing is left, what it answers means nothing.
using Steps = std::uint32_t;

/// `=` of two items; unknown for dates whose precision ends while they are equal, and for
/// quantities whose units do not convert.
Truth equal_items(const Value& a, const Value& b, Steps& steps);
/// `~` of two items: never unknown.
bool equivalent_items(const Value& a, const Value& b, Steps& steps);

/// `=` of two collections that both have items.
Truth equal_collections(const Collection& a, const Collection& b, Steps& steps);
/// `~` of two collections, in any order.
bool equivalent_collections(const Collection& a, const Collection& b, Steps& steps);

/// Whether the kinds have an order between them.
enum class Order : std::int8_t { less, same, greater, unknown, incomparable };
Order order_items(const Value& a, const Value& b);

/// The amount of a quantity in another unit; nothing when it does not convert.
std::optional<Decimal> in_unit(const Value& quantity, std::string_view unit);

/// The number an integer, decimal or quantity holds.
std::optional<Decimal> number_of(const Value& value);
/// The moment a date, dateTime or time holds.
std::optional<Moment> moment_of(const Value& value);

}  // namespace linkway::fhirpath
