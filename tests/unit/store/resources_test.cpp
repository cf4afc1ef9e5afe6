// Versions, history and the journal.
#include <atomic>
#include <thread>

#include "fixture.h"
#include "sqlite/database.h"

using namespace linkway;
using namespace linkway::store;
using linkway::store::test::Fixture;

namespace {

std::string task(const std::string& id, const std::string& status) {
    return R"({"resourceType":"Task","id":")" + id + R"(","status":")" + status +
           R"(","intent":"order","for":{"reference":"Patient/p"}})";
}

}  // namespace

TEST_CASE("what is put is read back with its version and time", "[store]") {
    Fixture fixture("read");
    const Written first = fixture.put(task("a", "requested"), 1'795'453'528'123);
    CHECK(first.changed);
    CHECK(first.created);
    CHECK(first.version == 1);

    const auto found = fixture.read({"Task", "a"});
    REQUIRE(found);
    CHECK(found->json ==
          R"({"resourceType":"Task","id":"a","meta":{"versionId":"1",)"
          R"("lastUpdated":"2026-11-23T17:05:28.123Z"},"status":"requested","intent":"order",)"
          R"("for":{"reference":"Patient/p"}})");
    CHECK_FALSE(fixture.read({"Task", "b"}));
    CHECK_FALSE(fixture.read({"Patient", "a"}));
}

TEST_CASE("meta keeps what is the sender's and nothing else", "[store]") {
    Fixture fixture("meta");
    fixture.put(R"({"id":"a","meta":{"versionId":"77","profile":["https://x"],)"
                R"("lastUpdated":"2020-01-01T00:00:00Z"},"status":"draft","resourceType":"Task",)"
                R"("intent":"order"})",
                0);
    CHECK(fixture.read({"Task", "a"})->json ==
          R"({"resourceType":"Task","id":"a","meta":{"versionId":"1",)"
          R"("lastUpdated":"1970-01-01T00:00:00.000Z","profile":["https://x"]},)"
          R"("status":"draft","intent":"order"})");
}

TEST_CASE("a write that changes nothing makes no version", "[store]") {
    Fixture fixture("unchanged");
    fixture.put(task("a", "requested"), 1);
    const Written again = fixture.put(task("a", "requested"), 2);
    CHECK_FALSE(again.changed);
    CHECK(again.version == 1);
    CHECK(again.updated == 1);
    const Written next = fixture.put(task("a", "accepted"), 3);
    CHECK(next.changed);
    CHECK_FALSE(next.created);
    CHECK(next.version == 2);
}

TEST_CASE("every version stays, a deletion among them, and the numbers go on", "[store]") {
    Fixture fixture("history");
    fixture.put(task("a", "requested"), 10);
    fixture.put(task("a", "accepted"), 20);
    REQUIRE_FALSE(fixture.store().write([](Writer& writer) {
        CHECK(writer.remove({"Task", "a"}, {"test", "r", 30}).version == 3);
        CHECK_FALSE(writer.remove({"Task", "a"}, {"test", "r", 31}).changed);
        return text::Status();
    }));
    const auto deleted = fixture.read({"Task", "a"});
    REQUIRE(deleted);
    CHECK(deleted->deleted);
    const Written again = fixture.put(task("a", "requested"), 5);  // a clock set back
    CHECK(again.version == 4);
    CHECK(again.created);
    CHECK(again.updated == 30);

    REQUIRE_FALSE(fixture.store().read([](Reader& reader) {
        CHECK(reader.read_version({"Task", "a"}, 1, Reach::all())->json.find("requested") !=
              std::string::npos);
        CHECK(reader.read_version({"Task", "a"}, 2, Reach::all())->json.find("accepted") !=
              std::string::npos);
        CHECK(reader.read_version({"Task", "a"}, 3, Reach::all())->deleted);
        CHECK_FALSE(reader.read_version({"Task", "a"}, 5, Reach::all()));
        const auto history = reader.history({"Task", "a", {}, 50, 0}, Reach::all());
        REQUIRE(history.size() == 4);
        CHECK(history[0].version.version == 4);
        CHECK(history[1].kind == Change::Kind::deleted);
        CHECK(history[1].version.json.empty());
        CHECK(history[3].version.json.find("requested") != std::string::npos);
        CHECK(history[3].version.updated == 10);
        CHECK(reader.history({"Task", "a", 20, 50, 0}, Reach::all()).size() == 3);
        CHECK(reader.history({"Task", "a", {}, 1, history[2].number}, Reach::all())
                  .front()
                  .version.version == 1);
        CHECK(reader.history({"Task", "", {}, 50, 0}, Reach::all()).size() == 4);
        CHECK(reader.history({"Patient", "", {}, 50, 0}, Reach::all()).empty());
        CHECK(reader.changes_after(0, 100).size() == 4);
        CHECK(reader.changes_after(reader.last_change(), 100).empty());
        return text::Status();
    }));
}

