#include "sources/run_record.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "text/json_writer.h"

namespace linkway::sources {

namespace fs = std::filesystem;

RunRecord run_record(const SystemMapping& mapping, const TranslateOptions& options) {
    const DataPackage& package = mapping.package();
    std::error_code error;
    const fs::path to = fs::absolute(options.output, error).lexically_normal();
    const auto seen = [&](const std::string& path) {
        return fs::absolute(path, error).lexically_normal().lexically_proximate(to).string();
    };
    return {package.system,
            package.system + "/" + package.version,
            options.input.empty() ? "" : seen(options.input),
            options.state.empty() ? "" : seen(options.state),
            options.include,
            options.policies,
            options.max_deleted_share};
}

std::string to_json(const RunRecord& record) {
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    json.member("system", record.system);
    json.member("mapping", record.mapping);
    json.member("input", record.input);
    if (!record.state.empty()) {
        json.member("state", record.state);
    }
    json.name("include");
    json.begin_array();
    for (const std::string& each : record.include) {
        json.value(each);
    }
    json.end_array();
    json.name("policies");
    json.begin_object();
    for (const auto& [check, policy] : record.policies) {
        json.member(check, policy);
    }
    json.end_object();
    std::ostringstream share;
    share << record.max_deleted_share;
    json.name("maxDeletedShare");
    json.raw(share.str());
    json.end_object();
    return out;
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
    const auto from_here = [&](const fs::path& seen) {
        return (seen.is_absolute() ? seen : fs::path(folder) / seen).lexically_normal().string();
    };
    record.input = from_here(std::string(root.string_or("input", "")));
    if (const std::string_view state = root.string_or("state", ""); !state.empty()) {
        record.state = from_here(std::string(state));
    }
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
