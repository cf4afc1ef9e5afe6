// What was acknowledged outlives the process that wrote it, at whatever instruction it is killed.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "access/audit.h"
#include "fixture.h"
#include "random.h"

using namespace linkway;
using namespace linkway::access;
using linkway::tests::noon;

namespace {

/// Appends with several threads until it is killed; tells of each line once it is acknowledged.
[[noreturn]] void append_for_ever(const std::string& folder, int acknowledged) {
    const auto log = AuditLog::open(folder, "n1", noon);
    if (!log.ok()) {
        ::_exit(1);
    }
    const auto append = [&](int thread) {
        for (std::int64_t i = 0;; ++i) {
            AuditEntry entry;
            entry.recorded = noon;
            entry.detail = std::string(200, 'x');
            if ((*log)->append(entry) || (i % 16 == thread && (*log)->sync()) ||
                ::write(acknowledged, "x", 1) != 1) {
                ::_exit(1);
            }
        }
    };
    std::thread second(append, 1);
    append(0);
    ::_exit(1);
}

std::uint64_t bytes_left(int pipe) {
    std::uint64_t count = 0;
    std::string buffer(4096, '\0');
    for (ssize_t got = 0; (got = ::read(pipe, buffer.data(), buffer.size())) > 0;) {
        count += static_cast<std::uint64_t>(got);
    }
    return count;
}

}  // namespace

TEST_CASE("killed at any moment, an audit log holds all it acknowledged and goes on") {
    const tests::TemporaryFolder folder;
    tests::Random random(7);
    std::uint64_t acknowledged = 0;
    for (int round = 0; round < 25; ++round) {
        int pipe[2];
        REQUIRE(::pipe(pipe) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            append_for_ever(folder.path(), pipe[1]);
        }
        ::close(pipe[1]);
        // The killing is what is tested, so time passes here; how much does not matter. The pipe
        // holds 64 KiB: more than is appended.
        std::this_thread::sleep_for(std::chrono::microseconds(random.below(30'000)));
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        CHECK(WIFSIGNALED(status));
        acknowledged += bytes_left(pipe[0]);
        ::close(pipe[0]);
    }
    {
        const auto log = AuditLog::open(folder.path(), "n1", noon);
        REQUIRE(log.ok());
    }
    const auto reports = verify_audit(folder.path());
    REQUIRE(reports.ok());
    INFO((reports->front().broken ? reports->front().broken->what : ""));
    CHECK_FALSE(reports->front().broken);
    CHECK(acknowledged > 0);
    CHECK(reports->front().lines >= acknowledged);
}
