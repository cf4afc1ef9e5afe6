// The program as a shell runs it.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace commands {

namespace fs = std::filesystem;

struct Outcome {
    int code = -1;
    std::string out;
    std::string log;
};

inline std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

/// Runs `linkway ARGUMENTS` in a folder, with `input` on standard input.
inline Outcome run_program(const std::string& arguments, const fs::path& folder,
                           const std::string& input = "") {
    const fs::path work =
        fs::temp_directory_path() / ("linkway-command-" + std::to_string(::getpid()));
    fs::create_directories(work);
    std::ofstream(work / "in", std::ios::binary) << input;
    const std::string quoted = "'" + work.string();
    const std::string command = "cd '" + folder.string() + "' && '" + LINKWAY_PROGRAM + "' " +
                                arguments + " < " + quoted + "/in' > " + quoted + "/out' 2> " +
                                quoted + "/log'";
    const int status = std::system(command.c_str());
    Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(work / "out"),
                    read_file(work / "log")};
    fs::remove_all(work);
    return outcome;
}

}  // namespace commands
