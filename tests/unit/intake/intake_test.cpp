// What lands comes into the store once, or into inbox/failed with its reason.
#include "fixture.h"
#include "text/node.h"

using namespace linkway;
using namespace linkway::intake;
using namespace linkway::intake::test;
using State = store::Intake::State;

namespace {

const std::string shared_emis_patient = "Patient/750e676c-31fc-55b9-a030-a2de53880f7e";
const std::string shared_systmone_patient = "Patient/bd0bc15f-4887-548b-aabb-795a7d0ad0ee";

/// Whether a reason beside a failed thing speaks of it.
void check_reason(const Fixture& data, const std::string& name, const std::string& words) {
    INFO(name);
    CHECK(fs::exists(data.folder().failed() / name));
    const auto files = files_of(data.folder().failed());
    const auto reason = files.find(name + ".reason.json");
    REQUIRE(reason != files.end());
    INFO(reason->second);
    CHECK(text::parse_json(reason->second, "reason").ok());
    CHECK(reason->second.find("\"OperationOutcome\"") != std::string::npos);
    CHECK(reason->second.find(words) != std::string::npos);
    CHECK(reason->second.find(data.root().string()) == std::string::npos);
}

std::size_t files_in(const fs::path& folder) {
    return files_of(folder).size();
}

}  // namespace

TEST_CASE("a zip, a folder and loose files of one extract come to the same") {
    const auto files = case_files("seen-and-closed");
    Fixture zip;
    zip.drop("emis/x.zip", zip_of(files));
    zip.take_all();
    CHECK(zip.only().state == State::done);
    CHECK(zip.only().name == "x.zip");
    CHECK(zip.only().resources == zip.content().size());
    CHECK(zip.count("ServiceRequest") == 1);
    CHECK(zip.count("Task") == 1);

    Fixture folder;
    folder.drop_folder("emis/extract", files);
    folder.take_all();
    Fixture loose;
    loose.drop_folder("emis", files);
    loose.take_all();
    CHECK(loose.only().state == State::done);
    CHECK(loose.only().name.find(" more") != std::string::npos);
    // But for Provenance, which names the file as it came.
    for (Fixture* other : {&folder, &loose}) {
        auto first = zip.content();
        auto second = other->content();
        const auto is_provenance = [](const auto& each) {
            return each.first.starts_with("Provenance/");
        };
        std::erase_if(first, is_provenance);
        std::erase_if(second, is_provenance);
        CHECK(first == second);
        CHECK(files_in(other->folder().inbox()) == 0);
        CHECK(files_in(other->folder().raw()) == 0);
        CHECK(files_in(other->folder().work()) == 0);
    }
}

TEST_CASE("the ledger has the reconciliation and says how it went") {
    Fixture data;
    data.drop("emis/x.zip", zip_of(case_files("seen-and-closed")));
    data.take_all();
    const std::string json = to_json(data.only());
    const auto parsed = text::parse_json(json, "status");
    REQUIRE(parsed.ok());
    CHECK(parsed->root().string_or("state", "") == "done");
    const text::Node* reconciliation = parsed->root().find("reconciliation");
    REQUIRE(reconciliation != nullptr);
    CHECK(reconciliation->find("total") != nullptr);
}

TEST_CASE("the same content again does nothing, under whatever name") {
    Fixture data;
    const std::string zip = zip_of(case_files("seen-and-closed"));
    data.drop("emis/x.zip", zip);
    data.take_all();
    const auto before = data.content();
    data.notes.clear();
    data.drop("emis/y.zip", zip);
    data.take_all();
    CHECK(data.content() == before);
    CHECK(data.ledger().size() == 1);
    CHECK(files_in(data.folder().inbox()) == 0);
    REQUIRE_FALSE(data.notes.empty());
    CHECK(data.notes[0].code == "duplicate");
    CHECK(data.notes[0].location.file == "y.zip");
    REQUIRE_FALSE(data.store().read([&](store::Reader& reader) {
        CHECK(reader.notes("intake-again").size() == 1);
        return text::Status();
    }));
}

