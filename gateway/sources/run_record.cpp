#include "sources/run_record.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "text/node.h"

namespace linkway::sources {

namespace fs = std::filesystem;

RunRecord run_record(const SystemMapping& mapping, const TranslateOptions& options) {
    const DataPackage& package = mapping.package();
    std::error_code error;
    const fs::path from = fs::absolute(options.input, error).lexically_normal();
    const fs::path to = fs::absolute(options.output, error).lexically_normal();
    return {package.system,
            package.system + "/" + package.version,
            from.lexically_proximate(to).string(),
            options.include,
            options.policies,
            options.max_deleted_share};
}

std::string to_json(const RunRecord& record) {
    std::string out = "{";
    const auto member = [&](std::string_view name, std::string_view value) {
        text::append_json_string(out, name);
        out += ':';
        text::append_json_string(out, value);
        out += ',';
    };
    member("system", record.system);
    member("mapping", record.mapping);
    member("input", record.input);
    std::string separator;
    out += "\"include\":[";
    for (const std::string& each : record.include) {
        out += separator;
        text::append_json_string(out, each);
        separator = ",";
    }
    out += "],\"policies\":{";
    separator.clear();
    for (const auto& [check, policy] : record.policies) {
        out += separator;
        text::append_json_string(out, check);
        out += ':';
        text::append_json_string(out, policy);
        separator = ",";
    }
    std::ostringstream share;
    share << record.max_deleted_share;
    return out + "},\"maxDeletedShare\":" + share.str() + "}";
}

text::Result<RunRecord> read_run_record(const std::string& folder) {
    const fs::path path = fs::path(folder) / run_file;
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    if (!in) {
        return text::Issue{text::Severity::error,
                           "not-found",
                           "the folder does not say what it was made from",
                           {path.string(), 0, 0, {}},
                           "name a folder that linkway translate wrote"};
    }
    const std::string bytes = std::move(content).str();
    auto parsed = text::parse_json(bytes, path.string());
    if (!parsed) {
        return std::move(parsed).issue();
    }
    const text::Node& root = parsed->root();
    RunRecord record;
    record.system = root.string_or("system", "");
    record.mapping = root.string_or("mapping", "");
    const fs::path input = std::string(root.string_or("input", ""));
    record.input =
        (input.is_absolute() ? input : fs::path(folder) / input).lexically_normal().string();
    if (const text::Node* list = root.find("include")) {
        for (const text::Node& each : list->items) {
            record.include.emplace(each.text);
        }
    }
    if (const text::Node* object = root.find("policies")) {
        for (const auto& each : object->members) {
            record.policies.emplace(each.name, each.value.text);
        }
    }
    if (const text::Node* share = root.find("maxDeletedShare")) {
        record.max_deleted_share = std::strtod(std::string(share->text).c_str(), nullptr);
    }
    return record;
}

}  // namespace linkway::sources
