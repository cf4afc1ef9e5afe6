#include "mapping/code_functions.h"

#include <algorithm>

#include "fhir/identity.h"
#include "text/temporal.h"

namespace linkway::mapping {

namespace {

using fhirpath::Collection;
using fhirpath::Function;
using fhirpath::Runtime;
using fhirpath::StaticType;
using fhirpath::Value;
using fhirpath::ValueKind;
using terminology::Membership;
using terminology::Terminology;
using text::Issue;
using text::Result;
using text::Status;

using Args = std::span<const Collection>;
using Literals = std::span<const std::optional<std::string>>;
using Bound = Result<std::shared_ptr<const void>>;

StaticType system_type(ValueKind kind) {
    return {StaticType::Of::system, kind, nullptr, nullptr, false};
}

std::string_view text_of(const Collection& collection) {
    return collection.empty() ? std::string_view{} : collection[0].text;
}

std::string_view keep(std::string_view text, Runtime& runtime) {
    char* copy = static_cast<char*>(runtime.arena->allocate(text.size() + 1, 1));
    text.copy(copy, text.size());
    return {copy, text.size()};
}

/// Codes come as text, from columns of whole numbers as integers, or as a Coding.
std::string_view code_text(const Value& value, Runtime& runtime) {
    if (value.kind == ValueKind::integer) {
        return keep(std::to_string(value.integer), runtime);
    }
    if (value.kind != ValueKind::node) {
        return value.text;
    }
    return value.node->is_object() ? value.node->string_or("code", {}) : value.node->text;
}

/// Refuses, while compiling, what the first operand names and nothing loaded can answer.
std::function<Bound(Literals)> known(const Terminology& terminology,
                                     Status (Terminology::*check)(std::string_view) const) {
    return [&terminology, check](Literals literals) -> Bound {
        if (!literals.empty() && literals[0]) {
            if (auto issue = (terminology.*check)(*literals[0])) {
                return std::move(*issue);
            }
        }
        return std::shared_ptr<const void>();
    };
}

/// R4, FHIRPath, memberOf(): of a code, a Coding, or a CodeableConcept, which is a member when one
/// of its codings is. A Coding says its own system unless another is asked for.
Membership membership(const Terminology& terminology, std::string_view value_set,
                      std::string_view system, const Value& value, Runtime& runtime) {
    const bool element = value.kind == ValueKind::node && value.node->is_object();
    const text::Node* codings = element ? value.node->find("coding") : nullptr;
    if (codings == nullptr) {
        const std::string_view own = element ? value.node->string_or("system", {}) : "";
        return terminology.member_of(value_set, system.empty() ? own : system,
                                     code_text(value, runtime));
    }
    Membership best = Membership::no;
    for (const text::Node& coding : codings->items) {
        best = std::max(best, membership(terminology, value_set, system,
                                         Value::of_node(coding, nullptr), runtime));
    }
    return best;
}

Function member_of(const Terminology& terminology) {
    Function result{"memberOf", system_type(ValueKind::boolean), 1, 2, {}, {}};
    result.bind = known(terminology, &Terminology::check_value_set);
    result.call = [&terminology](const void*, const Collection& focus, Args args, Collection& out,
                                 Runtime& runtime) -> Status {
        for (const Value& value : focus) {
            const std::string_view system = args.size() > 1 ? text_of(args[1]) : std::string_view{};
            const Membership member =
                membership(terminology, text_of(args[0]), system, value, runtime);
            if (member != Membership::unknown) {
                out.push_back(Value::of_boolean(member == Membership::yes), *runtime.arena);
            }
        }
        return std::nullopt;
    };
    return result;
}

Function translate(const Terminology& terminology) {
    Function result{"translate", system_type(ValueKind::string), 2, 2, {}, {}};
    result.result.many = true;
    result.bind = known(terminology, &Terminology::check_concept_map);
    result.call = [&terminology](const void*, const Collection& focus, Args args, Collection& out,
                                 Runtime& runtime) -> Status {
        for (const Value& value : focus) {
            for (const auto& each : terminology.translate(text_of(args[0]), text_of(args[1]),
                                                          code_text(value, runtime))) {
                if (each.equivalence != "unmatched" && each.equivalence != "disjoint" &&
                    !each.target.code.empty()) {
                    out.push_back(Value::of_string(each.target.code), *runtime.arena);
                }
            }
        }
        return std::nullopt;
    };
    return result;
}

/// subsumes, or subsumedBy with the two the other way round.
Function subsumption(const Terminology& terminology, std::string name, bool focus_is_ancestor) {
    Function result{std::move(name), system_type(ValueKind::boolean), 2, 2, {}, {}};
    result.bind = [&terminology](Literals literals) -> Bound {
        if (!literals[1]) {
            return std::shared_ptr<const void>();
        }
        if (auto issue = terminology.check_hierarchy(*literals[1])) {
            return std::move(*issue);
        }
        if (literals[0] && !terminology.lookup(*literals[1], *literals[0])) {
            return Issue{
                text::Severity::error,
                "not-found",
                "the code system " + *literals[1] + " has no code \"" + *literals[0] + "\" here",
                {},
                {}};
        }
        return std::shared_ptr<const void>();
    };
    result.call = [&terminology, focus_is_ancestor](const void*, const Collection& focus, Args args,
                                                    Collection& out, Runtime& runtime) -> Status {
        for (const Value& value : focus) {
            const std::string_view code = code_text(value, runtime);
            const std::string_view other = text_of(args[0]);
            const auto holds = focus_is_ancestor
                                   ? terminology.subsumes(text_of(args[1]), code, other)
                                   : terminology.subsumes(text_of(args[1]), other, code);
            if (holds) {
                out.push_back(Value::of_boolean(*holds), *runtime.arena);
            }
        }
        return {};
    };
    return result;
}

Function display(const Terminology& terminology) {
    Function result{"display", system_type(ValueKind::string), 1, 1, {}, {}};
    result.call = [&terminology](const void*, const Collection& focus, Args args, Collection& out,
                                 Runtime& runtime) -> Status {
        for (const Value& value : focus) {
            const std::string_view text =
                terminology.display(text_of(args[0]), code_text(value, runtime));
            if (!text.empty()) {
                out.push_back(Value::of_string(text), *runtime.arena);
            }
        }
        return std::nullopt;
    };
    return result;
}

/// A yes-or-no question about each item's text.
Function question(std::string name, bool (*holds)(std::string_view)) {
    Function result{std::move(name), system_type(ValueKind::boolean), 0, 0, {}, {}};
    result.call = [holds](const void*, const Collection& focus, Args, Collection& out,
                          Runtime& runtime) -> Status {
        for (const Value& value : focus) {
            out.push_back(Value::of_boolean(holds(code_text(value, runtime))), *runtime.arena);
        }
        return std::nullopt;
    };
    return result;
}

Function read_code() {
    Function result{"readCode", system_type(ValueKind::string), 0, 0, {}, {}};
    result.call = [](const void*, const Collection& focus, Args, Collection& out,
                     Runtime& runtime) -> Status {
        for (const Value& value : focus) {
            const std::string code = terminology::canonical_read_code(value.text);
            if (!code.empty()) {
                out.push_back(Value::of_string(keep(code, runtime)), *runtime.arena);
            }
        }
        return std::nullopt;
    };
    return result;
}

Function at() {
    Function result{"at", system_type(ValueKind::date_time), 1, 1, {}, {}};
    result.call = [](const void*, const Collection& focus, Args args, Collection& out,
                     Runtime& runtime) -> Status {
        for (const Value& value : focus) {
            const auto date = text::parse_date(value.text, "yyyy-MM-dd");
            const auto time = text::parse_time(text_of(args[0]), "HH:mm:ss");
            if (!date || !time) {
                out.push_back(Value::of_text(ValueKind::date_time, value.text), *runtime.arena);
                continue;
            }
            std::string moment;
            text::append_uk_date_time(moment, *date, *time);
            out.push_back(Value::of_text(ValueKind::date_time, keep(moment, runtime)),
                          *runtime.arena);
        }
        return std::nullopt;
    };
    return result;
}

}  // namespace

std::vector<Function> code_functions(const Terminology& terminology) {
    return {member_of(terminology),
            translate(terminology),
            subsumption(terminology, "subsumes", true),
            subsumption(terminology, "subsumedBy", false),
            display(terminology),
            question("isNhsNumber", fhir::is_valid_nhs_number),
            question("isConceptId", terminology::is_valid_concept_id),
            read_code(),
            at()};
}

}  // namespace linkway::mapping
