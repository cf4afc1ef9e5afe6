// What every command of the program is made of.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/issue.h"

namespace linkway::cli {

/// What the program's end means; documented in `linkway --help`.
enum ExitCode : int {
    done = 0,         ///< everything asked for was done
    failed = 1,       ///< nothing was written, or a check found mistakes
    usage_error = 2,  ///< the command line is wrong
    incomplete = 3,   ///< done, but rows were rejected or held
};

/// One option of a command: "--name VALUE", or "--name" alone when `value` is empty.
struct OptionRule {
    std::string name;
    std::string letter;  ///< short form, or empty
    std::string value;   ///< what its value is called in the help; empty for a switch
    std::string summary;
};

struct Arguments {
    std::map<std::string, std::string> options;  ///< by long name; a switch holds ""
    std::vector<std::string> operands;

    bool has(const std::string& name) const { return options.count(name) != 0; }
    std::string get(const std::string& name, const std::string& otherwise) const;
};

struct Command {
    std::string name;         ///< "translate", "map check"
    std::string usage;        ///< operands and the options that matter, on one line
    std::string summary;      ///< one line
    std::string description;  ///< paragraphs
    std::vector<OptionRule> options;
    std::vector<std::string> examples;
    std::size_t min_operands = 0;
    std::size_t max_operands = 0;
    int (*run)(const Arguments& arguments) = nullptr;
};

Command translate_command();
Command inspect_command();
Command trace_command();
Command sample_command();
Command serve_command();
Command demo_command();
Command outbox_list_command();
Command outbox_retry_command();
Command map_check_command();
Command map_coverage_command();
Command map_run_command();
Command map_format_command();
Command map_explain_command();
Command fhirpath_command();
Command view_run_command();
Command validate_command();
Command audit_verify_command();
Command keys_new_command();
Command token_command();
Command quarantine_list_command();
Command quarantine_show_command();
Command quarantine_edit_command();
Command quarantine_replay_command();
Command quarantine_discard_command();

/// Prints issues to standard error, one a line.
void print(const text::Issues& issues);

/// A whole number option; usage errors are printed and give nothing.
bool read_number(const Arguments& arguments, const std::string& name, unsigned long long& value);

/// The folder mappings/ to use: --mappings, else $LINKWAY_MAPPINGS, else beside the installed
/// program, else ./mappings.
std::string mappings_folder(const Arguments& arguments);

/// The code files for a template: --mappings, else those beside its folder, as a system's are, else
/// those of mappings_folder.
std::string codes_folder(const Arguments& arguments, const std::string& template_file);

/// The whole of a file, or nothing when it can't be read.
std::optional<std::string> read_file(const std::string& path);

}  // namespace linkway::cli
