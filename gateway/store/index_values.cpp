#include "index_values.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory_resource>
#include <mutex>
#include <optional>

#include "fhirpath/expression.h"
#include "fhirpath/references.h"
#include "store/moment.h"
#include "store/searchable.h"

namespace linkway::store {

namespace {

/// A parameter whose values are kept, ready to be evaluated.
struct Extractor {
    const Searchable* parameter = nullptr;
    fhirpath::Expression expression;
};

std::vector<Extractor> make_extractors(std::string_view type) {
    fhirpath::Environment environment;
    environment.strict = false;
    environment.context = fhir::Definitions::r4().type(type);
    environment.functions = fhirpath::fhir_functions();
    std::vector<Extractor> made;
    for (const Searchable& each : searchable(type)) {
        if (each.stored_as != each.code) {
            continue;
        }
        text::Issues issues;
        auto parsed = fhirpath::parse(each.expression);
        if (!parsed) {
            continue;
        }
        if (auto compiled = fhirpath::compile(std::move(parsed).value(), environment, {}, issues)) {
            made.push_back({&each, std::move(*compiled)});
        }
    }
    return made;
}

/// Made when a type is first met: to make all takes longer than a service may take to start.
const std::vector<Extractor>& extractors(std::string_view type) {
    static std::mutex mutex;
    static std::map<std::string, std::vector<Extractor>, std::less<>> all;
    const std::lock_guard lock(mutex);
    auto found = all.find(type);
    if (found == all.end()) {
        found = all.emplace(std::string(type), make_extractors(type)).first;
    }
    return found->second;  // stays where it is while others are added
}

class Values {
  public:
    Values(std::string_view parameter, std::vector<IndexEntry>& out)
        : parameter_(parameter), out_(out) {}

    void take(const fhirpath::Value& value, Searchable::Type type) {
        switch (type) {
            case Searchable::Type::token:
                return token(value);
            case Searchable::Type::reference:
                return reference(value);
            case Searchable::Type::date:
                return date(value);
        }
    }

  private:
    void add(std::string_view system, std::string_view value) {
        if (!value.empty()) {
            out_.push_back({parameter_, false, std::string(system), std::string(value), 0, 0});
        }
    }

    static std::string_view text_of(const fhirpath::Value& value) {
        if (value.kind == fhirpath::ValueKind::boolean) {
            return value.boolean ? "true" : "false";
        }
        return value.node != nullptr && !value.node->is_object() ? value.node->text : value.text;
    }

    void token(const fhirpath::Value& value) {
        const text::Node* node = value.node;
        if (node == nullptr || !node->is_object()) {
            return add({}, text_of(value));
        }
        if (const text::Node* codings = node->find("coding"); codings != nullptr) {
            for (const text::Node& coding : codings->items) {
                add(coding.string_or("system", ""), coding.string_or("code", ""));
            }
        } else if (node->find("code") != nullptr) {  // Coding
            add(node->string_or("system", ""), node->string_or("code", ""));
        } else {  // Identifier, ContactPoint
            add(node->string_or("system", ""), node->string_or("value", ""));
        }
    }

    void reference(const fhirpath::Value& value) {
        const text::Node* node = value.node;
        if (node == nullptr || !node->is_object()) {  // canonical, uri
            return add({}, text_of(value));
        }
        const std::string_view text = node->string_or("reference", "");
        const std::size_t slash = text.find('/');
        if (!text.empty() && text[0] != '#') {
            if (text.find(':') == std::string_view::npos && slash != std::string_view::npos) {
                const std::string_view id = text.substr(slash + 1);
                add(text.substr(0, slash), id.substr(0, id.find('/')));
            } else {
                add({}, text);
            }
        }
        // A reference that names its target by an identifier is found by "patient:identifier".
        if (const text::Node* identifier = node->find("identifier"); identifier != nullptr) {
            const std::string_view by = identifier->string_or("value", "");
            if (!by.empty()) {
                out_.push_back({identifier_parameter(parameter_), false,
                                std::string(identifier->string_or("system", "")), std::string(by),
                                0, 0});
            }
        }
    }

    void date(const fhirpath::Value& value) {
        const text::Node* node = value.node;
        if (node == nullptr || !node->is_object()) {
            if (const auto moments = moments_of(text_of(value))) {
                out_.push_back({parameter_, true, {}, {}, moments->from, moments->to});
            }
            return;
        }
        const auto from = moments_of(node->string_or("start", ""));
        const auto to = moments_of(node->string_or("end", ""));
        if (from || to) {  // Period; one that is open goes on for ever
            out_.push_back({parameter_,
                            true,
                            {},
                            {},
                            from ? from->from : beginning,
                            to ? to->to : end_of_time});
        }
    }

    /// "subject:identifier", kept for as long as the program runs: there are a few dozen.
    static std::string_view identifier_parameter(std::string_view parameter) {
        static std::mutex mutex;
        static std::map<std::string, std::string, std::less<>> names;
        const std::lock_guard lock(mutex);
        const auto found = names.find(parameter);
        return found != names.end()
                   ? found->second
                   : names.emplace(std::string(parameter), std::string(parameter) + ":identifier")
                         .first->second;
    }

    std::string_view parameter_;
    std::vector<IndexEntry>& out_;
};

bool before(const IndexEntry& a, const IndexEntry& b) {
    return std::tie(a.is_date, a.parameter, a.value, a.system, a.from, a.to) <
           std::tie(b.is_date, b.parameter, b.value, b.system, b.from, b.to);
}

}  // namespace

std::vector<IndexEntry> index_values(const text::Node& resource, std::string_view type) {
    std::vector<IndexEntry> entries;
    const fhir::TypeDefinition* definition = fhir::Definitions::r4().type(type);
    if (definition == nullptr) {
        return entries;
    }
    const fhirpath::Value context = fhirpath::Value::of_node(resource, definition);
    fhirpath::Walk walk(context);
    for (const Extractor& each : extractors(type)) {
        std::array<std::byte, 4096> room{};
        std::pmr::monotonic_buffer_resource arena(room.data(), room.size());
        fhirpath::Runtime runtime;
        runtime.arena = &arena;
        runtime.context = &context;
        runtime.walk = &walk;
        fhirpath::Collection found;
        if (each.expression.evaluate(runtime, found)) {
            continue;  // a resource so odd that the expression does not apply is not found by it
        }
        Values values(each.parameter->code, entries);
        for (const fhirpath::Value& value : found) {
            values.take(value, each.parameter->type);
        }
    }
    std::sort(entries.begin(), entries.end(), before);
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
    return entries;
}

}  // namespace linkway::store
