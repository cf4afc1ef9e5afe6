#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "command.h"

namespace linkway::cli {

namespace fs = std::filesystem;

std::string Arguments::get(const std::string& name, const std::string& otherwise) const {
    const auto found = options.find(name);
    return found == options.end() ? otherwise : found->second;
}

void print(const text::Issues& issues) {
    for (const text::Issue& issue : issues) {
        std::cerr << text::to_string(issue) << '\n';
    }
}

bool read_number(const Arguments& arguments, const std::string& name, unsigned long long& value) {
    const auto found = arguments.options.find(name);
    if (found == arguments.options.end()) {
        return true;
    }
    const std::string& text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        std::cerr << "linkway: --" << name << " takes a whole number, not \"" << text << "\"\n";
        return false;
    }
    return true;
}

std::string mappings_folder(const Arguments& arguments) {
    if (arguments.has("mappings")) {
        return arguments.get("mappings", "");
    }
    // Read before any thread starts.
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    if (const char* variable = std::getenv("LINKWAY_MAPPINGS")) {
        return variable;
    }
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    for (fs::path folder = program.parent_path(); folder.has_relative_path();
         folder = folder.parent_path()) {
        for (const fs::path& candidate :
             {folder / LINKWAY_DATA_DIR / "mappings", folder / "mappings"}) {
            std::error_code absent;
            if (fs::is_directory(candidate / "codes", absent)) {
                return candidate.string();
            }
        }
    }
    return "mappings";
}

std::string codes_folder(const Arguments& arguments, const std::string& template_file) {
    const fs::path beside = fs::path(template_file).parent_path() / ".." / "codes";
    if (!arguments.has("mappings") && fs::is_directory(beside)) {
        return beside.string();
    }
    return (fs::path(mappings_folder(arguments)) / "codes").string();
}

std::optional<std::string> read_file(const std::string& path) {
    std::error_code error;
    std::ifstream in(path, std::ios::binary);
    if (!in || fs::is_directory(path, error)) {
        return {};
    }
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

}  // namespace linkway::cli
