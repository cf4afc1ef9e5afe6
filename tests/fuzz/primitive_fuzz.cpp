// Input: any text. Each primitive type judges it; what one type takes, the wider types must take as
// well, and what is taken must be safe to write into JSON as it is.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/definitions.h"

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void implies(std::string_view text, std::string_view narrow, std::string_view wide) {
    using linkway::fhir::is_valid_primitive;
    require(!is_valid_primitive(narrow, text) || is_valid_primitive(wide, text));
}

bool has_control(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20) {
            return true;
        }
    }
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using linkway::fhir::Definitions;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    implies(text, "positiveInt", "unsignedInt");
    implies(text, "unsignedInt", "integer");
    implies(text, "integer", "decimal");
    implies(text, "date", "dateTime");
    implies(text, "instant", "dateTime");
    implies(text, "oid", "uri");
    implies(text, "uuid", "uri");
    implies(text, "id", "code");
    implies(text, "code", "string");
    implies(text, "base64Binary", "string");
    for (const std::string_view type :
         {"code", "id", "uri", "dateTime", "time", "decimal", "oid", "uuid"}) {
        require(!linkway::fhir::is_valid_primitive(type, text) || !has_control(text));
    }

    // The same text as a name: a look-up answers with an element that it leads back to.
    const Definitions& r4 = Definitions::r4();
    for (const std::string_view name :
         {"Patient", "Observation", "Extension", "Timing.repeat", "xhtml"}) {
        const auto* type = r4.type(name);
        const auto* element = type->element(text);
        require(element == nullptr ||
                (text.starts_with(element->name) && type->element_type(*element, text) != nullptr));
        const auto* said = type->path_element(text);
        require(said == nullptr || said->name == text);
    }
    require(r4.type(text) == nullptr || r4.type(text)->name == text);
    return 0;
}
