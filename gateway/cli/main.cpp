// linkway <command>: finds the command, reads its options, runs it.
#include <Poco/Util/Option.h>
#include <Poco/Util/OptionException.h>
#include <Poco/Util/OptionProcessor.h>
#include <Poco/Util/OptionSet.h>

#include <algorithm>
#include <iostream>
#include <optional>

#include "command.h"

namespace linkway::cli {

namespace {

const std::vector<Command>& commands() {
    static const std::vector<Command> all = {translate_command(), map_check_command(), map_coverage_command(), sample_command()};
    return all;
}

void print_overview(std::ostream& out) {
    out << "linkway " LINKWAY_VERSION " - GP system extracts to FHIR R4 referrals for social prescribing\n\nUsage: linkway COMMAND ...\n\n";
    for (const Command& command : commands()) {
        out << "  " << command.name << std::string(16 - command.name.size(), ' ') << command.summary << '\n';
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
    std::cout << "Usage: linkway " << command.name << ' ' << command.usage << "\n\n" << command.description << "\n\nOptions:\n";
    for (const OptionRule& option : command.options) {
        std::string left = option.letter.empty() ? "      " : "  -" + option.letter + ", ";
        left += "--" + option.name + (option.value.empty() ? "" : " " + option.value);
        std::cout << left << std::string(left.size() < 34 ? 34 - left.size() : 1, ' ') << option.summary << '\n';
    }
    std::cout << "      --help                      this text\n\nExamples:\n";
    for (const std::string& example : command.examples) {
        std::cout << "  " << example << '\n';
    }
}

int usage(const std::string& message, const std::string& command) {
    std::cerr << "linkway: " << message << "\nTry: linkway " << command << (command.empty() ? "" : " ") << "--help\n";
    return usage_error;
}

/// Reads options and operands in any order; a mistake is printed and gives nothing.
std::optional<Arguments> read_arguments(const Command& command, const std::vector<std::string>& words) {
    Poco::Util::OptionSet options;
    options.addOption(Poco::Util::Option("help", "", "", false));
    for (const OptionRule& rule : command.options) {
        Poco::Util::Option option(rule.name, rule.letter, rule.summary, false, true);
        options.addOption(rule.value.empty() ? option : option.argument(rule.value));
    }
    Poco::Util::OptionProcessor processor(options);
    processor.setUnixStyle(true);
    Arguments result;
    std::string waiting;  // an option whose value is the next word
    bool only_operands = false;
    try {
        for (const std::string& word : words) {
            std::string name;
            std::string value;
            if (!waiting.empty()) {
                result.options[waiting] = word;
                waiting.clear();
            } else if (word == "--") {
                only_operands = true;
            } else if (!only_operands && word.size() > 1 && word[0] == '-' && word.find('=') == std::string::npos &&
                       (word.rfind("--", 0) == 0 || word.size() == 2)) {
                const bool is_long = word.rfind("--", 0) == 0;
                const Poco::Util::Option& option = options.getOption(word.substr(is_long ? 2 : 1), !is_long);
                (option.takesArgument() ? waiting : name) = option.fullName();
                if (!option.takesArgument()) {
                    result.options[option.fullName()] = "";
                }
            } else if (!only_operands && processor.process(word, name, value)) {
                result.options[name] = value;
            } else {
                result.operands.push_back(word);
            }
        }
        if (!waiting.empty()) {
            usage("--" + waiting + " needs a value", command.name);
            return {};
        }
    } catch (const Poco::Util::OptionException& error) {
        usage(error.displayText(), command.name);
        return {};
    }
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
    if (arguments->operands.size() < command.min_operands || arguments->operands.size() > command.max_operands) {
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
        const auto count = static_cast<std::ptrdiff_t>(std::count(command.name.begin(), command.name.end(), ' ') + 1);
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
    return usage("there is no command \"" + words[0] + "\"" + (meant ? "; did you mean \"" + *meant + "\"?" : ""), "");
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
