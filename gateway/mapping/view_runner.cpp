// A view over one resource: selects side by side multiply, those in a unionAll follow one another.
#include <array>

#include "view_program.h"

namespace linkway::mapping {

namespace {

using fhirpath::Collection;
using fhirpath::Runtime;
using fhirpath::Value;
using fhirpath::ValueKind;
using text::Issue;
using text::Status;

/// What is done with a row once the columns to the left of here are filled. Does not own.
class Next {
  public:
    template <class Callable>
    explicit Next(const Callable& callable)
        : callable_(&callable),
          call_([](const void* which) { return (*static_cast<const Callable*>(which))(); }) {}
    bool operator()() const { return call_(callable_); }

  private:
    const void* callable_;
    bool (*call_)(const void*);
};

class Walk {
  public:
    Walk(Runtime& runtime, std::vector<Collection>& cells) : runtime_(runtime), cells_(cells) {}

    /// Every combination of rows of the first `count` selects, each followed by `next`; the last of
    /// them changes slowest. False after a failure.
    bool product(const std::vector<ViewSelect>& selects, std::size_t count, const Value& focus,
                 const Next& next, const std::vector<ViewColumn>& columns) {
        if (count == 0) {
            return next();
        }
        const auto rest = [&] { return product(selects, count - 1, focus, next, columns); };
        return rows(selects[count - 1], focus, Next(rest), columns);
    }

    Status failure = std::nullopt;

  private:
    bool rows(const ViewSelect& select, const Value& focus, const Next& next,
              const std::vector<ViewColumn>& columns) {
        if (!select.each) {
            return row(select, focus, next, columns);
        }
        Collection items;
        if (!evaluate(*select.each, focus, items)) {
            return false;
        }
        for (const Value& item : items) {
            if (!row(select, item, next, columns)) {
                return false;
            }
        }
        if (!items.empty() || !select.or_null) {
            return true;
        }
        for (std::size_t i = 0; i < select.column_count; ++i) {
            cells_[select.first_column + i].clear();
        }
        return next();
    }

    bool row(const ViewSelect& select, const Value& focus, const Next& next,
             const std::vector<ViewColumn>& columns) {
        for (std::size_t i = 0; i < select.columns.size(); ++i) {
            const std::size_t column = select.first_column + i;
            Collection& cell = cells_[column];
            cell.clear();
            if (!evaluate(select.columns[i], focus, cell)) {
                return false;
            }
            if (cell.size() > 1 && !columns[column].collection) {
                failure = Issue{text::Severity::error, "value",
                                "the column \"" + columns[column].name +
                                    "\" has several values here but is no collection",
                                select.places[i], "use first(), forEach, or \"collection\": true"};
                return false;
            }
        }
        if (select.selects.empty() && select.unions.empty()) {
            return next();
        }
        const auto inner = [&] {
            return product(select.selects, select.selects.size(), focus, next, columns);
        };
        if (select.unions.empty()) {
            return inner();
        }
        for (const ViewSelect& branch : select.unions) {
            if (!rows(branch, focus, Next(inner), columns)) {
                return false;
            }
        }
        return true;
    }

    bool evaluate(const fhirpath::Expression& expression, const Value& focus, Collection& out) {
        runtime_.context = &focus;
        failure = expression.evaluate(runtime_, out);
        return !failure;
    }

