// Values: their form, their codes, where references lead, and the invariants.
#include <algorithm>

#include "check.h"
#include "narrative.h"
#include "reference_form.h"

namespace linkway::profiles {

using text::Node;
using text::NodeKind;

namespace {

constexpr std::size_t few_codes = 8;

const text::Name reference_name("reference");
const text::Name type_name("type");
const text::Name coding_name("coding");
const text::Name code_name("code");
const text::Name system_name("system");

/// How a type is written, for those whose name does not say it.
std::string_view form_of(std::string_view type) {
    constexpr std::pair<std::string_view, std::string_view> forms[] = {
        {"date", "YYYY, YYYY-MM or YYYY-MM-DD"},
        {"dateTime", "YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss+zz:zz"},
        {"instant", "YYYY-MM-DDThh:mm:ss+zz:zz"},
        {"time", "hh:mm:ss"},
        {"id", "1 to 64 letters, digits, - and ."},
        {"code", "text without blanks at its ends or two in a row"},
        {"string", "text that is not blank, at most 1 MB"},
        {"markdown", "text that is not blank, at most 1 MB"},
        {"uri", "text without blanks"},
        {"url", "text without blanks"},
        {"canonical", "text without blanks"},
        {"oid", "urn:oid: and numbers with dots"},
        {"uuid", "urn:uuid: and a UUID in lower case"},
        {"base64Binary", "base64, whole groups of four"},
        {"positiveInt", "a whole number from 1"},
        {"unsignedInt", "a whole number from 0"},
        {"integer", "a whole number"}};
    for (const auto& [name, form] : forms) {
        if (name == type) {
            return form;
        }
    }
    return {};
}

std::string_view kind_of(NodeKind json) {
    return json == NodeKind::boolean  ? "true or false is expected here, without quotes"
           : json == NodeKind::number ? "a number is expected here, without quotes"
                                      : "text is expected here, in quotes";
}

std::string shown(std::span<const std::string_view> names, std::string_view between) {
    std::string text;
    for (const std::string_view name : names) {
        text += (text.empty() ? "" : std::string(between)) + std::string(name);
    }
    return text;
}

}  // namespace

void Check::primitive(const Node& node, const Slot& slot, const Frame& at) {
    const TypePlan& type = slot.type;
    if (node.kind != type.json) {
        const bool nothing = node.kind == NodeKind::null;
        add(nothing ? "structure" : "value",
            nothing ? "null: what has no value is left out" : std::string(kind_of(type.json)), node,
            at.path());
        return;
    }
    if (!type.test(node.text)) {
        const std::string_view form = form_of(type.type->name);
        add("value", "no valid " + std::string(type.type->name), node, at.path(),
            form.empty() ? "" : "write " + std::string(form));
        return;
    }
    if (slot.codes != nullptr && !slot.codes->has_code(node.text)) {
        wrong_code(node, *slot.codes, at);
    }
    if (type.role == Role::address && node.text.front() == '#') {
        (void)local(node.text.substr(1));
    } else if (type.role == Role::xhtml) {
        const std::string_view mistake = narrative_mistake(node.text);
        if (!mistake.empty()) {
            add("value", std::string(mistake) + " (txt-1, txt-2)", node, at.path());
        }
    }
}

void Check::wrong_code(const Node& node, const CodeList& codes, const Frame& at) {
    if (full()) {
        return;
    }
    const std::vector<std::string> names(codes.codes.begin(), codes.codes.end());
    std::string meant = text::did_you_mean(node.text, names);
    if (meant.empty() && names.size() <= few_codes) {
        meant = "one of " + shown(codes.codes, ", ");
    }
    add("code-invalid",
        "this is no code of " + std::string(codes.value_set) + ", which R4 requires here", node,
        at.path(), std::move(meant));
}

/// A required binding of a Coding or CodeableConcept: one coding must be of the value set.
void Check::coded(const Node& node, const Slot& slot, const Frame& at) {
    const auto good = [&](const Node& coding) {
        return slot.codes->has_system(coding.string_or("system", {})) &&
               slot.codes->has_code(coding.string_or("code", {}));
    };
    const Node* codings = node.find(coding_name);
    const bool found =
        slot.type.role == Role::coding
            ? good(node)
            : codings != nullptr && std::any_of(codings->items.begin(), codings->items.end(), good);
    if (!found && (slot.type.role == Role::coding || slot.type.role == Role::codeable_concept)) {
        add("code-invalid",
            "no coding here is of " + std::string(slot.codes->value_set) +
                ", which R4 requires; system and code both count",
            node, at.path(),
            "system " + shown(slot.codes->systems, " or ") +
                (slot.codes->codes.size() <= few_codes ? ", code " + shown(slot.codes->codes, ", ")
                                                       : std::string()));
    }
}

void Check::extension(const Node& node, const TypePlan& plan, std::uint64_t seen, const Frame& at) {
    const bool nested = (seen & plan.extension_bit) != 0;
    const bool valued = (seen & plan.value_bit) != 0;
    if (nested == valued) {
        add("invariant",
            nested ? "an extension has a value or extensions of its own, not both (ext-1)"
                   : "an extension needs a value or extensions of its own (ext-1)",
            node, at.path());
    }
}

void Check::reference(const Node& node, const Slot& slot, const Frame& at) {
    const Node* text = node.find(reference_name);
    if (text != nullptr && text->is_string() && !text->text.empty()) {
        reference_text(*text, *slot.child.element, at);
    }
    const Node* type = node.find(type_name);
    if (type != nullptr && type->is_string()) {
        constexpr std::string_view base = "http://hl7.org/fhir/StructureDefinition/";
        const std::string_view name =
            type->text.starts_with(base) ? type->text.substr(base.size()) : type->text;
        target(*type, name, *slot.child.element, {&at, "type", -1});
    }
}

void Check::reference_text(const Node& text, const fhir::ElementDefinition& element,
                           const Frame& at) {
    const ReferenceForm form = read_reference(text.text);
    const Frame here{&at, "reference", -1};
    switch (form.kind) {
        case ReferenceForm::Kind::local: {
            const Node* found = local(form.id);
            if (found != nullptr) {
                target(text, found->string_or("resourceType", {}), element, here);
            } else if (!form.id.empty()) {
                add("not-found", "the resource contains none of this id (ref-1)", text,
                    here.path());
            }
            break;
        }
        case ReferenceForm::Kind::relative:
            target(text, form.type, element, here);
            break;
        case ReferenceForm::Kind::absolute:
            if (plans_.resource(form.type) != nullptr) {
                target(text, form.type, element, here);
            }
            break;
        case ReferenceForm::Kind::broken:
            add("value", "this is not the form of a reference", text, here.path(),
                "write Type/id, an absolute URL, urn:uuid:... or #id of a contained resource");
            break;
    }
}

/// Whether the element may refer to a resource of that type.
void Check::target(const Node& node, std::string_view type, const fhir::ElementDefinition& element,
                   const Frame& at) {
    const auto& allowed = element.reference_targets;
    if (std::find(allowed.begin(), allowed.end(), type) != allowed.end()) {
        return;
    }
    if (plans_.resource(type) == nullptr) {
        add("value", "a reference is to a type of resource that R4 does not have", node, at.path());
    } else if (!allowed.empty()) {
        add("value", "a reference to " + std::string(type) + " can't stand here", node, at.path(),
            "it may be to " + shown(allowed, ", "));
    }
}

/// The contained resource of that id, which is now referred to; for "#", which a contained one says
/// of the resource around it, nullptr.
const Node* Check::local(std::string_view id) {
    if (id.empty()) {
        if (container_->inside >= 0) {
            container_->referred[static_cast<std::size_t>(container_->inside)] = true;
        }
        return nullptr;
    }
    if (container_->contained == nullptr) {
        return nullptr;
    }
    const text::Items& all = container_->contained->items;
    auto& places = container_->places;
    if (places.empty()) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            places.emplace(all[i].string_or("id", {}), i);
        }
    }
    const auto found = places.find(id);
    if (found == places.end()) {
        return nullptr;
    }
    container_->referred[found->second] = true;
    return &all[found->second];
}

