#include "access/client.h"

#include <algorithm>

namespace linkway::access {

bool is_ods_code(std::string_view text) {
    return text.size() >= 3 && text.size() <= 10 &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

std::string_view to_code(OrganisationKind kind) {
    switch (kind) {
        case OrganisationKind::practice:
            return "practice";
        case OrganisationKind::provider:
            return "provider";
        case OrganisationKind::icb:
            return "icb";
    }
    return "";
}

Identity Identity::loopback() {
    static const auto client = [] {
        auto made = std::make_shared<Client>();
        made->id = made->name = "loopback";
        made->scopes = Scopes::all();
        made->rate = {1e9, 1e9};
        return made;
    }();
    return {client, client->scopes, true};
}

}  // namespace linkway::access
