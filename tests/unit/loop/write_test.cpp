// Writes that tell of a referral, from an extract and from a provider, in any order.
#include "loop/write.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
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

    text::Status write(const std::vector<std::string>& resources, referrals::Origin origin,
                       const std::string& ods = {}) {
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
        actor.role = record ? "practice" : ods.empty() ? "provider" : "unknown";
        actor.organisation = ods;
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
    text::Status post(const std::string& resource, const std::string& ods = {}) {
        return write({resource}, referrals::Origin::fhir, ods);
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
    /// What is stored of referrals, by reference, without versions and when they were made.
    std::map<std::string, std::string> everything() {
        std::map<std::string, std::string> found;
        for (const char* type : {"ServiceRequest", "Task"}) {
            store::Search all;
            all.type = type;
            all.count = 500;
            REQUIRE_FALSE(store_->read([&](store::Reader& reader) {
                for (const store::Version& each : reader.search(all, store::Reach::all()).matches) {
                    std::string json = each.json;
                    const std::size_t meta = json.find("\"meta\":{");
                    json.erase(meta, json.find('}', meta) - meta);
                    found[each.key.type + "/" + each.key.id] = json;
                }
                return text::Status();
            }));
        }
        return found;
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

void read_resources(const fs::path& folder, std::map<std::string, std::string>& resources) {
    for (const auto& file : fs::directory_iterator(folder)) {
        const std::string type = file.path().stem().string();
        if (file.path().extension() != ".ndjson" || type == "rejected" || type == "warnings") {
            continue;
        }
        std::ifstream in(file.path());
        for (std::string line; std::getline(in, line);) {
            const auto document = text::parse_json(line, type);
            REQUIRE(document.ok());
            resources[type + "/" + std::string(document->root().string_or("id", ""))] = line;
        }
    }
}

/// All that a case expects of its inputs, the same resource of a later one instead of the earlier.
std::vector<std::string> resources_of(const std::string& name,
                                      const std::vector<std::string>& folders = {"expected"}) {
    std::map<std::string, std::string> resources;
    for (const std::string& folder : folders) {
        read_resources(source / "tests/cases" / name / folder, resources);
    }
    std::vector<std::string> result;
    for (auto& [reference, json] : resources) {
        result.push_back(std::move(json));
    }
    return result;
}
std::vector<std::string> extract_of(const std::string& name) {
    return resources_of("emis/" + name);
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

/// A referral of which the Task knows nothing yet, and two entries of one day: of one only the day
/// is known, of the other the hour.
std::vector<std::string> told_twice() {
    std::vector<std::string> resources;
    for (const std::string& json : extract_of("seen-and-closed")) {
        if (json.find(R"("resourceType":"Task")") != std::string::npos) {
            resources.push_back(with(json, R"("status":"completed")", R"("status":"requested")"));
        } else if (json.find(R"("effectiveDateTime":"2025-11-20")") != std::string::npos) {
            resources.push_back(json);
            resources.push_back(with(with(json, R"("id":"73ed1dc7)", R"("id":"83ed1dc7)"),
                                     R"("2025-11-20")", R"("2025-11-20T10:32:00Z")"));
        } else if (json.find("2026-02-12") == std::string::npos) {
            resources.push_back(json);
        }
    }
    return resources;
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
    // Of the second two systems tell of the same referral, each in its own words and times.
    auto resources =
        GENERATE(resources_of("emis/seen-and-closed"),
                 resources_of("shared/gp-and-service", {"expected", "expected-2"}), told_twice());
    World together("order-together");
    REQUIRE_FALSE(together.extract(resources));
    const auto expected = together.everything();
    for (unsigned seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        std::mt19937 random(seed);
        std::shuffle(resources.begin(), resources.end(), random);
        World apart("order-apart");
        std::size_t done = 0;
        while (done < resources.size()) {
            // Now and then one comes twice, in one batch or again in the next.
            const std::size_t from = done - std::min<std::size_t>(done, random() % 2);
            done = std::min<std::size_t>(done + 1 + random() % 4, resources.size());
            std::vector<std::string> batch(resources.begin() + static_cast<std::ptrdiff_t>(from),
                                           resources.begin() + static_cast<std::ptrdiff_t>(done));
            if (random() % 2 == 0) {
                batch.push_back(batch.front());
            }
            REQUIRE_FALSE(apart.extract(batch));
        }
        const auto found = apart.everything();
        REQUIRE(found.size() == expected.size());
        for (const auto& [reference, json] : expected) {
            CHECK(found.at(reference) == json);
        }
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

TEST_CASE("a referral that another system knows, too, takes along what was done about it",
          "[loop]") {
    const std::string other = "00000000-0000-5000-8000-000000000001";
    const auto resources = extract_of("referral-code-only");
    std::vector<std::string> shared = resources;
    for (std::string& json : shared) {
        const std::string own = R"(Id/episode","value":")" + referral;
        if (json.find(own) != std::string::npos) {
            json = with(json, own, R"(Id/episode","value":")" + other);
        }
    }
    REQUIRE(shared != resources);
    World world("shared-episode");
    REQUIRE_FALSE(world.extract(resources));
    REQUIRE_FALSE(world.post(moved(world, "accepted", "2026-11-24T09:00:00Z")));
    const std::string contact =
        R"({"resourceType":"Encounter","id":"contact","status":"finished","class":{"code":"VR"},)"
        R"("subject":{"reference":"Patient/750e676c-31fc-55b9-a030-a2de53880f7e"},)"
        R"("basedOn":[{"reference":"ServiceRequest/)" +
        referral + R"("}],"period":{"start":"2026-11-25T10:00:00Z"}})";
    REQUIRE_FALSE(world.post(contact));
    const std::string read_before =
        moved(world, "completed", "2026-11-26T10:00:00Z",
              R"(,"output":[{"type":{"text":"outcome"},"valueString":"x"}])");

    REQUIRE_FALSE(world.extract(shared));
    CHECK(world.member(task, "status") == "in-progress");
    for (const store::Key& key : {task, request}) {
        CHECK(world.read(key)->json.find(other) != std::string::npos);
    }
    REQUIRE_FALSE(world.post(read_before));  // of a client that still knows it by its old episode
    CHECK(world.member(task, "status") == "completed");
    CHECK(world.member(request, "status") == "completed");
    const std::int64_t changes = world.changes();
    REQUIRE_FALSE(world.extract(shared));
    REQUIRE_FALSE(world.post(contact));
    CHECK(world.member(task, "status") == "completed");

    // The systems did not mean the same after all.
    REQUIRE_FALSE(world.extract(resources));
    CHECK(world.read(request)->json.find(other) == std::string::npos);
    CHECK(world.member(task, "status") == "completed");
    CHECK(world.changes() - changes <= 3);
}

TEST_CASE("who may move a referral follows from whose it is and whom it is addressed to",
          "[loop]") {
    World world("sides");
    const std::string practice = "A99901";
    REQUIRE_FALSE(world.extract(extract_of("referral-code-only")));
    const auto at = [](int hour) { return "2026-11-24T1" + std::to_string(hour) + ":00:00Z"; };
    const auto forbidden = [&](const std::string& status, const std::string& ods) {
        const auto refused = world.post(moved(world, status, at(0)), ods);
        REQUIRE(refused);
        CHECK(refused->code == "business-rule");
    };
    forbidden("accepted", practice);  // it is not the practice's to accept
    REQUIRE_FALSE(world.post(moved(world, "accepted", at(1)), "P1"));
    forbidden("entered-in-error", "P1");  // nor the provider's to say that nobody asked
    REQUIRE_FALSE(world.post(
        moved(world, "cancelled", at(2), R"(,"statusReason":{"text":"moved away"})"), practice));

    // A practice with a link worker of its own is on both sides.
    World own("own-link-worker");
    REQUIRE_FALSE(own.extract(extract_of("referral-code-only")));
    REQUIRE_FALSE(own.write(
        {R"({"resourceType":"PractitionerRole","id":"lw","organization":{"identifier":{"system":)"
         R"("https://fhir.nhs.uk/Id/ods-organization-code","value":"A99901"}}})"},
        referrals::Origin::fhir, practice));
    REQUIRE_FALSE(own.post(with(moved(own, "accepted", at(1)), R"("intent")",
                                R"("owner":{"reference":"PractitionerRole/lw"},"intent")"),
                           practice));
    CHECK(own.member(task, "status") == "accepted");
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
