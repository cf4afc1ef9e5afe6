// Reads datapackage.json into a DataPackage, noting every mistake with its place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sources/data_package.h"
#include "text/node.h"

namespace linkway::sources {

/// One reading of one file. What is wrong is appended to `issues` and left out, so that the rest is
/// still checked.
class PackageReader {
  public:
    PackageReader(const text::Document& document, text::Issues& issues)
        : document_(document), issues_(issues) {}

    DataPackage read();

  private:
    void read_linkway(const text::Node& root);
    void read_file_name(const text::Node& rule);
    void read_dialect(const text::Node& root);
    void read_manifest(const text::Node& linkway);
    void read_table(const text::Node& resource);
    void read_table_linkway(const text::Node& resource, Table& table);
    void read_column(const text::Node& field, Table& table);
    void read_column_linkway(const text::Node& field, Column& column);
    void read_value_rules(const text::Node& linkway, Column& column);
    void read_deleted(const text::Node& linkway, Table& table);
    void read_orders(const text::Node& linkway, Table& table);
    void read_type(const text::Node& field, Column& column);
    void read_key(const text::Node& schema, Table& table);
    void check_names(const Table& table);

    // Second pass, when all tables and columns are known.
    void read_precisions(const text::Node& schema, Table& table);
    void read_foreign_keys(const text::Node& schema, std::size_t index);
    void read_foreign_key(const text::Node& node, std::size_t index);
    void check_navigations();

    void fail(const text::Node& at, std::string message, std::string suggestion = {});
    void fail(text::Location at, std::string message, std::string suggestion = {});
    /// Reports entries of `object` that are none of `names`: all of them when `strict`, else only
    /// misspellings.
    void known(const text::Node& object, const std::vector<std::string>& names, bool strict);
    /// The member when it has that kind, else nullptr; a member of another kind is reported.
    const text::Node* member(const text::Node& owner, std::string_view name, text::NodeKind kind);
    std::string words(const text::Node& owner, std::string_view name, bool required = false);
    bool flag(const text::Node& owner, std::string_view name);
    std::vector<const text::Node*> strings(const text::Node& node);
    std::vector<const text::Node*> strings(const text::Node& owner, std::string_view name);
    std::vector<std::string> ranges(const text::Node& owner, std::string_view name);
    int column(const Table& table, const text::Node& name);
    std::vector<int> columns(const Table& table, const text::Node& names);
    int named_column(const Table& table, const text::Node& owner, std::string_view name);

    const text::Document& document_;
    text::Issues& issues_;
    DataPackage package_;
    std::vector<const text::Node*> schemas_;  // of each table, for the second pass
};

}  // namespace linkway::sources
