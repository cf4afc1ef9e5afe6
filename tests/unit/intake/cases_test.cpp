// Each folder of tests/intake is a case: what is dropped into the inbox, one thing after the other,
// and what then stands in ledger, store, quarantine and inbox/failed. case.yaml:
//
//   fact: a sentence
//   practices: [ODS codes], for only those
//   steps:   {to: place in the inbox, from: <system>/<case>[/input-2] of tests/cases, as: zip |
//            folder | loose, then: states by name at that moment}
//   expect:  ledger: states by name; failed: words of the reason by name; resources: counts by
//            type; changes: versions of each resource at most; quarantine: words by table
#include "fixture.h"
#include "text/node.h"

using namespace linkway;
using namespace linkway::intake;
using namespace linkway::intake::test;

namespace {

std::map<std::string, std::string> input_of(const std::string& from) {
    const fs::path path(from);
    auto part = path.begin();
    const std::string system = (part++)->string();
    const std::string name = (part++)->string();
    if (part == path.end()) {
        return case_files(name, system);
    }
    return files_of(fs::path(LINKWAY_SOURCE_DIR "/tests/cases") / from);
}

void check_states(Fixture& data, const text::Node* states) {
    std::map<std::string, std::string> found;
    for (const auto& entry : data.ledger()) {
        INFO(entry.name << " " << entry.reason);
        found[entry.name] = store::to_code(entry.state);
    }
    for (std::size_t i = 0; states != nullptr && i < states->members.size(); ++i) {
        const text::Member& each = states->members[i];
        INFO(each.name);
        CHECK(found[std::string(each.name)] == each.value.text);
    }
}

void take_step(Fixture& data, const text::Node& step) {
    const std::string to(step.string_or("to", ""));
    const auto files = input_of(std::string(step.string_or("from", "")));
    REQUIRE_FALSE(files.empty());
    if (step.string_or("as", "") == "zip") {
        data.drop(to, zip_of(files));
    } else {
        data.drop_folder(to, files);
    }
    data.now += 60'000;
    data.take_all();
    check_states(data, step.find("then"));
}

void check_expected(Fixture& data, const text::Node& expect) {
    check_states(data, expect.find("ledger"));
    const auto failed = files_of(data.folder().failed());
    if (const text::Node* names = expect.find("failed")) {
        for (const text::Member& each : names->members) {
            const std::string reason = failed.at(std::string(each.name) + ".reason.json");
            INFO(reason);
            CHECK(reason.find(each.value.text) != std::string::npos);
        }
    } else {
        CHECK(failed.empty());
    }
    const text::Node* counts = expect.find("resources");
    for (std::size_t i = 0; counts != nullptr && i < counts->members.size(); ++i) {
        const text::Member& each = counts->members[i];
        INFO(each.name);
        CHECK(std::to_string(data.count(std::string(each.name))) == each.value.text);
    }
    if (expect.find("changes") != nullptr) {
        for (const auto& [key, json] : data.content()) {
            INFO(key);
            CHECK(json.starts_with("1 "));
        }
    }
    const text::Node* tables = expect.find("quarantine");
    const auto items = quarantined(data.store());
    REQUIRE(items.ok());
    CHECK(items->empty() == (tables == nullptr));
    for (std::size_t i = 0; tables != nullptr && i < tables->members.size(); ++i) {
        const text::Member& each = tables->members[i];
        const bool found =
            std::any_of(items->begin(), items->end(), [&](const store::Quarantined& item) {
                return item.table == each.name && !item.content.empty() && item.line > 0 &&
                       item.reason.find(each.value.text) != std::string::npos;
            });
        INFO(each.name << (items->empty() ? "" : items->front().reason));
        CHECK(found);
    }
}

}  // namespace

TEST_CASE("cases of the inbox") {
    std::size_t count = 0;
    std::set<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(LINKWAY_SOURCE_DIR "/tests/intake")) {
        folders.insert(entry.path());
    }
    for (const fs::path& folder : folders) {
        INFO(folder.filename().string());
        const auto files = files_of(folder);
        const auto parsed = text::parse_yaml(files.at("case.yaml"), "case.yaml");
        INFO((parsed ? std::string() : text::to_string(parsed.issue())));
        REQUIRE(parsed.ok());
        Options options;
        if (const text::Node* practices = parsed->root().find("practices")) {
            for (const text::Node& each : practices->items) {
                options.practices.emplace(each.text);
            }
        }
        Fixture data(options);
        for (const text::Node& step : parsed->root().find("steps")->items) {
            take_step(data, step);
        }
        check_expected(data, *parsed->root().find("expect"));
        ++count;
    }
    CHECK(count >= 9);
}
