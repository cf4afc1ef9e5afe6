// Whatever is done to the lines of an audit log, verifying finds it.
#include "access/audit.h"
#include "fixture.h"
#include "random.h"

using namespace linkway;
using namespace linkway::access;
using linkway::tests::noon;
using linkway::tests::Random;
using linkway::tests::read_file;
using linkway::tests::TemporaryFolder;
using linkway::tests::write_file;

namespace {

std::vector<std::string> lines_of(const std::string& content) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < content.size();) {
        const std::size_t end = content.find('\n', at) + 1;
        lines.push_back(content.substr(at, end - at));
        at = end;
    }
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string content;
    for (const std::string& line : lines) {
        content += line;
    }
    return content;
}

/// A random edit of the lines of one file; says what it did.
std::string edit(std::vector<std::string>& lines, Random& random) {
    const auto count = static_cast<std::uint32_t>(lines.size());
    const std::uint32_t at = random.below(count);
    switch (random.below(7)) {
        case 0: {
            char& byte = lines[at][random.below(static_cast<std::uint32_t>(lines[at].size()))];
            byte = static_cast<char>(byte ^ (1 + random.below(255)));
            return "changed a byte of line " + std::to_string(at + 1);
        }
        case 1:
            lines.erase(lines.begin() + at);
            return "removed line " + std::to_string(at + 1);
        case 2:
            lines.insert(lines.begin() + at, lines[random.below(count)]);
            return "repeated a line at " + std::to_string(at + 1);
        case 3:
            std::swap(lines[at], lines[(at + 1 + random.below(count - 1)) % count]);
            return "swapped line " + std::to_string(at + 1);
        case 4:
            lines[at].erase(random.below(static_cast<std::uint32_t>(lines[at].size())), 1);
            return "removed a byte of line " + std::to_string(at + 1);
        case 5:
            lines[at].insert(random.below(static_cast<std::uint32_t>(lines[at].size())), 1,
                             static_cast<char>(random.below(256)));
            return "inserted a byte into line " + std::to_string(at + 1);
        default:
            lines.resize(at);
            return "kept " + std::to_string(at) + " lines";
    }
}

}  // namespace

TEST_CASE("every random edit of an audit log is found, and where") {
    const TemporaryFolder folder;
    const std::vector<std::string> files = {"n1/2026-11-23.ndjson", "n1/2026-11-24.ndjson",
                                            "n1/2026-11-25.ndjson"};
    {
        auto log = AuditLog::open(folder.path(), "n1", noon);
        REQUIRE(log.ok());
        for (int i = 0; i < 18; ++i) {
            AuditEntry entry;
            entry.recorded = noon + i / 6 * 24 * 3600 * second;
            entry.resource = "Task/" + std::to_string(i);
            REQUIRE_FALSE((*log)->append(entry));
        }
    }
    REQUIRE_FALSE(verify_audit(folder.path())->front().broken);
    Random random(20261123);
    for (int round = 0; round < 3000; ++round) {
        const auto which = random.below(3);
        const std::string file = folder / files[which];
        const std::string before = read_file(file);
        auto lines = lines_of(before);
        const std::string did = edit(lines, random);
        const std::string after = joined(lines);
        if (after == before) {
            continue;  // a byte before one like it, a line swapped with itself
        }
        write_file(file, after);
        const auto reports = verify_audit(folder.path());
        write_file(file, before);
        REQUIRE(reports.ok());
        INFO(did << " of " << files[which]);
        REQUIRE(reports->front().broken);
        // The break is never said to be before the file that was edited.
        CHECK(reports->front().broken->file >= files[which].substr(3));
        CHECK(reports->front().lines >= which * 6);
    }
    CHECK_FALSE(verify_audit(folder.path())->front().broken);
}
