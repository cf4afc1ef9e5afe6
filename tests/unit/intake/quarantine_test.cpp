// A row that could not be used: kept as it came, put right by hand, played again.
#include "fixture.h"

using namespace linkway;
using namespace linkway::intake;
using namespace linkway::intake::test;
using State = store::Quarantined::State;

namespace {

/// The only item of a table, or the first of several.
store::Quarantined item_of(Fixture& data, const std::string& table) {
    const auto items = quarantined(data.store());
    REQUIRE(items.ok());
    for (const auto& item : *items) {
        if (item.table == table) {
            return item;
        }
    }
    FAIL("nothing of " << table << " in quarantine");
    return {};
}

}  // namespace

TEST_CASE("a rejected row is kept with its header, edited, replayed") {
    Options options;
    options.policies["nhs-number"] = "reject";
    Fixture data(options);
    data.drop_folder("emis/extract", case_files("nhs-number-reject"));
    data.take_all();
    const auto ledger = data.only();
    INFO(ledger.reason << ledger.reconciliation);
    REQUIRE(ledger.state == store::Intake::State::done);
    const auto item = item_of(data, "CareRecord_Observation");
    INFO(item.content << item.reason);
    CHECK(item.content.starts_with("\"ObservationGuid\""));
    CHECK(item.line > 1);
    CHECK(item.state == State::waiting);
    CHECK(item.reason.find("NHS number") != std::string::npos);
    const std::string row = item.content.substr(item.content.find('\n') + 1);
    CHECK(row.find('\n') == row.size() - 1);
    // Found by the beginning of its id too.
    CHECK(find_quarantined(data.store(), item.id.substr(0, 6))->id == item.id);
}

TEST_CASE("a row put right arrives like any other") {
    Fixture data;
    const auto good = case_files("seen-and-closed");
    auto files = good;
    std::string spoilt;
    for (auto& [name, content] : files) {
        if (name.find("CareRecord_Observation_") != std::string::npos) {
            spoilt = name;
        }
    }
    REQUIRE_FALSE(spoilt.empty());
    // The last row loses a cell.
    std::string& content = files[spoilt];
    const std::size_t row = content.rfind('\n', content.size() - 3) + 1;
    const std::size_t comma = content.find(',', row);
    const std::string lost = content.substr(row, content.find_first_of("\r\n", row) - row);
    content.erase(comma, 1);
    data.drop_folder("emis/extract", files);
    data.take_all();
    const auto item = item_of(data, "CareRecord_Observation");
    CHECK(item.content.find(lost.substr(0, comma - row)) != std::string::npos);
    const auto before = data.content();

    // As it is it fails again and stays, with a reason.
    auto outcome = data.quarantine().replay({item.id});
    REQUIRE(outcome.ok());
    CHECK_FALSE(outcome->front().replayed);
    CHECK(outcome->front().reason.find("OperationOutcome") != std::string::npos);
    CHECK(data.content() == before);
    CHECK(quarantined(data.store())->size() == 1);

    const std::string header = item.content.substr(0, item.content.find('\n') + 1);
    // What is no such row is refused, and nothing changes.
    CHECK(data.quarantine().edit(item.id, header));
    CHECK(data.quarantine().edit(item.id, "other,header\r\n" + lost + "\r\n"));
    CHECK(data.quarantine().edit(item.id, header + lost + ",one,more\r\n"));
    CHECK(data.quarantine().edit(item.id, header + "\xFF" + lost));
    CHECK(find_quarantined(data.store(), item.id)->state == State::waiting);

    REQUIRE_FALSE(data.quarantine().edit(item.id, header + lost + "\r\n"));
    CHECK(find_quarantined(data.store(), item.id)->state == State::edited);
    outcome = data.quarantine().replay({item.id});
    REQUIRE(outcome.ok());
    INFO(outcome->front().reason);
    CHECK(outcome->front().replayed);
    CHECK(find_quarantined(data.store(), item.id)->state == State::replayed);
    CHECK_FALSE(data.quarantine().replay({item.id}).ok());
    CHECK(data.quarantine().edit(item.id, header + lost + "\r\n"));

    Fixture whole;
    whole.drop_folder("emis/extract", good);
    whole.take_all();
    auto expected = whole.content();
    auto found = data.content();
    CHECK(found.size() == expected.size());
    for (const auto& [key, json] : expected) {
        INFO(key);
        REQUIRE(found.count(key) == 1);
        if (!key.starts_with("Provenance/")) {
            CHECK(found[key].substr(found[key].find(' ')) == json.substr(json.find(' ')));
        }
    }
    // The same extract again, whole this time, changes nothing.
    const auto after = data.content();
    data.drop_folder("emis/extract", good);
    data.take_all();
    for (const auto& [key, json] : after) {
        if (!key.starts_with("Provenance/")) {
            INFO(key);
            CHECK(data.content()[key] == json);
        }
    }
}