TEST_CASE("what cannot be used lies in failed with its reason, and the next goes on") {
    Fixture data;
    const auto files = case_files("seen-and-closed");
    const std::string good = zip_of(files);
    auto out = files;
    out["../outside.csv"] = "x";
    data.drop("emis/traversal.zip", zip_of(out));
    data.drop("emis/broken.zip", good.substr(0, good.size() / 2));
    data.drop("emis/nothing.zip", zip_of({{"readme.txt", "hello"}}));
    data.drop("emiss/x.zip", good + " ");
    data.drop("astray.zip", good + "  ");
    data.drop("emis/good.zip", good);
    data.take_all();
    check_reason(data, "traversal.zip", "leads out");
    check_reason(data, "broken.zip", "zip");
    check_reason(data, "nothing.zip", "no EMIS Web file");
    check_reason(data, "x.zip", "did you mean");
    check_reason(data, "astray.zip", "folder of no system");
    CHECK(data.count("ServiceRequest") == 1);
    std::size_t failed = 0;
    for (const auto& entry : data.ledger()) {
        failed += entry.state == State::failed ? 1 : 0;
    }
    CHECK(failed == 5);
    CHECK(files_in(data.folder().raw()) == 0);
}

TEST_CASE("an extract that ends the service again and again is put aside") {
    Fixture data;
    data.drop("emis/poison.zip", zip_of(case_files("seen-and-closed")));
    const auto id = data.accept();
    // Ten processes died of it; killed ones look the same.
    std::ofstream(data.folder().raw() / id / "begun") << "..........";
    data.take_all();
    check_reason(data, "poison.zip", "the service ended over it");
    CHECK(data.only().state == State::failed);
    CHECK(data.count("ServiceRequest") == 0);

    // Nine is few enough; and work that comes to an end is forgotten.
    Fixture again;
    again.drop("emis/x.zip", zip_of(case_files("seen-and-closed")));
    std::ofstream(again.folder().raw() / again.accept() / "begun") << ".........";
    again.take_all();
    CHECK(again.only().state == State::done);
}

TEST_CASE("an incomplete batch fails; put back with the rest it is used") {
    Fixture data;
    auto files = case_files("seen-and-closed");
    auto few = files;
    std::erase_if(few, [](const auto& each) {
        return each.first.find("Admin_Organisation_") != std::string::npos;
    });
    data.drop_folder("emis/extract", few);
    data.take_all();
    CHECK(data.only().state == State::failed);
    check_reason(data, "extract", "Admin_Organisation");
    fs::rename(data.folder().failed() / "extract", data.folder().inbox() / "emis" / "extract");
    data.drop_folder("emis/extract", files);
    data.take_all();
    CHECK(data.count("ServiceRequest") == 1);
    CHECK(data.ledger().size() == 2);
}

TEST_CASE("only configured practices may send") {
    Options options;
    options.practices = {"B99999"};
    Fixture data(options);
    const std::string zip = zip_of(case_files("seen-and-closed"));
    data.drop("emis/x.zip", zip);
    data.take_all();
    check_reason(data, "x.zip", "not configured: A99901");
    CHECK(data.content().empty());
    // Nothing of it stayed in the staging store either: once allowed, all of it comes.
    Options wider;
    wider.practices = {"A99901"};
    data.close();
    Fixture again(data.root(), wider);
    fs::rename(again.folder().failed() / "x.zip", again.folder().inbox() / "emis" / "x.zip");
    again.take_all();
    CHECK(again.only().state == State::done);
    CHECK(again.count("ServiceRequest") == 1);
}

TEST_CASE("extracts that lie there together are applied in the order they were made") {
    const auto files = case_files("delta-corrects");
    std::map<std::string, std::map<std::string, std::string>> batches;
    for (const auto& [name, content] : files) {
        batches[name.substr(0, name.find('_'))][name] = content;
    }
    REQUIRE(batches.size() == 2);
    Fixture data;
    // Named the wrong way round.
    data.drop("emis/b.zip", zip_of(batches.begin()->second));
    data.drop("emis/a.zip", zip_of(batches.rbegin()->second));
    data.take_all();
    for (const auto& entry : data.ledger()) {
        INFO(entry.name << " " << entry.reason);
        CHECK(entry.state == State::done);
    }
}

