// What could not be used: look at it, put it right, play it again.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "command.h"
#include "look.h"
#include "service/offline.h"
#include "text/json_writer.h"

namespace linkway::cli {

namespace {

namespace fs = std::filesystem;
using store::Quarantined;

/// The settings that the options name; says why when there are none.
std::optional<service::Config> config_of(const Arguments& arguments) {
    text::Issues issues;
    auto config = service::read_config(
        arguments.get("config", ""),
        [](const std::string& name) -> std::optional<std::string> {
            // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread starts
            const char* value = std::getenv(name.c_str());
            return value == nullptr ? std::nullopt : std::optional<std::string>(value);
        },
        issues);
    print(issues);
    if (!config) {
        return std::nullopt;
    }
    config->data = arguments.get("data", config->data);
    return config;
}

int refuse(const text::Issue& issue) {
    std::cerr << "linkway: " << text::to_string(issue) << '\n';
    return failed;
}

/// The data folder, while no service runs on it; says why when there is none.
std::unique_ptr<service::Offline> open(const Arguments& arguments) {
    const auto config = config_of(arguments);
    if (!config) {
        return nullptr;
    }
    auto opened = service::Offline::open(
        *config, config->mappings.empty() ? mappings_folder(arguments) : config->mappings);
    if (!opened) {
        refuse(opened.issue());
        return nullptr;
    }
    return std::move(*opened);
}

/// Its store to look at, beside a service that may run; says why when there is none.
std::unique_ptr<store::Store> look(const Arguments& arguments) {
    const auto config = config_of(arguments);
    if (!config) {
        return nullptr;
    }
    auto opened = look_at_store(config->data);
    if (!opened) {
        refuse(opened.issue());
        return nullptr;
    }
    return std::move(*opened);
}

/// What an OperationOutcome says, an issue a line; without the keys of rows.
std::vector<std::string> reasons(const std::string& outcome) {
    std::vector<std::string> lines;
    const auto parsed = text::parse_json(outcome, "reason");
    const text::Node* issues = parsed ? parsed->root().find("issue") : nullptr;
    for (std::size_t i = 0; issues != nullptr && i < issues->items.size(); ++i) {
        std::string line(issues->items[i].string_or("diagnostics", ""));
        const std::size_t key = line.find(" key ");
        const std::size_t end = key == std::string::npos ? key : line.find(": ", key);
        if (end != std::string::npos) {
            line.erase(key, end - key);
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string place(const Quarantined& item) {
    return item.file + (item.line == 0 ? "" : ":" + std::to_string(item.line));
}

void print_json(const std::vector<Quarantined>& items) {
    std::string out;
    text::JsonWriter json(out);
    json.begin_array();
    for (const Quarantined& item : items) {
        json.begin_object();
        json.member("id", item.id);
        json.member("state", store::to_code(item.state));
        json.member("system", item.system);
        json.member("table", item.table);
        json.member("file", item.file);
        json.member("line", item.line);
        json.member("intake", item.intake);
        json.member("changed", store::to_instant(item.changed));
        json.name("reasons");
        json.begin_array();
        for (const std::string& line : reasons(item.reason)) {
            json.value(line);
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
    std::cout << out << '\n';
}

int list(const Arguments& arguments) {
    const auto store = look(arguments);
    if (!store) {
        return failed;
    }
    store::QuarantineQuery query;
    query.intake = arguments.get("intake", "");
    query.most = 100'000;
    auto items = intake::quarantined(*store, query);
    if (!items) {
        return refuse(items.issue());
    }
    if (!arguments.has("all")) {
        std::erase_if(*items, [](const Quarantined& item) {
            return item.state == Quarantined::State::replayed ||
                   item.state == Quarantined::State::discarded;
        });
    }
    if (arguments.has("json")) {
        print_json(*items);
        return done;
    }
    for (const Quarantined& item : *items) {
        std::cout << item.id << "  " << store::to_code(item.state) << "  " << item.system << "  "
                  << (item.table.empty() ? "resource" : item.table) << "  " << place(item) << '\n';
        for (const std::string& line : reasons(item.reason)) {
            const std::size_t row = line.find(place(item) + ": ");
            std::cout << "    " << (row == 0 ? line.substr(place(item).size() + 2) : line) << '\n';
        }
    }
    if (items->empty()) {
        std::cout << "nothing in quarantine\n";
    }
    return done;
}

int show(const Arguments& arguments) {
    const auto store = look(arguments);
    if (!store) {
        return failed;
    }
    const auto item = intake::find_quarantined(*store, arguments.operands[0]);
    if (!item) {
        return refuse(item.issue());
    }
    std::cerr << "linkway: what follows is from a patient's record\n";
    std::cout << item->id << "  " << store::to_code(item->state) << "  " << item->system << "  "
              << (item->table.empty() ? "resource" : item->table) << "  " << place(*item) << '\n';
    for (const std::string& line : reasons(item->reason)) {
        std::cout << "    " << line << '\n';
    }
    std::cout << '\n' << item->content << (item->content.ends_with('\n') ? "" : "\n");
    return done;
}

/// Lets a person change it in $EDITOR; nothing when the editor did not end well.
std::optional<std::string> changed_in_editor(const fs::path& folder, const std::string& content) {
    const fs::path file = folder / (".edit-" + std::to_string(::getpid()) + ".csv");
    std::ofstream(file, std::ios::binary) << content;
    std::error_code error;
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, error);
    const pid_t child = ::fork();
    if (child == 0) {
        ::execl("/bin/sh", "sh", "-c", "exec ${VISUAL:-${EDITOR:-vi}} \"$0\"", file.c_str(),
                static_cast<char*>(nullptr));
        ::_exit(127);
    }
    int status = 0;
    std::optional<std::string> result;
    if (child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
        WEXITSTATUS(status) == 0) {
        result = read_file(file.string());
    }
    fs::remove(file, error);
    return result;
}

int edit(const Arguments& arguments) {
    const auto data = open(arguments);
    if (!data) {
        return failed;
    }
    intake::Quarantine quarantine(data->intake());
    const auto item = intake::find_quarantined(data->store(), arguments.operands[0]);
    if (!item) {
        return refuse(item.issue());
    }
    const auto content = arguments.has("file")
                             ? read_file(arguments.get("file", ""))
                             : changed_in_editor(data->folder().work(), item->content);
    if (!content) {
        std::cerr << "linkway: "
                  << (arguments.has("file") ? arguments.get("file", "") + " cannot be read"
                                            : "the editor did not end well")
                  << "; nothing was changed\n";
        return failed;
    }
    if (*content == item->content) {
        std::cout << item->id << " is as it was\n";
        return done;
    }
    if (const auto failure = quarantine.edit(item->id, *content)) {
        return refuse(*failure);
    }
    std::cout << item->id << " edited; linkway quarantine replay " << item->id
              << " plays it again\n";
    return done;
}

int replay(const Arguments& arguments) {
    const auto data = open(arguments);
    if (!data) {
        return failed;
    }
    if (const auto failure = data->intake().recover()) {
        return refuse(*failure);
    }
    const auto outcomes = intake::Quarantine(data->intake()).replay(arguments.operands);
    if (!outcomes) {
        return refuse(outcomes.issue());
    }
    bool all = true;
    for (const auto& outcome : *outcomes) {
        std::cout << outcome.id << (outcome.replayed ? " replayed\n" : " stays in quarantine\n");
        for (const std::string& line : reasons(outcome.reason)) {
            std::cout << "    " << line << '\n';
        }
        all = all && outcome.replayed;
    }
    return all ? done : incomplete;
}

int discard(const Arguments& arguments) {
    const auto data = open(arguments);
    if (!data) {
        return failed;
    }
    for (const std::string& id : arguments.operands) {
        if (const auto failure = intake::Quarantine(data->intake()).discard(id)) {
            return refuse(*failure);
        }
        std::cout << id << " discarded\n";
    }
    return done;
}

Command quarantine_command(const std::string& verb, const std::string& usage,
                           const std::string& summary, const std::string& description,
                           int (*run)(const Arguments&)) {
    Command command;
    command.name = "quarantine " + verb;
    command.usage = usage;
    command.summary = summary;
    command.description = description;
    command.options = {
        {"data", "", "DIR", "data folder of the service (default: that of the configuration)"},
        {"config", "c", "FILE", "JSON configuration, as for linkway serve"},
        {"mappings", "", "DIR", "mappings folder (default: the one installed)"},
    };
    command.run = run;
    return command;
}

}  // namespace

Command quarantine_list_command() {
    Command command = quarantine_command(
        "list", "[--data DIR]", "rows and resources that could not be used",
        "Lists what a service's extracts held that was rejected or held, with the reason. No "
        "patient data is shown.\n"
        "May be asked beside a running service.",
        list);
    command.options.push_back({"intake", "", "ID", "only of that intake"});
    command.options.push_back({"all", "", "", "those replayed and discarded too"});
    command.options.push_back({"json", "", "", "print as JSON"});
    command.examples = {"linkway quarantine list --data linkway-data",
                        "linkway quarantine list --all --json | jq length"};
    return command;
}

Command quarantine_show_command() {
    Command command = quarantine_command(
        "show", "ID [--data DIR]", "one of them, with the row itself",
        "Shows header and row as they came, or as edited: patient data. ID may be cut short.",
        show);
    command.examples = {"linkway quarantine show 4f0c --data linkway-data"};
    command.min_operands = command.max_operands = 1;
    return command;
}

Command quarantine_edit_command() {
    Command command = quarantine_command(
        "edit", "ID [--file FILE]", "put one right",
        "Opens header and row in $EDITOR, or takes them from FILE. The header must stay as it is. "
        "Nothing happens to\n"
        "the record before it is replayed.",
        edit);
    command.options.push_back({"file", "", "FILE", "take the new content from there"});
    command.examples = {"linkway quarantine edit 4f0c --data linkway-data",
                        "linkway quarantine edit 4f0c --file row.csv"};
    command.min_operands = command.max_operands = 1;
    return command;
}

Command quarantine_replay_command() {
    Command command = quarantine_command(
        "replay", "ID... [--data DIR]", "play them again",
        "Translates the rows as a small delta on top of all that came, by the same way as any "
        "extract; resources are\n"
        "validated and stored. What fails again stays, with the new reason (exit code 3).",
        replay);
    command.examples = {"linkway quarantine replay 4f0c 93ab --data linkway-data"};
    command.min_operands = 1;
    command.max_operands = 10'000;
    return command;
}

Command quarantine_discard_command() {
    Command command = quarantine_command("discard", "ID... [--data DIR]", "give them up",
                                         "They are listed no longer, but for --all.", discard);
    command.examples = {"linkway quarantine discard 4f0c --data linkway-data"};
    command.min_operands = 1;
    command.max_operands = 10'000;
    return command;
}

}  // namespace linkway::cli
