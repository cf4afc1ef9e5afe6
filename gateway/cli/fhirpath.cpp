#include <algorithm>
#include <ctime>
#include <iostream>
#include <sstream>
#include <unordered_map>

#include "command.h"
#include "fhir/resource_xml.h"
#include "fhirpath/references.h"
#include "fhirpath/result.h"
#include "mapping/code_functions.h"

namespace linkway::cli {

namespace {

using fhirpath::Collection;
using fhirpath::Value;

/// Ten times what a mapping gets for one row: a Bundle has many resources.
constexpr std::uint32_t most_steps = 10'000'000;

/// Above so many, a cache starts anew: who asks so much asks everything once.
constexpr std::size_t most_files = 1'000;
constexpr std::size_t most_expressions = 100'000;

/// The time now as a FHIR dateTime of this machine's zone.
std::string now() {
    const std::time_t seconds = std::time(nullptr);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    char buffer[40];
    std::string text(buffer,
                     std::strftime(buffer, sizeof(buffer), "%Y-%m-%dT%H:%M:%S.000%z", &parts));
    return text.insert(text.size() - 2, ":");
}

text::Issue mistake(const text::Location& at, std::string message, std::string suggestion = {}) {
    return {text::Severity::error, "structure", std::move(message), at, std::move(suggestion)};
}

/// A resource that was read, and what resolve() finds in it.
struct Input {
    explicit Input(text::Document read)
        : document(std::move(read)),
          index(document.root()),
          context(Value::of_node(
              document.root(),
              fhir::Definitions::r4().type(document.root().string_or("resourceType", {})))) {
        resolver = [this](std::string_view reference, const text::Node* from) {
            return index.find(reference, from);
        };
    }
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    text::Document document;
    fhirpath::ResourceIndex index;
    Value context;
    fhirpath::Resolver resolver;
};

text::Result<std::unique_ptr<Input>> read_input(const std::string& name) {
    std::optional<std::string> text;
    if (name == "-") {
        std::ostringstream all;
        all << std::cin.rdbuf();
        text = std::move(all).str();
    } else {
        text = read_file(name);
    }
    const std::string shown = name == "-" ? "(standard input)" : name;
    if (!text) {
        return mistake({shown, 0, 0, {}}, "the file can't be read");
    }
    auto parsed = fhir::parse_resource(*text, shown);
    if (!parsed) {
        return std::move(parsed).issue();
    }
    const text::Node& root = parsed->root();
    const std::string type(root.string_or("resourceType", {}));
    if (type.empty()) {
        return mistake(parsed->at(root), "a FHIR resource is expected here",
                       "a JSON object with \"resourceType\", or XML in FHIR's namespace");
    }
    const auto* definition = fhir::Definitions::r4().type(type);
    if (definition == nullptr || definition->kind != fhir::TypeKind::resource) {
        std::vector<std::string> names;
        for (const auto* each : fhir::Definitions::r4().types()) {
            if (each->kind == fhir::TypeKind::resource) {
                names.emplace_back(each->name);
            }
        }
        return mistake(parsed->at(*root.find("resourceType")), "R4 has no resource of this type",
                       text::did_you_mean(type, names));
    }
    return std::make_unique<Input>(std::move(*parsed));
}

/// Compiles each expression once for each type of resource, reads each file once.
class Evaluator {
  public:
    explicit Evaluator(const terminology::Terminology& terminology)
        : functions_(fhirpath::fhir_functions()), now_(now()) {
        for (auto& function : mapping::code_functions(terminology)) {
            functions_.push_back(std::move(function));
        }
    }

    /// Appends the items; without a file there is no resource. Issues are appended, and nothing is
    /// to be said of `out` when one of them is an error.
    void evaluate(const std::string& expression, const std::string& file,
                  std::pmr::memory_resource& arena, Collection& out, text::Issues& issues) {
        const Input* input = nullptr;
        if (!file.empty()) {
            input = read(file, issues);
            if (input == nullptr) {
                return;
            }
        }
        const Compiled& compiled = compile(expression, input);
        issues.insert(issues.end(), compiled.issues.begin(), compiled.issues.end());
        if (!compiled.expression) {
            return;
        }
        fhirpath::Runtime runtime;
        runtime.arena = &arena;
        runtime.now = now_;
        runtime.steps_left = most_steps;
        if (input != nullptr) {
            runtime.context = &input->context;
            runtime.resolver = &input->resolver;
        }
        if (text::Status failure = compiled.expression->evaluate(runtime, out)) {
            issues.push_back(*std::move(failure));
        }
    }

