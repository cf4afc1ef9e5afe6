#include "sources/trace.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "command.h"
#include "sources/run_record.h"
#include "text/node.h"

namespace linkway::cli {

namespace {

namespace fs = std::filesystem;
using sources::ResourceTrace;

/// A resource as it stands in an output folder, and what its Provenance says of it.
struct Found {
    bool present = false;
    std::string resource;          ///< JSON
    std::string row;               ///< "file#row"
    std::string mapping;           ///< "emis/1.4"
    std::vector<std::string> ids;  ///< of the type, for suggestions
};

/// Every resource of an output folder: NDJSON, or Bundles below bundles/; quarantined ones too.
void each_resource(const fs::path& folder, const std::string& type,
                   const std::function<void(const text::Node&, std::string_view)>& visit) {
    const auto visit_text = [&](const std::string& bytes, const std::string& file) {
        const auto parsed = text::parse_json(bytes, file);
        if (!parsed) {
            return;
        }
        const text::Node* entries = parsed->root().find("entry");
        if (entries == nullptr) {
            return visit(parsed->root(), bytes);
        }
        for (const text::Node& entry : entries->items) {
            if (const text::Node* resource = entry.find("resource")) {
                std::string json;
                text::append_json(json, *resource);
                visit(*resource, json);
            }
        }
    };
    for (const fs::path& each : {folder, folder / "quarantine"}) {
        std::ifstream lines(each / (type + ".ndjson"), std::ios::binary);
        for (std::string line; std::getline(lines, line);) {
            visit_text(line, type);
        }
        std::error_code none;
        for (const auto& entry : fs::directory_iterator(each / "bundles", none)) {
            visit_text(read_file(entry.path().string()).value_or(""), entry.path().string());
        }
    }
}

bool targets(const text::Node& provenance, const std::string& reference) {
    const text::Node* list = provenance.find("target");
    return list != nullptr &&
           std::any_of(list->items.begin(), list->items.end(), [&](const text::Node& target) {
               return target.string_or("reference", "") == reference;
           });
}

const text::Node* follow(const text::Node* node, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        node = node == nullptr ? nullptr : node->find(name);
        node = node != nullptr && node->is_array() && !node->items.empty() ? &node->items.front()
                                                                           : node;
    }
    return node;
}

Found find(const std::string& folder, const std::string& type, const std::string& id) {
    Found found;
    each_resource(folder, type, [&](const text::Node& resource, std::string_view json) {
        if (resource.string_or("resourceType", "") != type) {
            return;
        }
        found.ids.emplace_back(resource.string_or("id", ""));
        if (found.ids.back() == id) {
            found.present = true;
            found.resource = json;
        }
    });
    each_resource(folder, "Provenance", [&](const text::Node& resource, std::string_view) {
        if (resource.string_or("resourceType", "") != "Provenance" ||
            !targets(resource, type + "/" + id)) {
            return;
        }
        if (const text::Node* row = follow(&resource, {"entity", "what", "identifier", "value"})) {
            found.row = row->text;
        }
        const text::Node* agents = resource.find("agent");
        for (const text::Node& agent :
             agents == nullptr ? std::span<const text::Node>() : agents->items) {
            const text::Node* identifier = follow(&agent, {"who", "identifier"});
            if (identifier != nullptr &&
                identifier->string_or("system", "") == "https://linkway.uk/fhir/Id/mapping") {
                found.mapping = identifier->string_or("value", "");
            }
        }
    });
    return found;
}

/// What the answer must not be silent about: the mapping or the input is another than then.
void print_differences(const Found& found, const ResourceTrace& trace, const std::string& mapping) {
    if (!found.mapping.empty() && found.mapping != mapping) {
        std::cerr << "linkway: the resource was made by mapping " << found.mapping << "; this is "
                  << mapping << '\n';
    }
    const std::string row = trace.row.file + "#" + std::to_string(trace.row.row);
    if (!found.row.empty() && found.row != row) {
        std::cerr << "linkway: the resource was made from " << found.row
                  << "; in the input as it is "
                  << "now the latest version of that row is " << row << '\n';
    }
    if (found.resource != trace.resource) {
        std::cerr << "linkway: the resource in the folder is not what comes out now; what follows "
                     "tells of now\n";
    }
}

bool load_run(const Arguments& arguments, const std::string& folder,
              sources::TranslateOptions& options, std::string& system) {
    auto record = sources::read_run_record(folder);
    if (!record) {
        print({record.issue()});
        return false;
    }
    system = record->system;
    options.input = arguments.get("input", record->input);
    options.state = arguments.get("state", record->state);
    options.include = record->include;
    options.policies = record->policies;
    options.max_deleted_share = record->max_deleted_share;
    options.access.gnupg_home = arguments.get("gnupg-home", "");
    return true;
}

int run(const Arguments& arguments) {
    const std::string& folder = arguments.operands[0];
    const std::string& reference = arguments.operands[1];
    const std::string field = arguments.operands.size() > 2 ? arguments.operands[2] : "";
    const std::size_t slash = reference.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == reference.size()) {
        std::cerr << "linkway: name the resource as Type/id, e.g. ServiceRequest/1b2c...\n";
        return usage_error;
    }
    sources::TranslateOptions options;
    std::string system;
    if (!load_run(arguments, folder, options, system)) {
        return failed;
    }
    const sources::TraceRequest request{
        reference.substr(0, slash), reference.substr(slash + 1), {}, {}};
    const Found found = find(folder, request.resource_type, request.id);
    if (!found.present) {
        const auto meant = text::nearest(request.id, found.ids);
        std::cerr << "linkway: " << folder << " holds no " << reference
                  << (meant ? "; did you mean " + request.resource_type + "/" + *meant + "?" : "")
                  << '\n';
        return failed;
    }
    text::Issues issues;
    const auto mapping = sources::SystemMapping::load(
        (fs::path(mappings_folder(arguments)) / system).string(), issues);
    print(issues);
    if (text::has_errors(issues)) {
        return failed;
    }
    const auto traces = sources::trace(*mapping, options, request);
    if (!traces) {
        print({traces.issue()});
        return failed;
    }
    const ResourceTrace& trace = traces->front();
    print_differences(found, trace, mapping->package().system + "/" + mapping->package().version);
    if (!field.empty() && sources::steps_for(trace, field).empty()) {
        const auto meant = text::nearest(field, sources::fields(trace));
        std::cerr << "linkway: " << trace.template_file << " has nothing for " << field
                  << (meant ? "; did you mean " + *meant + "?" : "") << '\n';
        return failed;
    }
    std::cout << (arguments.has("json") ? sources::to_json(trace, field) + "\n"
                                        : sources::to_text(trace, field));
    return done;
}

}  // namespace

