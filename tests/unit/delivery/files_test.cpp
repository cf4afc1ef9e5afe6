// Files for a practice: what stands in them, and what is said of them.
#include "delivery/files.h"

#include <fstream>
#include <sstream>

#include "acknowledgement.h"
#include "world.h"

using namespace linkway;
using namespace linkway::delivery;
using namespace linkway::delivery::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* referral = "04d77657-a070-5a8c-81a7-e10d1ac6ba17";

std::string content_of(const fs::path& file) {
    std::ifstream in(file);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

/// A person of a practice, referred; a link worker who may have done something.
struct Practice : World {
    explicit Practice(const std::string& name, const std::string& ods = "A99901")
        : World(name), courier(parts) {
        parts.system_of = [this](std::string_view) { return system; };
        extract(R"({"resourceType":"Organization","id":"o","identifier":[{"system":)"
                R"("https://fhir.nhs.uk/Id/ods-organization-code","value":")" +
                ods + R"("}],"name":"Meadow Street Surgery"})");
        extract(R"({"resourceType":"Patient","id":"p","identifier":[{"system":)"
                R"("https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],)"
                R"("name":[{"family":"Bramble","given":["Sorrel"]}],"birthDate":"1951-04-12",)"
                R"("managingOrganization":{"reference":"Organization/o"}})");
        extract(std::string(R"({"resourceType":"ServiceRequest","id":"s","requisition":{"system":)"
                            R"("https://linkway.uk/fhir/Id/episode","value":")") +
                referral +
                R"("},"status":"active","intent":"order","subject":{"reference":"Patient/p"},)"
                R"("code":{"text":"Social prescribing"}})");
        put(R"({"resourceType":"Practitioner","id":"w","name":[{"family":"Sample","given":["Ben"]}]})");
        put(R"({"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":)"
            R"("Practitioner/w"},"code":[{"coding":[{"system":)"
            R"("https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-SDSJobRoleName-1",)"
            R"("code":"R9815"}],"text":"Social Prescribing Link Worker"}]})");
    }
    void extract(const std::string& json) { put(json, "intake"); }

    void contact(const std::string& id, const std::string& said = "talked") {
        put(R"({"resourceType":"Encounter","id":")" + id +
            R"(","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/p"},)"
            R"("basedOn":[{"reference":"ServiceRequest/s"}],"participant":[{"individual":)"
            R"({"reference":"PractitionerRole/r"}}],"period":{"start":"2026-11-20T10:00:00Z"},)"
            R"("reasonCode":[{"text":")" +
            said + "\"}]}");
    }
    void end_referral(const std::string& status, const std::string& outcome) {
        put(std::string(R"({"resourceType":"Task","id":"t","groupIdentifier":{"system":)"
                        R"("https://linkway.uk/fhir/Id/episode","value":")") +
            referral + R"("},"status":")" + status +
            R"(","intent":"order","code":{"coding":[{"system":)"
            R"("http://hl7.org/fhir/CodeSystem/task-code","code":"fulfill"}]},"focus":)"
            R"({"reference":"ServiceRequest/s"},"for":{"reference":"Patient/p"},"owner":)"
            R"({"reference":"PractitionerRole/r"},"lastModified":"2026-11-22T09:00:00Z",)"
            R"("output":[{"type":{"text":"outcome"},"valueString":")" +
            outcome + "\"}]}");
    }

    void work() {
        route();
        now += gathering_time;
        while (courier.turn()) {
        }
    }
    /// Puts something beside a file and lets it be read; the clock stands far enough behind it.
    void say(const fs::path& file, const std::string& ending, const std::string& content) {
        std::ofstream(file.string() + ending) << content;
        const auto wall = std::chrono::system_clock::now().time_since_epoch();
        now = std::chrono::duration_cast<std::chrono::milliseconds>(wall).count() + 60'000;
        courier.collect();
    }
    std::vector<fs::path> files(const std::string& below) {
        std::vector<fs::path> found;
        std::error_code error;
        for (const auto& each : fs::directory_iterator(outbox / below, error)) {
            if (each.is_regular_file()) {
                found.push_back(each.path());
            }
        }
        std::sort(found.begin(), found.end());
        return found;
    }
    std::string said(std::int64_t delivery, std::string_view what) {
        std::string words;
        REQUIRE_FALSE(fixture.store().read([&](store::Reader& reader) {
            words = saying(reader, delivery, what);
            return text::Status();
        }));
        return words;
    }

    FileCourier courier;
};

}  // namespace

