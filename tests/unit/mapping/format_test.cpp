#include "mapping/format.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "../random.h"
#include "catch.h"

using namespace linkway::mapping;
using namespace linkway;
using linkway::tests::Random;

namespace fs = std::filesystem;

namespace {

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

std::string formatted(const std::string& text, const std::string& file = "t.yaml") {
    const auto result = format(text, file);
    return result ? *result : text::to_string(result.issue());
}

/// Blanks just inside markers say nothing: format() makes them one.
std::string without_marker_blanks(std::string json) {
    for (const char* open : {"{{", "{[", "{%"}) {
        for (std::size_t at = 0; (at = json.find(open, at)) != std::string::npos; ++at) {
            while (json[at + 2] == ' ') {
                json.erase(at + 2, 1);
            }
        }
    }
    for (const char* close : {"}}", "]}", "%}"}) {
        for (std::size_t at = 0; (at = json.find(close, at)) != std::string::npos; ++at) {
            while (at > 0 && json[at - 1] == ' ') {
                json.erase(--at, 1);
            }
        }
    }
    return json;
}

std::string tree(const std::string& text, const std::string& file) {
    const auto parsed =
        file.ends_with(".json") ? text::parse_json(text, file) : text::parse_yaml(text, file);
    if (!parsed) {
        return text::to_string(parsed.issue());
    }
    std::string out;
    text::append_json(out, parsed->root());
    return out;
}

/// Lines that hold nothing but a comment, without what is before it.
std::vector<std::string> comment_lines(const std::string& text) {
    std::vector<std::string> result;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t first = line.find_first_not_of(' ');
        if (first != std::string::npos && line[first] == '#') {
            result.push_back(line.substr(first));
        }
    }
    return result;
}

/// A random tree in block style with all the freedom YAML gives: indents, quotes, blank lines,
/// comments.
class Messy {
  public:
    explicit Messy(std::uint64_t seed) : random_(seed) {}

    std::string write() {
        object(0, 0);
        return std::move(out_);
    }

  private:
    bool maybe(std::uint32_t one_in) { return random_.below(one_in) == 0; }

    void pause(std::size_t indent) {
        while (maybe(4)) {
            out_ += maybe(2) ? "\n" : "  \n";
        }
        if (maybe(3)) {
            out_ += std::string(indent + random_.below(2), ' ') + "# c" +
                    std::to_string(++comments_) + "\n";
        }
    }

    void line_end() {
        if (maybe(6)) {
            out_ += "  # t" + std::to_string(++comments_);
        }
        out_ += "\n";
    }

    std::string scalar() {
        static const std::vector<std::string> texts = {"plain",
                                                       "\"quoted text\"",
                                                       "'it''s'",
                                                       "12",
                                                       "\"12\"",
                                                       "true",
                                                       "\"yes\"",
                                                       "null",
                                                       "~",
                                                       "\"\"",
                                                       "1.50",
                                                       "'{{ %a }}'",
                                                       "\"a: b\"",
                                                       "a#b",
                                                       "\"a # b\"",
                                                       "2024-01-01",
                                                       "http://example.org",
                                                       "\"\\u00e9\\n\"",
                                                       "é",
                                                       "'say \"hi\"'",
                                                       "[a, 'b', 3]",
                                                       "{ a: 1, b: [] }",
                                                       "{}",
                                                       "[]",
                                                       "- 'x'"};
        return texts[random_.below(static_cast<std::uint32_t>(texts.size() - 1))];
    }

    void value(std::size_t indent, int depth) {
        const std::uint32_t kind = random_.below(depth > 3 ? 4 : 8);
        if (kind < 3) {
            out_ += std::string(1 + random_.below(3), ' ') + scalar();
            line_end();
        } else if (kind == 3) {
            out_ += maybe(2) ? " |" : " >-";
            line_end();
            for (std::uint32_t i = 0, n = 1 + random_.below(3); i < n; ++i) {
                out_ += std::string(indent + 3, ' ') + (i > 0 && maybe(3) ? "  " : "") +
                        "text # no comment\n";
                out_ += maybe(4) ? "\n" : "";
            }
        } else {
            line_end();
            const std::size_t inner = indent + 1 + random_.below(4);
            kind < 6 ? object(inner, depth + 1) : list(inner, depth + 1);
        }
    }

