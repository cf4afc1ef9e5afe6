// Reads a ViewDefinition: every mistake at once, each with its place and what was meant.
#include "mapping/view.h"

#include <algorithm>

#include "fhir/definitions.h"
#include "fhirpath/references.h"
#include "mapping/template.h"
#include "view_program.h"

namespace linkway::mapping {

namespace {

using fhirpath::Collection;
using fhirpath::Environment;
using fhirpath::Expression;
using fhirpath::StaticType;
using fhirpath::Value;
using fhirpath::ValueKind;
using text::Member;
using text::Node;

constexpr std::size_t deepest = 32;

using Names = std::vector<std::string>;

const Names view_members = {"resourceType", "id",          "meta",
                            "extension",    "url",         "identifier",
                            "name",         "title",       "status",
                            "experimental", "publisher",   "contact",
                            "description",  "useContext",  "copyright",
                            "resource",     "constant",    "select",
                            "where",        "fhirVersion", "profile",
                            "version",      "date",        "jurisdiction",
                            "purpose",      "text",        "implicitRules",
                            "language",     "contained",   "modifierExtension"};
const Names select_members = {"column",   "select",    "forEach", "forEachOrNull",
                              "unionAll", "extension", "id"};
const Names column_members = {"name",        "path", "type",      "collection",
                              "description", "tag",  "extension", "id"};
const Names where_members = {"path", "description", "extension", "id"};

StaticType fhir_type(const fhir::TypeDefinition* type) {
    StaticType result;
    if (type != nullptr) {
        result.of = StaticType::Of::fhir;
        result.kind = ValueKind::node;
        result.type = type;
    }
    return result;
}

bool may_be_boolean(const StaticType& type) {
    switch (type.of) {
        case StaticType::Of::system:
            return type.kind == ValueKind::boolean;
        case StaticType::Of::fhir:
            return type.type == nullptr || type.type->name == "boolean";
        case StaticType::Of::record:
            return false;
        default:
            return true;
    }
}

/// getReferenceKey(Patient) names a type; what the function gets is its name as text.
void name_types(fhirpath::Expr& expr) {
    if (expr.kind == fhirpath::ExprKind::function && expr.name == "getReferenceKey") {
        for (fhirpath::ExprPtr& operand : expr.operands) {
            if (operand->kind == fhirpath::ExprKind::member && !operand->focus) {
                operand->kind = fhirpath::ExprKind::literal;
                operand->literal = fhirpath::LiteralKind::string;
                operand->text = operand->name;
            }
        }
    }
    if (expr.focus) {
        name_types(*expr.focus);
    }
    for (fhirpath::ExprPtr& operand : expr.operands) {
        name_types(*operand);
    }
}

class Reader {
  public:
    Reader(const text::Document& document, Places places, View::Program& program,
           text::Issues& issues)
        : document_(document), places_(std::move(places)), program_(program), issues_(issues) {
        environment_.strict = false;
        environment_.functions = fhirpath::fhir_functions();
        for (fhirpath::Function& function : view_functions()) {
            environment_.functions.push_back(std::move(function));
        }
    }

    void read() {
        const Node& root = document_.root();
        if (!root.is_object()) {
            fail(root, "structure", "a ViewDefinition is an object");
            return;
        }
        check_members(root, view_members, "a ViewDefinition");
        read_resource(root);
        read_constants(root);
        const Node* selects = list(root, "select");
        if (selects == nullptr || selects->items.empty()) {
            if (root.find("select") == nullptr || selects != nullptr) {
                fail(root, "required", "a ViewDefinition needs a \"select\" with its columns");
            }
            return;
        }
        environment_.context = program_.type;
        read_where(root);
        Names names;
        program_.root.selects = read_selects(*selects, 0);
        program_.root.column_count = program_.columns.size();
        check_names();
    }

  private:
    void fail(const text::Location& at, std::string code, std::string message,
              std::string suggestion = {}) {
        issues_.push_back({text::Severity::error, std::move(code), std::move(message), at,
                           std::move(suggestion)});
    }
    void fail(const Node& node, std::string code, std::string message,
              std::string suggestion = {}) {
        fail(document_.at(node), std::move(code), std::move(message), std::move(suggestion));
    }

