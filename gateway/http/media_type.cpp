#include "http/media_type.h"

#include <algorithm>
#include <optional>

#include "ascii.h"

namespace linkway::http {

namespace {

/// Reads a header value from its front; every function leaves the rest, or says false or nothing.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) { skip_space(); }

    bool at_end() const { return rest_.empty(); }

    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }

    void skip_space() {
        while (take(' ') || take('\t')) {
        }
    }

    std::optional<std::string> token() {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token);
        std::string result(rest_.begin(), end);
        rest_.remove_prefix(result.size());
        return result.empty() ? std::nullopt : std::optional(std::move(result));
    }

    std::optional<std::string> token_or_quoted() {
        if (!take('"')) {
            return token();
        }
        std::string result;
        while (!rest_.empty()) {
            if (take('"')) {
                return result;
            }
            take('\\');
            if (rest_.empty() || (is_control(rest_.front()) && rest_.front() != '\t')) {
                return std::nullopt;
            }
            result += rest_.front();
            rest_.remove_prefix(1);
        }
        return std::nullopt;
    }

  private:
    std::string_view rest_;
};

text::Issue issue(std::string message, std::string suggestion) {
    return {text::Severity::error, "value", std::move(message), {}, std::move(suggestion)};
}

/// type/subtype and its parameters, up to a comma or the end.
std::optional<MediaType> read_type(Reader& reader) {
    MediaType result;
    auto type = reader.token();
    if (!type || !reader.take('/')) {
        return std::nullopt;
    }
    auto subtype = reader.token();
    if (!subtype || (*type == "*" && *subtype != "*")) {
        return std::nullopt;
    }
    result.type = lower(*type);
    result.subtype = lower(*subtype);
    for (reader.skip_space(); reader.take(';'); reader.skip_space()) {
        reader.skip_space();
        auto name = reader.token();
        if (!name) {
            continue;  // "a/b;" is seen in the wild and allowed since RFC 9110
        }
        if (!reader.take('=')) {
            return std::nullopt;
        }
        auto value = reader.token_or_quoted();
        if (!value) {
            return std::nullopt;
        }
        result.parameters.emplace_back(lower(*name), std::move(*value));
    }
    return result;
}

/// 0 to 1 with at most three decimals, in thousandths.
std::optional<int> read_quality(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') ||
        (text.size() > 1 && text[1] != '.')) {
        return std::nullopt;
    }
    int result = (text[0] - '0') * 1000;
    int weight = 100;
    for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
        if (!is_digit(c)) {
            return std::nullopt;
        }
        result += (c - '0') * weight;
        weight /= 10;
    }
    return result <= 1000 ? std::optional(result) : std::nullopt;
}

std::optional<MediaRange> read_range(Reader& reader) {
    auto type = read_type(reader);
    if (!type) {
        return std::nullopt;
    }
    MediaRange range{std::move(*type)};
    auto& parameters = range.type.parameters;
    const auto weight = std::find_if(parameters.begin(), parameters.end(),
                                     [](const auto& each) { return each.first == "q"; });
    if (weight != parameters.end()) {
        const auto quality = read_quality(weight->second);
        if (!quality) {
            return std::nullopt;
        }
        range.quality = *quality;
        parameters.erase(weight, parameters.end());  // what follows q is not of the type
    }
    return range;
}

/// How closely a range names a type: 0 not at all.
int closeness(const MediaType& offered, const MediaType& range) {
    if (range.type == "*") {
        return 1;
    }
    if (range.type != offered.type) {
        return 0;
    }
    if (range.subtype == "*") {
        return 2;
    }
    const bool has_all = std::all_of(
        range.parameters.begin(), range.parameters.end(),
        [&](const auto& each) { return same_word(offered.parameter(each.first), each.second); });
    if (range.subtype != offered.subtype || !has_all) {
        return 0;
    }
    return 3 + static_cast<int>(range.parameters.size());
}

}  // namespace

std::string_view MediaType::parameter(std::string_view name) const {
    for (const auto& [each, value] : parameters) {
        if (each == name) {
            return value;
        }
    }
    return {};
}

text::Result<MediaType> parse_media_type(std::string_view value) {
    Reader reader(value);
    auto type = read_type(reader);
    if (!type || !reader.at_end() || type->subtype == "*") {
        return issue("expected one media type in Content-Type", "such as application/fhir+json");
    }
    return std::move(*type);
}

text::Result<std::vector<MediaRange>> parse_accept(std::string_view value) {
    std::vector<MediaRange> ranges;
    Reader reader(value);
    while (!reader.at_end()) {
        if (reader.take(',')) {
            reader.skip_space();
            continue;
        }
        auto range = read_range(reader);
        if (!range || !(reader.at_end() || reader.take(','))) {
            return issue("expected a list of media ranges in Accept",
                         "such as application/fhir+json, */*;q=0.5");
        }
        ranges.push_back(std::move(*range));
        reader.skip_space();
    }
    if (ranges.empty()) {
        ranges.push_back({{"*", "*", {}}});
    }
    return ranges;
}

int quality_of(const MediaType& offered, const std::vector<MediaRange>& accepted) {
    int closest = 0;
    int quality = 0;
    for (const MediaRange& range : accepted) {
        const int close = closeness(offered, range.type);
        if (close > closest) {
            closest = close;
            quality = range.quality;
        }
    }
    return quality;
}

}  // namespace linkway::http