    void object(std::size_t indent, int depth) {
        for (std::uint32_t i = 0, n = 1 + random_.below(4); i < n; ++i) {
            pause(indent);
            const std::string name = "k" + std::to_string(i);
            out_ += std::string(indent, ' ') + (maybe(3) ? "\"" + name + "\"" : name) + ":";
            value(indent, depth);
        }
    }

    void list(std::size_t indent, int depth) {
        for (std::uint32_t i = 0, n = 1 + random_.below(4); i < n; ++i) {
            pause(indent);
            out_ += std::string(indent, ' ') + "-";
            value(indent, depth);
        }
    }

    Random random_;
    std::string out_;
    int comments_ = 0;
};

}  // namespace

TEST_CASE("everything under mappings and tests/templates can be laid out, once and for all") {
    std::size_t files = 0;
    for (const char* folder : {"/mappings", "/tests/templates", "/tests/mistakes/templates"}) {
        for (const auto& entry :
             fs::recursive_directory_iterator(std::string(LINKWAY_SOURCE_DIR) + folder)) {
            const std::string file = entry.path().string();
            const std::string text = entry.is_regular_file() ? read_file(entry.path()) : "";
            const auto result = format(text, file);
            if (!(file.ends_with(".yaml") || file.ends_with(".json")) || !result) {
                continue;
            }
            INFO(file);
            ++files;
            CHECK(without_marker_blanks(tree(*result, file)) ==
                  without_marker_blanks(tree(text, file)));
            CHECK(comment_lines(*result) == comment_lines(text));
            CHECK(formatted(*result, file) == *result);
        }
    }
    CHECK(files >= 120);
}

TEST_CASE("whatever the layout, the same is said, with every comment, once and for all") {
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        const std::string text = Messy(seed).write();
        const auto before = text::parse_yaml(text, "t.yaml");
        if (!before) {
            continue;  // some combinations are no YAML
        }
        INFO(seed << "\n" << text);
        const auto result = format(text, "t.yaml");
        REQUIRE(result.ok());
        INFO(*result);
        CHECK(tree(*result, "t.yaml") == tree(text, "t.yaml"));
        CHECK(formatted(*result) == *result);
        const auto count = [](const std::string& of) {
            return std::count(of.begin(), of.end(), '#');
        };
        CHECK(count(*result) == count(text));
    }
}

TEST_CASE("the canonical layout") {
    CHECK(formatted(R"(# top


resource:
    resourceType:  'Patient'
    name:
    - text: "{{%row.a}} b"
    - "{%if %row.b%}":   # why
          text: "yes"


    # below

# goes with when
when: '%row.c'
each: "T"
)") == R"(# top

each: T

# goes with when
when: "%row.c"
resource:
  resourceType: Patient
  name:
    - text: "{{ %row.a }} b"
    - "{% if %row.b %}": # why
        text: "yes"

    # below
)");
    CHECK(formatted("a: {b: 1,c: [x,  'y, z']}\nd:\n- - 1\n  - 2\n-\n  e: ~\n") ==
          "a: { b: 1, c: [x, \"y, z\"] }\nd:\n  - - 1\n    - 2\n  - e: null\n");
    CHECK(formatted("a: >-\n      %x\n        or %y\n\n      z\nb: |\n c\n") ==
          "a: >-\n  %x\n    or %y\n\n  z\nb: |\n  c\n");
    CHECK(formatted("a: 'x: \"y\"'\nb: \"it's\"\nc: \"1.0\"\nd: \"no\"\n") ==
          "a: 'x: \"y\"'\nb: it's\nc: \"1.0\"\nd: \"no\"\n");
    CHECK(formatted("{\"b\":1.50,\n\"a\":[{\"x\": \"\\u00e9\"},\n{}]}", "t.json") ==
          "{\n  \"b\": 1.50,\n  \"a\": [\n    {\"x\": \"é\"},\n    {}\n  ]\n}\n");
    CHECK(formatted("a: [\n").find("t.yaml:") == 0);
}
