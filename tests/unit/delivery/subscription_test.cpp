// What a Subscription may ask for.
#include "delivery/subscription.h"

#include "catch.h"

using namespace linkway;
using namespace linkway::delivery;

namespace {

text::Issues check(const std::string& channel, const std::string& criteria = "Task",
                   const std::string& more = R"(,"status":"requested")", bool allow_http = true) {
    const auto document =
        text::parse_json(R"({"resourceType":"Subscription","id":"s")" + more + R"(,"criteria":")" +
                             criteria + R"(","channel":{)" + channel + "}}",
                         "test");
    REQUIRE(document.ok());
    return check_subscription(document->root(), {"https://gateway.example/fhir", allow_http});
}

std::string to(const std::string& endpoint) {
    return R"("type":"rest-hook","endpoint":")" + endpoint + "\"";
}

}  // namespace

TEST_CASE("subscriptions that can be served are taken", "[delivery]") {
    CHECK(check(to("https://x")).empty());
    CHECK(check(to("https://x:8443/hook?tenant=1"), "Task?status=requested&owner=Organization/a")
              .empty());
    CHECK(check(to("http://127.0.0.1:99/x")).empty());
    CHECK(check(to("http://localhost:99/x")).empty());
    CHECK(check(to("https://x") + R"(,"header":["Authorization: Bearer a.b.c"])").empty());
    CHECK(check(to("https://x"), "Task", R"(,"status":"off")").empty());
}

TEST_CASE("subscriptions that cannot be are refused, with a reason and a place", "[delivery]") {
    const std::string hook = to("https://x");
    const std::vector<text::Issues> refused = {
        check(to("http://example.org/x")),
        check(to("http://127.0.0.1:99/x"), "Task", R"(,"status":"requested")", false),
        check(to("http://localhost@example.org/x")),
        check(to("http://127.0.0.1.example.org/x")),
        check(to("https://user:word@example.org/")),
        check(to("https://example.org/#part")),
        check(to("https://exa mple.org/")),
        check(to("https://example.org/\\r\\nHost: other")),
        check(to("file:///etc/passwd")),
        check(to("gopher://127.0.0.1:70/x")),
        check(to("ftp://example.org/")),
        check(to("")),
        check(to("/relative")),
        check(R"("type":"email","endpoint":"mailto:x@example.org")"),
        check(R"("type":"websocket")"),
        check(hook + R"(,"header":["A: b\r\nC: d"])"),
        check(hook + R"(,"header":["no colon"])"),
        check(hook + R"(,"header":["Content-Length: 5"])"),
        check(hook + R"(,"header":["Host: other"])"),
        check(hook + R"(,"header":["Transfer-Encoding: chunked"])"),
        check(hook + R"(,"payload":"text/plain")"),
        check(hook, "Task?nonsense=1"),
        check(hook, "Task?authored-on=never"),
        check(hook, "Task?status=requested' OR 1=1 --&authored-on=x"),
        check(hook, "Task?_include=Task:focus"),
        check(hook, "Task?_sort=authored-on"),
        check(hook, "Subscription"),
        check(hook, "Nothing?status=x"),
        check(hook, "https://example.org/topic"),
        check(hook, "Task", R"(,"status":"active")"),
        check(hook, "Task", R"(,"status":"error")"),
    };
    for (std::size_t i = 0; i < refused.size(); ++i) {
        INFO("the one at " << i);
        REQUIRE_FALSE(refused[i].empty());
        CHECK_FALSE(refused[i].front().message.empty());
        CHECK(refused[i].front().severity == text::Severity::error);
    }
}
