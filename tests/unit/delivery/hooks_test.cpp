// Subscribers: who is told of what, how often, and what becomes of answers.
#include "delivery/hooks.h"

#include "delivery/router.h"
#include "store/fixture.h"

using namespace linkway;
using namespace linkway::delivery;
using store::test::Fixture;

namespace {

struct Sent {
    Notification notification;
    std::vector<std::string> headers;
};

/// A store, a clock and a subscriber that answers as it is told.
class World {
  public:
    explicit World(const std::string& name) : fixture("delivery-" + name) {}

    void subscribe(const std::string& id, const std::string& ods, const std::string& criteria,
                   const std::string& more = R"(,"payload":"application/fhir+json")") {
        const auto resource = Fixture::prepared(
            R"({"resourceType":"Subscription","id":")" + id +
            R"(","status":"requested","reason":"test","criteria":")" + criteria +
            R"(","channel":{"type":"rest-hook","endpoint":"https://subscriber.example/hook",)"
            R"("header":["Authorization: secret"])" +
            more + "}}");
        REQUIRE_FALSE(fixture.store().write([&](store::Writer& writer) {
            writer.put_note(subscriber_group, {id, to_json({false, {ods}})});
            writer.put(resource, {"client", "r", now});
            return text::Status();
        }));
    }

    /// A Task addressed to a provider.
    void task(const std::string& id, const std::string& ods, const std::string& status) {
        fixture.put(R"({"resourceType":"Task","id":")" + id + R"(","status":")" + status +
                        R"(","intent":"order","owner":{"identifier":{"system":)"
                        R"("https://fhir.nhs.uk/Id/ods-organization-code","value":")" +
                        ods + "\"}}}",
                    now);
    }

    void work() {
        Routing routing{[](std::string_view) { return std::string(); }, false};
        while (*route(fixture.store(), routing, now)) {
        }
        while (*tell(
            fixture.store(),
            [&](const Notification& notification, const std::vector<std::string>& headers) {
                sent.push_back({notification, headers});
                return answers.empty() ? Answer{200, 0, ""} : take();
            },
            "https://gateway.example/fhir", false, [&] { return now; })) {
        }
        // What the handshake changed is in the journal.
        while (*route(fixture.store(), routing, now)) {
        }
    }

    std::string status_of(const std::string& id) {
        const auto document =
            text::parse_json(fixture.read({"Subscription", id})->json, "subscription");
        return std::string(document->root().string_or("status", ""));
    }

    std::vector<store::Delivery> all() {
        std::vector<store::Delivery> found;
        REQUIRE_FALSE(fixture.store().read([&](store::Reader& reader) {
            found = reader.deliveries({});
            return text::Status();
        }));
        return found;
    }

    Fixture fixture;
    store::Instant now = 1'795'453'528'000;
    std::vector<Answer> answers;
    std::vector<Sent> sent;

  private:
    Answer take() {
        const Answer next = answers.front();
        answers.erase(answers.begin());
        return next;
    }
};

bool has_header(const Sent& sent, const std::string& header) {
    return std::find(sent.headers.begin(), sent.headers.end(), header) != sent.headers.end();
}

}  // namespace

TEST_CASE("a handshake makes a subscription active; then it hears of what fits", "[delivery]") {
    World world("handshake");
    world.subscribe("s", "P1", "Task?status=requested");
    world.task("before", "P1", "requested");
    world.work();
    CHECK(world.status_of("s") == "active");
    REQUIRE(world.sent.size() == 1);  // what was there before it was active is for it to search
    CHECK(world.sent[0].notification.method == "POST");
    CHECK(world.sent[0].notification.body.empty());
    CHECK(has_header(world.sent[0], "Authorization: secret"));

    world.sent.clear();
    world.task("mine", "P1", "requested");
    world.task("theirs", "P2", "requested");
    world.task("other-status", "P1", "accepted");
    world.work();
    world.work();
    REQUIRE(world.sent.size() == 1);
    CHECK(world.sent[0].notification.method == "PUT");
    CHECK(world.sent[0].notification.url == "https://subscriber.example/hook/Task/mine");
    CHECK(world.sent[0].notification.body.find("\"versionId\":\"1\"") != std::string::npos);
    CHECK(has_header(world.sent[0], "Idempotency-Key: rest-hook/s/Task/mine/1"));
}

TEST_CASE("a handshake that fails ends in error, and only its owner asks again", "[delivery]") {
    World world("refused");
    world.answers = {{500, 0, "answered with 500"}};
    world.subscribe("s", "P1", "Task");
    world.work();
    CHECK(world.status_of("s") == "error");
    world.task("t", "P1", "requested");
    world.now += 3'600'000;
    world.work();
    CHECK(world.sent.size() == 1);
    world.subscribe("s", "P1", "Task");
    world.work();
    CHECK(world.status_of("s") == "active");
}