TEST_CASE("what was done within a moment is one file for the practice", "[delivery]") {
    Practice world("gathered");
    world.contact("a");
    world.contact("b");
    world.work();
    const auto files = world.files("emis/A99901");
    REQUIRE(files.size() == 1);
    const std::string content = content_of(files[0]);
    CHECK(content.find("\"Encounter/a\"") != std::string::npos);
    CHECK(content.find("\"Encounter/b\"") != std::string::npos);
    CHECK(content.find("Ben Sample") != std::string::npos);
    CHECK(content.find("Social Prescribing Link Worker") != std::string::npos);
    for (const store::Delivery& each : world.all("record")) {
        CHECK(each.state == State::delivered);
    }
    world.contact("a");  // nothing new in it
    world.work();
    CHECK(world.files("emis/A99901").size() == 1);
    world.contact("a", "talked at length");
    world.work();
    CHECK(world.files("emis/A99901").size() == 2);
}

TEST_CASE("what came from the record is not sent to it", "[delivery]") {
    Practice world("extract");
    world.extract(
        R"({"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},)"
        R"("subject":{"reference":"Patient/p"},"basedOn":[{"reference":"ServiceRequest/s"}],)"
        R"("participant":[{"individual":{"reference":"PractitionerRole/r"}}],)"
        R"("period":{"start":"2026-11-20T10:00:00Z"}})");
    world.work();
    CHECK(world.all().empty());
}

TEST_CASE("a practice says that it has filed, whole or entry by entry", "[delivery]") {
    Practice world("filed");
    world.contact("a");
    world.contact("b");
    world.work();
    const fs::path file = world.files("emis/A99901").front();
    SECTION("an empty file is all of it") {
        world.say(file, ".ack", "");
        for (const store::Delivery& each : world.all("record")) {
            CHECK(each.state == State::filed);
            CHECK(each.filed != 0);
        }
        CHECK(world.files("emis/A99901").empty());
        CHECK(world.files("emis/A99901/done").size() == 2);
    }
    SECTION("when, and by whom") {
        world.say(file, ".ack", R"({"filed_at":"2026-11-23T17:05:28Z","by":"Fern Alder"})");
        CHECK(store::to_instant(world.all("record").front().filed) == "2026-11-23T17:05:28.000Z");
        CHECK(world.said(1, "filed").find("Fern Alder") != std::string::npos);
    }
    SECTION("one, then the other") {
        world.say(file, ".ack", R"([{"key":"Encounter/a","filed_at":"2026-11-23T17:05:28Z"}])");
        CHECK(world.all("record")[0].state == State::filed);
        CHECK(world.all("record")[1].state == State::delivered);
        CHECK(world.files("emis/A99901").size() == 2);  // there is more to come
        world.say(file, ".ack", "key,filed_at,by\r\nEncounter/b,2026-11-24T08:00:00Z,\"A, B\"\r\n");
        CHECK(world.all("record")[1].state == State::filed);
        CHECK(world.files("emis/A99901").empty());
    }
    SECTION("or that it will not, and why, which is nobody else's to read") {
        world.say(file, ".nack", "Sorrel Bramble has moved away\n");
        for (const store::Delivery& each : world.all("record")) {
            CHECK(each.state == State::dead);
            CHECK(each.error.find("Sorrel") == std::string::npos);
        }
        CHECK(world.said(1, "reason").find("moved away") != std::string::npos);
    }
    SECTION("what cannot be read is said once, and the file waits") {
        world.say(file, ".ack", R"({"filed_at":"yesterday"})");
        world.courier.collect();
        CHECK(world.notes.size() == 1);
        CHECK(world.all("record").front().state == State::delivered);
        world.say(file, ".ack", "{}");
        CHECK(world.all("record").front().state == State::filed);
    }
}

