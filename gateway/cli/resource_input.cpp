#include "resource_input.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <vector>

#include "fhir/resource_xml.h"

namespace linkway::cli {

namespace {

namespace fs = std::filesystem;
using text::Issue;
using text::Location;
using text::Node;
using text::Status;

bool is_blank(const std::string& line) {
    return line.find_first_not_of(" \t\r\n") == std::string::npos;
}

Issue unreadable(const std::string& input) {
    return {text::Severity::error, "not-found", input + " can't be read", {}, {}};
}

/// The resources of one stream.
class Reader {
  public:
    Reader(std::string file, bool bundles, const ResourceVisitor& visit,
           const std::function<void(Issue)>& refuse)
        : file_(std::move(file)), bundles_(bundles), visit_(visit), refuse_(refuse) {}

    /// NDJSON when the first line is a JSON value of its own (or looks like one that is broken);
    /// anything else is one document.
    Status read(std::istream& in) {
        std::string first;
        std::uint64_t number = 0;
        while (is_blank(first) && std::getline(in, first)) {
            ++number;
        }
        if (file_.ends_with(".ndjson") || text::parse_json(first, file_)) {
            lines(first, in, number);
            return std::nullopt;
        }
        std::ostringstream rest;
        rest << in.rdbuf();
        std::string whole =
            std::string(number == 0 ? 0 : number - 1, '\n') + first + "\n" + rest.str();
        auto parsed = fhir::parse_resource(whole, file_);
        if (!parsed && first.starts_with('{') &&
            first.find_last_not_of(" \t\r") == first.rfind('}')) {
            std::istringstream again(std::move(rest).str());
            lines(first, again, number);
            return std::nullopt;
        }
        if (!parsed) {
            return std::move(parsed).issue();
        }
        walk(parsed->root(), [&](const Node& node) { return parsed->at(node); });
        return std::nullopt;
    }

  private:
    void lines(const std::string& first, std::istream& rest, std::uint64_t number) {
        line(first, number);
        for (std::string each; std::getline(rest, each);) {
            line(each, ++number);
        }
    }

    void line(const std::string& content, std::uint64_t number) {
        if (is_blank(content)) {
            return;
        }
        auto parsed = text::parse_json(content, file_);
        if (!parsed) {
            Issue issue = std::move(parsed).issue();
            issue.location.line += number - 1;
            refuse_(std::move(issue));
            return;
        }
        walk(parsed->root(), [&](const Node& node) {
            Location at = parsed->at(node);
            at.line += number - 1;
            return at;
        });
    }

    void walk(const Node& root, const std::function<Location(const Node&)>& at,
              std::string_view full_url = {}) {
        const std::string_view type = root.string_or("resourceType", "");
        const Node* entries = root.find("entry");
        if (type.empty()) {
            refuse_({text::Severity::error,
                     "structure",
                     "a FHIR resource is expected here",
                     at(root),
                     {}});
        } else if (!bundles_ && type == "Bundle" && entries != nullptr && entries->is_array()) {
            for (const Node& entry : entries->items) {
                if (const Node* resource = entry.find("resource")) {
                    walk(*resource, at, entry.string_or("fullUrl", ""));
                }
            }
        } else {
            visit_(root, at(root), full_url);
        }
    }

    std::string file_;
    bool bundles_;
    const ResourceVisitor& visit_;
    const std::function<void(Issue)>& refuse_;
};

}  // namespace

Status read_resources(const std::string& input, bool bundles, const ResourceVisitor& visit,
                      const std::function<void(Issue)>& refuse) {
    if (input == "-") {
        return Reader("(standard input)", bundles, visit, refuse).read(std::cin);
    }
    std::vector<fs::path> files = {input};
    std::error_code error;
    if (fs::is_directory(input, error)) {
        files.clear();
        for (const auto& entry : fs::directory_iterator(input, error)) {
            if (entry.path().extension() == ".ndjson") {
                files.push_back(entry.path());
            }
        }
        std::sort(files.begin(), files.end());
    }
    if (files.empty()) {
        return Issue{text::Severity::error, "not-found", input + " holds no .ndjson file", {}, {}};
    }
    for (const fs::path& path : files) {
        std::ifstream file(path, std::ios::binary);
        if (!file || file.peek() == std::ifstream::traits_type::eof()) {
            if (file.is_open() && fs::file_size(path, error) == 0 && files.size() > 1) {
                continue;  // a type of which there is nothing
            }
            return unreadable(path.string());
        }
        if (Status failed = Reader(path.string(), bundles, visit, refuse).read(file)) {
            return failed;
        }
    }
    return std::nullopt;
}

}  // namespace linkway::cli
