#include "filter.h"

#include <re2/re2.h>

#include <algorithm>

namespace linkway::terminology {

namespace {

text::Issue refusal(std::string code, std::string message, std::string suggestion = {}) {
    return {text::Severity::error, std::move(code), std::move(message), {}, std::move(suggestion)};
}

bool is_on_hierarchy(Operator op) {
    return op == Operator::is_a || op == Operator::descendent_of || op == Operator::is_not_a ||
           op == Operator::generalizes;
}

bool is_code(std::string_view property) {
    return property == "concept" || property == "code";
}

bool is_refset(const CodeSystem& system, const Filter& filter) {
    return system.content == Content::edition && is_code(filter.property) &&
           (filter.op == Operator::in || filter.op == Operator::not_in);
}

text::Status settle_on_hierarchy(const CodeSystem& system, Filter& filter) {
    if (!is_code(filter.property)) {
        return refusal("not-supported",
                       "this filter follows the hierarchy, which is of the property concept");
    }
    if (!system.is_a) {
        return refusal("business-rule",
                       "the hierarchy of " + std::string(system.url) + " does not mean \"is a\"",
                       "list the concepts");
    }
    const auto named = system.find(filter.value);
    if (!named) {
        return refusal(
            "not-found",
            std::string(system.url) + " has no code \"" + std::string(filter.value) + "\" here",
            nearest_code(system, filter.value));
    }
    filter.concept_ordinal = *named;
    return {};
}

text::Status settle_refset(const CodeSystem& system, Filter& filter) {
    const auto found = system.refsets.find(filter.value);
    if (found == system.refsets.end()) {
        return refusal("not-found", "the SNOMED CT release loaded has no simple reference set " +
                                        std::string(filter.value));
    }
    filter.refset = &found->second;
    return {};
}

text::Status settle_property(const CodeSystem& system, const Filter& filter) {
    const std::string_view name = filter.property;
    if (is_code(name) || name == "display" || name == "inactive" ||
        name == system.parent_property) {
        return {};
    }
    if (name == system.child_property) {
        if (filter.op != Operator::equals && filter.op != Operator::in) {
            return refusal("not-supported", "of the property child only = and in can be asked");
        }
        return {};
    }
    if (system.content == Content::edition) {
        return name == "constraint" || name == "expression"
                   ? refusal("not-supported",
                             "expression constraints (ECL) of SNOMED CT cannot be worked out here",
                             "use concept is-a, or concept in with a reference set")
                   : refusal("not-supported",
                             "of SNOMED CT only concept, parent, child, inactive and display can "
                             "be asked");
    }
    if (system.knows_property(name)) {
        return {};
    }
    return refusal(
        "not-found",
        std::string(system.url) + " declares no property \"" + std::string(name) + "\"",
        text::did_you_mean(name, {system.property_codes.begin(), system.property_codes.end()}));
}

/// Calls `found` with each value of the property that the concept has.
template <class Found>
void each_value(const CodeSystem& system, std::string_view property, Ordinal of,
                const Found& found) {
    const Entry& entry = system.entries[of];
    if (is_code(property)) {
        found(entry.code);
    } else if (property == "display") {
        if (!entry.display.empty()) {
            found(entry.display);
        }
    } else if (property == "inactive") {
        found(entry.inactive ? "true" : "false");
    } else if (property == system.parent_property) {
        for (const Ordinal parent : system.hierarchy.parents(of)) {
            found(system.entries[parent].code);
        }
    } else {
        system.each_node(of, [&](const text::Node& node) {
            for (const text::Node& item : items_of(node, "property")) {
                if (item.string_or("code", "") == property) {
                    found(property_value(item));
                }
            }
        });
    }
}

bool is_child(const CodeSystem& system, std::string_view code, Ordinal parent) {
    const auto child = system.find(code);
    if (!child) {
        return false;
    }
    const auto parents = system.hierarchy.parents(*child);
    return std::find(parents.begin(), parents.end(), parent) != parents.end();
}

/// Whether the value is one that the filter names.
bool names(const Filter& filter, std::string_view value) {
    switch (filter.op) {
        case Operator::equals:
            return value == filter.value;
        case Operator::regex:
            return re2::RE2::FullMatch(re2::StringPiece(value.data(), value.size()),
                                       *filter.pattern);
        default:
            return std::find(filter.values.begin(), filter.values.end(), value) !=
                   filter.values.end();
    }
}

bool has_named_value(const CodeSystem& system, const Filter& filter, Ordinal of) {
    if (filter.property == system.child_property) {
        return filter.op == Operator::equals
                   ? is_child(system, filter.value, of)
                   : std::any_of(
                         filter.values.begin(), filter.values.end(),
                         [&](std::string_view value) { return is_child(system, value, of); });
    }
    bool found = false;
    each_value(system, filter.property, of,
               [&](std::string_view value) { found = found || names(filter, value); });
    return found;
}

}  // namespace

text::Status settle_filter(const CodeSystem& system, Filter& filter) {
    filter.refset = nullptr;
    if (is_code(filter.property) || filter.property == system.parent_property) {
        filter.value = system.spelling(filter.value);
        for (std::string_view& value : filter.values) {
            value = system.spelling(value);
        }
    }
    if (is_on_hierarchy(filter.op)) {
        return settle_on_hierarchy(system, filter);
    }
    return is_refset(system, filter) ? settle_refset(system, filter)
                                     : settle_property(system, filter);
}

bool passes(const CodeSystem& system, const Filter& filter, Ordinal of) {
    const Hierarchy& hierarchy = system.hierarchy;
    const Ordinal named = filter.concept_ordinal;
    if (filter.refset != nullptr) {
        return std::binary_search(filter.refset->begin(), filter.refset->end(), of) ==
               (filter.op == Operator::in);
    }
    switch (filter.op) {
        case Operator::is_a:
            return hierarchy.is_a(of, named);
        case Operator::descendent_of:
            return of != named && hierarchy.is_a(of, named);
        case Operator::is_not_a:
            return !hierarchy.is_a(of, named);
        case Operator::generalizes:
            return hierarchy.is_a(named, of);
        case Operator::exists: {
            bool found = false;
            each_value(system, filter.property, of, [&](std::string_view) { found = true; });
            return found == (filter.value == "true");
        }
        case Operator::not_in:
            return !has_named_value(system, filter, of);
        default:
            return has_named_value(system, filter, of);
    }
}

}  // namespace linkway::terminology
