// Structure: which members there are, how many, and of what shape.
#include "check.h"

#include <algorithm>

namespace linkway::profiles {

using text::Node;
using text::NodeKind;

namespace {

/// Parsers stop earlier; this is for trees that no parser made.
constexpr std::uint32_t most_depth = 200;

const text::Name resource_type_name("resourceType");
const text::Name contained_name("contained");

/// A name that is printed: what is no name at all may be anything, and long.
bool is_name(std::string_view text) {
    const auto fine = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), fine);
}

std::string quoted(std::string_view name) {
    return is_name(name) ? "\"" + std::string(name) + "\"" : "of this name";
}

/// The names that members of a type may have.
std::vector<std::string> names_of(const fhir::TypeDefinition& type) {
    std::vector<std::string> names;
    for (const fhir::ElementDefinition& element : type.elements) {
        if (!element.choice) {
            names.emplace_back(element.name);
        }
        for (std::size_t i = 0; element.choice && i < element.types.size(); ++i) {
            std::string name = std::string(element.name) + std::string(element.types[i]->name);
            char& first = name[element.name.size()];
            first = first >= 'a' && first <= 'z' ? static_cast<char>(first - 'a' + 'A') : first;
            names.push_back(std::move(name));
        }
    }
    return names;
}

/// The nearest name; of a choice without a type, or with one it can't be, its types.
std::string suggested(std::string_view name, const fhir::TypeDefinition& type) {
    std::string near = text::did_you_mean(name, names_of(type));
    for (const fhir::ElementDefinition& element : type.elements) {
        const bool choice = element.choice && name.starts_with(element.name) &&
                            (name.size() == element.name.size() ||
                             (near.empty() && name[element.name.size()] < 'a'));
        if (choice) {
            near = std::string(element.name) + "[x] is written with its type, one of";
            for (const fhir::TypeDefinition* each : element.types) {
                near += " " + std::string(each->name);
            }
        }
    }
    return near;
}

std::vector<std::string> resource_names(const fhir::Definitions& definitions) {
    std::vector<std::string> names;
    for (const fhir::TypeDefinition* type : definitions.types()) {
        if (type->kind == fhir::TypeKind::resource && !type->is_abstract) {
            names.emplace_back(type->name);
        }
    }
    return names;
}

bool is_primitive(const fhir::TypeDefinition* type) {
    return type != nullptr && type->kind == fhir::TypeKind::primitive;
}

/// The sibling "_name" of a member, or null.
const Node* sibling_of(const Node& object, std::string_view name) {
    const Node* found = nullptr;
    object.members.any_tagged(text::tag_of(name), [&](const text::Member& member) {
        const bool hidden = member.name.starts_with('_') && member.name.substr(1) == name;
        found = hidden ? &member.value : nullptr;
        return hidden;
    });
    return found;
}

}  // namespace

Check::Check(const Plans& plans, const Invariants& invariants, const Options& options)
    : plans_(plans),
      invariants_(invariants),
      options_(options),
      resolver_([this](std::string_view reference, const Node*) {
          return reference.starts_with('#') ? local(reference.substr(1)) : nullptr;
      }) {}

void Check::add(std::string_view code, std::string message, const Node& node, std::string field,
                std::string suggestion, text::Severity severity) {
    if (full()) {
        return;
    }
    if (issues_.size() + 1 == most_issues) {
        message = "there is more wrong with this resource, which is not listed";
        suggestion.clear();
    }
    text::Location at{options_.file, node.line, node.column, std::move(field)};
    at.line += node.line == 0 ? 0 : options_.first_line - 1;
    issues_.push_back(
        {severity, std::string(code), std::move(message), std::move(at), std::move(suggestion)});
}

void Check::root(const Node& node, const Frame* parent) {
    Container container;
    Container* const outer = container_;
    container_ = &container;
    const Node* contained = node.find(contained_name);
    if (contained != nullptr && contained->is_array()) {
        container.contained = contained;
        container.referred.resize(contained->items.size());
    }
    if (parent != nullptr) {
        resource(node, *parent);
        unreferred(*parent);
    } else {
        const Frame at{nullptr, node.string_or("resourceType", "Resource"), -1};
        resource(node, at);
        unreferred(at);
    }
    container_ = outer;
}

void Check::resource(const Node& node, const Frame& at) {
    const Node* name = node.find(resource_type_name);
    if (name == nullptr || !name->is_string()) {
        add("structure",
            name != nullptr    ? "resourceType must be text, the name of a type"
            : node.is_object() ? "resourceType is missing: it says what kind of resource this is"
                               : "a resource is expected here, a JSON object with resourceType",
            name != nullptr ? *name : node, at.path());
        return;
    }
    const TypePlan* plan = plans_.resource(name->text);
    if (plan == nullptr) {
        const std::string meant =
            text::did_you_mean(name->text, resource_names(plans_.definitions()));
        add("structure", "R4 has no resource of this type", *name,
            at.parent == nullptr ? "Resource" : at.path(), meant);
        return;
    }
    const fhirpath::Collection outer = resource_;
    resource_ = fhirpath::Collection(fhirpath::Value::of_node(node, plan->type));
    object(node, *plan, at);
    resource_ = outer;
}

