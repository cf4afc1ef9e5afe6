// Writes that tell of a referral, from an extract and from a provider, in any order.
#include "loop/write.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "catch.h"
#include "store/sqlite_store.h"

using namespace linkway;

namespace {

namespace fs = std::filesystem;

const fs::path source = LINKWAY_SOURCE_DIR;

const loop::Knowledge& knowledge() {
    static const auto loaded = [] {
        text::Issues issues;
        auto made = loop::load_knowledge((source / "mappings").string(), issues);
        if (!made) {
            throw std::runtime_error(issues.empty() ? "no rules" : to_string(issues.front()));
        }
        return made;
    }();
    return *loaded;
}

class World {
  public:
    explicit World(const std::string& name, loop::Agreement agreement = {{}, "P1"})
        : folder_(fs::temp_directory_path() / ("linkway-loop-" + name)),
          agreement_(std::move(agreement)) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        auto opened = store::open_sqlite({(folder_ / "store.sqlite").string(), 2, 4096});
        REQUIRE(opened.ok());
        store_ = std::move(*opened);
    }
    ~World() {
        store_.reset();
        fs::remove_all(folder_);
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    text::Status write(const std::vector<std::string>& resources, referrals::Origin origin) {
        std::vector<store::Prepared> prepared;
        for (const std::string& json : resources) {
            const auto document = text::parse_json(json, "test");
            REQUIRE(document.ok());
            auto made = store::prepare(document->root(), document->root().string_or("id", ""));
            REQUIRE(made.ok());
            prepared.push_back(std::move(*made));
        }
        const bool record = origin == referrals::Origin::record;
        referrals::Actor actor;
        actor.role = record ? "practice" : "provider";
        now_ += 60'000;
        return store_->write([&](store::Writer& writer) {
            std::vector<loop::Item> items;
            for (const store::Prepared& one : prepared) {
                items.push_back({&one, {}});
            }
            return loop::write(writer, items,
                               {knowledge(),
                                [&](std::string_view) { return agreement_; },
                                origin,
                                actor,
                                {record ? "intake" : "provider", "request", now_}});
        });
    }
    text::Status extract(const std::vector<std::string>& resources) {
        return write(resources, referrals::Origin::record);
    }
    text::Status post(const std::string& resource) {
        return write({resource}, referrals::Origin::fhir);
    }

    std::optional<store::Version> read(const store::Key& key,
                                       const store::Reach& reach = store::Reach::all()) {
        std::optional<store::Version> found;
        REQUIRE_FALSE(store_->read([&](store::Reader& reader) {
            found = reader.read(key, reach);
            return text::Status();
        }));
        return found;
    }
    std::string member(const store::Key& key, const std::string& name) {
        const auto version = read(key);
        REQUIRE(version);
        const auto document = text::parse_json(version->json, "stored");
        return std::string(document->root().string_or(name, ""));
    }
    std::int64_t changes() {
        std::int64_t last = 0;
        REQUIRE_FALSE(store_->read([&](store::Reader& reader) {
            last = reader.last_change();
            return text::Status();
        }));
        return last;
    }

  private:
    fs::path folder_;
    std::unique_ptr<store::Store> store_;
    loop::Agreement agreement_;
    store::Instant now_ = 1'795'453'528'000;
};

std::vector<std::string> extract_of(const std::string& name) {
    std::vector<std::string> resources;
    for (const auto& file :
         fs::directory_iterator(source / "tests/cases/emis" / name / "expected")) {
        const std::string type = file.path().stem().string();
        if (file.path().extension() != ".ndjson" || type == "rejected" || type == "warnings") {
            continue;
        }
        std::ifstream in(file.path());
        for (std::string line; std::getline(in, line);) {
            resources.push_back(line);
        }
    }
    std::sort(resources.begin(), resources.end());
    return resources;
}

const std::string referral = "04d77657-a070-5a8c-81a7-e10d1ac6ba17";
const store::Key task{"Task", referral};
const store::Key request{"ServiceRequest", referral};

std::string with(const std::string& json, const std::string& before, const std::string& after) {
    std::string changed = json;
    const std::size_t at = changed.find(before);
    REQUIRE(at != std::string::npos);
    return changed.replace(at, before.size(), after);
}

/// The Task as a provider read it, with another status and a time.
std::string moved(World& world, const std::string& status, const std::string& at,
                  const std::string& more = "") {
    const std::string was = world.member(task, "status");
    std::string json = world.read(task)->json;
    if (const std::size_t time = json.find(",\"lastModified\":\""); time != std::string::npos) {
        json.erase(time, json.find('"', time + 18) + 1 - time);
    }
    return with(json, "\"status\":\"" + was + "\"",
                "\"status\":\"" + status + "\"" + more + ",\"lastModified\":\"" + at + "\"");
}

}  // namespace

