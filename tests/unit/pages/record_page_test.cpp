#include "pages/record_page.h"

#include <openssl/evp.h>

#include "access/base64.h"
#include "catch.h"

using namespace linkway;
using namespace linkway::pages;

namespace {

bool holds(const Page& page, const std::string& text) {
    return page.html.find(text) != std::string::npos;
}

std::string header(const Page& page, const std::string& name) {
    for (const auto& [each, value] : page.headers) {
        if (each == name) {
            return value;
        }
    }
    return {};
}

std::string source_of_style(const Page& page) {
    const std::size_t begin = page.html.find("<style>") + 7;
    const std::string sheet = page.html.substr(begin, page.html.find("</style>") - begin);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_Digest(sheet.data(), sheet.size(), digest, &size, EVP_sha256(), nullptr);
    return "'sha256-" + access::to_base64({reinterpret_cast<const char*>(digest), size}) + "'";
}

constexpr store::Instant march = 1'772'323'200'000;  // 2026-03-01

}  // namespace

TEST_CASE("The policy names the page's own style sheet and nothing else", "[pages]") {
    for (const Page& page : {record_page({}, {}), link_expired_page(), link_not_valid_page()}) {
        CHECK(header(page, "Content-Security-Policy") ==
              "default-src 'none'; style-src " + source_of_style(page) +
                  "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        CHECK(header(page, "Cache-Control") == "no-store");
        CHECK(header(page, "Referrer-Policy") == "no-referrer");
        CHECK_FALSE(holds(page, "<script"));
        CHECK_FALSE(holds(page, " style="));
    }
}

TEST_CASE("A patient of whom little is known is told as such", "[pages]") {
    const Page page = record_page({}, {});
    CHECK(holds(page, "Name not known"));
    CHECK(holds(page, "No social prescribing referrals"));
    CHECK(holds(page, "Nothing has been received yet."));
}

TEST_CASE("An NHS number is read in groups, an age in whole years", "[pages]") {
    Story story;
    story.patient.nhs_number = "9990000018";
    story.patient.birth_date = "1951-03-02";
    CHECK(holds(record_page(story, {"", 0, march}), "999 000 0018"));
    CHECK(holds(record_page(story, {"", 0, march}), "(74 years)"));
    CHECK(holds(record_page(story, {"", 0, march + 86'400'000}), "(75 years)"));
    story.patient.died = "2026-01";
    CHECK_FALSE(holds(record_page(story, {"", 0, march}), "years)"));
    CHECK(holds(record_page(story, {"", 0, march}), "<time datetime=\"2026-01\">Jan 2026</time>"));
}

TEST_CASE("Text cannot become markup, nor turn the text around it", "[pages]") {
    Story story;
    Episode& episode = story.episodes.emplace_back();
    episode.status = "<b>&\"'\x01\r\n";
    episode.why =
        "\xE2\x80\xAE"
        "abc";
    episode.referred = "\"><script>";
    const Page page = record_page(story, {});
    CHECK(holds(page, "&lt;b&gt;&amp;&quot;&#39;\xEF\xBF\xBD\n"));
    CHECK(holds(page,
                "<bdi>\xE2\x80\xAE"
                "abc</bdi>"));
    CHECK(holds(page, "&quot;&gt;&lt;script&gt;"));
    CHECK_FALSE(holds(page, "<b>"));
}

TEST_CASE("None is said only where everything could be read", "[pages]") {
    Story story;
    story.episodes.emplace_back();
    CHECK(holds(record_page(story, {}), "No action is requested of the practice."));
    story.complete = false;
    CHECK_FALSE(holds(record_page(story, {}), "No action is requested of the practice."));
    CHECK(holds(record_page(story, {}), "None among what this page can show."));
}

TEST_CASE("A drawing needs two scores that can be placed; the table has them all", "[pages]") {
    Story story;
    Episode& episode = story.episodes.emplace_back();
    Series series;
    series.title = "Anxiety yesterday";
    series.known = series.lower_is_better = true;
    series.highest = 10;
    series.points = {{"2026-01-05", "7", ""}};
    episode.scores = {{"ONS4", "", {series}}};
    CHECK_FALSE(holds(record_page(story, {}), "<svg"));
    episode.scores[0].series[0].points.push_back({"", "3", ""});
    CHECK_FALSE(holds(record_page(story, {}), "<svg"));
    CHECK(holds(record_page(story, {}), "Date not stated"));
    episode.scores[0].series[0].points[1] = {"2026-01-05", "nan", ""};
    CHECK_FALSE(holds(record_page(story, {}), "<svg"));
    episode.scores[0].series[0].points[1] = {"2026-01-05", "3", ""};  // at the same moment
    const Page page = record_page(story, {});
    CHECK(holds(page, "<svg"));
    CHECK(holds(page, "Lower is better."));
    CHECK_FALSE(holds(page, "nan"));
}
