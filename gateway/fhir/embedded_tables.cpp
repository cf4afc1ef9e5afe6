#include "embedded_tables.h"

// The assembler reads the files; each ends in a newline, behind which the end label stands.
#define EMBED(name)                              \
    __asm__(                                     \
        ".section .rodata\n"                     \
        ".global linkway_r4_" #name              \
        "\n"                                     \
        ".global linkway_r4_" #name              \
        "_end\n"                                 \
        "linkway_r4_" #name                      \
        ":\n"                                    \
        ".incbin \"" LINKWAY_R4_TABLES "/" #name \
        ".tsv\"\n"                               \
        "linkway_r4_" #name                      \
        "_end:\n"                                \
        ".byte 0\n"                              \
        ".previous\n");                          \
    extern "C" const char linkway_r4_##name[];   \
    extern "C" const char linkway_r4_##name##_end[];

EMBED(types)
EMBED(elements)
EMBED(codes)
EMBED(invariants)
EMBED(search)

namespace linkway::fhir {

std::string_view types_table() {
    return {linkway_r4_types, static_cast<std::size_t>(linkway_r4_types_end - linkway_r4_types)};
}

std::string_view elements_table() {
    return {linkway_r4_elements,
            static_cast<std::size_t>(linkway_r4_elements_end - linkway_r4_elements)};
}

std::string_view codes_table() {
    return {linkway_r4_codes, static_cast<std::size_t>(linkway_r4_codes_end - linkway_r4_codes)};
}

std::string_view invariants_table() {
    return {linkway_r4_invariants,
            static_cast<std::size_t>(linkway_r4_invariants_end - linkway_r4_invariants)};
}

std::string_view search_table() {
    return {linkway_r4_search, static_cast<std::size_t>(linkway_r4_search_end - linkway_r4_search)};
}

}  // namespace linkway::fhir
