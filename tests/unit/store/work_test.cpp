// Deliveries, intakes, quarantine, notes and used tokens.
#include "fixture.h"

using namespace linkway;
using namespace linkway::store;
using linkway::store::test::Fixture;

namespace {

Delivery delivery(const std::string& key, Instant due) {
    Delivery made;
    made.key = key;
    made.channel = "rest-hook";
    made.destination = "sub";
    made.subject = {"Task", "t"};
    made.version = 2;
    made.due = due;
    made.created = 5;
    return made;
}

}  // namespace

TEST_CASE("a delivery is entered once, claimed by one, given back when its lease ends", "[store]") {
    Fixture fixture("deliveries");
    REQUIRE_FALSE(fixture.store().write([](Writer& writer) {
        CHECK(writer.enqueue(delivery("a", 10)));
        CHECK_FALSE(writer.enqueue(delivery("a", 20)));
        CHECK(writer.enqueue(delivery("b", 30)));
        CHECK(writer.claim("rest-hook", 9, 100, 10).empty());
        auto claimed = writer.claim("rest-hook", 10, 100, 10);
        REQUIRE(claimed.size() == 1);
        CHECK(claimed[0].key == "a");
        CHECK(writer.claim("record", 1000, 2000, 10).empty());
        CHECK(writer.claim("rest-hook", 30, 100, 10).size() == 1);
        CHECK(writer.claim("rest-hook", 99, 200, 10).empty());
        CHECK(writer.claim("rest-hook", 100, 200, 1).size() == 1);  // its holder died
        claimed[0].state = Delivery::State::delivered;
        claimed[0].delivered = 101;
        claimed[0].attempts = 1;
        writer.settle(claimed[0]);
        const auto left = writer.claim("rest-hook", 1000, 2000, 10);
        REQUIRE(left.size() == 1);
        CHECK(left[0].key == "b");
        return text::Status();
    }));
    fixture.open();
    REQUIRE_FALSE(fixture.store().read([](Reader& reader) {
        DeliveryQuery done;
        done.state = Delivery::State::delivered;
        const auto found = reader.deliveries(done);
        REQUIRE(found.size() == 1);
        CHECK(found[0].delivered == 101);
        CHECK(found[0].subject == Key{"Task", "t"});
        DeliveryQuery about;
        about.subject = {"Task", "t"};
        CHECK(reader.deliveries(about).size() == 2);
        return text::Status();
    }));
}

TEST_CASE("intakes, quarantine, notes, cursors and tokens are kept", "[store]") {
    Fixture fixture("work");
    REQUIRE_FALSE(fixture.store().write([](Writer& writer) {
        writer.put_intake({"h1", "emis", "x.zip", 1, 1, Intake::State::received, "", "", 0});
        writer.put_intake({"h1", "emis", "x.zip", 1, 2, Intake::State::done, "", "{}", 7});
        writer.put_quarantined({"q1", "h1", "emis", "f.csv", "t", 3, "{}", "a,b\n", {}, 1});
        CHECK(writer.put_note("episode/e", {"2", "second"}));
        CHECK(writer.put_note("episode/e", {"1", "first"}));
        CHECK_FALSE(writer.put_note("episode/e", {"1", "first"}));
        CHECK(writer.put_note("episode/e", {"1", "changed"}));
        writer.set_cursor("router", 42);
        CHECK(writer.first_use("client", "jti", 100, 1));
        CHECK_FALSE(writer.first_use("client", "jti", 100, 2));
        CHECK(writer.first_use("other", "jti", 100, 2));
        CHECK(writer.first_use("client", "jti", 300, 101));  // expired, so forgotten
        return text::Status();
    }));
    fixture.open();
    REQUIRE_FALSE(fixture.store().read([](Reader& reader) {
        const auto intakes = reader.intakes({});
        REQUIRE(intakes.size() == 1);
        CHECK(intakes[0].state == Intake::State::done);
        CHECK(intakes[0].resources == 7);
        const auto items = reader.quarantined({"", "h1", {}, 10});
        REQUIRE(items.size() == 1);
        CHECK(items[0].content == "a,b\n");
        const auto notes = reader.notes("episode/e");
        REQUIRE(notes.size() == 2);
        CHECK(notes[0].content == "changed");
        CHECK(reader.cursor("router") == 42);
        CHECK(reader.cursor("none") == 0);
        return text::Status();
    }));
}
