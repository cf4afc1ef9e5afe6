#include "store/search_request.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "fhir/definitions.h"
#include "store/moment.h"
#include "store/searchable.h"

namespace linkway::store {

namespace {

/// Values of one parameter: commas part them, a backslash takes a comma, dollar or bar as it is.
std::vector<std::string> alternatives(std::string_view text) {
    std::vector<std::string> values(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            // Kept, so that a bar behind it is not taken for the one between system and code.
            values.back() += text[i];
            values.back() += text[++i];
        } else if (text[i] == ',') {
            values.emplace_back();
        } else {
            values.back() += text[i];
        }
    }
    return values;
}

std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            ++i;
        }
        plain += text[i];
    }
    return plain;
}

/// "system|code", "|code", "system|" or "code".
Wanted token_of(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '|') {
            return {unescaped(text.substr(0, i)), unescaped(text.substr(i + 1)), Compare::equal, 0,
                    0};
        }
    }
    return {std::nullopt, unescaped(text), Compare::equal, 0, 0};
}

constexpr std::array<std::pair<std::string_view, Compare>, 8> prefixes = {{
    {"eq", Compare::equal},
    {"ne", Compare::not_equal},
    {"gt", Compare::greater},
    {"lt", Compare::less},
    {"ge", Compare::greater_or_equal},
    {"le", Compare::less_or_equal},
    {"sa", Compare::starts_after},
    {"eb", Compare::ends_before},
}};

std::optional<Wanted> date_of(std::string_view text) {
    Wanted wanted;
    for (const auto& [prefix, compare] : prefixes) {
        if (text.substr(0, 2) == prefix) {
            wanted.compare = compare;
            text.remove_prefix(2);
            break;
        }
    }
    // A plus sign that was not encoded has become a blank on its way.
    std::string fixed(text);
    std::replace(fixed.begin(), fixed.end(), ' ', '+');
    const auto moments = moments_of(fixed);
    if (!moments) {
        return std::nullopt;
    }
    wanted.from = moments->from;
    wanted.to = moments->to;
    return wanted;
}

class Reading {
  public:
    Reading(std::string_view type, std::string_view base, bool lenient, text::Issues& issues)
        : base_(base), lenient_(lenient), issues_(issues) {
        request_.search.type = type;
        request_.search.count = default_count;
    }

    void take(const std::string& name, const std::string& value) {
        const std::size_t colon = name.find(':');
        const std::string code = name.substr(0, colon);
        const std::string modifier = colon == std::string::npos ? "" : name.substr(colon + 1);
        if (code.size() > 1 && code[0] == '_' && code != "_id" && code != "_lastUpdated") {
            return control(name, code, modifier, value);
        }
        if (value.empty()) {
            return wrong(name, "has no value", "leave it out, or use " + code + ":missing");
        }
        Criterion criterion;
        const Searchable* parameter = nullptr;
        if (code == "_id") {
            criterion.kind = Criterion::Kind::id;
            criterion.parameter = code;
        } else if (code == "_lastUpdated") {
            criterion.kind = Criterion::Kind::last_updated;
            criterion.parameter = code;
        } else {
            parameter = searchable(request_.search.type, code);
            if (parameter == nullptr) {
                return unknown(name, code);
            }
            criterion.parameter = parameter->stored_as;
        }
        if (modifier == "missing" && parameter != nullptr) {
            return missing(name, value, std::move(criterion));
        }
        if (read_values(name, modifier, value, parameter, criterion)) {
            request_.search.all_of.push_back(std::move(criterion));
        }
    }

    /// What would take the store too long, or be more than it can be asked at once.
    void check_size() {
        std::size_t values = 0;
        for (const Criterion& one : request_.search.all_of) {
            values += std::max<std::size_t>(one.any_of.size(), 1);
        }
        if (values > most_values ||
            request_.includes.size() + request_.revincludes.size() > most_includes) {
            issues_.push_back({text::Severity::error,
                               "too-costly",
                               "a search has at most " + std::to_string(most_values) +
                                   " values and " + std::to_string(most_includes) + " includes",
                               {},
                               "ask for less at once"});
        }
    }

    SearchRequest finish() { return std::move(request_); }

  private:
    void wrong(const std::string& name, const std::string& what, std::string suggestion = {},
               const char* code = "value") {
        issues_.push_back({text::Severity::error,
                           code,
                           "search parameter " + what,
                           {{}, 0, 0, name},
                           std::move(suggestion)});
    }

    void unknown(const std::string& name, const std::string& code) {
        std::vector<std::string> known = {"_id", "_lastUpdated"};
        for (const Searchable& one : searchable(request_.search.type)) {
            known.emplace_back(one.code);
        }
        text::Issue issue{text::Severity::error,
                          "not-supported",
                          request_.search.type + " has no such search parameter",
                          {{}, 0, 0, name},
                          text::did_you_mean(code, known)};
        if (lenient_) {
            issue.severity = text::Severity::warning;
            request_.ignored.push_back(std::move(issue));
        } else {
            issues_.push_back(std::move(issue));
        }
    }

    void missing(const std::string& name, const std::string& value, Criterion criterion) {
        if (value != "true" && value != "false") {
            return wrong(name, "is true or false");
        }
        criterion.kind = Criterion::Kind::missing;
        criterion.negated = value == "false";
        request_.search.all_of.push_back(std::move(criterion));
    }

