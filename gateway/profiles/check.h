// One walk over one resource. Private to profiles.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhirpath/expression.h"
#include "frame.h"
#include "invariants.h"
#include "plan.h"
#include "profiles/validator.h"

namespace linkway::profiles {

/// Used once, by one thread.
class Check {
  public:
    Check(const Plans& plans, const Invariants& invariants, const Options& options);

    /// A resource that stands alone.
    void root(const text::Node& node, const Frame* parent);

    text::Issues take() { return std::move(issues_); }

  private:
    using Node = text::Node;
    using Member = text::Member;

    /// What "#id" may mean: the contained resources of one that stands alone.
    struct Container {
        const Node* contained = nullptr;                           // the array, or null
        std::vector<bool> referred;                                // by place in it
        std::unordered_map<std::string_view, std::size_t> places;  // by id, once one was asked for
        std::ptrdiff_t inside = -1;  // the place of the one that is being walked over
    };

    /// A member and what it stands for.
    struct Slot {
        const Node& object;  // that has it
        const TypePlan& owner;
        const fhir::Child& child;
        const TypePlan& type;
        const CodeList* codes;
    };

    // Structure: check.cpp
    void resource(const Node& node, const Frame& at);
    void contained(const Node& node, const Frame& at);
    void inner_resource(const Node& node, const TypePlan& owner, const Frame& at);
    std::uint64_t object(const Node& node, const TypePlan& plan, const Frame& at);
    void member(const Node& node, const Member& member, const TypePlan& plan, const Frame& at,
                std::uint64_t& seen);
    void sibling(const Node& node, const Member& member, const TypePlan& plan, const Frame& at,
                 std::uint64_t& seen);
    void sibling_list(const Member& member, const Node* values, const Frame& at);
    void value(const Node& node, const Slot& slot, const Frame& at);
    void items(const Node& node, const Slot& slot, const Frame& at);
    void single(const Node& node, const Slot& slot, const Frame& at);
    void complex(const Node& node, const Slot& slot, const Frame& at);
    void missing(const Node& node, const TypePlan& plan, std::uint64_t lacking, const Frame& at);
    void unknown(const Member& member, const TypePlan& plan, const Frame& at);
    void chosen_twice(const Node& node, const Member& member, const fhir::Child& child,
                      const TypePlan& plan, const Frame& at);

    // Values: check_values.cpp
    void primitive(const Node& node, const Slot& slot, const Frame& at);
    void wrong_code(const Node& node, const CodeList& codes, const Frame& at);
    void coded(const Node& node, const Slot& slot, const Frame& at);
    void extension(const Node& node, const TypePlan& plan, std::uint64_t seen, const Frame& at);
    void reference(const Node& node, const Slot& slot, const Frame& at);
    void reference_text(const Node& text, const fhir::ElementDefinition& element, const Frame& at);
    void target(const Node& node, std::string_view type, const fhir::ElementDefinition& element,
                const Frame& at);
    const Node* local(std::string_view id);
    void unreferred(const Frame& at);

    // Invariants: check_values.cpp
    void run_invariants(const Node& node, const TypePlan& plan, const Frame& at);
    void run(const CompiledInvariant& invariant, fhirpath::Runtime& runtime, const Node& node,
             const Frame& at);

    void add(std::string_view code, std::string message, const Node& node, std::string field,
             std::string suggestion = {}, text::Severity severity = text::Severity::error);
    bool full() const { return issues_.size() >= most_issues; }

    const Plans& plans_;
    const Invariants& invariants_;
    const Options& options_;
    Container* container_ = nullptr;
    fhirpath::Collection resource_;  // %resource
    fhirpath::Resolver resolver_;    // of contained resources
    std::uint32_t depth_ = 0;
    std::uint32_t steps_left_ = 50'000'000;  // of all invariants, less than a second
    text::Issues issues_;
    std::array<std::byte, std::size_t{8} << 10> room_;  // for expressions to work in
};

}  // namespace linkway::profiles