/// dom-2, dom-4 and dom-5 forbid what a resource inside another can't have.
void Check::contained(const Node& node, const Frame& at) {
    if (container_->inside >= 0) {
        add("invariant", "a contained resource may not contain others (dom-2)", node, at.path());
        return;
    }
    container_->inside = at.index;
    resource(node, at);
    container_->inside = -1;
    const Node* meta = node.find("meta");
    for (const char* name : {"versionId", "lastUpdated", "security"}) {
        const Node* found = meta != nullptr ? meta->find(name) : nullptr;
        if (found != nullptr) {
            add("invariant",
                "a contained resource has no version, time of update or security label of its own "
                "(dom-4, dom-5)",
                *found, at.path() + ".meta." + name);
        }
    }
}

void Check::inner_resource(const Node& node, const TypePlan& owner, const Frame& at) {
    if (at.name == "contained") {
        contained(node, at);
    } else if (owner.type->name != "Bundle.entry") {
        root(node, &at);
    } else if (!node.is_object()) {
        add("structure", "a resource is expected here, a JSON object with resourceType", node,
            at.path());
    }
}

/// The elements that it has, as bits by place.
std::uint64_t Check::object(const Node& node, const TypePlan& plan, const Frame& at) {
    if (node.members.empty()) {
        add("structure", "an empty object: what has no content is left out", node, at.path());
        return 0;
    }
    if (depth_ >= most_depth) {
        add("structure", "the resource is nested too deeply", node, at.path());
        return 0;
    }
    ++depth_;
    std::uint64_t seen = 0;
    for (const Member& each : node.members) {
        if (each.name.starts_with('_')) {
            sibling(node, each, plan, at, seen);
        } else {
            member(node, each, plan, at, seen);
        }
    }
    if (const std::uint64_t lacking = plan.required & ~seen; lacking != 0) {
        missing(node, plan, lacking, at);
    }
    if (plan.role == Role::extension) {
        extension(node, plan, seen, at);
    }
    if (options_.invariants) {
        run_invariants(node, plan, at);
    }
    --depth_;
    return seen;
}

void Check::member(const Node& node, const Member& member, const TypePlan& plan, const Frame& at,
                   std::uint64_t& seen) {
    const fhir::Child* child = plan.type->child(member.name);
    if (child == nullptr || child->type == nullptr) {
        if (plan.role != Role::resource || member.name != "resourceType") {
            unknown(member, plan, at);
        }
        return;
    }
    const std::size_t place = plan.place_of(*child->element);
    const std::uint64_t bit = std::uint64_t{1} << place;
    if ((seen & bit) != 0 && child->element->choice) {
        chosen_twice(node, member, *child, plan, at);
    }
    seen |= bit;
    value(member.value, {node, plan, *child, plans_.of(*child->type), plan.codes[place]},
          {&at, member.name, -1});
}

/// "_birthDate": id and extensions of the primitive beside it.
void Check::sibling(const Node& node, const Member& member, const TypePlan& plan, const Frame& at,
                    std::uint64_t& seen) {
    const std::string_view name = member.name.substr(1);
    const fhir::Child* child = plan.type->child(name);
    if (child == nullptr || !is_primitive(child->type)) {
        unknown(member, plan, at);
        return;
    }
    const std::uint64_t bit = std::uint64_t{1} << plan.place_of(*child->element);
    if ((seen & bit) != 0 && child->element->choice) {
        chosen_twice(node, member, *child, plan, at);
    }
    seen |= bit;
    const Node* beside = node.find(name);
    const Frame here{&at, name, -1};
    if (child->element->many) {
        sibling_list(member, beside, here);
    } else if (!member.value.is_object()) {
        add("structure", "an object with id or extension is expected beside a primitive",
            member.value, here.path());
    } else {
        const std::uint64_t has = object(member.value, plans_.element(), here);
        if (beside == nullptr && has == plans_.element().id_bit) {
            add("invariant", "an element needs a value or an extension beside its id (ele-1)",
                member.value, here.path());
        }
    }
}