TEST_CASE("what comes back in an extract is filed, though nobody said so", "[delivery]") {
    Practice world("came-back");
    world.contact("a");
    world.contact("b");
    world.work();
    world.extract(
        R"({"resourceType":"Observation","id":"ob","identifier":[{"system":)"
        R"("https://linkway.uk/fhir/Id/record-entry","value":"Encounter/a"}],"status":"final",)"
        R"("code":{"text":"seen"},"subject":{"reference":"Patient/p"}})");
    world.work();
    CHECK(world.all("record")[0].state == State::filed);
    CHECK(world.all("record")[0].filed == world.now - gathering_time);
    CHECK(world.all("record")[1].state == State::delivered);
    CHECK(world.all("record").size() == 2);  // and it is not sent again
}

TEST_CASE("acknowledgements of nothing, and of what was taken in, do no harm", "[delivery]") {
    Practice world("nothing");
    world.contact("a");
    world.work();
    const fs::path file = world.files("emis/A99901").front();
    world.say(file.parent_path() / "other.csv", ".ack", "");
    CHECK(world.notes.size() == 1);
    CHECK(world.notes.front().message.find("nothing of that name") != std::string::npos);
    world.say(file, ".ack", "");
    world.say(file, ".ack", "");
    CHECK(world.all("record").front().state == State::filed);
}

TEST_CASE("an outbox that cannot be written is tried again, and nothing is lost", "[delivery]") {
    Practice world("unwritable");
    std::ofstream(world.outbox) << "a file where the folder should be";
    world.contact("a");
    world.work();
    CHECK(world.all("record").front().state == State::waiting);
    CHECK(world.notes.size() == 1);
    fs::remove(world.outbox);
    world.now += 10'000;
    world.work();
    CHECK(world.files("emis/A99901").size() == 1);
    CHECK(world.all("record").front().state == State::delivered);
}

TEST_CASE("an ods code that is a path leads nowhere", "[delivery]") {
    Practice world("path", "../../up");
    world.contact("a");
    world.work();
    REQUIRE(world.all("record").size() == 1);
    CHECK(world.all("record").front().state == State::dead);
    CHECK_FALSE(fs::exists(world.outbox.parent_path() / "up"));
}

TEST_CASE("a referral that ends is told as a letter, once", "[delivery]") {
    Practice world("letter");
    world.contact("a", "spoke of <b>choirs</b>");
    world.end_referral("in-progress", "nothing yet");
    world.work();
    CHECK(world.files("messages/A99901").empty());
    world.end_referral("completed", "sings in a choir");
    world.work();
    world.end_referral("completed", "sings in two choirs");
    world.work();
    const auto letters = world.files("messages/A99901");
    REQUIRE(letters.size() == 1);
    const std::string letter = content_of(letters[0]);
    CHECK(letter.find("sings in a choir") != std::string::npos);
    CHECK(letter.find("Ben Sample, Social Prescribing Link Worker") != std::string::npos);
    CHECK(letter.find("999") != std::string::npos);
    CHECK(letter.find("<b>") == std::string::npos);  // what was written is text
    CHECK(letter.find("&lt;b&gt;choirs") != std::string::npos);
}

TEST_CASE("acknowledgements in any other form are none", "[delivery]") {
    for (const char* content : {"{", "[]", "key,filed_at,by\n", "[1]", "[{}]", R"([{"key":""}])",
                                "yes", "key;filed_at\na;b", "key,by\n,x", "key,by\na",
                                R"({"filed_at":"2026-13-45"})", "\"key\",\"by\n"}) {
        INFO(content);
        CHECK_FALSE(read_acknowledgement(content, 1).ok());
    }
    const auto all = read_acknowledgement(" \n", 5);
    REQUIRE(all.ok());
    CHECK(all->all->at == 5);
    const auto entries = filed_entries(to_json({{"Task/1", {1'795'453'528'000, "x\"y"}}}));
    REQUIRE(entries.size() == 1);
    CHECK(entries.begin()->second.by == "x\"y");
}