  private:
    struct Compiled {
        std::optional<fhirpath::Expression> expression;
        text::Issues issues;
    };

    const Input* read(const std::string& file, text::Issues& issues) {
        if (inputs_.size() > most_files) {
            inputs_.clear();
        }
        auto found = inputs_.find(file);
        if (found == inputs_.end()) {
            found = inputs_.emplace(file, read_input(file)).first;
        }
        if (!found->second) {
            issues.push_back(found->second.issue());
            return nullptr;
        }
        return found->second->get();
    }

    const Compiled& compile(const std::string& expression, const Input* input) {
        if (compiled_.size() > most_expressions) {
            compiled_.clear();
        }
        const auto* type = input != nullptr ? input->context.type : nullptr;
        const std::string key = std::string(type != nullptr ? type->name : "") + ' ' + expression;
        const auto [found, fresh] = compiled_.try_emplace(key);
        if (!fresh) {
            return found->second;
        }
        const text::Location at{"expression", 1, 1, {}};
        Compiled& made = found->second;
        auto parsed = fhirpath::parse(expression, at);
        if (!parsed) {
            made.issues.push_back(std::move(parsed).issue());
            return made;
        }
        fhirpath::Environment environment;
        environment.strict = false;
        environment.context = type;
        environment.functions = functions_;
        made.expression =
            fhirpath::compile(std::move(parsed).value(), environment, at, made.issues);
        return made;
    }

