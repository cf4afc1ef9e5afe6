// linkway <command>: finds the command, reads its options, runs it.
#include <getopt.h>

#include <algorithm>
#include <iostream>
#include <optional>

#include "command.h"

namespace linkway::cli {

namespace {

constexpr std::size_t first_option = 256;  // values of long options, beyond any letter

const std::vector<Command>& commands() {
    static const std::vector<Command> all = {
        translate_command(),
        inspect_command(),
        trace_command(),
        map_check_command(),
        map_coverage_command(),
        map_run_command(),
        map_format_command(),
        map_explain_command(),
        view_run_command(),
        fhirpath_command(),
        validate_command(),
        sample_command(),
        // The service and what goes with it, one a line: many hands add here.
        serve_command(),
        demo_command(),
        audit_verify_command(),
        keys_new_command(),
        token_command(),
        outbox_list_command(),
        outbox_retry_command(),
        quarantine_list_command(),
        quarantine_show_command(),
        quarantine_edit_command(),
        quarantine_replay_command(),
        quarantine_discard_command(),
    };
    return all;
}

void print_overview(std::ostream& out) {
    out << "linkway " LINKWAY_VERSION
           " - GP system extracts to FHIR R4 referrals for social prescribing\n\nUsage: linkway "
           "COMMAND ...\n\n";
    for (const Command& command : commands()) {
        out << "  " << command.name << std::string(16 - command.name.size(), ' ') << command.summary
            << '\n';
    }
    out << "\n  linkway COMMAND --help    everything about a command, with examples\n"
           "  linkway --version         the version\n\n"
           "Exit codes:\n"
           "  0  everything asked for was done\n"
           "  1  nothing was written, or a check found mistakes\n"
           "  2  the command line is wrong\n"
           "  3  done, but rows were rejected or held: see rejected.ndjson in the output\n\n"
           "Example:\n"
           "  linkway sample --system emis --patients 1000 --seed 1 extract\n"
           "  linkway translate --system emis extract -o fhir\n";
}

void print_help(const Command& command) {
    std::cout << "Usage: linkway " << command.name << ' ' << command.usage << "\n\n"
              << command.description << "\n\nOptions:\n";
    for (const OptionRule& option : command.options) {
        std::string left = option.letter.empty() ? "      " : "  -" + option.letter + ", ";
        left += "--" + option.name + (option.value.empty() ? "" : " " + option.value);
        std::cout << left << std::string(left.size() < 34 ? 34 - left.size() : 1, ' ')
                  << option.summary << '\n';
    }
    std::cout << "      --help                      this text\n\nExamples:\n";
    for (const std::string& example : command.examples) {
        std::cout << "  " << example << '\n';
    }
}

int usage(const std::string& message, const std::string& command) {
    std::cerr << "linkway: " << message << "\nTry: linkway " << command
              << (command.empty() ? "" : " ") << "--help\n";
    return usage_error;
}

/// Reads options and operands in any order; a mistake is printed and gives nothing.
std::optional<Arguments> read_arguments(const Command& command, std::vector<std::string> words) {
    std::vector<OptionRule> rules = command.options;
    rules.push_back({"help", "", "", ""});
    std::vector<option> options;
    std::string letters = ":";
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const int argument = rules[i].value.empty() ? no_argument : required_argument;
        options.push_back(
            {rules[i].name.c_str(), argument, nullptr, static_cast<int>(first_option + i)});
        letters += rules[i].letter + (rules[i].letter.empty() || rules[i].value.empty() ? "" : ":");
    }
    options.push_back({nullptr, 0, nullptr, 0});
    std::vector<char*> pointers = {nullptr};
    for (std::string& word : words) {
        pointers.push_back(word.data());
    }
    pointers[0] = const_cast<char*>("linkway");
    Arguments result;
    const int count = static_cast<int>(pointers.size());
    pointers.push_back(nullptr);
    for (;;) {
        // One thread, before any other starts: getopt's globals are safe here.
        // NOLINTBEGIN(concurrency-mt-unsafe)
        const int found =
            getopt_long(count, pointers.data(), letters.c_str(), options.data(), nullptr);
        // NOLINTEND(concurrency-mt-unsafe)
        if (found == -1) {
            break;
        }
        const auto rule = std::find_if(rules.begin(), rules.end(), [&](const OptionRule& each) {
            return found == static_cast<int>(first_option + (&each - rules.data())) ||
                   (!each.letter.empty() && found == each.letter.front());
        });
        if (rule == rules.end()) {
            const std::string given = pointers[static_cast<std::size_t>(optind) - 1];
            std::vector<std::string> names;
            for (const OptionRule& each : rules) {
                names.push_back("--" + each.name);
            }
            const auto meant = text::nearest(given, names);
            usage(found == ':'
                      ? given + " needs a value"
                      : "unknown option " + given + (meant ? "; did you mean " + *meant + "?" : ""),
                  command.name);
            return {};
        }
        result.options[rule->name] = optarg == nullptr ? "" : optarg;
    }
    result.operands.assign(pointers.begin() + optind, pointers.end() - 1);
    return result;
}

int run(const Command& command, const std::vector<std::string>& words) {
    const auto arguments = read_arguments(command, words);
    if (!arguments) {
        return usage_error;
    }
    if (arguments->has("help")) {
        print_help(command);
        return done;
    }
    if (arguments->operands.size() < command.min_operands ||
        arguments->operands.size() > command.max_operands) {
        return usage(command.name + " takes " + command.usage, command.name);
    }
    return command.run(*arguments);
}

int dispatch(std::vector<std::string> words) {
    if (words.empty()) {
        print_overview(std::cerr);
        return usage_error;
    }
    if (words[0] == "--version") {
        std::cout << "linkway " LINKWAY_VERSION "\n";
        return done;
    }
    if (words[0] == "--help" || words[0] == "help") {
        print_overview(std::cout);
        return done;
    }
    std::vector<std::string> names;
    for (const Command& command : commands()) {
        const auto count = static_cast<std::ptrdiff_t>(
            std::count(command.name.begin(), command.name.end(), ' ') + 1);
        std::string given = words[0];
        if (count == 2 && words.size() > 1) {
            given += ' ' + words[1];
        }
        if (given == command.name) {
            words.erase(words.begin(), words.begin() + count);
            return run(command, words);
        }
        names.push_back(command.name);
    }
    const auto meant = text::nearest(words[0], names);
    return usage("there is no command \"" + words[0] + "\"" +
                     (meant ? "; did you mean \"" + *meant + "\"?" : ""),
                 "");
}

}  // namespace

}  // namespace linkway::cli

int main(int count, char** words) {
    try {
        return linkway::cli::dispatch({words + 1, words + count});
    } catch (const std::exception& error) {
        std::cerr << "linkway: " << error.what() << '\n';
        return linkway::cli::failed;
    }
}
