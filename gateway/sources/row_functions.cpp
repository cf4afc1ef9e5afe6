#include "row_functions.h"

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
        return {};
    };
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
    result.push_back(on_row(
        "reference", ValueKind::string, 1,
        [template_for](const Row& row, Args args, Collection& out, Runtime& runtime) {
            const std::string_view type = args[0].empty() ? std::string_view{} : args[0][0].text;
            const int templ = template_for(type, row.set().table());
            if (templ < 0) {
                return;
            }
            char* text =
                static_cast<char*>(runtime.arena->allocate(type.size() + 1 + row.id.size(), 1));
            type.copy(text, type.size());
            text[type.size()] = '/';
            row.id.copy(text + type.size() + 1, row.id.size());
            out.push_back(Value::of_string({text, type.size() + 1 + row.id.size()}),
                          *runtime.arena);
            // The source record is ours: it is in its slot for every template of a mapping.
            const auto* source =
                static_cast<const SourceRecord*>(runtime.variables[source_slot][0].record);
            if (source->demands != nullptr) {
                source->demands->push_back({static_cast<std::uint32_t>(templ), &row});
            }
        }));
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
    result.push_back(on_row("isNoLongerFed", ValueKind::boolean, 0,
                            [](const Row& row, Args, Collection& out, Runtime& runtime) {
                                out.push_back(Value::of_boolean(row.no_longer_fed), *runtime.arena);
                            }));
    return result;
}

}  // namespace linkway::sources
