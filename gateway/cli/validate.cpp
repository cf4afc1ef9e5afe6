#include <algorithm>
#include <iostream>

#include "command.h"
#include "fhir/operation_outcome.h"
#include "profiles/validator.h"
#include "resource_input.h"

namespace linkway::cli {

namespace {

/// Validates and counts.
class Validation {
  public:
    explicit Validation(const Arguments& arguments)
        : json_(arguments.has("json")), best_practice_(arguments.has("best-practice")) {}

    /// A Bundle and, one by one, what it holds.
    void check(const text::Node& resource, const text::Location& at) {
        profiles::Options options;
        options.file = at.file;
        options.first_line = at.line - resource.line + 1;
        options.best_practice = best_practice_;
        ++resources_;
        say(validator_.validate(resource, options));
        const text::Node* entries = resource.find("entry");
        if (resource.string_or("resourceType", {}) != "Bundle" || entries == nullptr) {
            return;
        }
        for (const text::Node& entry : entries->items) {
            const text::Node* inner = entry.find("resource");
            if (inner != nullptr && inner->is_object()) {
                text::Location place = at;
                place.line += inner->line - resource.line;
                check(*inner, place);
            }
        }
    }

    void say(const text::Issues& issues) {
        for (const text::Issue& issue : issues) {
            ++(issue.severity >= text::Severity::error ? errors_ : warnings_);
        }
        if (!json_) {
            print(issues);
            return;
        }
        std::string line;
        const text::Issue fine{text::Severity::information, "informational", "valid R4", {}, {}};
        fhir::append_operation_outcome(line,
                                       issues.empty() ? std::span(&fine, 1) : std::span(issues));
        std::cout << line << '\n';
    }

    int finish() const {
        if (!json_) {
            std::cout << resources_ << (resources_ == 1 ? " resource, " : " resources, ") << errors_
                      << (errors_ == 1 ? " error, " : " errors, ") << warnings_
                      << (warnings_ == 1 ? " warning\n" : " warnings\n");
        }
        return errors_ == 0 ? done : failed;
    }

  private:
    profiles::Validator validator_;
    bool json_;
    bool best_practice_;
    std::uint64_t resources_ = 0;
    std::uint64_t errors_ = 0;
    std::uint64_t warnings_ = 0;
};

int run(const Arguments& arguments) {
    Validation validation(arguments);
    for (const std::string& input : arguments.operands) {
        const text::Status unreadable = read_resources(
            input, true,
            [&](const text::Node& resource, const text::Location& at, std::string_view) {
                validation.check(resource, at);
            },
            [&](const text::Issue& broken) { validation.say({broken}); });
        if (unreadable) {
            validation.say({*unreadable});
        }
    }
    return validation.finish();
}

}  // namespace

Command validate_command() {
    Command command;
    command.name = "validate";
    command.usage = "FILE...";
    command.summary = "check FHIR resources against the R4 definitions";
    command.description =
        "Checks resources (JSON, XML, NDJSON, folders of NDJSON, or - for standard input; a Bundle "
        "and each of its entries) against the\n"
        "base R4 definitions: elements and their number, forms of values, required codes, "
        "references, contained resources, narratives and\n"
        "invariants. Prints what is wrong with file, line and column, never a value; then how much "
        "was checked. Exit code 1: an error was\n"
        "found, or a file can't be read. Warnings alone end with 0.";
    command.options = {
        {"json", "", "", "print one OperationOutcome a resource, as NDJSON"},
        {"best-practice", "", "", "warn also of what R4 only recommends, such as a narrative"},
    };
    command.examples = {"linkway validate referral.json", "linkway validate fhir/*.ndjson",
                        "linkway validate bundle.xml --json | jq '.issue[].diagnostics'"};
    command.min_operands = 1;
    command.max_operands = static_cast<std::size_t>(-1);
    command.run = run;
    return command;
}

}  // namespace linkway::cli
