// The search parameters that the store has an index for: of those R4 defines for a type, the ones
// that an exchange of referrals needs.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace linkway::store {

struct Searchable {
    enum class Type : std::uint8_t { token, reference, date };
    std::string_view code;  ///< "patient"
    Type type = Type::token;
    std::string_view expression;                ///< FHIRPath, from the R4 definitions
    std::span<const std::string_view> targets;  ///< of a reference; empty for any
    /// What the index calls it. "patient" is "subject" with the type Patient: values are kept once.
    std::string_view stored_as;
    std::string_view only;  ///< type that a reference must point to; empty for any
};

/// Types that the server keeps, in alphabetical order.
std::span<const std::string_view> served_types();
bool is_served(std::string_view type);

/// Parameters of a served type, in the order of their codes; without _id and _lastUpdated.
std::span<const Searchable> searchable(std::string_view type);
/// The one of that code, or nullptr.
const Searchable* searchable(std::string_view type, std::string_view code);

}  // namespace linkway::store