TEST_CASE("an extract gives the state that its entries tell of, and again nothing", "[loop]") {
    World world("extract");
    const auto resources = extract_of("seen-and-closed");
    REQUIRE_FALSE(world.extract(resources));
    CHECK(world.member(task, "status") == "completed");
    CHECK(world.member(request, "status") == "completed");
    const std::int64_t changes = world.changes();
    REQUIRE_FALSE(world.extract(resources));
    REQUIRE_FALSE(world.extract(resources));
    CHECK(world.changes() == changes);
}

TEST_CASE("batches and order make no difference", "[loop]") {
    auto resources = extract_of("seen-and-closed");
    World together("order-together");
    REQUIRE_FALSE(together.extract(resources));
    const std::string expected = together.member(task, "status");
    for (unsigned seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        std::mt19937 random(seed);
        std::shuffle(resources.begin(), resources.end(), random);
        World apart("order-apart");
        for (const std::string& one : resources) {
            REQUIRE_FALSE(apart.extract({one}));
        }
        CHECK(apart.member(task, "status") == expected);
        CHECK(apart.member(request, "status") == expected);
    }
}

TEST_CASE("a provider accepts, works on and completes; the request follows", "[loop]") {
    World world("provider");
    const auto resources = extract_of("referral-code-only");
    REQUIRE_FALSE(world.extract(resources));
    CHECK(world.member(task, "status") == "requested");
    CHECK(world.member(request, "status") == "active");
    CHECK(world.read(task, {false, {"P1"}}));
    CHECK_FALSE(world.read(task, {false, {"P2"}}));

    REQUIRE_FALSE(world.post(moved(world, "accepted", "2026-11-24T09:00:00Z")));
    CHECK(world.member(task, "status") == "accepted");
    // The next extract knows nothing of that, and takes nothing of it away.
    const std::int64_t changes = world.changes();
    REQUIRE_FALSE(world.extract(resources));
    CHECK(world.changes() == changes);

    REQUIRE_FALSE(world.post(
        R"({"resourceType":"Encounter","id":"contact","status":"finished","class":{"code":"VR"},)"
        R"("subject":{"reference":"Patient/750e676c-31fc-55b9-a030-a2de53880f7e"},)"
        R"("basedOn":[{"reference":"ServiceRequest/)" +
        referral +
        R"("}],"period":{"start":"2026-11-25T10:00:00Z","end":"2026-11-25T10:40:00Z"}})"));
    CHECK(world.member(task, "status") == "in-progress");

    const auto refused = world.post(moved(world, "completed", "2026-11-26T10:00:00Z"));
    REQUIRE(refused);  // with nothing to show for it
    CHECK(refused->code == "required");
    CHECK(world.member(task, "status") == "in-progress");
    REQUIRE_FALSE(
        world.post(moved(world, "completed", "2026-11-26T10:00:00Z",
                         R"(,"output":[{"type":{"text":"outcome"},"valueString":"x"}])")));
    CHECK(world.member(task, "status") == "completed");
    CHECK(world.member(request, "status") == "completed");

    const auto again = world.post(moved(world, "in-progress", "2026-11-27T10:00:00Z"));
    REQUIRE(again);
    CHECK(again->code == "business-rule");
}

TEST_CASE("what waits for a person's word is not its recipient's to see", "[loop]") {
    referrals::Policy policy;
    policy.confirm = referrals::Confirm::by_person;
    World world("confirm", {policy, "P1"});
    REQUIRE_FALSE(world.extract(extract_of("referral-code-only")));
    CHECK(world.member(task, "status") == "draft");
    CHECK_FALSE(world.read(task, {false, {"P1"}}));
    CHECK_FALSE(world.read(request, {false, {"P1"}}));
}

TEST_CASE("a resource of no referral is written as it is", "[loop]") {
    World world("other");
    REQUIRE_FALSE(world.post(R"({"resourceType":"Patient","id":"p","active":true})"));
    REQUIRE_FALSE(
        world.post(R"({"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},)"
                   R"("subject":{"reference":"Patient/p"}})"));
    CHECK(world.read({"Observation", "o"}));
}