    std::vector<fhirpath::Function> functions_;
    std::string now_;
    std::unordered_map<std::string, text::Result<std::unique_ptr<Input>>> inputs_;
    std::unordered_map<std::string, Compiled> compiled_;
};

std::string array_of(const Collection& items) {
    std::string out = "[";
    for (const Value& item : items) {
        out += out.size() > 1 ? "," : "";
        fhirpath::append_typed_json(out, item);
    }
    return out + "]";
}

/// {"error": "all that is wrong, one a line"}
std::string error_of(const text::Issues& issues) {
    std::string all;
    for (const text::Issue& issue : issues) {
        if (issue.severity >= text::Severity::error) {
            all += (all.empty() ? "" : "\n") + to_string(issue);
        }
    }
    std::string out = "{\"error\":";
    text::append_json_string(out, all);
    return out + "}";
}

std::string answer(Evaluator& evaluator, const std::string& line, const std::string& file,
                   std::uint64_t number) {
    text::Issues issues;
    auto request = text::parse_json(line, file);
    if (!request) {
        issues.push_back(std::move(request).issue());
        issues.back().location.line = number;
        return error_of(issues);
    }
    const std::string expression(request->root().string_or("expression", {}));
    const text::Node* input = request->root().find("file");
    if (expression.empty() || (input != nullptr && (!input->is_string() || input->text == "-"))) {
        issues.push_back(mistake({file, number, 1, {}},
                                 "expected {\"expression\": \"...\", \"file\": \"...\"} here, both "
                                 "text and the file not standard input"));
        return error_of(issues);
    }
    std::pmr::monotonic_buffer_resource arena;
    Collection items;
    evaluator.evaluate(expression, std::string(request->root().string_or("file", {})), arena, items,
                       issues);
    return text::has_errors(issues) ? error_of(issues) : "{\"result\":" + array_of(items) + "}";
}

/// Every request is answered before the next is read, so that two programs may talk.
int run_batch(Evaluator& evaluator, const std::string& file) {
    std::istringstream content;
    if (file != "-") {
        auto text = read_file(file);
        if (!text) {
            std::cerr << "linkway: " << file << " can't be read\n";
            return failed;
        }
        content.str(*std::move(text));
    }
    std::istream& requests = file == "-" ? std::cin : content;
    const std::string shown = file == "-" ? "(standard input)" : file;
    std::uint64_t number = 0;
    for (std::string line; std::getline(requests, line);) {
        ++number;
        if (line.find_first_not_of(" \t\r") != std::string::npos) {
            std::cout << answer(evaluator, line, shown, number) << std::endl;
        }
    }
    return done;
}

int run_one(Evaluator& evaluator, const Arguments& arguments) {
    std::pmr::monotonic_buffer_resource arena;
    Collection items;
    text::Issues issues;
    evaluator.evaluate(arguments.operands[0], arguments.operands[1], arena, items, issues);
    const bool json = arguments.has("json");
    if (text::has_errors(issues)) {
        if (json) {
            std::cout << error_of(issues) << '\n';
        } else {
            print(issues);
        }
        return failed;
    }
    print(issues);
    if (json) {
        std::cout << array_of(items) << '\n';
        return done;
    }
    std::string out;
    for (const Value& item : items) {
        fhirpath::append_text(out, item);
        out += '\n';
    }
    std::cout << out;
    return done;
}

int run(const Arguments& arguments) {
    const bool batch = arguments.has("batch");
    if (batch ? arguments.operands.size() > 1 : arguments.operands.size() != 2) {
        std::cerr << "linkway: fhirpath takes "
                  << (batch ? "--batch [FILE]" : "an expression and a file") << "\n"
                  << "Try: linkway fhirpath --help\n";
        return usage_error;
    }
    terminology::Terminology terminology;
    if (arguments.has("codes")) {
        const text::Issues issues = terminology.load(arguments.get("codes", ""));
        print(issues);
        if (text::has_errors(issues)) {
            return failed;
        }
    }
    Evaluator evaluator(terminology);
    return batch ? run_batch(evaluator, arguments.operands.empty() ? "-" : arguments.operands[0])
                 : run_one(evaluator, arguments);
}

}  // namespace

Command fhirpath_command() {
    Command command;
    command.name = "fhirpath";
    command.usage = "EXPRESSION FILE | --batch [FILE]";
    command.summary = "evaluate FHIRPath on a resource";
    command.description =
        "Evaluates EXPRESSION on the FHIR R4 resource in FILE (JSON or XML; - is standard input) "
        "and prints one result a\n"
        "line. Nothing is printed for an empty result. Names are checked against R4 first: an "
        "unknown element is an error,\n"
        "exit code 1, with its place and the nearest right name.\n\n"
        "%resource, %rootResource and %context are the resource; %ucum, %sct, %loinc, %`vs-name` "
        "and %`ext-name` as FHIR\n"
        "defines them. resolve() finds contained resources, entries of the Bundle and the resource "
        "itself. conformsTo()\n"
        "knows R4's base profiles. memberOf(), translate() and subsumes() ask the code files of "
        "--codes.\n\n"
        "--json prints an array of {\"type\": \"FHIR.code\", \"value\": \"final\"}, or {\"error\": "
        "\"file:line:column: ...\"}.\n\n"
        "--batch reads one request a line, {\"expression\": \"...\", \"file\": \"...\"}, and "
        "answers each, in order and at once, with\n"
        "one line: {\"result\": [...]}, the array of --json, or {\"error\": \"...\"}. Without "
        "\"file\" there is no resource. Blank\n"
        "lines are passed over. Files and expressions are read once and kept. The exit code is 0 "
        "when all requests were\n"
        "answered, whether or not with an error.";
    command.options = {
        {"json", "", "", "print results with their types, as JSON"},
        {"batch", "", "", "answer many requests in one go"},
        {"codes", "", "DIR", "folder of ValueSet, CodeSystem and ConceptMap files"},
    };
    command.examples = {
        "linkway fhirpath \"Patient.name.where(use = 'official').family\" patient.xml",
        "linkway fhirpath --json 'entry.resource.subject.resolve().birthDate' bundle.json",
        "echo '{\"expression\": \"id\", \"file\": \"patient.json\"}' | linkway fhirpath --batch"};
    command.min_operands = 0;
    command.max_operands = 2;
    command.run = run;
    return command;
}

}  // namespace linkway::cli