    void check_members(const Node& object, const Names& allowed, const std::string& what) {
        for (const Member& member : object.members) {
            const std::string name(member.name.substr(member.name.starts_with('_') ? 1 : 0));
            if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
                fail(document_.at(member), "structure",
                     what + " has no member \"" + std::string(member.name) + "\"",
                     text::did_you_mean(member.name, allowed));
            }
        }
    }

    /// The list of that name; null when it is not there or none (an issue).
    const Node* list(const Node& object, std::string_view name) {
        const Node* found = object.find(name);
        if (found != nullptr && !found->is_array()) {
            fail(*found, "structure", "\"" + std::string(name) + "\" is a list");
            return nullptr;
        }
        return found;
    }

    /// The text of that name; null when it is not there or no text (an issue).
    const Node* text_member(const Node& object, std::string_view name, bool required,
                            const std::string& what) {
        const Node* found = object.find(name);
        if (found == nullptr) {
            if (required) {
                fail(object, "required", what + " needs a \"" + std::string(name) + "\"");
            }
            return nullptr;
        }
        if (!found->is_string() || found->text.empty()) {
            fail(*found, "structure", "\"" + std::string(name) + "\" of " + what + " is a text");
            return nullptr;
        }
        return found;
    }

    void read_resource(const Node& root) {
        const Node* resource = text_member(root, "resource", true, "a ViewDefinition");
        if (resource == nullptr) {
            return;
        }
        program_.resource = resource->text;
        program_.type = fhir::Definitions::r4().type(resource->text);
        if (program_.type == nullptr || program_.type->kind != fhir::TypeKind::resource) {
            Names names;
            for (const fhir::TypeDefinition* type : fhir::Definitions::r4().types()) {
                if (type->kind == fhir::TypeKind::resource && !type->is_abstract) {
                    names.emplace_back(type->name);
                }
            }
            fail(*resource, "structure", "there is no R4 resource \"" + program_.resource + "\"",
                 text::did_you_mean(resource->text, names));
            program_.type = nullptr;
        }
        // Inside forEach the context is another; these stay the resource.
        environment_.variables.push_back({"resource", fhir_type(program_.type)});
        environment_.variables.push_back({"rootResource", fhir_type(program_.type)});
    }

    void read_constants(const Node& root) {
        const Node* constants = list(root, "constant");
        for (const Node& each : constants == nullptr ? std::span<const Node>() : constants->items) {
            const Node* name =
                each.is_object() ? text_member(each, "name", true, "a constant") : nullptr;
            if (!each.is_object()) {
                fail(each, "structure", "a constant is an object with a name and a value");
            }
            if (name != nullptr) {
                read_constant(each, *name);
            }
        }
    }

    void read_constant(const Node& each, const Node& name) {
        const Member* value = nullptr;
        for (const Member& member : each.members) {
            if (member.name.starts_with("value")) {
                value = &member;
            } else if (member.name != "name" && member.name != "extension" && member.name != "id") {
                fail(document_.at(member), "structure",
                     "a constant has no member \"" + std::string(member.name) + "\"",
                     "write its value as value and its type, such as valueString");
            }
        }
        if (value == nullptr) {
            fail(each, "required", "the constant \"" + std::string(name.text) + "\" has no value",
                 "such as \"valueString\"");
            return;
        }
        const auto constant =
            read_view_constant(value->name.substr(5), value->value, program_.texts);
        if (!constant) {
            fail(document_.at(*value), "value",
                 "\"" + std::string(value->name) + "\" is no valid value for a constant");
            return;
        }
        environment_.variables.push_back({std::string(name.text), system(constant->kind)});
        program_.constants.push_back(Collection(*constant));
    }

    static StaticType system(ValueKind kind) {
        StaticType type;
        type.of = StaticType::Of::system;
        type.kind = kind;
        return type;
    }

    std::optional<Expression> expression(const Node& node) {
        const text::Location at = places_.code(node, node.text, 0).at;
        auto ast = fhirpath::parse(node.text, at);
        if (!ast) {
            issues_.push_back(std::move(ast).issue());
            return std::nullopt;
        }
        name_types(**ast);
        return fhirpath::compile(std::move(ast).value(), environment_, at, issues_);
    }

