// The forms in which a reference may be written. Private to profiles.
#pragma once

#include <cstdint>
#include <string_view>

namespace linkway::profiles {

/// What the text of Reference.reference says. Source: FHIR R4, References, Literal References.
struct ReferenceForm {
    enum class Kind : std::uint8_t {
        local,     ///< "#id" or "#"
        relative,  ///< "Type/id", "Type/id/_history/2", or "Type?identifier=..." in a transaction
        absolute,  ///< a URL or URN
        broken     ///< none of these
    };
    Kind kind = Kind::broken;
    std::string_view type;  ///< of relative, and of a URL that ends as a relative one; else empty
    std::string_view id;    ///< of local: without #
};

ReferenceForm read_reference(std::string_view text);

}  // namespace linkway::profiles
