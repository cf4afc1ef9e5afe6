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

std::optional<Delivery> claim(Writer& writer, const char* channel, const char* destination,
                              Instant now, Instant until) {
    auto claimed = writer.claim(channel, destination, now, until, 1);
    return claimed.empty() ? std::nullopt : std::optional(std::move(claimed.front()));
}

}  // namespace

TEST_CASE("a delivery is entered once, claimed by one, given back when its lease ends", "[store]") {
    Fixture fixture("deliveries");
    REQUIRE_FALSE(fixture.store().write([](Writer& writer) {
        CHECK(writer.enqueue(delivery("a", 10)));
        CHECK_FALSE(writer.enqueue(delivery("a", 20)));
        CHECK(writer.enqueue(delivery("b", 30)));
        CHECK_FALSE(claim(writer, "rest-hook", "sub", 9, 100));
        auto claimed = claim(writer, "rest-hook", "sub", 10, 100);
        REQUIRE(claimed);
        CHECK(claimed->key == "a");
        CHECK_FALSE(claim(writer, "record", "sub", 1000, 2000));
        CHECK_FALSE(claim(writer, "rest-hook", "other", 1000, 2000));
        CHECK_FALSE(claim(writer, "rest-hook", "sub", 99, 200));
        CHECK(claim(writer, "rest-hook", "sub", 100, 200));  // its holder died
        claimed->state = Delivery::State::delivered;
        claimed->delivered = 101;
        claimed->attempts = 1;
        writer.settle(*claimed);
        const auto left = claim(writer, "rest-hook", "sub", 1000, 2000);
        REQUIRE(left);
        CHECK(left->key == "b");
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

TEST_CASE("what is told of one resource is claimed in order, of others beside it", "[store]") {
    Fixture fixture("order");
    REQUIRE_FALSE(fixture.store().write([](Writer& writer) {
        Delivery other = delivery("c", 40);
        other.subject.id = "u";
        CHECK(writer.enqueue(delivery("a", 500)));  // put off
        CHECK(writer.enqueue(delivery("b", 30)));
        CHECK(writer.enqueue(other));
        const auto first = claim(writer, "rest-hook", "sub", 100, 200);
        REQUIRE(first);
        CHECK(first->key == "c");
        CHECK_FALSE(claim(writer, "rest-hook", "sub", 100, 200));
        auto last = claim(writer, "rest-hook", "sub", 500, 600);
        REQUIRE(last);
        CHECK(last->key == "c");  // given back meanwhile
        last = claim(writer, "rest-hook", "sub", 500, 600);
        REQUIRE(last);
        CHECK(last->key == "a");
        last->state = Delivery::State::dead;
        writer.settle(*last);
        last = claim(writer, "rest-hook", "sub", 500, 600);
        REQUIRE(last);
        CHECK(last->key == "b");
        return text::Status();
    }));
}

TEST_CASE("destinations are listed by who waits longest", "[store]") {
    Fixture fixture("destinations");
    REQUIRE_FALSE(fixture.store().write([](Writer& writer) {
        int number = 0;
        for (const auto& [destination, due] :
             {std::pair("x", 30), {"y", 10}, {"x", 40}, {"z", 900}, {"y", 50}}) {
            Delivery made = delivery(std::to_string(++number), due);
            made.destination = destination;
            CHECK(writer.enqueue(made));
        }
        CHECK(writer.due_destinations("rest-hook", 5).empty());
        CHECK(writer.due_destinations("rest-hook", 100) == std::vector<std::string>{"y", "x"});
        CHECK(writer.due_destinations("rest-hook", 900) == std::vector<std::string>{"y", "x", "z"});
        CHECK(writer.due_destinations("record", 900).empty());
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
