// CodeSystem: concepts, what stands above them, and how much of the system the file holds.
#include "element_reader.h"

namespace linkway::terminology {

namespace {

const std::vector<std::string> contents = {"not-present", "example", "fragment", "complete",
                                           "supplement"};
const std::vector<std::string> meanings = {"is-a", "grouped-by", "part-of", "classified-with"};

constexpr std::string_view common_uri = "http://hl7.org/fhir/concept-properties#";

/// An edge of the hierarchy with the place that states it.
struct Stated {
    Edge edge;
    const text::Node* node;
};

class CodeSystemReader {
  public:
    CodeSystemReader(ElementReader& reader, CodeSystem& system)
        : reader_(reader), system_(system) {}

    void read(const text::Node& root);

  private:
    void read_header(const text::Node& root);
    void read_declared(const text::Node& root);
    void read_concepts(const text::Node& parent, const Entry* above);
    void read_properties();
    void read_property(Ordinal of, const text::Node& property);
    void state_parent(Ordinal child, Ordinal parent, const text::Node& node);
    void build();

    ElementReader& reader_;
    CodeSystem& system_;
    std::vector<Stated> stated_;
};

void CodeSystemReader::read(const text::Node& root) {
    read_header(root);
    read_declared(root);
    read_concepts(root, nullptr);
    read_properties();
    build();
    const text::Node* count = root.find("count");
    if (count != nullptr && system_.is_whole() &&
        count->text != std::to_string(system_.entries.size())) {
        reader_.report(*count, "count", "incomplete",
                       "this code system states " + std::string(count->text) +
                           " concepts and lists " + std::to_string(system_.entries.size()),
                       "set it right, or say that the content is a fragment",
                       text::Severity::warning);
    }
}

void CodeSystemReader::read_header(const text::Node& root) {
    system_.document = &reader_.document();
    system_.root = &root;
    system_.url = reader_.string(root, "url");
    system_.version = reader_.string(root, "version");
    // Taken as sensitive when not stated: two codes are then never mixed up.
    system_.case_sensitive = reader_.boolean(root, "caseSensitive", true);
    const std::size_t content = reader_.choice(root, "content", contents);
    system_.content = content < contents.size() ? static_cast<Content>(content) : Content::fragment;
    if (system_.content == Content::supplement) {
        system_.supplements = reader_.required(root, "supplements", "supplement");
    }
    if (root.find("hierarchyMeaning") != nullptr) {
        system_.is_a = reader_.choice(root, "hierarchyMeaning", meanings) == 0;
    }
}

void CodeSystemReader::read_declared(const text::Node& root) {
    for (const text::Node& property : reader_.list(root, "property")) {
        const std::string_view code = reader_.required(property, "code", "property");
        const std::string_view uri = property.string_or("uri", "");
        system_.property_codes.push_back(code);
        if (uri.starts_with(common_uri)) {
            const std::string_view common = uri.substr(common_uri.size());
            if (common == "parent") {
                system_.parent_property = code;
            } else if (common == "child") {
                system_.child_property = code;
            }
        }
    }
}

// The parser's depth limit bounds the recursion.
void CodeSystemReader::read_concepts(const text::Node& parent, const Entry* above) {
    for (const text::Node& item : reader_.list(parent, "concept")) {
        Entry entry;
        entry.code = reader_.code(item, system_.url);
        entry.display = reader_.string(item, "display");
        entry.node = &item;
        if (!entry.code.empty() && !system_.add(entry)) {
            reader_.report(
                item, "code", "duplicate",
                "the code \"" + std::string(entry.code) + "\" stands twice in this code system",
                "keep one of the two");
        } else if (!entry.code.empty() && above != nullptr) {
            state_parent(*system_.find(entry.code), *system_.find(above->code), item);
        }
        read_concepts(item, entry.code.empty() ? above : &entry);
    }
}

void CodeSystemReader::read_properties() {
    for (Ordinal i = 0; i < system_.entries.size(); ++i) {
        for (const text::Node& property : reader_.list(*system_.entries[i].node, "property")) {
            read_property(i, property);
        }
    }
}

void CodeSystemReader::read_property(Ordinal of, const text::Node& property) {
    const std::string_view code = reader_.required(property, "code", "property");
    const std::string_view value = property_value(property);
    if (code.empty() || value.empty()) {
        reader_.report(property, "value", "required", "this property has no value");
        return;
    }
    if (code == system_.parent_property || code == system_.child_property) {
        const auto other = system_.find(value);
        if (!other) {
            reader_.report(property, "valueCode", "not-found",
                           "this code system has no code \"" + std::string(value) + "\"",
                           nearest_code(system_, value));
        } else {
            const bool is_parent = code == system_.parent_property;
            state_parent(is_parent ? of : *other, is_parent ? *other : of, property);
        }
    } else if (code == "inactive" || code == "status") {
        system_.entries[of].inactive |= value == (code == "inactive" ? "true" : "retired");
    } else if (!system_.knows_property(code)) {
        reader_.report(property, "code", "not-found",
                       "this code system declares no property \"" + std::string(code) + "\"",
                       text::did_you_mean(
                           code, {system_.property_codes.begin(), system_.property_codes.end()}),
                       text::Severity::warning);
    }
}

void CodeSystemReader::state_parent(Ordinal child, Ordinal parent, const text::Node& node) {
    stated_.push_back({{child, parent}, &node});
}

void CodeSystemReader::build() {
    std::vector<Edge> edges;
    edges.reserve(stated_.size());
    for (const Stated& stated : stated_) {
        edges.push_back(stated.edge);
    }
    const Hierarchy::Built built = system_.hierarchy.build(system_.entries.size(), edges);
    for (const std::size_t edge : built.circular) {
        const Stated& stated = stated_[edge];
        reader_.report(*stated.node, "concept", "business-rule",
                       "the code \"" + std::string(system_.entries[stated.edge.parent].code) +
                           "\" stands above itself, by way of \"" +
                           std::string(system_.entries[stated.edge.child].code) + "\"",
                       "take one of the two out of the other");
    }
    if (built.too_large) {
        system_.is_a = false;
        reader_.report(*system_.root, "concept", "too-costly",
                       "this hierarchy is too deep to be worked out");
    }
}

}  // namespace

std::string_view property_value(const text::Node& property) {
    for (const text::Member& member : property.members) {
        if (member.name.starts_with("value")) {
            return member.value.is_object() ? member.value.string_or("code", "")
                                            : member.value.text;
        }
    }
    return {};
}

void read_code_system(ElementReader& reader, const text::Node& root, CodeSystem& system) {
    CodeSystemReader(reader, system).read(root);
}

}  // namespace linkway::terminology