TEST_CASE("rows of a system with a manifest and Windows-1252 can be played again") {
    Fixture data;
    auto files = case_files("seen-and-closed", "systmone");
    for (auto& [name, content] : files) {
        if (name.find("SRCode.csv") != std::string::npos) {
            content.erase(content.rfind(',', content.size() - 3), 1);  // the last row's cell
        }
    }
    data.drop_folder("systmone/extract", files);
    data.take_all();
    INFO(data.only().reason);
    const auto item = item_of(data, "SRCode");
    const std::string spoilt = item.content;
    const std::size_t end = spoilt.find_last_not_of("\r\n");
    const std::size_t quote = spoilt.rfind("\"\"", end);
    INFO(spoilt);
    REQUIRE(quote != std::string::npos);
    REQUIRE_FALSE(data.quarantine().edit(
        item.id, spoilt.substr(0, quote + 1) + "," + spoilt.substr(quote + 1)));
    const auto outcome = data.quarantine().replay({item.id});
    INFO((outcome ? outcome->front().reason : text::to_string(outcome.issue())));
    REQUIRE(outcome.ok());
    CHECK(outcome->front().replayed);
}

TEST_CASE("rows of a system without headers can be played again") {
    Fixture data;
    auto files = case_files("seen-and-closed", "vision");
    std::string row;
    for (auto& [name, content] : files) {
        if (name.find("journal_data_extract") != std::string::npos) {
            const std::size_t from = content.rfind('\n', content.size() - 2) + 1;
            row = content.substr(from);
            content.erase(content.find(',', from), 1);
        }
    }
    REQUIRE_FALSE(row.empty());
    data.drop_folder("vision/extract", files);
    data.take_all();
    INFO(data.only().reason);
    const auto item = item_of(data, "journal_data_extract");
    REQUIRE_FALSE(data.quarantine().edit(item.id, row));
    const auto outcome = data.quarantine().replay({item.id});
    INFO((outcome ? outcome->front().reason : text::to_string(outcome.issue())));
    REQUIRE(outcome.ok());
    CHECK(outcome->front().replayed);
}

TEST_CASE("held rows are kept; discarded ones stay so when the extract comes again") {
    Fixture data;
    data.drop_folder("emis/extract", case_files("agreement-off"));
    data.take_all();
    auto items = quarantined(data.store());
    REQUIRE(items.ok());
    REQUIRE_FALSE(items->empty());
    CHECK(items->front().reason.find("held") != std::string::npos);
    REQUIRE_FALSE(data.quarantine().discard(items->front().id));
    data.drop_folder("emis/extract", case_files("agreement-off"));
    data.take_all();
    const auto again = quarantined(data.store());
    CHECK(again->size() == items->size());
    CHECK(again->front().state == State::discarded);
    CHECK_FALSE(find_quarantined(data.store(), "nothing-like-it").ok());
}
