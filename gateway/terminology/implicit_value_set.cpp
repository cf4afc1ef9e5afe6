// Value sets that a SNOMED CT url means by itself.
#include "filter.h"
#include "tables.h"

namespace linkway::terminology {

namespace {

text::Issue refusal(std::string code, std::string message, std::string suggestion) {
    return {text::Severity::error, std::move(code), std::move(message), {}, std::move(suggestion)};
}

/// The filter that "isa/ID" or "refset/ID" stands for.
text::Result<Filter> filter_of(const CodeSystem& system, std::string_view what) {
    Filter filter;
    filter.property = "concept";
    if (what.starts_with("isa/")) {
        filter.op = Operator::is_a;
    } else if (what.starts_with("refset/")) {
        filter.op = Operator::in;
    } else if (what.starts_with("ecl/")) {
        return refusal("not-supported",
                       "expression constraints (ECL) of SNOMED CT cannot be worked out here",
                       "use fhir_vs=isa/ID or fhir_vs=refset/ID");
    } else {
        return refusal("not-supported", "fhir_vs=" + std::string(what) + " is not understood here",
                       "use fhir_vs, fhir_vs=isa/ID or fhir_vs=refset/ID");
    }
    filter.value = what.substr(what.find('/') + 1);
    if (auto issue = settle_filter(system, filter)) {
        return std::move(*issue);
    }
    return filter;
}

}  // namespace

std::optional<text::Result<ValueSet>> implicit_value_set(const Terminology::Tables& tables,
                                                         std::string_view url) {
    constexpr std::string_view marker = "?fhir_vs";
    const std::size_t at = url.find(marker);
    if (!url.starts_with(snomed) || at == std::string_view::npos) {
        return std::nullopt;
    }
    Selection selection;
    selection.system = snomed;
    selection.code_system = tables.code_system(snomed);
    if (selection.code_system == nullptr || selection.code_system->content != Content::edition) {
        return refusal("not-found", "no SNOMED CT release is loaded",
                       "load one first, or list the concepts in a ValueSet file");
    }
    constexpr std::string_view version = "/version/";
    const std::string_view base = url.substr(0, at);
    if (const std::size_t release = base.find(version);
        release != std::string_view::npos &&
        base.substr(release + version.size()) != selection.code_system->version) {
        return refusal("not-found", "that release of SNOMED CT is not loaded",
                       "the release of " + std::string(selection.code_system->version) + " is");
    }
    if (const std::string_view what = url.substr(at + marker.size()); !what.empty()) {
        auto filter = filter_of(*selection.code_system, what.substr(what.starts_with('=') ? 1 : 0));
        if (!filter.ok()) {
            return filter.issue();
        }
        selection.filters.push_back(std::move(filter).value());
    }
    ValueSet set;
    set.links.state = Links::State::settled;
    set.systems = {snomed};
    set.includes.push_back(std::move(selection));
    return set;
}

}  // namespace linkway::terminology
