// What mappings/record says, read and checked.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "record/record.h"
#include "text/temporal.h"

namespace linkway::record {

namespace {

namespace fs = std::filesystem;
using text::Issues;
using text::Node;
using text::Severity;

std::optional<std::string> content_of(const fs::path& file, Issues& issues) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    if (!in) {
        issues.push_back({Severity::error,
                          "not-found",
                          "the file can't be read",
                          {file.string(), 0, 0, {}},
                          ""});
        return std::nullopt;
    }
    return std::move(content).str();
}

std::vector<mapping::View> read_views(const fs::path& folder,
                                      std::initializer_list<const char*> needed, Issues& issues) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& each : fs::directory_iterator(folder, error)) {
        files.push_back(each.path());
    }
    std::sort(files.begin(), files.end());
    std::vector<mapping::View> views;
    for (const fs::path& file : files) {
        if (const auto content = content_of(file, issues)) {
            if (auto view = mapping::View::compile(*content, file.string(), issues)) {
                for (const char* name : needed) {
                    const auto& columns = view->columns();
                    if (std::none_of(columns.begin(), columns.end(),
                                     [&](const auto& each) { return each.name == name; })) {
                        issues.push_back({Severity::error,
                                          "required",
                                          std::string("the view has no column \"") + name + "\"",
                                          {file.string(), 0, 0, {}},
                                          ""});
                    }
                }
                views.push_back(std::move(*view));
            }
        }
    }
    if (views.empty() && issues.empty()) {
        issues.push_back({Severity::error,
                          "not-found",
                          "the folder has no views",
                          {folder.string(), 0, 0, {}},
                          ""});
    }
    return views;
}

class TargetReader {
  public:
    TargetReader(const text::Document& document, const std::set<std::string>& known, Issues& issues)
        : document_(document), known_(known), issues_(issues) {}

    void read_package(Target& target) {
        const Node& root = document_.root();
        target.version = words(root, "version");
        target.title = words(root, "title");
        if (const Node* linkway = root.find("linkway")) {
            target.own_entries = linkway->string_or("ownEntries", "");
        }
        const Node* resources = root.find("resources");
        const Node* schema = resources != nullptr && resources->items.size() == 1
                                 ? resources->items.front().find("schema")
                                 : nullptr;
        const Node* fields = schema != nullptr ? schema->find("fields") : nullptr;
        if (fields == nullptr || fields->items.empty()) {
            return fail(root,
                        "a package of entries has one resource with \"schema\" and \"fields\"");
        }
        std::set<std::string> names;
        for (const Node& field : fields->items) {
            read_column(field, target);
            if (!names.insert(target.columns.back().name).second) {
                fail(field, "a second column \"" + target.columns.back().name + "\"");
            }
        }
    }

    void read_document(Target& target) {
        const Node& root = document_.root();
        target.title = words(root, "title");
        const Node* sections = root.find("sections");
        for (std::size_t i = 0; sections != nullptr && i < sections->items.size(); ++i) {
            const Node& each = sections->items[i];
            Section section;
            section.title = words(each, "title");
            section.none = each.string_or("none", "");
            if (!section.none.empty()) {
                section.withheld = words(each, "withheld");
            }
            const std::string_view show = each.string_or("show", "all");
            section.first_and_last = show == "first-and-last";
            if (!section.first_and_last && show != "all") {
                fail(*each.find("show"), "\"show\" is all or first-and-last");
            }
            if (const Node* kinds = each.find("kinds")) {
                for (const Node& kind : kinds->items) {
                    section.kinds.emplace_back(kind.text);
                }
            }
            target.sections.push_back(std::move(section));
        }
        if (target.sections.empty()) {
            fail(root, "a document has \"sections\"");
        }
    }

  private:
    void read_column(const Node& field, Target& target) {
        Column column;
        column.name = words(field, "name");
        const Node* linkway = field.find("linkway");
        column.from =
            linkway == nullptr ? column.name : std::string(linkway->string_or("from", column.name));
        if (known_.count(column.from) == 0) {
            fail(field, "no view has a column \"" + column.from + "\"",
                 text::did_you_mean(column.from, {known_.begin(), known_.end()}));
        }
        const std::string type = words(field, "type");
        if (type == "date" || type == "time" || type == "datetime") {
            column.is_time = type == "time";
            column.pattern = text::pattern_of_directives(words(field, "format"));
            if (column.pattern.empty()) {
                fail(field, "unknown pattern of " + column.name,
                     "patterns are made of %Y %m %d %b %H %M %S");
            }
        } else if (type != "string") {
            fail(field, "a column of entries is a string, date, time or datetime");
        }
        if (const Node* constraints = field.find("constraints")) {
            const Node* required = constraints->find("required");
            column.required = required != nullptr && required->text == "true";
        }
        const Node* expected = linkway == nullptr ? nullptr : linkway->find("expected");
        column.expected = expected != nullptr && expected->text == "true";
        target.columns.push_back(std::move(column));
    }

    std::string words(const Node& owner, std::string_view name) {
        std::string value(owner.string_or(name, ""));
        if (value.empty()) {
            fail(owner, "\"" + std::string(name) + "\" is missing");
        }
        return value;
    }

    void fail(const Node& at, std::string message, std::string suggestion = {}) {
        issues_.push_back({Severity::error, "structure", std::move(message), document_.at(at),
                           std::move(suggestion)});
    }

    const text::Document& document_;
    const std::set<std::string>& known_;
    Issues& issues_;
};

void add_columns(const std::vector<mapping::View>& views, const std::string& prefix,
                 std::set<std::string>& known) {
    for (const mapping::View& view : views) {
        for (const mapping::ViewColumn& column : view.columns()) {
            known.insert(prefix + column.name);
        }
    }
}

}  // namespace

std::vector<std::string> targets(const std::string& folder) {
    std::vector<std::string> result;
    std::error_code error;
    for (const auto& each : fs::directory_iterator(folder, error)) {
        if (each.is_regular_file()) {
            result.push_back(each.path().stem().string());
        }
    }
    std::sort(result.begin(), result.end());
    return result;
}

std::optional<RecordMapping> load(const std::string& folder, const std::string& target,
                                  Issues& issues) {
    RecordMapping result;
    const fs::path root(folder);
    result.entries = read_views(
        root / "views" / "entry",
        {"kind", "action", "patient", "author", "episode", "date", "code", "term", "in_record"},
        issues);
    result.patients = read_views(root / "views" / "patient", {}, issues);
    result.authors = read_views(root / "views" / "author", {}, issues);
    if (text::has_errors(issues)) {
        return std::nullopt;
    }
    std::set<std::string> known = {"key", "date_precision"};
    add_columns(result.entries, "", known);
    add_columns(result.patients, "patient.", known);
    add_columns(result.authors, "author.", known);
    result.target.name = target;
    const fs::path package = root / (target + ".json");
    const bool is_table = fs::exists(package);
    const fs::path file = is_table ? package : root / (target + ".yaml");
    if (const auto content = content_of(file, issues)) {
        auto document = is_table ? text::parse_json(*content, file.string())
                                 : text::parse_yaml(*content, file.string());
        if (!document) {
            issues.push_back(std::move(document).issue());
        } else {
            TargetReader reader(*document, known, issues);
            is_table ? reader.read_package(result.target) : reader.read_document(result.target);
        }
    }
    if (text::has_errors(issues)) {
        return std::nullopt;
    }
    return result;
}

}  // namespace linkway::record
