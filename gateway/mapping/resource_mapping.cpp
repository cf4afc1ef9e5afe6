#include "mapping/resource_mapping.h"

#include <array>

#include "compiler.h"
#include "fhir/identity.h"
#include "mapping/code_functions.h"
#include "mapping/plan.h"

namespace linkway::mapping {

namespace {

using fhir::TypeDefinition;
using fhirpath::Collection;
using fhirpath::StaticType;
using fhirpath::Value;
using fhirpath::ValueKind;

/// Steps of one resource's template: generous, because a Bundle is one resource too.
constexpr std::uint32_t max_steps = 10'000'000;

fhirpath::Function uuid() {
    fhirpath::Function result;
    result.name = "uuid";
    result.result = {StaticType::Of::system, ValueKind::string, nullptr, nullptr, false};
    result.max_args = 3;
    result.call = [](const void*, const Collection& focus, std::span<const Collection> args,
                     Collection& out, fhirpath::Runtime& runtime) -> text::Status {
        std::array<std::string_view, 3> parts;
        for (std::size_t i = 0; i < args.size(); ++i) {
            if (args[i].empty()) {
                return {};  // an id is derived from all of it, or not at all
            }
            parts[i] = args[i][0].text;
        }
        for (const Value& value : focus) {
            if (value.text.empty()) {
                return text::Issue{text::Severity::error, "value", "uuid() works on text", {}, {}};
            }
            const std::string id =
                args.empty()       ? fhir::derived_id({value.text})
                : args.size() == 1 ? fhir::derived_id({value.text, parts[0]})
                : args.size() == 2 ? fhir::derived_id({value.text, parts[0], parts[1]})
                                   : fhir::derived_id({value.text, parts[0], parts[1], parts[2]});
            char* copy = static_cast<char*>(runtime.arena->allocate(id.size(), 1));
            id.copy(copy, id.size());
            out.push_back(Value::of_string({copy, id.size()}), *runtime.arena);
        }
        return {};
    };
    return result;
}

fhirpath::Environment environment(const TypeDefinition& input,
                                  const terminology::Terminology& terminology) {
    fhirpath::Environment result;
    result.variables.push_back(
        {"resource", {StaticType::Of::fhir, ValueKind::node, &input, nullptr, false}});
    result.functions = code_functions(terminology);
    result.functions.push_back(uuid());
    return result;
}

}  // namespace

struct ResourceMapping::State {
    State(const TypeDefinition& of, Plan made) : input(of.name), type(&of), plan(std::move(made)) {}

    std::string input;
    const TypeDefinition* type;
    Plan plan;
    Runner runner;
    std::pmr::monotonic_buffer_resource arena;
};

ResourceMapping::ResourceMapping(std::unique_ptr<State> state) : state_(std::move(state)) {}
ResourceMapping::ResourceMapping(ResourceMapping&&) noexcept = default;
ResourceMapping& ResourceMapping::operator=(ResourceMapping&&) noexcept = default;
ResourceMapping::~ResourceMapping() = default;

std::optional<ResourceMapping> ResourceMapping::compile(const Template& source,
                                                        const terminology::Terminology& terminology,
                                                        text::Issues& issues) {
    const TypeDefinition* type = fhir::Definitions::r4().type(source.input);
    if (type == nullptr || type->kind != fhir::TypeKind::resource || type->is_abstract) {
        issues.push_back({text::Severity::error, "not-found",
                          "there is no R4 resource " + quoted(source.input), source.input_at,
                          text::did_you_mean(source.input, resource_names())});
        return {};
    }
    auto plan = Plan::compile(source, environment(*type, terminology), issues);
    if (!plan) {
        return {};
    }
    return ResourceMapping(std::make_unique<State>(*type, std::move(*plan)));
}

const std::string& ResourceMapping::input() const {
    return state_->input;
}

const std::string& ResourceMapping::output() const {
    return state_->plan.resource_type();
}

const Plan& ResourceMapping::plan() const {
    return state_->plan;
}

/// What one resource's run may use; the arena is emptied.
class ResourceMapping::Input {
  public:
    Input(const text::Node& resource, State& state)
        : variables_{Collection(Value::of_node(resource, state.type))} {
        state.arena.release();
        runtime.variables = variables_;
        runtime.arena = &state.arena;
        runtime.steps_left = max_steps;
    }

    fhirpath::Runtime runtime;

  private:
    std::array<Collection, 1> variables_;
};

text::Result<bool> ResourceMapping::run(const text::Node& resource, std::string& out) {
    Input input(resource, *state_);
    auto applies = state_->runner.applies(state_->plan, input.runtime);
    if (!applies || !*applies) {
        return applies;
    }
    const std::size_t before = out.size();
    if (text::Status failed = state_->runner.run(state_->plan, input.runtime, out)) {
        return *std::move(failed);
    }
    // A resource is never empty: its type is written. So something came out.
    return out.size() != before;
}

Trace ResourceMapping::trace(const text::Node& resource) {
    Input input(resource, *state_);
    return mapping::trace(state_->plan, input.runtime);
}

}  // namespace linkway::mapping