void Check::sibling_list(const Member& member, const Node* values, const Frame& at) {
    const Node& list = member.value;
    if (!list.is_array() || list.items.empty()) {
        add("structure", "a list of objects, or null for none, is expected beside a list", list,
            at.path());
        return;
    }
    const bool paired = values != nullptr && values->is_array();
    if (paired && values->items.size() != list.items.size()) {
        add("structure", "the two lists of one element differ in length; null keeps a place", list,
            at.path());
    }
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        const Node& item = list.items[i];
        const Frame here{at.parent, at.name, static_cast<std::ptrdiff_t>(i)};
        const bool valued =
            paired && i < values->items.size() && values->items[i].kind != NodeKind::null;
        if (item.is_object()) {
            const std::uint64_t has = object(item, plans_.element(), here);
            if (!valued && has == plans_.element().id_bit) {
                add("invariant", "an element needs a value or an extension beside its id (ele-1)",
                    item, here.path());
            }
        } else if (item.kind != NodeKind::null) {
            add("structure", "an object with id or extension, or null, is expected here", item,
                here.path());
        } else if (!valued && !(paired && i < values->items.size())) {
            add("structure", "null stands for an item that has no value either", item, here.path());
        }
    }
}

void Check::value(const Node& node, const Slot& slot, const Frame& at) {
    if (slot.child.element->many) {
        items(node, slot, at);
    } else if (node.is_array()) {
        add("structure", "one value is expected here, not a list", node, at.path(),
            "leave out the brackets");
    } else {
        single(node, slot, at);
    }
}

void Check::items(const Node& node, const Slot& slot, const Frame& at) {
    if (!node.is_array()) {
        add("structure", "a list is expected here, even of one", node, at.path(), "put it in [ ]");
        return;
    }
    if (node.items.empty()) {
        add("structure", "an empty list: what has no content is left out", node, at.path());
        return;
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Node& item = node.items[i];
        const Frame here{at.parent, at.name, static_cast<std::ptrdiff_t>(i)};
        if (item.kind == NodeKind::null && is_primitive(slot.type.type)) {
            const Node* beside = sibling_of(slot.object, at.name);
            const bool extended = beside != nullptr && i < beside->items.size() &&
                                  beside->items[i].kind != NodeKind::null;
            if (!extended) {
                add("structure", "null needs an extension in the list beside it", item,
                    here.path());
            }
            continue;
        }
        single(item, slot, here);
    }
}

void Check::single(const Node& node, const Slot& slot, const Frame& at) {
    if (slot.type.json != NodeKind::object) {
        primitive(node, slot, at);
    } else if (slot.type.role == Role::resource) {
        inner_resource(node, slot.owner, at);
    } else if (!node.is_object()) {
        add("structure",
            "an object is expected here, a " + std::string(slot.type.type->name) +
                " with its elements",
            node, at.path());
    } else {
        complex(node, slot, at);
    }
}

void Check::complex(const Node& node, const Slot& slot, const Frame& at) {
    const std::uint64_t seen = object(node, slot.type, at);
    if (seen == slot.type.id_bit && seen != 0) {
        add("invariant", "an element needs more than an id (ele-1)", node, at.path());
    }
    if (slot.codes != nullptr) {
        coded(node, slot, at);
    }
    if (slot.type.role == Role::reference) {
        reference(node, slot, at);
    }
}

void Check::missing(const Node& node, const TypePlan& plan, std::uint64_t lacking,
                    const Frame& at) {
    for (std::size_t i = 0; i < plan.type->elements.size(); ++i) {
        if ((lacking >> i & 1U) != 0) {
            const fhir::ElementDefinition& element = plan.type->elements[i];
            const std::string name(element.name);
            add("required", name + " is missing: " + std::string(plan.type->name) + " needs it",
                node, at.path() + "." + name);
        }
    }
}

void Check::unknown(const Member& member, const TypePlan& plan, const Frame& at) {
    if (full()) {
        return;
    }
    const bool hidden = member.name.starts_with('_');
    const bool complex = hidden && plan.type->child(member.name.substr(1)) != nullptr;
    Node place;
    place.line = member.line;
    place.column = member.column;
    std::string field = at.path();
    if (is_name(member.name) && !hidden) {
        field += "." + std::string(member.name);
    }
    if (complex) {
        add("structure",
            quoted(member.name) +
                " may stand beside a primitive only; this element holds its id "
                "and extensions itself",
            place, std::move(field));
        return;
    }
    add("structure", std::string(plan.type->name) + " has no element " + quoted(member.name), place,
        std::move(field), suggested(hidden ? member.name.substr(1) : member.name, *plan.type));
}

void Check::chosen_twice(const Node& node, const Member& member, const fhir::Child& child,
                         const TypePlan& plan, const Frame& at) {
    for (const Member& other : node.members) {
        const bool hidden = other.name.starts_with('_');
        const fhir::Child* found = plan.type->child(hidden ? other.name.substr(1) : other.name);
        if (&other != &member && found != nullptr && found->element == child.element &&
            found->type != child.type) {
            add("structure",
                std::string(child.element->name) +
                    "[x] is given twice, in two types; it may stand "
                    "once",
                member.value, at.path() + "." + std::string(child.name));
            return;
        }
    }
}

}  // namespace linkway::profiles
