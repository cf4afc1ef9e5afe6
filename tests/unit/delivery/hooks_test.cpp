// Subscribers: who is told of what, how often, and what becomes of answers.
#include "delivery/hooks.h"

#include "world.h"

using namespace linkway;
using namespace linkway::delivery;
using namespace linkway::delivery::test;

namespace {

const std::string json_payload = R"(,"payload":"application/fhir+json")";

std::string bundle_of(const std::string& content) {
    return json_payload +
           R"(,"_payload":{"extension":[{"url":)"
           R"("http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content",)"
           R"("valueCode":")" +
           content + R"("}]})";
}

/// A world with one subscriber that is told by one thread.
struct OneSubscriber : World {
    explicit OneSubscriber(const std::string& name, const std::string& more = json_payload)
        : World(name), courier(parts, {}), line(courier.options()) {
        subscribe("s", "P1", "Task?status=requested", subscriber.url() + "/hook", more);
    }
    void work() { tell(courier, line); }

    Subscriber subscriber;
    HookCourier courier;
    HookCourier::Line line;
};

}  // namespace

TEST_CASE("a handshake makes a subscription active; then it hears of what fits", "[delivery]") {
    OneSubscriber world("handshake");
    world.task("before", "P1", "requested");
    world.work();
    CHECK(world.status_of("s") == "active");
    REQUIRE(world.subscriber.heard.size() == 1);  // what was there before is for it to search
    CHECK(world.subscriber.heard[0].method == "POST");
    CHECK(world.subscriber.heard[0].body.empty());
    CHECK(world.subscriber.heard[0].authorization == "secret");

    world.task("mine", "P1", "requested");
    world.task("theirs", "P2", "requested");
    world.task("other-status", "P1", "accepted");
    world.work();
    world.work();
    REQUIRE(world.subscriber.heard.size() == 2);
    const Subscriber::Heard& heard = world.subscriber.heard[1];
    CHECK(heard.method == "PUT");
    CHECK(heard.target == "/hook/Task/mine");
    CHECK(heard.body.find(R"("versionId":"1")") != std::string::npos);
    CHECK(heard.key == "rest-hook/s/Task/mine/1");
}

TEST_CASE("what a subscriber missed is told once it is asked for anew", "[delivery]") {
    OneSubscriber world("anew");
    world.work();
    world.subscriber.answers.push_back({410, {}, {}});
    world.task("a", "P1", "requested");
    world.work();
    CHECK(world.status_of("s") == "error");
    world.task("b", "P1", "requested");
    world.work();
    CHECK(world.subscriber.heard.size() == 2);  // nothing goes to who does not want it
    world.subscribe("s", "P1", "Task?status=requested", world.subscriber.url() + "/hook",
                    json_payload);
    world.work();
    CHECK(world.status_of("s") == "active");
    std::vector<std::string> keys;
    for (const Subscriber::Heard& each : world.subscriber.heard) {
        keys.push_back(each.key);
    }
    CHECK(std::count(keys.begin(), keys.end(), "rest-hook/s/Task/a/1") == 2);
    CHECK(std::count(keys.begin(), keys.end(), "rest-hook/s/Task/b/1") == 1);
}

TEST_CASE("a handshake has one attempt", "[delivery]") {
    OneSubscriber world("refused");
    world.subscriber.answers.push_back({500, {}, {}});
    world.work();
    CHECK(world.status_of("s") == "error");
    world.now += 3'600'000;
    world.work();
    CHECK(world.subscriber.heard.size() == 1);
}

TEST_CASE("what was not taken is told again under the same key, later and later", "[delivery]") {
    OneSubscriber world("retry");
    world.work();
    world.subscriber.heard.clear();
    world.subscriber.answers = {{500, {}, {}}, {503, {}, {}}, {429, {{"Retry-After", "60"}}, {}}};
    world.task("t", "P1", "requested");
    world.work();
    CHECK(world.subscriber.heard.size() == 1);
    world.work();
    CHECK(world.subscriber.heard.size() == 1);  // not yet
    world.now += 2'001;
    world.work();
    CHECK(world.subscriber.heard.size() == 2);
    world.now += 4'001;
    world.work();
    CHECK(world.subscriber.heard.size() == 3);
    world.now += 59'000;
    world.work();
    CHECK(world.subscriber.heard.size() == 3);  // it asked for a minute
    world.now += 2'000;
    world.work();
    REQUIRE(world.subscriber.heard.size() == 4);
    for (const Subscriber::Heard& heard : world.subscriber.heard) {
        CHECK(heard.key == "rest-hook/s/Task/t/1");
    }
    CHECK(world.all().back().state == State::delivered);
    CHECK(world.all().back().attempts == 4);
}

TEST_CASE("an answer decides what becomes of a delivery and its subscription", "[delivery]") {
    struct Case {
        int status;
        State state;
        const char* subscription;
    };
    for (const Case& one :
         {Case{204, State::delivered, "active"}, Case{302, State::dead, "active"},
          Case{400, State::dead, "active"}, Case{422, State::dead, "active"},
          Case{401, State::dead, "error"}, Case{404, State::dead, "error"},
          Case{408, State::waiting, "active"}, Case{425, State::waiting, "active"},
          Case{500, State::waiting, "active"}}) {
        INFO(one.status);
        OneSubscriber world("answer");
        world.work();
        world.subscriber.answers.push_back(
            {one.status, {{"Location", world.subscriber.url() + "/elsewhere"}}, {}});
        world.task("t", "P1", "requested");
        world.work();
        CHECK(world.all().back().state == one.state);
        CHECK(world.status_of("s") == one.subscription);
        CHECK(world.subscriber.heard.size() == 2);  // a redirect is not followed
        for (const text::Issue& note : world.notes) {
            CHECK(note.message.find("secret") == std::string::npos);
        }
    }
}

