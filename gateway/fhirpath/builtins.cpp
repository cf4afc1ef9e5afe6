// One sorted table of all functions, made on first use from the tables of the files that implement
// them.
#include "builtins.h"

#include <algorithm>

namespace linkway::fhirpath {

namespace {

// Static initialisation is safe from any thread; afterwards the table is only read.
const std::vector<BuiltIn>& all() {
    static const std::vector<BuiltIn> table = [] {
        std::vector<BuiltIn> made;
        for (auto& part :
             {collection_functions(), lazy_functions(), text_functions(), pattern_functions(),
              encoding_functions(), math_functions(), conversion_functions(), tree_functions(),
              boundary_functions(), sort_functions()}) {
            made.insert(made.end(), part.begin(), part.end());
        }
        std::sort(made.begin(), made.end(),
                  [](const BuiltIn& a, const BuiltIn& b) { return a.name < b.name; });
        return made;
    }();
    return table;
}

}  // namespace

const BuiltIn* find_built_in(std::string_view name) {
    const auto& table = all();
    const auto found =
        std::lower_bound(table.begin(), table.end(), name,
                         [](const BuiltIn& f, std::string_view wanted) { return f.name < wanted; });
    return found != table.end() && found->name == name ? &*found : nullptr;
}

std::vector<std::string> built_in_names() {
    std::vector<std::string> names;
    for (const BuiltIn& function : all()) {
        names.emplace_back(function.name);
    }
    return names;
}

}  // namespace linkway::fhirpath
