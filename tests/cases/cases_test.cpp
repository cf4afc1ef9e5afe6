// Runs every case under tests/cases/<system>/<case>: the program on input/, compared with expected/
// resource by resource.
//
//   case.yaml   fact: what the case shows; arguments: [more options]; exit: expected exit code (0);
//               base: false when input/ stands alone (else that of a system's first run is laid
//               over <system>/base/input); systems: [one a run], else the folder's name; store:
//               false when a new staging store makes a difference
//   input/      files as the system writes them, byte for byte
//   expected/   what the output folder must hold; message.txt: what standard error must contain, a
//   line each
//   input-2/, expected-2/, input-3/ ...   further runs, one after the other over one staging store
//   (--state); `exit` is then a list, one for each run
//
// A case of one run must come out the same over a new staging store.
//
// LINKWAY_UPDATE=1 rewrites expected/ from what came out; read the diff before you commit it.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "catch.h"
#include "text/node.h"

namespace fs = std::filesystem;
using linkway::text::Node;
using linkway::text::NodeKind;

namespace {

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

std::string shown(const Node& node) {
    std::string text;
    linkway::text::append_json(text, node);
    return text;
}

/// Differences of two trees, one a line: path, what was expected, what came.
void compare(const Node* expected, const Node* actual, const std::string& path, std::string& diff) {
    if (expected == nullptr || actual == nullptr) {
        diff += "  " + path +
                (expected == nullptr ? ": not expected: " + shown(*actual)
                                     : ": missing: " + shown(*expected)) +
                "\n";
        return;
    }
    if (expected->kind != actual->kind || expected->text != actual->text) {
        diff += "  " + path + ": expected " + shown(*expected) + ", got " + shown(*actual) + "\n";
        return;
    }
    for (const auto& member : expected->members) {
        compare(&member.value, actual->find(member.name), path + "." + std::string(member.name),
                diff);
    }
    for (const auto& member : actual->members) {
        if (expected->find(member.name) == nullptr) {
            compare(nullptr, &member.value, path + "." + std::string(member.name), diff);
        }
    }
    for (std::size_t i = 0; i < std::max(expected->items.size(), actual->items.size()); ++i) {
        compare(i < expected->items.size() ? &expected->items[i] : nullptr,
                i < actual->items.size() ? &actual->items[i] : nullptr,
                path + "[" + std::to_string(i) + "]", diff);
    }
}

/// The lines of an NDJSON file by "Type/id"; lines without an id by their number.
std::map<std::string, std::string> resources(const std::string& content) {
    std::map<std::string, std::string> result;
    std::istringstream lines(content);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        auto parsed = linkway::text::parse_json(line, "line");
        REQUIRE(parsed.ok());
        const std::string_view id = parsed->root().string_or("id", "");
        const std::string key = std::string(parsed->root().string_or("resourceType", "?")) + "/" +
                                (id.empty() ? std::to_string(number) : std::string(id));
        CHECK(result.emplace(key, line).second);
    }
    return result;
}

std::string compare_files(const std::string& expected, const std::string& actual) {
    const auto before = resources(expected);
    const auto after = resources(actual);
    std::string diff;
    std::set<std::string> keys;
    for (const auto& [key, line] : before) {
        keys.insert(key);
    }
    for (const auto& [key, line] : after) {
        keys.insert(key);
    }
    for (const std::string& key : keys) {
        const auto old_line = before.find(key);
        const auto new_line = after.find(key);
        const auto old_tree = linkway::text::parse_json(
            old_line == before.end() ? "null" : old_line->second, "expected");
        const auto new_tree = linkway::text::parse_json(
            new_line == after.end() ? "null" : new_line->second, "actual");
        std::string inside;
        compare(&old_tree->root(), &new_tree->root(), "", inside);
        diff += inside.empty() ? "" : key + "\n" + inside;
    }
    return diff;
}

std::set<std::string> files_below(const fs::path& folder) {
    std::set<std::string> names;
    if (fs::exists(folder)) {
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            if (entry.is_regular_file()) {
                names.insert(fs::relative(entry.path(), folder).string());
            }
        }
    }
    return names;
}

struct Case {
    fs::path folder;
    std::vector<std::string> systems;  // of each run; the last for all that follow
    std::string arguments;
    std::vector<int> exits;  // of each run; 0 where none is given
    bool base = true;
    bool same_over_store = true;

    const std::string& system(int number) const {
        return systems[std::min(static_cast<std::size_t>(number), systems.size()) - 1];
    }
};

Case read_case(const fs::path& folder) {
    Case result;
    result.folder = folder;
    const auto yaml =
        linkway::text::parse_yaml(read_file(folder / "case.yaml"), (folder / "case.yaml").string());
    REQUIRE(yaml.ok());
    CHECK_FALSE(yaml->root().string_or("fact", "").empty());
    if (const Node* arguments = yaml->root().find("arguments")) {
        for (const Node& argument : arguments->items) {
            result.arguments += " '" + std::string(argument.text) + "'";
        }
    }
    if (const Node* exit = yaml->root().find("exit")) {
        const auto add = [&](const Node& node) {
            result.exits.push_back(std::atoi(std::string(node.text).c_str()));
        };
        if (exit->items.empty()) {
            add(*exit);
        }
        std::for_each(exit->items.begin(), exit->items.end(), add);
    }
    if (const Node* base = yaml->root().find("base")) {
        result.base = base->text == "true";
    }
    if (const Node* store = yaml->root().find("store")) {
        result.same_over_store = store->text == "true";
    }
    if (const Node* systems = yaml->root().find("systems")) {
        for (const Node& system : systems->items) {
            result.systems.emplace_back(system.text);
        }
    } else {
        result.systems.push_back(folder.parent_path().filename().string());
    }
    return result;
}

