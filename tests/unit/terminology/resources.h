// Terminologies made of texts, for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "terminology/terminology.h"
#include "text/node.h"

namespace linkway::tests {

struct File {
    std::string name;
    std::string content;
};

/// A Terminology and what was said while it loaded, one issue a line.
struct Loaded {
    terminology::Terminology terminology;
    std::string issues;

    void add(const std::vector<File>& files) {
        std::vector<text::Document> documents;
        for (const File& file : files) {
            auto document = text::parse_json(file.content, file.name);
            INFO(file.name);
            REQUIRE(document.ok());
            documents.push_back(std::move(document).value());
        }
        note(terminology.load(std::move(documents)));
    }
    void note(const text::Issues& found) {
        issues.clear();
        for (const text::Issue& issue : found) {
            issues += text::to_string(issue) + "\n";
        }
    }
    bool says(std::string_view what) const { return issues.find(what) != std::string::npos; }

    /// The codes of the value set with blanks between, or why there are none.
    std::string codes(std::string_view url) const {
        const auto expanded = terminology.expand(url);
        if (!expanded.ok()) {
            return expanded.issue().code;
        }
        std::string out;
        for (const terminology::Coding& coding : expanded.value()) {
            out += (out.empty() ? "" : " ") + std::string(coding.code);
        }
        return out;
    }
    /// "yes", "no" or "unknown".
    std::string holds(std::string_view url, std::string_view system, std::string_view code) const {
        const auto found = terminology.member_of(url, system, code);
        return found == terminology::Membership::yes  ? "yes"
               : found == terminology::Membership::no ? "no"
                                                      : "unknown";
    }
};

inline Loaded load(const std::vector<File>& files) {
    Loaded loaded;
    loaded.add(files);
    return loaded;
}

inline std::string value_set(const std::string& url, const std::string& compose) {
    return R"({"resourceType":"ValueSet","status":"active","url":")" + url + R"(","compose":)" +
           compose + "}";
}

/// A whole code system; `concepts` and what else there is as JSON members.
inline std::string code_system(const std::string& url, const std::string& members) {
    return R"({"resourceType":"CodeSystem","content":"complete","url":")" + url + R"(",)" +
           members + "}";
}

inline std::string concept_map(const std::string& url, const std::string& groups) {
    return R"({"resourceType":"ConceptMap","url":")" + url + R"(","group":)" + groups + "}";
}

}  // namespace linkway::tests
