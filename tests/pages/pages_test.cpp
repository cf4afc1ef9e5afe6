// Runs every case under tests/pages/<case>: what a clinician sees of one patient.
//
//   case.yaml             fact: what the case shows; now: the time; expires: of the link;
//                         deliveries: a list of {subject: Encounter/e1, channel: record, state:
//                         filed, created, delivered, filed: times}
//   record.ndjson         resources that an extract brought, each with meta.lastUpdated: when
//   service.ndjson        the same of resources that a service wrote; both in order of that time
//   expected.html         the record page, expected-cards.json the cards
//
// headers.txt beside the cases is what every page is sent with. LINKWAY_UPDATE=1 writes what is
// expected; look at it in a browser before you commit it (browser.sh takes pictures).
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.h"
#include "pages/cds_cards.h"
#include "pages/record_page.h"
#include "store/moment.h"
#include "unit/store/fixture.h"

namespace fs = std::filesystem;
using namespace linkway;

namespace {

const fs::path root = LINKWAY_PAGES;

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

store::Instant instant(std::string_view text) {
    if (text.empty()) {
        return 0;
    }
    const auto moments = store::moments_of(text);
    REQUIRE(moments);
    return moments->from;
}

const loop::Knowledge& knowledge() {
    static const auto loaded = [] {
        text::Issues issues;
        auto made = loop::load_knowledge(LINKWAY_SOURCE_DIR "/mappings", issues);
        REQUIRE(issues.empty());
        return made;
    }();
    return *loaded;
}

struct Line {
    std::string json;
    store::Instant at = 0;
    bool record = false;
};

std::vector<Line> lines_of(const fs::path& folder) {
    std::vector<Line> lines;
    for (const char* name : {"record.ndjson", "service.ndjson"}) {
        std::ifstream in(folder / name);
        for (std::string line; std::getline(in, line);) {
            const auto document = text::parse_json(line, name);
            INFO(folder << " " << name);
            REQUIRE(document);
            const text::Node* meta = document->root().find("meta");
            REQUIRE(meta != nullptr);
            lines.push_back({line, instant(meta->string_or("lastUpdated", "")),
                             std::string_view(name) == "record.ndjson"});
        }
    }
    std::stable_sort(lines.begin(), lines.end(),
                     [](const Line& a, const Line& b) { return a.at < b.at; });
    return lines;
}

/// Writes lines that came together as one transaction.
void write(store::test::Fixture& fixture, const std::vector<Line>& lines) {
    for (std::size_t begin = 0; begin < lines.size();) {
        std::vector<store::Prepared> prepared;
        std::size_t end = begin;
        while (end < lines.size() && lines[end].at == lines[begin].at &&
               lines[end].record == lines[begin].record) {
            prepared.push_back(store::test::Fixture::prepared(lines[end++].json));
        }
        const bool record = lines[begin].record;
        loop::Writing writing{knowledge(),
                              [](std::string_view) { return loop::Agreement{}; },
                              record ? referrals::Origin::record : referrals::Origin::fhir,
                              {},
                              {record ? "intake" : "provider", "request", lines[begin].at}};
        writing.actor.role = record ? "practice" : "provider";
        std::vector<loop::Item> items;
        for (const store::Prepared& each : prepared) {
            items.push_back({&each, {}});
        }
        const auto failed = fixture.store().write(
            [&](store::Writer& writer) { return loop::write(writer, items, writing); });
        INFO((failed ? text::to_string(*failed) : ""));
        REQUIRE_FALSE(failed);
        begin = end;
    }
}

void deliver(store::test::Fixture& fixture, const text::Node& deliveries) {
    for (const text::Node& each : deliveries.items) {
        store::Delivery delivery;
        const std::string subject(each.string_or("subject", ""));
        const std::size_t slash = subject.find('/');
        REQUIRE(slash != std::string::npos);
        delivery.subject = {subject.substr(0, slash), subject.substr(slash + 1)};
        delivery.version = 1;
        delivery.channel = each.string_or("channel", "record");
        delivery.destination = "emis/A99901";
        delivery.key = delivery.channel + "/" + subject;
        delivery.created = instant(each.string_or("created", ""));
        delivery.delivered = instant(each.string_or("delivered", ""));
        delivery.filed = instant(each.string_or("filed", ""));
        REQUIRE_FALSE(fixture.store().write([&](store::Writer& writer) {
            writer.enqueue(delivery);
            delivery.id = writer.deliveries({{}, {}, delivery.key, {}, {}, {}, 1}).front().id;
            for (const auto state :
                 {store::Delivery::State::waiting, store::Delivery::State::delivered,
                  store::Delivery::State::filed, store::Delivery::State::dead}) {
                if (store::to_code(state) == each.string_or("state", "")) {
                    delivery.state = state;
                }
            }
            writer.settle(delivery);
            return text::Status();
        }));
    }
}

void compare(const fs::path& file, const std::string& made) {
    if (std::getenv("LINKWAY_UPDATE") != nullptr) {
        std::ofstream(file, std::ios::binary) << made;
    }
    INFO(file);
    CHECK(read_file(file) == made);
}

std::vector<fs::path> cases() {
    std::vector<fs::path> found;
    for (const auto& each : fs::directory_iterator(root)) {
        if (fs::exists(each.path() / "case.yaml")) {
            found.push_back(each.path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

void run(const fs::path& folder) {
    const auto document =
        text::parse_yaml(read_file(folder / "case.yaml"), (folder / "case.yaml").string());
    REQUIRE(document);
    const text::Node& settings = document->root();
    CHECK_FALSE(settings.string_or("fact", "").empty());
    const store::Instant now = instant(settings.string_or("now", ""));
    store::test::Fixture fixture("pages-" + folder.filename().string());
    write(fixture, lines_of(folder));
    if (const text::Node* deliveries = settings.find("deliveries")) {
        deliver(fixture, *deliveries);
    }
    pages::Story story;
    const auto failed = fixture.store().read([&](store::Reader& reader) -> text::Status {
        auto told = pages::collect(reader, settings.string_or("patient", "p1"),
                                   store::Reach{false, {"A99901"}}, now, {knowledge(), {}});
        if (!told) {
            return std::move(told).issue();
        }
        story = std::move(*told);
        return {};
    });
    INFO((failed ? text::to_string(*failed) : ""));
    REQUIRE_FALSE(failed);
    const pages::Page page = pages::record_page(
        story, {"Testerton Surgery", instant(settings.string_or("expires", "")), now});
    CHECK(page.status == 200);
    compare(folder / "expected.html", page.html);
    const std::string cards = pages::cds_cards(story, "https://gateway.example/record/LINK", now);
    REQUIRE(text::parse_json(cards, "cards"));
    compare(folder / "expected-cards.json", cards + "\n");
    std::string headers;
    for (const auto& [name, value] : page.headers) {
        headers += name + ": " + value + "\n";
    }
    compare(root / "headers.txt", headers);
}

}  // namespace

TEST_CASE("Each case of what a clinician sees is as expected", "[pages]") {
    const auto all = cases();
    REQUIRE(all.size() >= LINKWAY_PAGES_AT_LEAST);
    for (const fs::path& folder : all) {
        INFO(folder.filename().string());
        run(folder);
    }
}

TEST_CASE("Links that do not open the record say what to do", "[pages]") {
    compare(root / "link-expired.html", pages::link_expired_page().html);
    compare(root / "link-not-valid.html", pages::link_not_valid_page().html);
    CHECK(pages::link_expired_page().status == 401);
    CHECK(pages::link_not_valid_page().status == 401);
}