std::vector<fs::path> all_cases() {
    std::vector<fs::path> folders;
    for (const auto& system : fs::directory_iterator(LINKWAY_CASES)) {
        if (!system.is_directory()) {
            continue;
        }
        for (const auto& entry : fs::directory_iterator(system)) {
            if (fs::exists(entry.path() / "case.yaml")) {
                folders.push_back(entry.path());
            }
        }
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

/// Runs the program; its exit code, what it printed in `log`.
int run(const Case& each, int number, const fs::path& input, const fs::path& output,
        const char* more, std::string& log) {
    const fs::path log_file = output.string() + ".log";
    const std::string command = std::string("'") + LINKWAY_PROGRAM + "' translate --mappings '" +
                                LINKWAY_MAPPINGS + "' --system " + each.system(number) + " '" +
                                input.string() + "' -o '" + output.string() + "'" + each.arguments +
                                more + " > '" + log_file.string() + "' 2>&1";
    const int status = std::system(command.c_str());
    log = read_file(log_file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string numbered(const std::string& name, int number) {
    return number == 1 ? name : name + "-" + std::to_string(number);
}

/// Lays the input of a case's run out; that of a system's first over the base.
fs::path lay_out(const Case& each, int number, const fs::path& work) {
    const fs::path input = work / numbered("input", number);
    bool first = true;
    for (int before = 1; before < number; ++before) {
        first = first && each.system(before) != each.system(number);
    }
    if (each.base && first) {
        fs::copy(fs::path(LINKWAY_CASES) / each.system(number) / "base" / "input", input,
                 fs::copy_options::recursive);
    } else {
        fs::create_directories(input);
    }
    fs::copy(each.folder / numbered("input", number), input,
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    for (const std::string& name : files_below(input)) {  // "-name": the base's file is taken away
        const std::string file = fs::path(name).filename().string();
        if (file.rfind("-", 0) == 0) {
            fs::remove(input / name);
            fs::remove(input / file.substr(1));
        }
    }
    return input;
}

/// Compares what came out with what the case expects, or makes it what the case expects.
void check_output(const fs::path& expected, const fs::path& output, const std::string& log) {
    if (std::getenv("LINKWAY_UPDATE") != nullptr) {
        const std::string message = read_file(expected / "message.txt");
        fs::remove_all(expected);
        fs::create_directories(expected);
        if (fs::exists(output)) {
            fs::copy(output, expected, fs::copy_options::recursive);
            fs::remove(expected / "run.json");
        }
        if (!message.empty()) {
            std::ofstream(expected / "message.txt") << message;
        }
    }
    std::set<std::string> names = files_below(expected);
    names.merge(files_below(output));
    names.erase("message.txt");
    CHECK(names.erase("run.json") == (fs::exists(output) ? 1 : 0));  // says where the input was
    for (const std::string& name : names) {
        INFO(name);
        REQUIRE(fs::exists(expected / name));
        REQUIRE(fs::exists(output / name));
        CHECK(compare_files(read_file(expected / name), read_file(output / name)) == "");
    }
    std::istringstream messages(read_file(expected / "message.txt"));
    for (std::string line; std::getline(messages, line);) {
        INFO("expected in the output: " << line);
        CHECK(log.find(line) != std::string::npos);
    }
}

void check_same(const fs::path& output, const fs::path& again, const std::set<std::string>& but) {
    CHECK(files_below(again) == files_below(output));
    for (const std::string& name : files_below(output)) {
        if (but.count(name) == 0) {
            INFO(name);
            CHECK(read_file(again / name) == read_file(output / name));
        }
    }
}

void check_case(const Case& each, const fs::path& work) {
    const bool with_state = fs::exists(each.folder / "input-2");
    for (int number = 1; fs::exists(each.folder / numbered("input", number)); ++number) {
        INFO("run " << number);
        const fs::path input = lay_out(each, number, work);
        const fs::path output = work / numbered("output", number);
        const auto state = [&](const char* name) {
            return with_state ? " --state '" + (work / name).string() + "'" : std::string();
        };
        std::string log;
        const int exit =
            run(each, number, input, output, (" --threads 1" + state("state")).c_str(), log);
        INFO(log);
        const auto run_index = static_cast<std::size_t>(number) - 1;
        CHECK(exit == (run_index < each.exits.size() ? each.exits[run_index] : 0));
        check_output(each.folder / numbered("expected", number), output, log);
        // One core or two: the same bytes.
        const fs::path again = work / numbered("again", number);
        run(each, number, input, again, (" --threads 2" + state("state-of-again")).c_str(), log);
        check_same(output, again, {"run.json"});  // names its store
        if (!with_state && each.same_over_store) {
            // The account differs: the store takes in what is of no use yet.
            const fs::path stored = work / "stored";
            const std::string store = " --state '" + (work / "state").string() + "'";
            CHECK(run(each, number, input, stored, store.c_str(), log) == exit);
            check_same(output, stored, {"reconciliation.json", "rejected.ndjson", "run.json"});
        }
    }
}

}  // namespace

TEST_CASE("every case comes out as expected") {
    const auto folders = all_cases();
    REQUIRE(folders.size() >= LINKWAY_CASES_AT_LEAST);
    for (const fs::path& folder : folders) {
        DYNAMIC_SECTION(folder.parent_path().filename().string()
                        << "/" << folder.filename().string()) {
            const fs::path work =
                fs::temp_directory_path() / ("linkway-case-" + std::to_string(::getpid()));
            fs::remove_all(work);
            fs::create_directories(work);
            check_case(read_case(folder), work);
            fs::remove_all(work);
        }
    }
}