TEST_CASE("what was not taken is told again under the same key, later and later", "[delivery]") {
    World world("retry");
    world.subscribe("s", "P1", "Task");
    world.work();
    world.sent.clear();
    world.answers = {{500, 0, "answered with 500"}, {0, 0, "timed out"}, {429, 60, "slow down"}};
    world.task("t", "P1", "requested");
    world.work();
    CHECK(world.sent.size() == 1);
    world.work();
    CHECK(world.sent.size() == 1);  // not yet
    world.now += 1'300;
    world.work();
    CHECK(world.sent.size() == 2);
    world.now += 2'600;
    world.work();
    CHECK(world.sent.size() == 3);
    world.now += 59'000;
    world.work();
    CHECK(world.sent.size() == 3);  // it asked for a minute
    world.now += 2'000;
    world.work();
    REQUIRE(world.sent.size() == 4);
    for (const Sent& sent : world.sent) {
        CHECK(has_header(sent, "Idempotency-Key: rest-hook/s/Task/t/1"));
    }
    CHECK(world.all().back().state == store::Delivery::State::delivered);
    CHECK(world.all().back().attempts == 4);
}

TEST_CASE("what a subscriber will never take is a dead letter", "[delivery]") {
    World world("dead");
    world.subscribe("s", "P1", "Task");
    world.work();
    world.answers = {{404, 0, "answered with 404"}};
    world.task("t", "P1", "requested");
    world.work();
    CHECK(world.all().back().state == store::Delivery::State::dead);
    CHECK(world.all().back().error == "answered with 404");

    world.answers.assign(most_attempts, {503, 0, "answered with 503"});
    world.task("u", "P1", "requested");
    for (std::uint32_t i = 0; i < most_attempts + 2; ++i) {
        world.work();
        world.now += 5'000'000;
    }
    CHECK(world.all().back().state == store::Delivery::State::dead);
    CHECK(world.all().back().attempts == most_attempts);
}

TEST_CASE("who dies with a delivery in hand gives it back", "[delivery]") {
    World world("lease");
    world.subscribe("s", "P1", "Task");
    world.work();
    world.sent.clear();
    world.task("t", "P1", "requested");
    Routing routing{[](std::string_view) { return std::string(); }, false};
    REQUIRE(route(world.fixture.store(), routing, world.now).ok());
    REQUIRE_FALSE(world.fixture.store().write([&](store::Writer& writer) {
        CHECK(writer.claim(rest_hook, world.now, world.now + 120'000, 10).size() == 1);
        return text::Status();
    }));
    world.fixture.open();  // and the service is started again
    world.work();
    CHECK(world.sent.empty());
    world.now += 120'000;
    world.work();
    REQUIRE(world.sent.size() == 1);
    CHECK(has_header(world.sent[0], "Idempotency-Key: rest-hook/s/Task/t/1"));
}

TEST_CASE("notification bundles hold as much as was asked for", "[delivery]") {
    for (const auto& [content, resource, id] : {std::tuple("empty", false, false),
                                                {"id-only", false, true},
                                                {"full-resource", true, true}}) {
        World world(std::string("bundle-") + content);
        world.subscribe(
            "s", "P1", "Task",
            R"(,"payload":"application/fhir+json","_payload":{"extension":[{"url":)"
            R"("http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content",)"
            R"("valueCode":")" +
                std::string(content) + R"("}]})");
        world.work();
        REQUIRE(world.sent.size() == 1);
        CHECK(world.sent[0].notification.body.find("\"handshake\"") != std::string::npos);
        world.task("t", "P1", "requested");
        world.work();
        REQUIRE(world.sent.size() == 2);
        const std::string& body = world.sent[1].notification.body;
        CHECK(text::parse_json(body, "bundle").ok());
        CHECK(body.find("event-notification") != std::string::npos);
        CHECK((body.find("https://gateway.example/fhir/Task/t") != std::string::npos) == id);
        CHECK((body.find("\"intent\"") != std::string::npos) == resource);
    }
}

TEST_CASE("subscriptions that cannot be are refused", "[delivery]") {
    const auto refused = [](const std::string& channel, const std::string& criteria = "Task") {
        const auto document = text::parse_json(
            R"({"resourceType":"Subscription","id":"s","status":"requested","criteria":")" +
                criteria + R"(","channel":{)" + channel + "}}",
            "test");
        return !read_subscription(document->root(), true).ok();
    };
    const std::string hook = R"("type":"rest-hook","endpoint":"https://x")";
    CHECK_FALSE(refused(hook));
    CHECK_FALSE(refused(R"("type":"rest-hook","endpoint":"http://127.0.0.1:99/x")"));
    CHECK(refused(R"("type":"rest-hook","endpoint":"http://example.org/x")"));
    CHECK(refused(R"("type":"rest-hook","endpoint":"http://localhost@example.org/x")"));
    CHECK(refused(R"("type":"rest-hook","endpoint":"http://127.0.0.1.example.org/x")"));
    CHECK(refused(R"("type":"rest-hook","endpoint":"file:///etc/passwd")"));
    CHECK(refused(R"("type":"email","endpoint":"mailto:x@example.org")"));
    CHECK(refused(hook + R"(,"header":["A: b\r\nC: d"])"));
    CHECK(refused(hook, "Task?nonsense=1"));
    CHECK(refused(hook, "Task?authored-on=never"));
}
