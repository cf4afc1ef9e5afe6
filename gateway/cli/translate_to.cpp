#include "translate_to.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "record/record.h"
#include "resource_input.h"

namespace linkway::cli {

int translate_to(const Arguments& arguments) {
    const std::string folder =
        (std::filesystem::path(mappings_folder(arguments)) / "record").string();
    const std::string target = arguments.get("to", "");
    const auto known = record::targets(folder);
    const std::string output = arguments.get("output", "");
    if (std::find(known.begin(), known.end(), target) == known.end() || output.empty()) {
        std::cerr << "linkway: ";
        if (output.empty()) {
            std::cerr << "say where the output goes: -o OUT\n";
        } else {
            std::cerr << "--to is one of:";
            for (const std::string& name : known) {
                std::cerr << ' ' << name;
            }
            std::cerr << '\n';
        }
        return usage_error;
    }
    text::Issues issues;
    const auto mapping = record::load(folder, target, issues);
    print(issues);
    if (!mapping) {
        return failed;
    }
    record::Resources resources;
    const text::Status unread = read_resources(
        arguments.operands[0], false,
        [&](const text::Node& resource, const text::Location& at, std::string_view full_url) {
            resources.add(resource, at, full_url);
        },
        [&](text::Issue issue) { resources.refuse(std::move(issue)); });
    if (unread) {
        print({*unread});
        return failed;
    }
    const auto report = record::write(*mapping, resources, output, arguments.has("overwrite"));
    if (!report) {
        print({report.issue()});
        return failed;
    }
    print(report->issues);
    std::cout << (arguments.has("json") ? record::to_json(*report) : record::to_table(*report));
    return report->clean() ? done : incomplete;
}

}  // namespace linkway::cli
