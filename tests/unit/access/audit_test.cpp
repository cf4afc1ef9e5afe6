#include "access/audit.h"

#include <sys/resource.h>

#include <csignal>
#include <thread>

#include "fixture.h"
#include "text/node.h"

using namespace linkway;
using namespace linkway::access;
using linkway::tests::noon;
using linkway::tests::read_file;
using linkway::tests::TemporaryFolder;
using linkway::tests::write_file;

namespace {

AuditEntry entry_at(Instant at) {
    AuditEntry entry;
    entry.recorded = at;
    entry.client = "meadow";
    entry.ods = "8HK34";
    entry.address = "192.0.2.7";
    entry.resource = "Task/00592dc4-2622-5148-8f71-735af097e2fa";
    return entry;
}

std::unique_ptr<AuditLog> opened(const std::string& folder, Instant now = noon) {
    auto log = AuditLog::open(folder, "n1", now);
    if (!log.ok()) {
        FAIL(text::to_string(log.issue()));
    }
    return std::move(log).value();
}

AuditReport report_of(const std::string& folder) {
    const auto reports = verify_audit(folder);
    REQUIRE(reports.ok());
    REQUIRE(reports->size() == 1);
    return reports->front();
}

std::string broken(const std::string& folder) {
    const auto report = report_of(folder);
    return report.broken ? report.broken->file + ":" + std::to_string(report.broken->line) + ": " +
                               report.broken->what
                         : "";
}

const std::string day = "2026-11-23.ndjson";

}  // namespace

