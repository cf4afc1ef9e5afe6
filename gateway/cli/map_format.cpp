#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "command.h"
#include "mapping/format.h"

namespace linkway::cli {

namespace {

namespace fs = std::filesystem;

/// Files as they are named; of a folder, every .yaml and .json below it.
std::vector<std::string> files_of(const std::vector<std::string>& operands) {
    std::vector<std::string> files;
    for (const std::string& operand : operands) {
        if (!fs::is_directory(operand)) {
            files.push_back(operand);
            continue;
        }
        for (const auto& entry : fs::recursive_directory_iterator(operand)) {
            const fs::path extension = entry.path().extension();
            if (entry.is_regular_file() && (extension == ".yaml" || extension == ".json")) {
                files.push_back(entry.path().string());
            }
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// Through a file beside it, so that it is whole at any moment.
bool replace(const std::string& file, const std::string& content) {
    const std::string beside = file + ".new";
    std::ofstream out(beside, std::ios::binary);
    out << content;
    out.close();
    std::error_code error;
    if (out) {
        fs::rename(beside, file, error);
    }
    if (!out || error) {
        fs::remove(beside, error);
        return false;
    }
    return true;
}

bool format_file(const std::string& file, bool check) {
    const auto content = read_file(file);
    if (!content) {
        std::cerr << "linkway: " << file << " can't be read\n";
        return false;
    }
    const auto formatted = mapping::format(*content, file);
    if (!formatted) {
        print({formatted.issue()});
        return false;
    }
    if (*formatted == *content) {
        return true;
    }
    if (check) {
        std::cerr << file << " is not in canonical layout\n";
        return false;
    }
    if (!replace(file, *formatted)) {
        std::cerr << "linkway: " << file << " can't be written\n";
        return false;
    }
    std::cout << file << '\n';
    return true;
}

int run(const Arguments& arguments) {
    bool good = true;
    for (const std::string& file : files_of(arguments.operands)) {
        good = format_file(file, arguments.has("check")) && good;
    }
    return good ? done : failed;
}

}  // namespace

Command map_format_command() {
    Command command;
    command.name = "map format";
    command.usage = "[--check] PATH...";
    command.summary = "put templates and other files of a mapping into canonical layout";
    command.description =
        "Lays out each PATH (a .yaml or .json file, or every one below a folder) as "
        "mappings/README.md shows: an indent of\n"
        "two, a template's header in order, quotes only where they are needed, comments kept. What "
        "a file says is never\n"
        "changed; a file for which that can't be promised is left alone and named. Prints the "
        "files "
        "it changed.";
    command.options = {{"check", "", "", "change nothing; exit code 1 when a file would change"}};
    command.examples = {"linkway map format mappings", "linkway map format --check mappings/emis"};
    command.min_operands = 1;
    command.max_operands = 1000;
    command.run = run;
    return command;
}

}  // namespace linkway::cli
