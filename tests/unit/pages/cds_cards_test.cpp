#include "pages/cds_cards.h"

#include "catch.h"
#include "text/utf8.h"

using namespace linkway;
using namespace linkway::pages;

namespace {

constexpr const char* call = R"({"hook":"patient-view",
    "hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context":{"userId":"Practitioner/1","patientId":"p1"},"prefetch":{"patient":null}})";

std::string with(const std::string& find, const std::string& replace) {
    std::string text = call;
    const std::size_t at = text.find(find);
    REQUIRE(at != std::string::npos);
    return text.replace(at, find.size(), replace);
}

void refused(const std::string& body, const std::string& code, const std::string& field) {
    INFO(body);
    const auto parsed = parse_cds_request(body);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.issue().code == code);
    CHECK(parsed.issue().location.field == field);
    CHECK_FALSE(parsed.issue().message.empty());
}

Story with_one_open() {
    Story story;
    story.patient.id = "p1";
    Episode& episode = story.episodes.emplace_back();
    episode.status = "In progress";
    episode.referred = "2026-01-05";
    episode.acting.push_back(
        {"Ben Sample", Role::link_worker, "Social prescribing link worker", ""});
    return story;
}

constexpr store::Instant march = 1'772'323'200'000;  // 2026-03-01

text::Document parsed(const std::string& json) {
    auto document = text::parse_json(json, "cards");
    REQUIRE(document.ok());
    return std::move(*document);
}

}  // namespace

TEST_CASE("A call of patient-view is read", "[pages][cds]") {
    const auto request = parse_cds_request(call);
    REQUIRE(request.ok());
    CHECK(request->patient == "p1");
    CHECK(request->user == "Practitioner/1");
    CHECK(request->hook_instance == "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea");
}

TEST_CASE("A call that is none says where it is wrong", "[pages][cds]") {
    refused("[]", "structure", "");
    refused("{}", "required", "hook");
    refused(with("\"patient-view\"", "7"), "value", "hook");
    refused(with("patient-view", "order-sign"), "not-supported", "hook");
    refused(with("d1577c69-", ""), "value", "hookInstance");
    refused(with("d1577c69", "g1577c69"), "value", "hookInstance");
    refused(with("\"context\"", "\"contexts\""), "required", "context");
    refused(with(",\"patientId\":\"p1\"", ""), "required", "context.patientId");
    refused(with("\"p1\"", "\"Patient/p1\""), "value", "context.patientId");
    refused(with("\"p1\"", "\"\""), "value", "context.patientId");
    refused(with("\"p1\"", "\"p1' OR 1=1\""), "value", "context.patientId");
    refused(with("\"p1\"", "\"" + std::string(65, 'a') + "\""), "value", "context.patientId");
    CHECK_FALSE(parse_cds_request("").ok());
    CHECK_FALSE(parse_cds_request("{\"hook\":\"patient-view\"").ok());
}

TEST_CASE("A hook that is nearly right is named", "[pages][cds]") {
    const auto request = parse_cds_request(with("patient-view", "patient-veiw"));
    REQUIRE_FALSE(request.ok());
    CHECK(request.issue().suggestion == "did you mean \"patient-view\"?");
}

TEST_CASE("The one service is described", "[pages][cds]") {
    const auto document = parsed(cds_discovery());
    const text::Node& service = document.root().find("services")->items.front();
    CHECK(service.string_or("hook", "") == "patient-view");
    CHECK(service.string_or("id", "") == cds_service);
    CHECK_FALSE(service.string_or("description", "").empty());
    CHECK(service.find("prefetch") == nullptr);
}

TEST_CASE("There is no card when there is nothing to say", "[pages][cds]") {
    CHECK(cds_cards({}, "https://x.example/", march) == R"({"cards":[]})");
    Story story = with_one_open();
    story.episodes[0].open = false;
    story.episodes[0].ended = "2025-02-27";
    CHECK(cds_cards(story, "https://x.example/", march) == R"({"cards":[]})");
    story.episodes[0].ended = "2025-03-02";
    CHECK(parsed(cds_cards(story, "", march)).root().find("cards")->items.size() == 1);
}

TEST_CASE("What is requested of the practice is a warning of its own, before the rest",
          "[pages][cds]") {
    Story story = with_one_open();
    Action action;
    action.text = "Review sleep";
    story.episodes[0].actions.push_back(action);
    action.open = false;
    story.episodes[0].actions.push_back(action);
    action.open = true;
    action.for_person = true;
    story.episodes[0].actions.push_back(action);
    const auto document = parsed(cds_cards(story, "https://x.example/", march));
    const text::Items& cards = document.root().find("cards")->items;
    REQUIRE(cards.size() == 2);
    CHECK(cards[0].string_or("indicator", "") == "warning");
    CHECK(cards[0].string_or("summary", "") ==
          "Social prescribing: 1 action requested of the practice");
    CHECK(cards[0].string_or("detail", "") == "- Review sleep");
    CHECK(cards[1].string_or("indicator", "") == "info");
}

TEST_CASE("A summary has fewer than 140 characters, cut between characters", "[pages][cds]") {
    for (const char* letter : {"a", "é", "你", "a "}) {
        Story story = with_one_open();
        story.episodes[0].acting[0].name.clear();
        for (int i = 0; i < 200; ++i) {
            story.episodes[0].acting[0].name += letter;
        }
        const auto document = parsed(cds_cards(story, "", march));
        const std::string summary(
            document.root().find("cards")->items.front().string_or("summary", ""));
        CHECK(text::is_utf8(summary));
        const auto characters = std::count_if(summary.begin(), summary.end(), [](char c) {
            return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        });
        CHECK(characters < 140);
        CHECK(characters > 60);
    }
}

TEST_CASE("Texts mean only themselves in Markdown", "[pages][cds]") {
    const auto detail_of = [](const std::string& text) {
        Story story = with_one_open();
        Action action;
        action.text = text;
        story.episodes[0].actions.push_back(action);
        const auto document = parsed(cds_cards(story, "", march));
        return std::string(document.root().find("cards")->items.front().string_or("detail", ""));
    };
    CHECK(detail_of("[a](b) <img> *c* `d`") == "- \\[a\\](b) \\<img\\> \\*c\\* \\`d\\`");
    CHECK(detail_of("# one") == "- \\# one");
    CHECK(detail_of("1. one") == "- 1\\. one");
    CHECK(detail_of("1.5 mg") == "- 1.5 mg");
    CHECK(detail_of("- one") == "- \\- one");
    CHECK(detail_of("one\n# two\n- three") == "- one # two - three");
    CHECK(detail_of("https://x.example www.x.example a@x.example") ==
          "- https\\://x.example www\\.x.example a\\@x.example");
}
