#include "access/interaction.h"

#include <array>

namespace linkway::access {

namespace {

struct Facts {
    std::string_view code;
    char permission;
    char action;
};

// In the order of the enumeration.
constexpr std::array<Facts, 15> facts = {{
    {"read", 'r', 'R'},
    {"vread", 'r', 'R'},
    {"update", 'u', 'U'},
    {"patch", 'u', 'U'},
    {"delete", 'd', 'D'},
    {"history-instance", 'r', 'R'},
    {"history-type", 's', 'R'},
    {"history-system", 's', 'R'},
    {"create", 'c', 'C'},
    {"search-type", 's', 'E'},
    {"search-system", 's', 'E'},
    {"capabilities", ' ', 'R'},
    {"transaction", ' ', 'E'},
    {"batch", ' ', 'E'},
    {"operation", ' ', 'E'},
}};

const Facts& of(Interaction interaction) {
    return facts[static_cast<std::size_t>(interaction)];
}

}  // namespace

std::string_view to_code(Interaction interaction) {
    return of(interaction).code;
}

char permission(Interaction interaction) {
    return of(interaction).permission;
}

char audit_action(Interaction interaction) {
    return of(interaction).action;
}

}  // namespace linkway::access
