#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>

#include "command.h"
#include "mapping/format.h"
#include "mapping/resource_mapping.h"
#include "resource_input.h"
#include "sources/translate.h"

namespace linkway::cli {

namespace {

namespace fs = std::filesystem;
using text::Issue;
using text::Location;
using text::Node;

/// What became of the resources of an input.
struct Tally {
    std::size_t translated = 0;
    std::size_t not_asked_for = 0;  ///< the template's condition does not hold
    std::size_t other_types = 0;
    std::size_t failed = 0;
};

/// One run of a template over the resources of one input.
class ResourceRun {
  public:
    ResourceRun(mapping::ResourceMapping& mapping, bool pretty)
        : mapping_(mapping), pretty_(pretty) {}

    /// Translates a resource of the template's type; of others it only counts how many.
    void visit(const Node& resource, const Location& at) {
        if (resource.string_or("resourceType", "") == mapping_.input()) {
            translate(resource, at);
        } else {
            ++tally_.other_types;
        }
    }

    void refuse(Issue issue) {
        ++tally_.failed;
        print({std::move(issue)});
    }

    const Tally& tally() const { return tally_; }

  private:
    void translate(const Node& resource, const Location& at) {
        std::string out;
        auto made = mapping_.run(resource, out);
        if (!made) {
            Issue issue = std::move(made).issue();
            const Location& place = issue.location;
            issue.message += " (" + place.file + ":" + std::to_string(place.line) + ":" +
                             std::to_string(place.column) + ")";
            issue.location = at;
            refuse(std::move(issue));
            return;
        }
        if (!*made) {
            ++tally_.not_asked_for;
            return;
        }
        ++tally_.translated;
        std::cout << (pretty_ ? mapping::pretty_json(text::parse_json(out, "")->root())
                              : out + "\n");
    }

    mapping::ResourceMapping& mapping_;
    bool pretty_;
    Tally tally_;
};

int run_resources(const mapping::Template& source, const Arguments& arguments) {
    terminology::Terminology terminology;
    text::Issues issues = terminology.load(codes_folder(arguments, source.file));
    auto mapping = mapping::ResourceMapping::compile(source, terminology, issues);
    print(issues);
    if (!mapping) {
        return failed;
    }
    const std::string& input = arguments.operands[1];
    ResourceRun run(*mapping, arguments.has("pretty"));
    const text::Status unread = read_resources(
        input, mapping->input() == "Bundle",
        [&](const Node& resource, const Location& at, std::string_view) {
            run.visit(resource, at);
        },
        [&](Issue issue) { run.refuse(std::move(issue)); });
    if (unread) {
        print({*unread});
        return failed;
    }
    const Tally& tally = run.tally();
    std::cerr << tally.translated << " translated, " << tally.not_asked_for
              << " not asked for by \"when\", " << tally.other_types << " of other types, "
              << tally.failed << " failed\n";
    if (tally.translated + tally.not_asked_for == 0) {
        std::cerr << "linkway: nothing of " << input << " could be read as a " << mapping->input()
                  << '\n';
        return failed;
    }
    return tally.failed == 0 ? done : incomplete;
}

/// A folder of our own, gone when this ends: what passes through it is patient data.
class PrivateFolder {
  public:
    PrivateFolder() : path_((fs::temp_directory_path() / "linkway-run-XXXXXX").string()) {
        made_ = ::mkdtemp(path_.data()) != nullptr;
    }
    ~PrivateFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    PrivateFolder(const PrivateFolder&) = delete;
    PrivateFolder& operator=(const PrivateFolder&) = delete;

    bool made() const { return made_; }
    fs::path path() const { return path_; }

  private:
    std::string path_;
    bool made_ = false;
};

/// A table's template needs its whole mapping: other tables, events, what refers to what. So the
/// extract is translated as ever, and of what came out the template's type is shown.
int run_rows(const mapping::Template& source, const Arguments& arguments) {
    const fs::path folder = fs::path(source.file).parent_path();
    text::Issues issues;
    const auto mapping =
        sources::SystemMapping::load(folder.empty() ? "." : folder.string(), issues);
    print(issues);
    if (!issues.empty() || mapping->templates().empty()) {
        std::cerr << "linkway: a template with \"each\" runs within its mapping, which has "
                     "mistakes\n";
        return failed;
    }
    const PrivateFolder work;
    if (!work.made()) {
        std::cerr << "linkway: no temporary folder could be made\n";
        return failed;
    }
    sources::TranslateOptions options;
    options.input = arguments.operands[1];
    options.output = (work.path() / "out").string();
    const auto result = sources::translate(*mapping, options);
    if (!result) {
        print({result.issue()});
        return failed;
    }
    print(result->issues);
    std::ifstream resources(fs::path(options.output) / (source.resource_type + ".ndjson"));
    for (std::string line; std::getline(resources, line);) {
        std::cout << (arguments.has("pretty")
                          ? mapping::pretty_json(text::parse_json(line, "")->root())
                          : line + "\n");
    }
    return result->clean() ? done : incomplete;
}

int run(const Arguments& arguments) {
    const std::string& file = arguments.operands[0];
    const auto content = read_file(file);
    if (!content) {
        std::cerr << "linkway: " << file << " can't be read\n";
        return failed;
    }
    text::Issues issues;
    const auto source = mapping::parse_template(*content, file, issues);
    print(issues);
    if (!source) {
        return failed;
    }
    return source->input.empty() ? run_rows(*source, arguments) : run_resources(*source, arguments);
}

}  // namespace

Command map_run_command() {
    Command command;
    command.name = "map run";
    command.usage = "TEMPLATE INPUT";
    command.summary = "run one template and print what it makes";
    command.description =
        "A template with \"input: Type\" reads FHIR resources of that type: INPUT is a JSON or "
        "NDJSON file, a Bundle, or - for\n"
        "standard input. A template with \"each: Table\" runs within the mapping it stands in: "
        "INPUT is an extract as for\n"
        "linkway translate, and the resources of the template's type are printed. One line of JSON "
        "a resource goes to standard\n"
        "output, what became of the input to standard error. What is broken is reported with its "
        "line and the rest goes on\n"
        "(exit code 3).";
    command.options = {
        {"pretty", "", "", "JSON over several lines"},
        {"mappings", "", "DIR",
         "where codes/ is looked for (default: beside the template's folder, "
         "or the one installed)"},
    };
    command.examples = {"linkway map run mappings/emis/patient.yaml extract",
                        "linkway map run referral-form.yaml response.json --pretty",
                        "zcat responses.ndjson.gz | linkway map run referral-form.yaml -"};
    command.min_operands = command.max_operands = 2;
    command.run = run;
    return command;
}

}  // namespace linkway::cli