    Runtime& runtime_;
    std::vector<Collection>& cells_;
};

/// What a Reference's text points at: its last two parts, version left aside.
std::string_view key_of(std::string_view reference, std::string_view type) {
    reference = reference.substr(0, reference.find("/_history/"));
    const std::size_t slash = reference.rfind('/');
    if (slash == std::string_view::npos) {
        return {};
    }
    const std::string_view before = reference.substr(0, slash);
    const std::size_t start = before.rfind('/');
    const std::string_view of = before.substr(start == std::string_view::npos ? 0 : start + 1);
    return type.empty() || of == type ? reference.substr(slash + 1) : std::string_view{};
}

}  // namespace

std::vector<fhirpath::Function> view_functions() {
    const fhirpath::StaticType text{fhirpath::StaticType::Of::system, ValueKind::string, nullptr,
                                    nullptr, false};
    fhirpath::Function resource_key{"getResourceKey", text, 0, 0, {}, {}};
    resource_key.call = [](const void*, const Collection& focus, std::span<const Collection>,
                           Collection& out, Runtime& runtime) -> Status {
        for (const Value& item : focus) {
            const std::string_view id =
                item.kind == ValueKind::node ? item.node->string_or("id", "") : "";
            if (!id.empty()) {
                out.push_back(Value::of_string(id), *runtime.arena);
            }
        }
        return std::nullopt;
    };
    fhirpath::Function reference_key{"getReferenceKey", text, 0, 1, {}, {}};
    reference_key.call = [](const void*, const Collection& focus, std::span<const Collection> args,
                            Collection& out, Runtime& runtime) -> Status {
        const std::string_view type =
            args.empty() || args[0].empty() ? std::string_view{} : args[0][0].text;
        for (const Value& item : focus) {
            const std::string_view reference =
                item.kind == ValueKind::node ? item.node->string_or("reference", "") : item.text;
            if (const std::string_view key = key_of(reference, type); !key.empty()) {
                out.push_back(Value::of_string(key), *runtime.arena);
            }
        }
        return std::nullopt;
    };
    // FHIRPath's own join() of nothing is nothing; the suite of SQL on FHIR asks for an empty text.
    fhirpath::Function join{"join", text, 0, 1, {}, {}};
    join.call = [](const void*, const Collection& focus, std::span<const Collection> args,
                   Collection& out, Runtime& runtime) -> Status {
        std::pmr::string whole(runtime.arena);
        const std::string_view between =
            args.empty() || args[0].empty() ? std::string_view{} : args[0][0].text;
        for (std::size_t i = 0; i < focus.size(); ++i) {
            whole += i == 0 ? std::string_view{} : between;
            whole += focus[i].text;
        }
        char* copy = static_cast<char*>(runtime.arena->allocate(whole.size() + 1, 1));
        whole.copy(copy, whole.size());
        out.push_back(Value::of_string({copy, whole.size()}), *runtime.arena);
        return std::nullopt;
    };
    return {std::move(resource_key), std::move(reference_key), std::move(join)};
}

struct ViewRunner::State {
    std::array<std::byte, 1 << 16> buffer;
    std::pmr::monotonic_buffer_resource arena{buffer.data(), buffer.size()};
    std::vector<Collection> cells;
    std::vector<Collection> variables;
};

ViewRunner::ViewRunner() : state_(std::make_unique<State>()) {}
ViewRunner::~ViewRunner() = default;

Status ViewRunner::run(const View& view, const text::Node& resource, const RowSink& row,
                       const fhirpath::Resolver* resolver) {
    const View::Program& program = view.program();
    if (!resource.is_object() || resource.string_or("resourceType", "") != program.resource) {
        return std::nullopt;
    }
    state_->arena.release();
    const Value focus = Value::of_node(resource, program.type);
    state_->variables.assign(2, Collection(focus));
    state_->variables.insert(state_->variables.end(), program.constants.begin(),
                             program.constants.end());
    Runtime runtime;
    runtime.arena = &state_->arena;
    runtime.variables = state_->variables;
    runtime.context = &focus;
    runtime.resolver = resolver;
    for (const fhirpath::Expression& condition : program.where) {
        auto holds = condition.test(runtime);
        if (!holds) {
            return std::move(holds).issue();
        }
        if (!*holds) {
            return std::nullopt;
        }
    }
    state_->cells.assign(program.columns.size(), Collection());
    Walk walk(runtime, state_->cells);
    const auto give = [&] {
        row(state_->cells);
        return true;
    };
    const std::vector<ViewSelect>& selects = program.root.selects;
    (void)walk.product(selects, selects.size(), focus, Next(give), program.columns);
    return std::move(walk.failure);
}

}  // namespace linkway::mapping