TEST_CASE("who answers nothing is tried until the last attempt", "[delivery]") {
    OneSubscriber world("silent");
    world.work();
    HookOptions options;
    options.retry.attempts = 3;
    options.connect_time = options.total_time = 500;
    HookCourier courier(world.parts, options);
    HookCourier::Line line(options);
    world.put(R"({"resourceType":"Subscription","id":"s","status":"active","reason":"test",)"
              R"("criteria":"Task","channel":{"type":"rest-hook",)"
              R"("endpoint":"http://127.0.0.1:1/nobody"}})");
    world.task("t", "P1", "requested");
    for (int i = 0; i < 8; ++i) {
        world.tell(courier, line);
        world.now += 100'000;
    }
    CHECK(world.all().back().attempts == 3);
    CHECK(world.all().back().state == State::dead);
    CHECK(world.all().back().error.find("no answer") == 0);
    CHECK(world.status_of("s") == "error");
}

TEST_CASE("one who is down holds up nobody else", "[delivery]") {
    OneSubscriber world("others");
    Subscriber other;
    world.subscribe("o", "P1", "Task?status=requested", other.url() + "/hook", json_payload);
    world.work();
    world.subscriber.answers.assign(100, {503, {}, {}});
    for (int i = 0; i < 10; ++i) {
        world.task("t" + std::to_string(i), "P1", "requested");
    }
    world.work();
    CHECK(other.heard.size() == 11);
    CHECK(world.subscriber.heard.size() == 3);  // a handshake, and twice in a row no
}

TEST_CASE("of one resource the versions come in order", "[delivery]") {
    OneSubscriber world("order");
    world.work();
    world.subscriber.heard.clear();
    world.subscriber.answers.push_back({500, {}, {}});
    world.task("t", "P1", "requested");
    world.work();
    world.put(R"({"resourceType":"Task","id":"t","status":"requested","intent":"order",)"
              R"("priority":"urgent","owner":{"identifier":{"system":)"
              R"("https://fhir.nhs.uk/Id/ods-organization-code","value":"P1"}}})");
    world.work();
    CHECK(world.subscriber.heard.size() == 1);
    world.now += 3'000;
    world.work();
    REQUIRE(world.subscriber.heard.size() == 3);
    CHECK(world.subscriber.heard[1].key == "rest-hook/s/Task/t/1");
    CHECK(world.subscriber.heard[2].key == "rest-hook/s/Task/t/2");
}

TEST_CASE("who dies with a delivery in hand gives it back", "[delivery]") {
    OneSubscriber world("lease");
    world.work();
    world.subscriber.heard.clear();
    world.task("t", "P1", "requested");
    world.route();
    REQUIRE_FALSE(world.fixture.store().write([&](store::Writer& writer) {
        CHECK(writer.claim(hook_channel, "s", world.now, world.now + 60'000, 10).size() == 1);
        return text::Status();
    }));
    world.work();
    CHECK(world.subscriber.heard.empty());
    world.now += 60'000;
    world.work();
    REQUIRE(world.subscriber.heard.size() == 1);
    CHECK(world.subscriber.heard[0].key == "rest-hook/s/Task/t/1");
}

TEST_CASE("notification bundles hold as much as was asked for", "[delivery]") {
    for (const auto& [content, resource, id] : {std::tuple("empty", false, false),
                                                {"id-only", false, true},
                                                {"full-resource", true, true}}) {
        OneSubscriber world(std::string("bundle-") + content, bundle_of(content));
        world.work();
        REQUIRE(world.subscriber.heard.size() == 1);
        CHECK(world.subscriber.heard[0].body.find("\"handshake\"") != std::string::npos);
        world.subscriber.answers.push_back({500, {}, {}});
        world.task("t", "P1", "requested");
        world.work();
        world.now += 3'000;
        world.work();
        REQUIRE(world.subscriber.heard.size() == 3);
        const std::string& body = world.subscriber.heard[2].body;
        CHECK(body == world.subscriber.heard[1].body);  // the same on every attempt
        CHECK(text::parse_json(body, "bundle").ok());
        CHECK(body.find("event-notification") != std::string::npos);
        CHECK((body.find("https://gateway.example/fhir/Task/t") != std::string::npos) == id);
        CHECK((body.find("\"intent\"") != std::string::npos) == resource);
    }
}

TEST_CASE("who retries or discards is taken at their word", "[delivery]") {
    OneSubscriber world("asked");
    world.work();
    world.subscriber.answers.push_back({400, {}, {}});
    world.task("t", "P1", "requested");
    world.work();
    const std::int64_t id = world.all().back().id;
    const auto asks = [&](Ask what, std::int64_t of) {
        text::Status refused;
        REQUIRE_FALSE(world.fixture.store().read([&](store::Reader& reader) {
            refused = ask(reader, world.outbox, what, of);
            return text::Status();
        }));
        return refused;
    };
    CHECK(asks(Ask::retry, id + 1));
    CHECK_FALSE(asks(Ask::retry, id));
    CHECK(*take_asked(world.fixture.store(), world.outbox, world.now));
    world.work();
    CHECK(world.all().back().state == State::delivered);
    CHECK(asks(Ask::discard, id));  // it has been delivered
    CHECK_FALSE(*take_asked(world.fixture.store(), world.outbox, world.now));
}