    bool read_values(const std::string& name, const std::string& modifier, const std::string& value,
                     const Searchable* parameter, Criterion& criterion) {
        const bool is_date = criterion.kind == Criterion::Kind::last_updated ||
                             (parameter != nullptr && parameter->type == Searchable::Type::date);
        const bool is_reference =
            parameter != nullptr && parameter->type == Searchable::Type::reference;
        if (modifier == "not" && parameter != nullptr && !is_date && !is_reference) {
            criterion.negated = true;
        } else if (modifier == "identifier" && is_reference) {
            criterion.parameter += ":identifier";
        } else if (!modifier.empty() &&
                   (!is_reference || fhir::Definitions::r4().type(modifier) == nullptr)) {
            wrong(name, "does not have this modifier here", {}, "not-supported");
            return false;
        }
        for (const std::string& one : alternatives(value)) {
            if (is_date) {
                const auto wanted = date_of(one);
                if (!wanted) {
                    wrong(name, "is no date", "write it as 2026-11-23 or 2026-11-23T17:05:00Z");
                    return false;
                }
                if (criterion.kind == Criterion::Kind::value) {
                    criterion.kind = Criterion::Kind::date;
                }
                criterion.any_of.push_back(*wanted);
            } else if (is_reference && modifier != "identifier") {
                criterion.any_of.push_back(reference_of(one, modifier, *parameter));
            } else {
                criterion.any_of.push_back(token_of(one));
            }
        }
        return true;
    }

    Wanted reference_of(const std::string& text, const std::string& type,
                        const Searchable& parameter) const {
        std::string plain = unescaped(text);
        if (plain.size() > base_.size() && plain.compare(0, base_.size(), base_) == 0 &&
            plain[base_.size()] == '/') {
            plain = plain.substr(base_.size() + 1);
        }
        Wanted wanted;
        const std::size_t slash = plain.find('/');
        if (plain.find(':') != std::string::npos) {  // elsewhere, or a canonical
            wanted.value = plain;
        } else if (slash != std::string::npos) {
            wanted.system = plain.substr(0, slash);
            wanted.value = plain.substr(slash + 1);
        } else {
            wanted.value = plain;
            if (!type.empty()) {
                wanted.system = type;
            } else if (!parameter.only.empty()) {
                wanted.system = parameter.only;
            }
        }
        if (!parameter.only.empty() && wanted.system && *wanted.system != parameter.only) {
            wanted.value = "\x01";  // patient=Group/1: nothing can fit
        }
        return wanted;
    }

    void control(const std::string& name, const std::string& code, const std::string& modifier,
                 const std::string& value) {
        if (!modifier.empty()) {
            return wrong(name, "does not have this modifier here", {}, "not-supported");
        }
        if (code == "_count") {
            std::size_t count = 0;
            const auto [end, error] =
                std::from_chars(value.data(), value.data() + value.size(), count);
            if (error != std::errc() || end != value.data() + value.size()) {
                return wrong(name, "is a whole number");
            }
            request_.search.count = std::min(count, most_count);
        } else if (code == "_sort") {
            sort(name, value);
        } else if (code == "_include" || code == "_revinclude") {
            include(name, value, code == "_include");
        } else if (code == "_total") {
            request_.total = value == "accurate" || value == "estimate";
            if (!request_.total && value != "none") {
                wrong(name, "is none, estimate or accurate");
            }
        } else if (code == "_summary") {
            request_.count_only = value == "count";
            if (!request_.count_only && value != "false") {
                wrong(name, "is count or false here", {}, "not-supported");
            }
        } else if (code == "_format") {
            if (value != "json" && value != "application/fhir+json" &&
                value != "application/fhir json" && value != "application/json") {
                wrong(name, "is json here", {}, "not-supported");
            }
        } else if (code != "_pretty") {
            unknown(name, code);
        }
    }

    void sort(const std::string& name, const std::string& value) {
        SortKey key;
        key.descending = !value.empty() && value[0] == '-';
        key.parameter = key.descending ? value.substr(1) : value;
        if (key.parameter != "_id" && key.parameter != "_lastUpdated") {
            const Searchable* parameter = searchable(request_.search.type, key.parameter);
            if (parameter == nullptr || parameter->type != Searchable::Type::date) {
                return wrong(name, "sorts by _id, _lastUpdated or one parameter that is a date", {},
                             "not-supported");
            }
            key.parameter = parameter->stored_as;
        }
        request_.search.sort = std::move(key);
    }

    void include(const std::string& name, const std::string& value, bool forward) {
        const std::size_t first = value.find(':');
        const std::size_t second = value.find(':', first == std::string::npos ? first : first + 1);
        Include made;
        made.type = value.substr(0, first);
        made.parameter =
            first == std::string::npos ? "" : value.substr(first + 1, second - first - 1);
        made.target = second == std::string::npos ? "" : value.substr(second + 1);
        const Searchable* parameter = searchable(made.type, made.parameter);
        if (parameter == nullptr || parameter->type != Searchable::Type::reference) {
            return wrong(name, "names a type and one of its parameters that are references",
                         "for instance Task:focus", "not-supported");
        }
        if (forward && made.type != request_.search.type) {
            return wrong(name,
                         "of a search for " + request_.search.type + " begins with that type");
        }
        if (!parameter->only.empty()) {
            made.target = parameter->only;
        }
        made.parameter = parameter->stored_as;
        (forward ? request_.includes : request_.revincludes).push_back(std::move(made));
    }

    std::string_view base_;
    bool lenient_;
    text::Issues& issues_;
    SearchRequest request_;
};

}  // namespace

std::optional<SearchRequest> read_search(std::string_view type, const Parameters& parameters,
                                         std::string_view base, bool lenient,
                                         text::Issues& issues) {
    Reading reading(type, base, lenient, issues);
    const std::size_t before = issues.size();
    for (const auto& [name, value] : parameters) {
        reading.take(name, value);
    }
    reading.check_size();
    if (issues.size() != before) {
        return std::nullopt;
    }
    return reading.finish();
}

}  // namespace linkway::store
