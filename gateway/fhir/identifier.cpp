#include "fhir/identifier.h"

namespace linkway::fhir {

std::string_view value_of(const text::Node& identifier, std::string_view system) {
    return identifier.string_or("system", "") == system ? identifier.string_or("value", "")
                                                        : std::string_view();
}

std::string_view identifier_of(const text::Node& resource, std::string_view system) {
    const text::Node* identifiers = resource.find("identifier");
    for (std::size_t i = 0; identifiers != nullptr && i < identifiers->items.size(); ++i) {
        if (const auto value = value_of(identifiers->items[i], system); !value.empty()) {
            return value;
        }
    }
    return {};
}

}  // namespace linkway::fhir
