#include "reference_form.h"

#include <algorithm>

#include "fhir/definitions.h"

namespace linkway::profiles {

namespace {

bool is_type_name(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    return !text.empty() && text.front() >= 'A' && text.front() <= 'Z' &&
           std::all_of(text.begin(), text.end(), letter);
}

/// The type of "Type/id" or "Type/id/_history/2"; empty for anything else.
std::string_view type_of(std::string_view text) {
    const std::size_t history = text.find("/_history/");
    if (history != std::string_view::npos) {
        if (!fhir::is_valid_primitive("id", text.substr(history + 10))) {
            return {};
        }
        text = text.substr(0, history);
    }
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || !is_type_name(text.substr(0, slash)) ||
        !fhir::is_valid_primitive("id", text.substr(slash + 1))) {
        return {};
    }
    return text.substr(0, slash);
}

/// The last two steps of a URL, with a version behind them.
std::string_view end_of(std::string_view url) {
    std::size_t end = url.find("/_history/");
    end = end == std::string_view::npos ? url.size() : end;
    const std::size_t last = end == 0 ? std::string_view::npos : url.rfind('/', end - 1);
    const std::size_t before =
        last == std::string_view::npos || last == 0 ? last : url.rfind('/', last - 1);
    return before == std::string_view::npos ? std::string_view{} : url.substr(before + 1);
}

}  // namespace

ReferenceForm read_reference(std::string_view text) {
    using Kind = ReferenceForm::Kind;
    if (text.starts_with('#')) {
        return {Kind::local, {}, text.substr(1)};
    }
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos && text.find_first_of("/?") > colon) {
        const bool web = text.starts_with("http://") || text.starts_with("https://");
        return {Kind::absolute, web ? type_of(end_of(text)) : std::string_view{}, {}};
    }
    const std::size_t query = text.find('?');
    const std::string_view type =
        query != std::string_view::npos
            ? (is_type_name(text.substr(0, query)) ? text.substr(0, query) : std::string_view{})
            : type_of(text);
    return {type.empty() ? Kind::broken : Kind::relative, type, {}};
}

}  // namespace linkway::profiles
