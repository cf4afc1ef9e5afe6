#include "entry_reader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace linkway::referrals {

using text::Member;
using text::Node;
using text::NodeKind;

namespace {

bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string quoted(std::string_view text) {
    return '"' + std::string(text) + '"';
}

std::string list(const std::vector<std::string>& names) {
    std::string result;
    for (const std::string& name : names) {
        result += (result.empty() ? "" : ", ") + name;
    }
    return result;
}

}  // namespace

std::optional<std::string> content_of(const std::string& file, const char* what_it_says,
                                      text::Issues& issues) {
    std::error_code error;
    std::ifstream in(file, std::ios::binary);
    if (!in || !std::filesystem::is_regular_file(file, error)) {
        issues.push_back(
            {text::Severity::error,
             "not-found",
             "the file can't be read",
             {file, 0, 0, {}},
             std::string("it says ") + what_it_says + "; it comes with Linkway's mappings"});
        return {};
    }
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

void EntryReader::fail(text::Location at, std::string_view field, std::string message,
                       std::string suggestion) {
    at.field = field;
    issues_.push_back({text::Severity::error, "structure", std::move(message), std::move(at),
                       std::move(suggestion)});
    sound_ = false;
}

const Node& EntryReader::section(const Node& owner, std::string_view name, NodeKind kind) {
    static const Node empty;
    const Node* node = owner.find(name);
    if (node == nullptr) {
        fail(document_.at(owner), name, quoted(name) + " is missing");
        return empty;
    }
    if (node->kind != kind) {
        fail(document_.at(*node), name,
             quoted(name) + (kind == NodeKind::array ? " is a list" : " is an object"));
        return empty;
    }
    return *node;
}

void EntryReader::known(const Node& object, const std::vector<std::string>& names) {
    if (!object.is_object()) {
        if (object.line != 0) {  // an absent section was told of already
            fail(document_.at(object), "", "an object is expected here");
        }
        return;
    }
    for (const Member& member : object.members) {
        if (!has(names, member.name)) {
            fail(document_.at(member), "", "unknown entry " + quoted(member.name),
                 text::did_you_mean(member.name, names));
        }
    }
}

std::string EntryReader::words(const Node& owner, std::string_view name) {
    const Node* node = owner.find(name);
    if (node == nullptr) {
        fail(document_.at(owner), name, quoted(name) + " is missing");
        return {};
    }
    if (!node->is_string() || node->text.empty()) {
        fail(document_.at(*node), name, quoted(name) + " is a text");
        return {};
    }
    return std::string(node->text);
}

bool EntryReader::flag(const Node& owner, std::string_view name) {
    const Node* node = owner.find(name);
    if (node != nullptr && node->kind != NodeKind::boolean) {
        fail(document_.at(*node), name, quoted(name) + " is true or false");
        return false;
    }
    return node != nullptr && node->text == "true";
}

std::string EntryReader::one_of(const Node& value, const std::vector<std::string>& names,
                                const std::string& what) {
    if (value.is_string() && has(names, value.text)) {
        return std::string(value.text);
    }
    std::string suggestion = text::did_you_mean(value.text, names);
    fail(document_.at(value), "",
         value.is_string() ? quoted(value.text) + " is no " + what : "a " + what + " is expected",
         suggestion.empty() ? "one of: " + list(names) : suggestion);
    return {};
}

void EntryReader::one_of(const Member& member, const std::vector<std::string>& names,
                         const std::string& what) {
    if (!has(names, member.name)) {
        std::string suggestion = text::did_you_mean(member.name, names);
        fail(document_.at(member), "", quoted(member.name) + " is no " + what,
             suggestion.empty() ? "one of: " + list(names) : suggestion);
    }
}

std::string EntryReader::choice(const Node& owner, std::string_view name,
                                const std::vector<std::string>& names) {
    const Node* node = owner.find(name);
    if (node == nullptr) {
        fail(document_.at(owner), name, quoted(name) + " is missing", "one of: " + list(names));
        return {};
    }
    return one_of(*node, names, "value of " + quoted(name));
}

std::vector<std::string> EntryReader::several(const Node& owner, std::string_view name,
                                              const std::vector<std::string>& names) {
    std::vector<std::string> result;
    const Node* node = owner.find(name);
    if (node == nullptr || !node->is_array()) {
        std::string one = choice(owner, name, names);
        return one.empty() ? result : std::vector<std::string>{std::move(one)};
    }
    for (const Node& each : node->items) {
        std::string one = one_of(each, names, "value of " + quoted(name));
        if (!one.empty()) {
            result.push_back(std::move(one));
        }
    }
    return result;
}

}  // namespace linkway::referrals