    void read_where(const Node& root) {
        const Node* conditions = list(root, "where");
        for (const Node& each :
             conditions == nullptr ? std::span<const Node>() : conditions->items) {
            if (!each.is_object()) {
                fail(each, "structure", "a condition is an object with a path");
                continue;
            }
            check_members(each, where_members, "a condition");
            const Node* path = text_member(each, "path", true, "a condition");
            auto compiled = path == nullptr ? std::nullopt : expression(*path);
            if (!compiled) {
                continue;
            }
            if (!may_be_boolean(compiled->type())) {
                fail(*path, "value",
                     "a condition must be true or false, not " +
                         fhirpath::to_string(compiled->type()),
                     "compare it with something, or use exists()");
            }
            program_.where.push_back(std::move(*compiled));
        }
    }

    std::vector<ViewSelect> read_selects(const Node& list, std::size_t depth) {
        std::vector<ViewSelect> result;
        for (const Node& each : list.items) {
            result.push_back(read_select(each, depth));
        }
        return result;
    }

    ViewSelect read_select(const Node& node, std::size_t depth) {
        ViewSelect select;
        select.first_column = program_.columns.size();
        if (!node.is_object()) {
            fail(node, "structure", "a select is an object");
            return select;
        }
        if (depth > deepest) {
            fail(node, "too-costly",
                 "selects are nested deeper than " + std::to_string(deepest) + " levels");
            return select;
        }
        check_members(node, select_members, "a select");
        const fhir::TypeDefinition* const outside = environment_.context;
        read_each(node, select);
        const Node* columns = list(node, "column");
        for (const Node& each : columns == nullptr ? std::span<const Node>() : columns->items) {
            read_column(each, select);
        }
        if (const Node* selects = list(node, "select")) {
            select.selects = read_selects(*selects, depth + 1);
        }
        if (const Node* unions = list(node, "unionAll")) {
            read_unions(*unions, depth, select);
        }
        environment_.context = outside;
        select.column_count = program_.columns.size() - select.first_column;
        if (select.column_count == 0 && issues_.empty()) {
            fail(node, "required", "a select needs columns",
                 "\"column\", \"select\" or \"unionAll\"");
        }
        return select;
    }

    /// forEach or forEachOrNull; what is below sees its items.
    void read_each(const Node& node, ViewSelect& select) {
        const Node* plain = text_member(node, "forEach", false, "a select");
        const Node* or_null = text_member(node, "forEachOrNull", false, "a select");
        if (plain != nullptr && or_null != nullptr) {
            fail(*or_null, "structure", "a select has forEach or forEachOrNull, not both");
        }
        const Node* path = plain != nullptr ? plain : or_null;
        if (path == nullptr) {
            return;
        }
        select.or_null = plain == nullptr;
        select.each = expression(*path);
        if (select.each) {
            const StaticType& type = select.each->type();
            environment_.context = type.of == StaticType::Of::fhir ? type.type : nullptr;
        }
    }

    void read_column(const Node& node, ViewSelect& select) {
        if (!node.is_object()) {
            fail(node, "structure", "a column is an object with a name and a path");
            return;
        }
        check_members(node, column_members, "a column");
        ViewColumn column;
        const Node* name = text_member(node, "name", true, "a column");
        const Node* path = text_member(node, "path", true, "a column");
        const Node* type = text_member(node, "type", false, "a column");
        const Node* collection = node.find("collection");
        if (collection != nullptr && collection->kind != text::NodeKind::boolean) {
            fail(*collection, "structure", "\"collection\" is true or false");
        }
        if (name == nullptr || path == nullptr) {
            return;
        }
        column.name = name->text;
        column.type = type == nullptr ? "" : type->text;
        column.collection = collection != nullptr && collection->text == "true";
        if (!is_column_name(column.name)) {
            fail(*name, "value", "\"" + column.name + "\" is no name for a column",
                 "letters, digits and underscores, a letter first");
        }
        if (type != nullptr) {
            check_type(*type);
        }
        named_at_.push_back(document_.at(*name));
        program_.columns.push_back(std::move(column));
        if (auto compiled = expression(*path)) {
            select.columns.push_back(std::move(*compiled));
            select.places.push_back(document_.at(*path));
        }
    }

