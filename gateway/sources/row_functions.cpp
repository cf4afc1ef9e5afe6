#include "row_functions.h"

#include <array>
#include <atomic>
#include <typeinfo>

#include "sources/event_record.h"
#include "sources/system_mapping.h"

namespace linkway::sources {

namespace {

using fhirpath::Collection;
using fhirpath::Function;
using fhirpath::Runtime;
using fhirpath::StaticType;
using fhirpath::Value;
using fhirpath::ValueKind;
using text::Status;

using Args = std::span<const Collection>;

StaticType system_type(ValueKind kind) {
    return {StaticType::Of::system, kind, nullptr, nullptr, false};
}

/// A function that gives one value for each row of its focus, or none.
Function on_row(const std::string& name, ValueKind kind, std::size_t args,
                std::function<void(const Row&, Args, Collection&, Runtime&)> give) {
    Function result{name, system_type(kind), args, args, {}, {}};
    result.call = [name, give = std::move(give)](const void*, const Collection& focus, Args given,
                                                 Collection& out, Runtime& runtime) -> Status {
        for (const Value& value : focus) {
            // Row is final: its type says all, without a walk over bases.
            if (value.kind != ValueKind::record || typeid(*value.record) != typeid(Row)) {
                return text::Issue{
                    text::Severity::error, "value", name + "() works on a row of a table", {}, {}};
            }
            give(static_cast<const Row&>(*value.record), given, out, runtime);
        }
        return std::nullopt;
    };
    return result;
}

/// What one `reference('Type')` of a template needs while it runs: the type, and for each table the
/// template that makes it, looked up at the first row met. Any thread may find it; all find the
/// same.
struct ReferenceTarget {
    static constexpr std::size_t tables = 256;
    static constexpr int not_asked = -2;
    explicit ReferenceTarget(std::string name) : type(std::move(name)) {
        for (auto& each : by_table) {
            each.store(not_asked, std::memory_order_relaxed);
        }
    }
    int template_of(int table,
                    const std::function<int(std::string_view, int)>& template_for) const {
        const auto index = static_cast<std::size_t>(table);
        if (index >= tables) {
            return template_for(type, table);
        }
        int templ = by_table[index].load(std::memory_order_relaxed);
        if (templ == not_asked) {
            templ = template_for(type, table);
            by_table[index].store(templ, std::memory_order_relaxed);
        }
        return templ;
    }

    std::string type;
    mutable std::array<std::atomic<int>, tables> by_table;
};

Function reference(const std::function<int(std::string_view, int)>& template_for) {
    Function result{"reference", system_type(ValueKind::string), 1, 1, {}, {}};
    result.bind = [](std::span<const std::optional<std::string>> literals)
        -> text::Result<std::shared_ptr<const void>> {
        if (literals.empty() || !literals[0]) {
            return text::Issue{text::Severity::error,
                               "structure",
                               "reference() takes a type's name in quotes",
                               {},
                               {}};
        }
        return std::shared_ptr<const void>(std::make_shared<const ReferenceTarget>(*literals[0]));
    };
    result.call = [template_for](const void* context, const Collection& focus, Args,
                                 Collection& out, Runtime& runtime) -> Status {
        const auto& target = *static_cast<const ReferenceTarget*>(context);
        // The source record is ours: it is in its slot for every template of a mapping.
        const auto* source =
            static_cast<const SourceRecord*>(runtime.variables[source_slot][0].record);
        for (const Value& value : focus) {
            if (value.kind != ValueKind::record || typeid(*value.record) != typeid(Row)) {
                return text::Issue{text::Severity::error,
                                   "value",
                                   "reference() works on a row of a table",
                                   {},
                                   {}};
            }
            const Row& row = static_cast<const Row&>(*value.record);
            const int table = row.set().table();
            const int templ = target.template_of(table, template_for);
            if (templ < 0) {
                continue;
            }
            const std::size_t size = target.type.size() + 1 + row.id.size();
            char* text = static_cast<char*>(runtime.arena->allocate(size, 1));
            target.type.copy(text, target.type.size());
            text[target.type.size()] = '/';
            row.id.copy(text + target.type.size() + 1, row.id.size());
            out.push_back(Value::of_string({text, size}), *runtime.arena);
            if (source->demands != nullptr) {
                source->demands->push_back({static_cast<std::uint32_t>(templ), &row});
            }
        }
        return std::nullopt;
    };
    return result;
}

/// A function that gives what else is known of a person.
Function on_person(const std::string& name, std::vector<std::string> Acquaintance::*what) {
    Function result = on_row(name, ValueKind::string, 0,
                             [what](const Row& row, Args, Collection& out, Runtime& runtime) {
                                 for (const std::string& each : row.set().acquaintance(row).*what) {
                                     out.push_back(Value::of_string(each), *runtime.arena);
                                 }
                             });
    result.result.many = true;
    return result;
}

int column_named(const Row& row, Args args) {
    return args[0].empty() ? -1 : row.set().definition().find(args[0][0].text);
}

}  // namespace

std::vector<Function> row_functions(const std::function<int(std::string_view, int)>& template_for) {
    std::vector<Function> result;
    result.push_back(on_row("uuid", ValueKind::string, 0,
                            [](const Row& row, Args, Collection& out, Runtime& runtime) {
                                out.push_back(Value::of_string(row.id), *runtime.arena);
                            }));
    result.push_back(reference(template_for));
    result.push_back(on_row("raw", ValueKind::string, 1,
                            [](const Row& row, Args args, Collection& out, Runtime& runtime) {
                                if (const std::string_view raw = row.raw(column_named(row, args));
                                    !raw.empty()) {
                                    out.push_back(Value::of_string(raw), *runtime.arena);
                                }
                            }));
    result.push_back(on_row(
        "isBroken", ValueKind::boolean, 1,
        [](const Row& row, Args args, Collection& out, Runtime& runtime) {
            const int column = column_named(row, args);
            out.push_back(Value::of_boolean(column >= 0 && row.is_broken(column)), *runtime.arena);
        }));
    result.push_back(on_person("otherRecords", &Acquaintance::others));
    result.push_back(on_person("formerNhsNumbers", &Acquaintance::former_numbers));
    result.push_back(on_row("isNoLongerFed", ValueKind::boolean, 0,
                            [](const Row& row, Args, Collection& out, Runtime& runtime) {
                                out.push_back(Value::of_boolean(row.no_longer_fed), *runtime.arena);
                            }));
    return result;
}

}  // namespace linkway::sources
