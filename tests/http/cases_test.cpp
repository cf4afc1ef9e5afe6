// Sends the bytes of every case under tests/http/cases to a server, whole and cut into pieces.
//
//   fact: one sentence
//   send: a list of text; { text: "a", times: 200000 } for what is long. The client then says that
//         it sends no more
//   answers: status codes in their order; [] when the server just closes
//   handled: how many requests the application must have seen whole
//   holds: text that the answers must hold, if any; lacks: text that they must not
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "catch.h"
#include "client.h"
#include "service.h"
#include "text/node.h"

namespace fs = std::filesystem;

namespace {

using linkway::text::Node;

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

std::string bytes_of(const Node& send) {
    std::string bytes;
    for (const Node& part : send.items) {
        const int times =
            std::stoi(std::string(part.find("times") ? part.find("times")->text : "1"));
        for (int i = 0; i < times; ++i) {
            bytes += part.is_object() ? part.string_or("text", "") : part.text;
        }
    }
    return bytes;
}

std::vector<std::string> statuses(const std::string& answers) {
    constexpr std::string_view start = "HTTP/1.1 ";
    std::vector<std::string> result;
    for (std::size_t at = answers.find(start); at != std::string::npos;
         at = answers.find(start, at + 1)) {
        if (const char digit = answers[at + start.size()]; digit >= '1' && digit <= '5') {
            result.push_back(answers.substr(at + start.size(), 3));
        }
    }
    return result;
}

void check(const Node& expected, const std::string& answers, int handled, std::size_t files) {
    INFO(answers.substr(0, 2000));
    std::vector<std::string> wanted;
    for (const Node& each : expected.find("answers")->items) {
        wanted.emplace_back(each.text);
    }
    CHECK(statuses(answers) == wanted);
    CHECK(std::to_string(handled) == expected.find("handled")->text);
    CHECK(files == 0);
    if (const Node* holds = expected.find("holds"); holds != nullptr) {
        for (const Node& each : holds->items) {
            INFO("expected: " << each.text);
            CHECK(answers.find(each.text) != std::string::npos);
        }
    }
    if (const Node* lacks = expected.find("lacks"); lacks != nullptr) {
        for (const Node& each : lacks->items) {
            INFO("not expected: " << each.text);
            CHECK(answers.find(each.text) == std::string::npos);
        }
    }
}

}  // namespace

TEST_CASE("every case is answered as it says, however its bytes arrive") {
    std::vector<fs::path> cases;
    for (const auto& entry : fs::recursive_directory_iterator(LINKWAY_HTTP_CASES)) {
        if (entry.path().extension() == ".yaml") {
            cases.push_back(entry.path());
        }
    }
    std::sort(cases.begin(), cases.end());
    REQUIRE(cases.size() >= 60);
    for (const fs::path& path : cases) {
        const auto document = linkway::text::parse_yaml(read_file(path), path.filename().string());
        if (!document) {
            FAIL(linkway::text::to_string(document.issue()));
        }
        const Node& root = document->root();
        REQUIRE(root.find("send") != nullptr);
        REQUIRE(root.find("answers") != nullptr);
        REQUIRE(root.find("handled") != nullptr);
        const std::string bytes = bytes_of(*root.find("send"));
        const std::size_t small = bytes.size() < 5000 ? 1 : 997;
        for (const std::size_t piece : {bytes.size() + 1, small}) {
            DYNAMIC_SECTION(path.stem().string() << " in pieces of " << piece) {
                EchoService service;
                linkway::http::Options options;
                options.threads = 4;
                const auto server = linkway::http::Server::start(options, service);
                REQUIRE(server.ok());
                Client client((*server)->port());
                for (std::size_t at = 0; at < bytes.size(); at += piece) {
                    client.send(std::string_view(bytes).substr(at, piece));
                }
                client.send_no_more();
                const std::string answers = client.read_all();
                REQUIRE(soon([&] { return (*server)->statistics().open_connections == 0; }));
                check(root, answers, service.handled, service.files());
            }
        }
    }
}