    /// SQL on FHIR, ViewDefinition: sql-name.
    static bool is_column_name(std::string_view name) {
        const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
        return letter(name.front()) && name.size() <= 255 &&
               std::all_of(name.begin(), name.end(),
                           [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
    }

    void check_type(const Node& type) {
        std::string_view name = type.text;
        constexpr std::string_view base = "http://hl7.org/fhir/StructureDefinition/";
        name.remove_prefix(name.starts_with(base) ? base.size() : 0);
        if (name.find(':') == std::string_view::npos && name.find('.') == std::string_view::npos &&
            fhir::Definitions::r4().type(name) == nullptr) {
            Names names;
            for (const fhir::TypeDefinition* each : fhir::Definitions::r4().types()) {
                names.emplace_back(each->name);
            }
            fail(type, "not-found", "there is no R4 type \"" + std::string(name) + "\"",
                 text::did_you_mean(name, names));
        }
    }

    /// Every branch fills the columns of the first, so they must be the same, in the same order.
    void read_unions(const Node& unions, std::size_t depth, ViewSelect& select) {
        const std::size_t first = program_.columns.size();
        for (std::size_t i = 0; i < unions.items.size(); ++i) {
            const std::size_t begin = program_.columns.size();
            ViewSelect branch = read_select(unions.items[i], depth + 1);
            if (i == 0) {
                select.unions.push_back(std::move(branch));
                continue;
            }
            const std::span<const ViewColumn> mine = std::span(program_.columns).subspan(begin);
            const std::span<const ViewColumn> wanted =
                std::span(program_.columns).subspan(first, begin - first);
            const bool same = std::equal(mine.begin(), mine.end(), wanted.begin(), wanted.end(),
                                         [](const ViewColumn& a, const ViewColumn& b) {
                                             return a.name == b.name && a.type == b.type &&
                                                    a.collection == b.collection;
                                         });
            if (!same) {
                fail(unions.items[i], "structure",
                     "the branches of a unionAll need the same columns in the same order: " +
                         names_of(wanted) + ", not " + names_of(mine));
            }
            shift(branch, begin - first);
            select.unions.push_back(std::move(branch));
            program_.columns.resize(begin);
            named_at_.resize(begin);
        }
    }

    static std::string names_of(std::span<const ViewColumn> columns) {
        std::string names;
        for (const ViewColumn& column : columns) {
            names += (names.empty() ? "" : ", ") + column.name +
                     (column.type.empty() ? "" : " (" + column.type + ")");
        }
        return names.empty() ? "none" : names;
    }

    static void shift(ViewSelect& select, std::size_t by) {
        select.first_column -= by;
        for (auto* inner : {&select.selects, &select.unions}) {
            for (ViewSelect& each : *inner) {
                shift(each, by);
            }
        }
    }

    void check_names() {
        for (std::size_t i = 0; i < program_.columns.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (program_.columns[i].name == program_.columns[j].name) {
                    fail(
                        named_at_[i], "structure",
                        "the column \"" + program_.columns[i].name + "\" stands twice in the view");
                }
            }
        }
    }

    const text::Document& document_;
    Places places_;
    View::Program& program_;
    text::Issues& issues_;
    Environment environment_;
    std::vector<text::Location> named_at_;  // of the names of program_.columns
};

}  // namespace

View::View(std::unique_ptr<Program> program) : program_(std::move(program)) {}
View::View(View&&) noexcept = default;
View& View::operator=(View&&) noexcept = default;
View::~View() = default;

std::optional<View> View::compile(std::string_view content, const std::string& file,
                                  text::Issues& issues) {
    auto parsed =
        file.ends_with(".json") ? text::parse_json(content, file) : text::parse_yaml(content, file);
    if (!parsed) {
        issues.push_back(std::move(parsed).issue());
        return std::nullopt;
    }
    text::Issues found;
    auto program = std::make_unique<Program>();
    Reader(*parsed, Places(content, file), *program, found).read();
    const bool bad = std::any_of(found.begin(), found.end(), [](const text::Issue& issue) {
        return issue.severity == text::Severity::error;
    });
    issues.insert(issues.end(), found.begin(), found.end());
    return bad ? std::nullopt : std::optional(View(std::move(program)));
}

const std::string& View::resource() const {
    return program_->resource;
}

const std::vector<ViewColumn>& View::columns() const {
    return program_->columns;
}

}  // namespace linkway::mapping