TEST_CASE("whichever system sends first, the store comes to say the same") {
    // One person and one referral in both systems.
    const auto shared = fs::path(LINKWAY_SOURCE_DIR) / "tests/cases/shared/gp-and-service";
    const auto files = [&](const std::string& system, const std::string& input) {
        const tests::TemporaryFolder folder;
        const auto over = fs::copy_options::overwrite_existing | fs::copy_options::recursive;
        fs::copy(fs::path(LINKWAY_SOURCE_DIR) / "tests/cases" / system / "base/input",
                 folder.path(), over);
        fs::copy(shared / input, folder.path(), over);
        return files_of(folder.path());
    };
    const auto drop = [&](const Fixture& data, const std::string& system) {
        data.drop_folder(system + "/extract",
                         files(system, system == "emis" ? "input" : "input-2"));
    };
    Fixture together;
    drop(together, "emis");
    drop(together, "systmone");
    together.take_all();
    const auto expected = together.content();
    CHECK(expected.at(shared_emis_patient).find(shared_systmone_patient) != std::string::npos);
    for (const bool reverse : {false, true}) {
        INFO(reverse);
        Fixture data;
        drop(data, reverse ? "systmone" : "emis");
        data.take_all();
        drop(data, reverse ? "emis" : "systmone");
        data.take_all();
        const auto found = data.content();
        CHECK(found.size() == expected.size());
        for (const auto& [key, json] : expected) {
            INFO(key);
            const std::string& other = found.at(key);  // after its version, which may be another
            CHECK(other.substr(other.find('{')) == json.substr(json.find('{')));
        }
        CHECK(data.ledger().size() == 2);
        for (const auto& entry : data.ledger()) {
            CHECK(entry.state == State::done);
            CHECK(entry.reconciliation.find("\"system\":\"" + entry.system + '"') !=
                  std::string::npos);
        }
        CHECK(files_in(data.folder().work()) == 0);
        const auto news = sources::systems_with_news(data.folder().state().string());
        REQUIRE(news.ok());
        CHECK(news->empty());
    }
}

TEST_CASE("an upload is kept and worked off like what lands") {
    Fixture data;
    const fs::path file = data.folder().raw() / ".incoming-1";
    std::ofstream(file, std::ios::binary) << zip_of(case_files("seen-and-closed"));
    const auto id = data.intake().accept_upload("emis", file, "../../etc/x.zip");
    REQUIRE(id.ok());
    CHECK(data.only().id == *id);
    CHECK(data.only().name == "x.zip");
    CHECK(data.only().state == State::received);
    data.intake().work_off();
    CHECK(data.only().state == State::done);
    std::ofstream(file, std::ios::binary) << "x";
    const auto unknown = data.intake().accept_upload("emsi", file, "x.zip");
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.issue().code == "not-found");
    CHECK(unknown.issue().suggestion.find("emis") != std::string::npos);
}

TEST_CASE("a resource that is not valid goes into quarantine, the others are stored") {
    Fixture data;
    data.validate = [](const text::Node& resource) {
        return resource.string_or("resourceType", "") == "Task"
                   ? text::Issues{{text::Severity::error, "invariant", "no tasks here", {}, ""}}
                   : text::Issues{};
    };
    data.reopen();
    data.drop("emis/x.zip", zip_of(case_files("seen-and-closed")));
    data.take_all();
    CHECK(data.only().state == State::done);
    CHECK(data.count("Task") == 0);
    CHECK(data.count("ServiceRequest") == 1);
    auto items = quarantined(data.store());
    REQUIRE(items.ok());
    REQUIRE(items->size() == 1);
    CHECK(items->front().table.empty());
    CHECK(items->front().reason.find("no tasks here") != std::string::npos);

    const auto again = data.quarantine().replay({items->front().id});
    REQUIRE(again.ok());
    CHECK_FALSE(again->front().replayed);
    data.validate = nullptr;
    data.reopen();
    const auto outcome = data.quarantine().replay({items->front().id});
    REQUIRE(outcome.ok());
    CHECK(outcome->front().replayed);
    CHECK(data.count("Task") == 1);
}

TEST_CASE("resources that cannot be applied go into quarantine one by one") {
    Fixture data;
    data.apply = [](store::Writer& writer, std::span<const store::Prepared> resources,
                    const store::Change::Origin& origin) {
        CHECK(origin.agent == "intake");
        for (const store::Prepared& each : resources) {
            if (each.key.type == "Patient") {
                return text::Status(
                    text::Issue{text::Severity::error, "business-rule", "no patients", {}, ""});
            }
            writer.put(each, origin);
        }
        return text::Status();
    };
    data.reopen();
    data.drop("emis/x.zip", zip_of(case_files("seen-and-closed")));
    data.take_all();
    CHECK(data.count("Patient") == 0);
    CHECK(data.count("Task") == 1);
    CHECK(quarantined(data.store())->size() == 1);
}

TEST_CASE("one process has the data folder") {
    Fixture data;
    const auto second = DataFolder::open(data.root().string(), "other");
    REQUIRE_FALSE(second.ok());
    CHECK(second.issue().message.find("in use by test (process ") != std::string::npos);
}