TEST_CASE("a write that fails keeps nothing and takes no other with it", "[store]") {
    Fixture fixture("rollback");
    const Prepared resource = Fixture::prepared(task("a", "requested"));
    const auto failed = fixture.store().write([&](Writer& writer) {
        writer.put(resource, {"test", "r", 1});
        return text::Issue{text::Severity::error, "conflict", "no", {}, {}};
    });
    REQUIRE(failed);
    CHECK(failed->code == "conflict");
    CHECK_FALSE(fixture.read({"Task", "a"}));
    // Names that were given and rolled back must not be taken for known.
    fixture.put(task("a", "requested"), 2);
    CHECK(fixture.ids({"Task", {}, {}, 10, {}}) == std::vector<std::string>{"a"});

    const auto thrown =
        fixture.store().write([](Writer&) -> text::Status { throw std::runtime_error("broken"); });
    REQUIRE(thrown);
    CHECK(thrown->code == "exception");
}

TEST_CASE("what was written is there when the store is opened again", "[store]") {
    Fixture fixture("reopen");
    fixture.put(task("a", "requested"));
    fixture.open();
    CHECK(fixture.read({"Task", "a"}));
    fixture.put(task("a", "accepted"));
    CHECK(fixture.read({"Task", "a"})->version == 2);
}

TEST_CASE("a store of a newer Linkway, or none at all, is refused", "[store]") {
    Fixture fixture("refused");
    fixture.close();
    auto database = sqlite::Database::open(fixture.file(), {sqlite::Use::alone, "store", 1024});
    REQUIRE(database.ok());
    (*database)->execute("PRAGMA user_version = 99");
    database->reset();
    auto newer = open_sqlite({fixture.file(), 1, 1024});
    REQUIRE_FALSE(newer.ok());
    CHECK(newer.issue().message.find("newer Linkway") != std::string::npos);

    auto other =
        sqlite::Database::open(fixture.file() + ".other", {sqlite::Use::alone, "store", 1024});
    REQUIRE(other.ok());
    (*other)->execute("CREATE TABLE thing (a)");
    other->reset();
    CHECK(
        open_sqlite({fixture.file() + ".other", 1, 1024}).issue().message.find("another program") !=
        std::string::npos);
}

TEST_CASE("many threads lose no update", "[store]") {
    Fixture fixture("threads");
    fixture.put(task("a", "requested"));
    constexpr int threads = 16;
    constexpr int each = 25;
    std::atomic<int> refused = 0;
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t) {
        running.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                const Prepared next =
                    Fixture::prepared(task("a", "s" + std::to_string(t) + "-" + std::to_string(i)));
                for (;;) {
                    const std::int64_t seen = fixture.read({"Task", "a"})->version;
                    const auto failed = fixture.store().write([&](Writer& writer) -> text::Status {
                        if (writer.read({"Task", "a"}, Reach::all())->version != seen) {
                            return text::Issue{text::Severity::error, "conflict", "moved", {}, {}};
                        }
                        writer.put(next, {"test", "r", 1});
                        return {};
                    });
                    if (!failed) {
                        break;
                    }
                    ++refused;
                }
            }
        });
    }
    for (auto& one : running) {
        one.join();
    }
    CHECK(fixture.read({"Task", "a"})->version == 1 + threads * each);
    CHECK(refused > 0);
}
