#include "mapping/code_functions.h"

#include <array>
#include <cstdio>

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

/// Codes come as text or, from columns of whole numbers, as integers.
std::string_view code_text(const Value& value, std::array<char, 24>& buffer) {
    if (value.kind != ValueKind::integer) {
        return value.kind == ValueKind::node ? value.node->text : value.text;
    }
    const int length =
        std::snprintf(buffer.data(), buffer.size(), "%lld", static_cast<long long>(value.integer));
    return {buffer.data(), static_cast<std::size_t>(length)};
}

std::string_view text_of(const Collection& collection) {
    return collection.empty() ? std::string_view{} : collection[0].text;
}

std::string_view keep(std::string_view text, Runtime& runtime) {
    char* copy = static_cast<char*>(runtime.arena->allocate(text.size() + 1, 1));
    text.copy(copy, text.size());
    return {copy, text.size()};
}

/// Refuses, while compiling, a url that no code file defines.
std::function<Bound(Literals)> known_url(const Terminology& terminology, std::string what,
                                         bool (Terminology::*has)(std::string_view) const) {
    return [&terminology, what = std::move(what), has](Literals literals) -> Bound {
        if (literals.empty() || !literals[0] || (terminology.*has)(*literals[0])) {
            return std::shared_ptr<const void>();
        }
        return Issue{text::Severity::error,
                     "not-found",
                     "no code file defines the " + what + " \"" + *literals[0] + "\"",
                     {},
                     text::did_you_mean(*literals[0], terminology.urls())};
    };
}

Function member_of(const Terminology& terminology) {
    Function result{"memberOf", system_type(ValueKind::boolean), 1, 2, {}, {}};
    result.bind = known_url(terminology, "value set", &Terminology::has_value_set);
    result.call = [&terminology](const void*, const Collection& focus, Args args, Collection& out,
                                 Runtime& runtime) -> Status {
        for (const Value& value : focus) {
            std::array<char, 24> buffer{};
            const std::string_view system = args.size() > 1 ? text_of(args[1]) : std::string_view{};
            const bool member =
                terminology.member_of(text_of(args[0]), system, code_text(value, buffer));
            out.push_back(Value::of_boolean(member), *runtime.arena);
        }
        return std::nullopt;
    };
    return result;
}

Function translate(const Terminology& terminology) {
    Function result{"translate", system_type(ValueKind::string), 2, 2, {}, {}};
    result.result.many = true;
    result.bind = known_url(terminology, "concept map", &Terminology::has_concept_map);
    result.call = [&terminology](const void*, const Collection& focus, Args args, Collection& out,
                                 Runtime& runtime) -> Status {
        for (const Value& value : focus) {
            std::array<char, 24> buffer{};
            for (const auto& each : terminology.translate(text_of(args[0]), text_of(args[1]),
                                                          code_text(value, buffer))) {
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

Function display(const Terminology& terminology) {
    Function result{"display", system_type(ValueKind::string), 1, 1, {}, {}};
    result.call = [&terminology](const void*, const Collection& focus, Args args, Collection& out,
                                 Runtime& runtime) -> Status {
        for (const Value& value : focus) {
            std::array<char, 24> buffer{};
            const std::string_view text =
                terminology.display(text_of(args[0]), code_text(value, buffer));
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
            std::array<char, 24> buffer{};
            out.push_back(Value::of_boolean(holds(code_text(value, buffer))), *runtime.arena);
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
            display(terminology),
            question("isNhsNumber", fhir::is_valid_nhs_number),
            question("isConceptId", terminology::is_valid_concept_id),
            read_code(),
            at()};
}

}  // namespace linkway::mapping
