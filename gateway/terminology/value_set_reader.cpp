// ValueSet: compose, or the expansion a server worked out.
#include <re2/re2.h>

#include "element_reader.h"

namespace linkway::terminology {

namespace {

/// In the order of Operator.
const std::vector<std::string> operators = {"=",  "is-a",   "descendent-of", "is-not-a", "regex",
                                            "in", "not-in", "generalizes",   "exists"};

std::vector<std::string_view> split(std::string_view list) {
    std::vector<std::string_view> parts;
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        std::string_view part = list.substr(0, comma);
        while (part.starts_with(' ')) {
            part.remove_prefix(1);
        }
        while (part.ends_with(' ')) {
            part.remove_suffix(1);
        }
        if (!part.empty()) {
            parts.push_back(part);
        }
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
    return parts;
}

/// RE2 takes time linear in the text whatever the pattern.
std::shared_ptr<const re2::RE2> compile(std::string_view pattern) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(std::int64_t{8} << 20);
    return std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()),
                                            options);
}

bool read_filter(ElementReader& reader, const text::Node& node, Filter& filter) {
    filter.node = &node;
    filter.property = reader.required(node, "property", "filter");
    filter.value = reader.required(node, "value", "filter");
    const std::size_t op = reader.choice(node, "op", operators);
    if (op == operators.size() || filter.property.empty() || filter.value.empty()) {
        return false;
    }
    filter.op = static_cast<Operator>(op);
    const text::Node& value = *node.find("value");
    if (filter.op == Operator::in || filter.op == Operator::not_in) {
        filter.values = split(filter.value);
    } else if (filter.op == Operator::regex) {
        filter.pattern = compile(filter.value);
        if (!filter.pattern->ok()) {
            reader.report(value, "value", "value",
                          "this is no regular expression of RE2: " + filter.pattern->error());
            return false;
        }
    } else if (filter.op == Operator::exists && filter.value != "true" && filter.value != "false") {
        reader.report(value, "value", "value", "exists takes \"true\" or \"false\"");
        return false;
    }
    return true;
}

void read_concepts(ElementReader& reader, const text::Node& node, Selection& selection) {
    selection.has_codes = node.find("concept") != nullptr;
    for (const text::Node& item : reader.list(node, "concept")) {
        const std::string_view found = reader.code(item, selection.system);
        if (!found.empty()) {
            selection.codes.push_back(
                {{selection.system, found, reader.string(item, "display")}, &item});
            reader.tables().state_display(selection.codes.back().coding);
        }
    }
}

void read_filters(ElementReader& reader, const text::Node& node, Selection& selection) {
    for (const text::Node& item : reader.list(node, "filter")) {
        Filter filter;
        if (read_filter(reader, item, filter)) {
            selection.filters.push_back(std::move(filter));
        } else {
            selection.misread = true;
        }
    }
    if (const text::Node* filter = node.find("filter"); filter != nullptr && selection.has_codes) {
        reader.report(*filter, "filter", "invariant",
                      "a filter cannot stand beside listed concepts (FHIR vsd-3)",
                      "put one of the two in an include of its own");
        selection.misread = true;
    }
}

Selection read_selection(ElementReader& reader, const text::Node& node) {
    Selection selection;
    selection.node = &node;
    selection.system = reader.string(node, "system");
    selection.version = reader.string(node, "version");
    for (const text::Node* url : reader.strings(node, "valueSet")) {
        selection.imports.push_back({url->text, url, nullptr});
    }
    read_concepts(reader, node, selection);
    read_filters(reader, node, selection);
    const bool names_nothing = selection.system.empty() && selection.imports.empty();
    if (names_nothing ||
        (selection.system.empty() && (selection.has_codes || node.find("filter") != nullptr))) {
        reader.report(node, "system", "required",
                      names_nothing ? "neither a system nor a value set is named here"
                                    : "concepts and filters need the system they are of");
        selection.misread = true;
    }
    return selection;
}

/// How many entries there are, those included that only group others.
std::size_t read_expansion(ElementReader& reader, const text::Node& contains,
                           Selection& selection) {
    std::size_t entries = 0;
    for (const text::Node& item : reader.list(contains, "contains")) {
        const std::string_view system = reader.string(item, "system");
        // Entries without a code, or marked abstract, only group what they contain.
        const std::string_view found = reader.code(item, system, false);
        if (!found.empty() && !reader.boolean(item, "abstract", false)) {
            selection.codes.push_back({{system, found, reader.string(item, "display")}, &item});
            reader.tables().state_display(selection.codes.back().coding);
        }
        entries += 1 + read_expansion(reader, item, selection);
    }
    return entries;
}

}  // namespace

void read_value_set(ElementReader& reader, const text::Node& root, ValueSet& set) {
    set.document = &reader.document();
    set.version = reader.string(root, "version");
    const text::Node* compose = root.find("compose");
    const text::Node* expansion = root.find("expansion");
    if (compose != nullptr && compose->is_object()) {
        set.with_inactive = reader.boolean(*compose, "inactive", true);
        for (const text::Node& node : reader.list(*compose, "include")) {
            set.includes.push_back(read_selection(reader, node));
        }
        for (const text::Node& node : reader.list(*compose, "exclude")) {
            set.excludes.push_back(read_selection(reader, node));
        }
        if (set.includes.empty()) {
            reader.report(*compose, "include", "required", "this compose includes nothing",
                          "name a system, concepts or value sets under include");
        }
    } else if (expansion != nullptr && expansion->is_object()) {
        // A server's answer: the codes themselves, without the rule they came from.
        Selection selection;
        selection.node = expansion;
        selection.has_codes = true;
        const std::size_t listed = read_expansion(reader, *expansion, selection);
        const text::Node* total = expansion->find("total");
        if (total != nullptr && total->text != std::to_string(listed)) {
            reader.report(*total, "total", "incomplete",
                          "this expansion lists " + std::to_string(listed) + " of its " +
                              std::string(total->text) + " codes",
                          "ask the server for all of them; what is not listed is not known");
            selection.misread = true;
        }
        set.includes.push_back(std::move(selection));
    } else {
        reader.report(root, "compose", "required",
                      "this ValueSet has neither compose nor expansion");
    }
}

}  // namespace linkway::terminology
