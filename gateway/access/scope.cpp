#include "access/scope.h"

#include <algorithm>

namespace linkway::access {

namespace {

constexpr std::string_view order = "cruds";
constexpr std::string_view any_type = "*";

constexpr std::uint8_t bit(char letter) {
    const auto at = order.find(letter);
    return at == std::string_view::npos ? 0 : static_cast<std::uint8_t>(1U << at);
}

std::string letters_of(std::uint8_t bits) {
    std::string result;
    for (const char letter : order) {
        if ((bits & bit(letter)) != 0) {
            result += letter;
        }
    }
    return result;
}

text::Issue refusal(std::string message, std::string suggestion = "") {
    return {text::Severity::error, "value", std::move(message), {}, std::move(suggestion)};
}

bool is_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Letters that may stand in a message: a scope is a word of a protocol, never a patient's data,
/// but it was sent by somebody.
std::string shown(std::string_view scope) {
    std::string result;
    for (const char c : scope.substr(0, 80)) {
        result += c > ' ' && c <= '~' && c != '"' && c != '\\' ? c : '?';
    }
    return result;
}

bool is_type(std::string_view text) {
    return text == any_type || (text.size() <= 64 && !text.empty() && text[0] >= 'A' &&
                                text[0] <= 'Z' && std::all_of(text.begin(), text.end(), is_letter));
}

text::Result<std::uint8_t> parse_letters(std::string_view text, const std::string& context) {
    if (text == "read") {
        return static_cast<std::uint8_t>(bit('r') | bit('s'));
    }
    if (text == "write") {
        return static_cast<std::uint8_t>(bit('c') | bit('u') | bit('d'));
    }
    if (text == "*") {
        return static_cast<std::uint8_t>((1U << order.size()) - 1);
    }
    std::uint8_t bits = 0;
    for (const char letter : text) {
        bits |= bit(letter);
    }
    if (bits == 0 || letters_of(bits) != text) {
        return refusal("the scope " + context +
                           " does not end in letters of cruds (create, read, update, delete, "
                           "search) in this order, each once",
                       bits == 0 ? "" : "did you mean ." + letters_of(bits) + "?");
    }
    return bits;
}

}  // namespace

text::Result<Scopes> Scopes::parse(std::string_view text) {
    Scopes result;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view scope = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (scope.empty()) {
            continue;
        }
        const std::string context = shown(scope);
        if (scope.find('?') != std::string_view::npos) {
            return refusal("the scope " + context +
                           " restricts a search, which is not supported: ask for the type");
        }
        constexpr std::string_view system = "system/";
        const std::size_t dot = scope.find('.');
        if (scope.substr(0, system.size()) != system || dot == std::string_view::npos) {
            return refusal("the scope " + context +
                           " is none of a system, such as system/Task.rs: other kinds are not "
                           "given here");
        }
        const std::string_view type = scope.substr(system.size(), dot - system.size());
        if (!is_type(type)) {
            return refusal("the scope " + context + " names no resource type, nor *");
        }
        const auto letters = parse_letters(scope.substr(dot + 1), context);
        if (!letters) {
            return letters.issue();
        }
        result.add(type, *letters);
    }
    result.normalise();
    return result;
}

Scopes Scopes::all() {
    Scopes result;
    result.add(any_type, (1U << order.size()) - 1);
    return result;
}

std::string Scopes::to_string() const {
    std::string result;
    for (const Entry& entry : entries_) {
        result += (result.empty() ? "system/" : " system/") + entry.type + '.' +
                  letters_of(entry.letters);
    }
    return result;
}

void Scopes::add(std::string_view type, std::uint8_t letters) {
    const auto same = std::find_if(entries_.begin(), entries_.end(),
                                   [&](const Entry& entry) { return entry.type == type; });
    if (same != entries_.end()) {
        same->letters |= letters;
    } else {
        entries_.push_back({std::string(type), letters});
    }
}

void Scopes::normalise() {
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.type < b.type; });
    // "*" sorts before any letter; what it gives need not be said of a type again.
    if (!entries_.empty() && entries_[0].type == any_type) {
        for (auto entry = entries_.begin() + 1; entry != entries_.end(); ++entry) {
            entry->letters = static_cast<std::uint8_t>(entry->letters & ~entries_[0].letters);
        }
    }
    entries_.erase(std::remove_if(entries_.begin(), entries_.end(),
                                  [](const Entry& entry) { return entry.letters == 0; }),
                   entries_.end());
}

Scopes Scopes::intersect(const Scopes& other) const {
    Scopes result;
    for (const Entry& a : entries_) {
        for (const Entry& b : other.entries_) {
            if (a.type == b.type || a.type == any_type || b.type == any_type) {
                result.add(a.type == any_type ? b.type : a.type, a.letters & b.letters);
            }
        }
    }
    result.normalise();
    return result;
}

bool Scopes::allows(std::string_view type, Interaction interaction) const {
    const char letter = permission(interaction);
    if (letter == ' ') {
        return !entries_.empty();
    }
    return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return (entry.type == any_type || entry.type == type) && (entry.letters & bit(letter)) != 0;
    });
}

text::Issues Scopes::unknown_types(const std::vector<std::string>& known) const {
    text::Issues issues;
    for (const Entry& entry : entries_) {
        if (entry.type != any_type &&
            std::find(known.begin(), known.end(), entry.type) == known.end()) {
            issues.push_back({text::Severity::error,
                              "value",
                              "there is no resource type " + entry.type + " for a scope",
                              {},
                              text::did_you_mean(entry.type, known)});
        }
    }
    return issues;
}

}  // namespace linkway::access