Command trace_command() {
    Command command;
    command.name = "trace";
    command.usage = "OUT TYPE/ID [FIELD]";
    command.summary = "say where a translated resource, or one field of it, comes from";
    command.description =
        "Answers for a resource in OUT, a folder that linkway translate wrote: the file, row, "
        "column and raw value, the line of\n"
        "the template, and each step and code lookup on the way. FIELD is a path such as status or "
        "code.coding[0].display; for\n"
        "one that is absent the answer says what kept it from being written. The extract is read "
        "again, so it must still be where\n"
        "it was, seen from OUT (else: --input). Where the run had a staging store (--state), its "
        "rows are told of as they\n"
        "stand there now; nothing in it is changed. The answer holds patient data.";
    command.options = {
        {"input", "", "IN", "the extract, where it is no longer where OUT/run.json says"},
        {"state", "", "DIR", "the staging store, where it is no longer where OUT/run.json says"},
        {"json", "", "", "print one JSON object"},
        {"mappings", "", "DIR", "mappings folder (default: the one installed)"},
        {"gnupg-home", "", "DIR", "keyring folder for .gpg files (default: your own)"},
    };
    command.examples = {
        "linkway trace fhir ServiceRequest/5f1c6b0e-4a43-5d0e-8a57-6f3b0c1d2e3f authoredOn",
        "linkway trace fhir Task/5f1c6b0e-4a43-5d0e-8a57-6f3b0c1d2e3f status --json"};
    command.min_operands = 2;
    command.max_operands = 3;
    command.run = run;
    return command;
}

}  // namespace linkway::cli