TEST_CASE("a search leaves names in an AuditEvent, never values") {
    CHECK(parameter_names("status=active&patient=Patient/1&_count=5") == "status&patient&_count");
    CHECK(parameter_names("identifier=https://fhir.nhs.uk/Id/nhs-number|9434765919") ==
          "identifier");
    CHECK(parameter_names("subject:Patient.identifier=x&_has:Task:focus:status=y") ==
          "subject:Patient.identifier&_has:Task:focus:status");
    CHECK(parameter_names("9434765919") == "-");
    CHECK(parameter_names("9434765919=&Smith&a%20b=c&=d") == "-&-&-&-");
    CHECK(parameter_names("").empty());

    AuditEntry entry = entry_at(noon + 123);
    entry.interaction = Interaction::search_type;
    entry.resource = "Patient";
    entry.query = "family=Smith";
    entry.request = "r1";
    const std::string event = to_audit_event(entry, "n1");
    CHECK(event.find("Smith") == std::string::npos);
    CHECK(
        event ==
        R"({"resourceType":"AuditEvent","type":{"system":"http://terminology.hl7.org/CodeSystem/audit-event-type","code":"rest"},)"
        R"("subtype":[{"system":"http://hl7.org/fhir/restful-interaction","code":"search-type"}],"action":"E",)"
        R"("recorded":"2026-11-23T12:00:00.123Z","outcome":"0",)"
        R"("agent":[{"who":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"8HK34"}},)"
        R"("altId":"meadow","requestor":true,"network":{"address":"192.0.2.7","type":"2"}}],)"
        R"("source":{"site":"n1","observer":{"display":"Linkway"}},)"
        R"("entity":[{"what":{"type":"Patient"},"query":"ZmFtaWx5",)"
        R"("detail":[{"type":"request","valueString":"r1"}]}]})");

    for (const char* path : {"Patient/943 476 5919", "9434765919", "Patient/9434765919/_history"}) {
        entry.resource = path;
        CHECK(to_audit_event(entry, "n1").find("5919") == std::string::npos);
    }
    entry.resource = "Task/00592dc4-2622-5148-8f71-735af097e2fa/_history/3";
    CHECK(to_audit_event(entry, "n1").find(entry.resource) != std::string::npos);
    entry.client = "\xFF\xFE";
    entry.address = std::string(100'000, 'a');
    CHECK(text::parse_json(to_audit_event(entry, "n1"), "event").ok());
    CHECK(to_audit_event(entry, "n1").size() < 2000);
}

TEST_CASE("lines hang together over midnight and over a new start") {
    const TemporaryFolder folder;
    {
        const auto log = opened(folder.path());
        REQUIRE_FALSE(log->append(entry_at(noon)));
        REQUIRE_FALSE(log->append(entry_at(noon + 24 * 3600 * second)));
        // A clock that goes back does not go back to the day before.
        REQUIRE_FALSE(log->append(entry_at(noon)));
        CHECK(log->lines() == 3);
        CHECK(AuditLog::open(folder.path(), "n1", noon).issue().code == "lock-error");
    }
    {
        const auto log = opened(folder.path());
        CHECK(log->lines() == 3);
        REQUIRE_FALSE(log->append(entry_at(noon + 24 * 3600 * second)));
    }
    const auto report = report_of(folder.path());
    CHECK(broken(folder.path()).empty());
    CHECK(report.files == 2);
    CHECK(report.lines == 4);
    CHECK(report.torn == 0);
    CHECK(report.first == "2026-11-23T12:00:00.000Z");
    CHECK(report.last == "2026-11-24T12:00:00.000Z");
    const std::string content = read_file(folder / ("n1/" + day));
    CHECK(content.substr(0, 87) == R"({"seq":1,"previous":")" + std::string(64, '0') + R"(",)");
    CHECK_FALSE(AuditLog::open(folder.path(), "../n1", noon).ok());
    CHECK(verify_audit(folder / "absent").issue().code == "not-found");
}

TEST_CASE("threads append one chain") {
    const TemporaryFolder folder;
    const auto log = opened(folder.path());
    std::vector<std::thread> threads;
    std::atomic<int> failures = 0;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            for (int j = 0; j < 200; ++j) {
                // Around midnight, in no order.
                failures += log->append(entry_at(noon + (12 * 3600 + i - 4) * second)) ? 1 : 0;
                failures += j % 10 == 0 && log->sync() ? 1 : 0;
                failures += j % 7 == 0 && log->tick(noon + j) ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    REQUIRE_FALSE(log->sync());
    CHECK(failures == 0);
    CHECK(log->lines() == 1600);
    CHECK(broken(folder.path()).empty());
    CHECK(report_of(folder.path()).lines == 1600);
}

TEST_CASE("what a power cut tore off is set aside, and the chain says so") {
    const TemporaryFolder folder;
    {
        const auto log = opened(folder.path());
        for (int i = 0; i < 3; ++i) {
            REQUIRE_FALSE(log->append(entry_at(noon + i)));
        }
    }
    const std::string file = folder / ("n1/" + day);
    const std::string whole = read_file(file);
    const std::string line = whole.substr(whole.rfind('\n', whole.size() - 2) + 1);
    std::uint64_t lines = 3;
    // Half a line; zeros where blocks were not written; a line that does not follow.
    for (const std::string& torn : {line.substr(0, line.size() / 2), std::string(5000, '\0'),
                                    std::string(3, '\0') + "\n" + line, line}) {
        write_file(file, read_file(file) + torn);
        CHECK((report_of(folder.path()).torn > 0 || !broken(folder.path()).empty()));
        const auto log = opened(folder.path());
        lines += 2;  // that it was torn, and that the log was opened
        CHECK(log->lines() == lines);
        CHECK(broken(folder.path()).empty());
        CHECK(read_file(file + ".torn").find(torn) != std::string::npos);
        CHECK(read_file(file).find("were no whole lines and stand in " + day + ".torn") !=
              std::string::npos);
    }
    CHECK(report_of(folder.path()).torn == 1);
}

TEST_CASE("an empty file after midnight is no loss") {
    const TemporaryFolder folder;
    {
        const auto log = opened(folder.path());
        REQUIRE_FALSE(log->append(entry_at(noon)));
    }
    write_file(folder / "n1/2026-11-24.ndjson", "");
    const auto log = opened(folder.path());
    REQUIRE_FALSE(log->append(entry_at(noon + 24 * 3600 * second)));
    CHECK(log->lines() == 2);
    REQUIRE_FALSE(log->sync());
    CHECK(broken(folder.path()).empty());
}

TEST_CASE("lines removed from the end stay visible after the log went on") {
    const TemporaryFolder folder;
    const std::string file = folder / ("n1/" + day);
    {
        const auto log = opened(folder.path());
        for (int i = 0; i < 4; ++i) {
            REQUIRE_FALSE(log->append(entry_at(noon + i)));
        }
    }
    const std::string whole = read_file(file);
    std::string less = whole;
    for (int i = 0; i < 2; ++i) {
        less.resize(less.rfind('\n', less.size() - 2) + 1);
    }
    write_file(file, less);
    CHECK(broken(folder.path()) ==
          day + ":2: removed from the end, as the checkpoint \"head\" tells: lines 3 to 4");
    opened(folder.path());
    CHECK(broken(folder.path()) == day + ":3: removed or moved from here: lines 3 to 4");
    CHECK(
        read_file(file).find("lines 3 to 4 were on disk at the last checkpoint and are missing") !=
        std::string::npos);

    std::filesystem::remove(file);
    CHECK(broken(folder.path()).find("removed from the end") != std::string::npos);
    std::filesystem::remove(folder / "n1/head");
    write_file(file, whole);
    CHECK(broken(folder.path()).find("\"head\" is missing or damaged") != std::string::npos);
}

TEST_CASE("a change in what the checkpoint covers moves nothing aside") {
    const TemporaryFolder folder;
    const std::string file = folder / ("n1/" + day);
    {
        const auto log = opened(folder.path());
        for (int i = 0; i < 4; ++i) {
            REQUIRE_FALSE(log->append(entry_at(noon + i)));
        }
    }
    const std::string whole = read_file(file);
    std::string without_second = whole;
    const std::size_t second_line = whole.find('\n') + 1;
    without_second.erase(second_line, whole.find('\n', second_line) + 1 - second_line);
    write_file(file, without_second);
    {
        const auto log = opened(folder.path());
        CHECK(log->lines() == 4);
        REQUIRE_FALSE(log->append(entry_at(noon)));
    }
    CHECK_FALSE(std::filesystem::exists(file + ".torn"));
    CHECK(broken(folder.path()) == day + ":2: removed or moved from here: line 2");
}

TEST_CASE("a full disk is an issue, and the log goes on when there is room") {
    const TemporaryFolder folder;
    const auto log = opened(folder.path());
    REQUIRE_FALSE(log->append(entry_at(noon)));
    // A limit on the size of files stands in for the disk; it, too, lets half a line through.
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = read_file(folder / ("n1/" + day)).size() + 300;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto failed = log->append(entry_at(noon));
    const auto failed_again = log->append(entry_at(noon));
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old_handler);
    REQUIRE(failed);
    CHECK(failed->message.find("can't be written") != std::string::npos);
    CHECK(failed_again);

    CHECK(log->lines() == 1);
    REQUIRE_FALSE(log->append(entry_at(noon)));
    REQUIRE_FALSE(log->sync());
    CHECK(broken(folder.path()).empty());
    CHECK(report_of(folder.path()).lines == 2);
}

TEST_CASE("tick makes durable what has waited 100 ms") {
    const TemporaryFolder folder;
    const auto log = opened(folder.path());
    const std::string head = folder / "n1/head";
    REQUIRE_FALSE(log->append(entry_at(noon)));
    const std::string at_first = read_file(head);
    REQUIRE_FALSE(log->tick(noon + 99));
    CHECK(read_file(head) == at_first);
    REQUIRE_FALSE(log->tick(noon + 100));
    CHECK(read_file(head) != at_first);
    CHECK(read_file(head).find("\"seq\":1,") != std::string::npos);
}