/// dom-3; and what has no id can't be referred to at all.
void Check::unreferred(const Frame& at) {
    for (std::size_t i = 0; i < container_->referred.size(); ++i) {
        const Node& each = container_->contained->items[i];
        const Frame here{&at, "contained", static_cast<std::ptrdiff_t>(i)};
        if (each.find("id") == nullptr) {
            add("required", "id is missing: a contained resource needs it", each,
                here.path() + ".id");
        } else if (!container_->referred[i]) {
            add("invariant",
                "nothing in the resource refers to this contained one, nor it to the resource "
                "(dom-3)",
                each, here.path());
        }
    }
}

void Check::run_invariants(const Node& node, const TypePlan& plan, const Frame& at) {
    const std::span<const CompiledInvariant> all = invariants_.of(*plan.type);
    if (all.empty()) {
        return;
    }
    const fhirpath::Value context = fhirpath::Value::of_node(node, plan.type);
    for (const CompiledInvariant& each : all) {
        if (each.source->weight == fhir::Invariant::Weight::best_practice &&
            !options_.best_practice) {
            continue;
        }
        std::pmr::monotonic_buffer_resource arena(room_.data(), room_.size());
        fhirpath::Runtime runtime;
        runtime.arena = &arena;
        runtime.variables = {&resource_, 1};
        runtime.context = &context;
        runtime.steps_left = steps_left_;
        runtime.resolver = &resolver_;
        run(each, runtime, node, at);
        steps_left_ = runtime.steps_left;
    }
}

/// Only false breaks an invariant: where a comparison knows no answer (two times of different
/// precision), neither does it.
void Check::run(const CompiledInvariant& invariant, fhirpath::Runtime& runtime, const Node& node,
                const Frame& at) {
    fhirpath::Collection scratch;
    text::Status failure;
    const fhirpath::Collection* result = invariant.expression.read(runtime, scratch, failure);
    if (result == nullptr) {
        // What is wrong in structure says so already, and may be why.
        if (issues_.empty() || failure->code == "too-costly") {
            add(failure->code,
                "invariant " + std::string(invariant.source->key) +
                    " could not be checked: " + failure->message,
                node, at.path(), {}, text::Severity::warning);
        }
        return;
    }
    const bool broken = result->size() == 1 && (*result)[0].kind == fhirpath::ValueKind::boolean &&
                        !(*result)[0].boolean;
    if (broken) {
        const bool error = invariant.source->weight == fhir::Invariant::Weight::error;
        add("invariant", "invariant " + std::string(invariant.source->key) + " does not hold", node,
            at.path(), "what must be true: " + std::string(invariant.source->expression),
            error ? text::Severity::error : text::Severity::warning);
    }
}

}  // namespace linkway::profiles
