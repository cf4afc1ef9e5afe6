// Sends what a service must refuse, tests/service/requests/<kind>/<case>.yaml, to a running one.
//
//   fact: one sentence
//   method, path, headers, body: of a request; body is text or a list of parts, each text,
//         { text: "a", times: 200000 } for what is long, or { hex: "ff fe" } for what is no text
//   raw: instead of them all, the bytes as they are sent, in such parts; the client then says that
//         it sends no more
//   status: of the answer, 0 when the service just closes; code: of the first issue, if any
//
// While a raw request stands half sent, and after every case, others are answered at once.
#include <algorithm>
#include <chrono>

#include "expect.h"
#include "gateway.h"
#include "http/client.h"
#include "text/node.h"
#include "web.h"

using namespace service_test;
using linkway::text::Node;

namespace {

std::string bytes_of_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 3) {
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return bytes;
}

std::string bytes_of(const Node* parts) {
    if (parts == nullptr) {
        return {};
    }
    if (!parts->is_array()) {
        return std::string(parts->text);
    }
    std::string bytes;
    for (const Node& part : parts->items) {
        const Node* times = part.find("times");
        const int count = times == nullptr ? 1 : std::stoi(std::string(times->text));
        const std::string one = !part.is_object()  ? std::string(part.text)
                                : part.find("hex") ? bytes_of_hex(part.string_or("hex", ""))
                                                   : std::string(part.string_or("text", ""));
        for (int i = 0; i < count; ++i) {
            bytes += one;
        }
    }
    return bytes;
}

/// A service is quick when a read takes no second, however busy this machine is with other things.
void expect_quick(const std::string& url) {
    const auto began = std::chrono::steady_clock::now();
    Web other(url);
    CHECK(other.get("/health/live").status == 200);
    CHECK(other.get("/fhir/Patient/seed").status == 200);
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(1));
}

/// Status and body of the first answer in what the service sent.
Answer first_answer(const std::string& bytes) {
    Answer answer;
    if (bytes.rfind("HTTP/1.1 ", 0) == 0) {
        answer.status = std::stoi(bytes.substr(9, 3));
        answer.body = bytes.substr(std::min(bytes.size(), bytes.find("\r\n\r\n") + 4));
    }
    return answer;
}

Answer send_raw(const std::string& url, const std::string& bytes) {
    const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.find_last_of(':') + 1)));
    Client client(port);
    REQUIRE(client.connected());
    client.send(bytes);
    expect_quick(url);
    client.send_no_more();
    return first_answer(client.read_all());
}

Answer send(const std::string& url, const Node& wanted) {
    if (const Node* raw = wanted.find("raw"); raw != nullptr) {
        return send_raw(url, bytes_of(raw));
    }
    std::vector<std::string> headers;
    if (const Node* given = wanted.find("headers"); given != nullptr) {
        for (const auto& header : given->members) {
            headers.push_back(std::string(header.name) + ": " + std::string(header.value.text));
        }
    }
    Web web(url);
    return web.ask(std::string(wanted.string_or("method", "GET")), bytes_of(wanted.find("path")),
                   bytes_of(wanted.find("body")), headers);
}

}  // namespace

TEST_CASE("what must be refused is, with a reason, and disturbs nobody") {
    const Folder folder("requests");
    Gateway gateway(folder / "data", folder / "log");
    REQUIRE(gateway.listens());
    Web web(gateway.url());
    REQUIRE(web.ask("PUT", "/fhir/Patient/seed", patient(named, "seed", "seed")).status == 201);

    int cases = 0;
    for (const auto& entry : fs::recursive_directory_iterator(LINKWAY_REQUESTS)) {
        if (entry.path().extension() != ".yaml") {
            continue;
        }
        ++cases;
        const std::string name = fs::relative(entry.path(), LINKWAY_REQUESTS).string();
        INFO(name);
        const auto document = linkway::text::parse_yaml(commands::read_file(entry.path()), name);
        if (!document) {
            FAIL_CHECK(linkway::text::to_string(document.issue()));
            continue;
        }
        const Node& wanted = document->root();
        const Answer answer = send(gateway.url(), wanted);
        INFO(answer.body.substr(0, 1000));
        CHECK(std::to_string(answer.status) == wanted.find("status")->text);
        CHECK(answer.issue() == wanted.string_or("code", ""));
        expect_quick(gateway.url());
        REQUIRE(gateway.runs());
    }
    CHECK(cases >= LINKWAY_REQUESTS_AT_LEAST);
    CHECK(count(web, "/fhir/Patient") == 1);
    CHECK(gateway.stop() == 0);
    CHECK(gateway.log().find("\"status\":500") == std::string::npos);
}
