// What translate promises beside the resources themselves: all or nothing, every row accounted for,
// the same bytes whatever the order and the threads.
#include "sources/translate.h"

#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "catch.h"

using namespace linkway;
using namespace linkway::sources;
namespace fs = std::filesystem;

namespace {

const std::string base = std::string(LINKWAY_SOURCE_DIR) + "/tests/cases/emis/base/input";
const std::string referral =
    std::string(LINKWAY_SOURCE_DIR) + "/tests/cases/emis/seen-and-closed/input";

const SystemMapping& emis() {
    static const std::unique_ptr<SystemMapping> loaded = [] {
        text::Issues issues;
        auto result =
            SystemMapping::load(std::string(LINKWAY_SOURCE_DIR) + "/mappings/emis", issues);
        REQUIRE(issues.empty());
        return result;
    }();
    return *loaded;
}

/// A folder that goes with the test; `input` holds a small extract with one whole episode.
struct Work {
    Work() : root(fs::temp_directory_path() / ("linkway-translate-" + std::to_string(::getpid()))) {
        fs::remove_all(root);
        fs::create_directories(root);
        fs::copy(base, root / "input");
        fs::copy(referral, root / "input",
                 fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    }
    ~Work() {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    TranslateOptions options() const {
        TranslateOptions result;
        result.input = (root / "input").string();
        result.output = (root / "output").string();
        return result;
    }
    /// The file of the input whose name holds `part`.
    fs::path file(const std::string& part) const {
        for (const auto& entry : fs::directory_iterator(root / "input")) {
            if (entry.path().filename().string().find(part) != std::string::npos) {
                return entry.path();
            }
        }
        FAIL("no file " << part);
        return {};
    }
    /// Names directly below the work folder, hidden ones too: what a failed run may have left
    /// behind.
    std::size_t entries() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(root), fs::directory_iterator()));
    }

    fs::path root;
};

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

std::string all_output(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    std::string all;
    for (const fs::path& file : files) {
        all += file.filename().string() + "\n" + read_file(file);
    }
    return all;
}

}  // namespace

TEST_CASE("an output that exists is refused, or replaced when asked") {
    const Work work;
    fs::create_directories(work.root / "output");
    std::ofstream(work.root / "output" / "mine.txt") << "keep";
    const auto refused = translate(emis(), work.options());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.issue().message.find("exists already") != std::string::npos);
    CHECK(refused.issue().suggestion.find("--overwrite") != std::string::npos);
    CHECK(fs::exists(work.root / "output" / "mine.txt"));
    CHECK(work.entries() == 2);
    TranslateOptions options = work.options();
    options.overwrite = true;
    CHECK(translate(emis(), options).ok());
    CHECK_FALSE(fs::exists(work.root / "output" / "mine.txt"));
    CHECK(fs::exists(work.root / "output" / "Task.ndjson"));
    CHECK(work.entries() == 2);
}

TEST_CASE("an empty folder is no obstacle") {
    const Work work;
    fs::create_directories(work.root / "output");
    CHECK(translate(emis(), work.options()).ok());
}

TEST_CASE("nothing is left behind when nothing can be translated") {
    const Work work;
    SECTION("no such input") {
        TranslateOptions options = work.options();
        options.input = (work.root / "elsewhere").string();
        const auto failed = translate(emis(), options);
        REQUIRE_FALSE(failed.ok());
        CHECK(failed.issue().code == "not-found");
    }
    SECTION("no file of the system") {
        fs::remove_all(work.root / "input");
        fs::create_directories(work.root / "input");
        std::ofstream(work.root / "input" / "notes.txt") << "hello";
        const auto failed = translate(emis(), work.options());
        REQUIRE_FALSE(failed.ok());
        CHECK(failed.issue().message.find("no EMIS Web file") != std::string::npos);
    }
    SECTION("an empty table file") {
        std::ofstream(work.file("CareRecord_Observation_"), std::ios::trunc).close();
        const auto failed = translate(emis(), work.options());
        REQUIRE_FALSE(failed.ok());
        CHECK(failed.issue().message.find("no batch of the input can be applied") !=
              std::string::npos);
    }
    CHECK_FALSE(fs::exists(work.root / "output"));
    CHECK(work.entries() == 1);
}

TEST_CASE("a full disk is told as such, and what was there stays") {
    const Work work;
    const fs::path disk = work.root / "disk";
    fs::create_directories(disk);
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=8k") != 0) {
        WARN("skipped: mounting a small file system needs root");
        return;
    }
    TranslateOptions options = work.options();
    options.output = (disk / "output").string();
    const auto failed = translate(emis(), options);
    const bool left = fs::directory_iterator(disk) != fs::directory_iterator();
    ::umount(disk.c_str());
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.issue().code == "no-store");
    CHECK(failed.issue().message.find("no space left") != std::string::npos);
    CHECK_FALSE(left);
}

TEST_CASE("a file that cannot be read holds its batch and names itself") {
    const Work work;
    fs::permissions(work.root, fs::perms::all);
    fs::permissions(work.file("CareRecord_Observation_"), fs::perms::none);
    // Root may read everything: as root the run goes on as nobody.
    const bool root = ::geteuid() == 0;
    if (root) {
        REQUIRE(::seteuid(65534) == 0);
    }
    const auto failed = translate(emis(), work.options());
    if (root) {
        REQUIRE(::seteuid(0) == 0);
    }
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.issue().message.find("CareRecord_Observation") != std::string::npos);
    CHECK(failed.issue().message.find("cannot be opened") != std::string::npos);
}

TEST_CASE("the order of rows and the number of threads change no byte of the resources") {
    const Work work;
    TranslateOptions options = work.options();
    const auto first = translate(emis(), options);
    REQUIRE(first.ok());
    // Row numbers stand in the provenance on purpose; everything else must not know in which order
    // rows came.
    const std::string tasks = read_file(work.root / "output" / "Task.ndjson");
    const std::string patients = read_file(work.root / "output" / "Patient.ndjson");
    const std::string everything = all_output(work.root / "output");
    const fs::path file = work.file("CareRecord_Observation_");
    std::vector<std::string> lines;
    std::istringstream content(read_file(file));
    for (std::string line; std::getline(content, line);) {
        lines.push_back(line);
    }
    std::mt19937 random(7);
    options.overwrite = true;
    for (int round = 0; round < 4; ++round) {
        options.threads = static_cast<unsigned>(1 + round);
        REQUIRE(translate(emis(), options).ok());
        if (round == 0) {
            CHECK(all_output(work.root / "output") == everything);
        }
        CHECK(read_file(work.root / "output" / "Task.ndjson") == tasks);
        CHECK(read_file(work.root / "output" / "Patient.ndjson") == patients);
        std::shuffle(lines.begin() + 1, lines.end(), random);
        std::ofstream out(file, std::ios::binary | std::ios::trunc);
        for (const std::string& line : lines) {
            out << line << '\n';
        }
    }
}

TEST_CASE("every row of every file is accounted for") {
    const Work work;
    const auto result = translate(emis(), work.options());
    REQUIRE(result.ok());
    CHECK(result->total().rows == 18);
    for (const FileAccount& file : result->files) {
        INFO(file.file);
        CHECK(file.accounted() == file.rows);
    }
    CHECK(result->clean());
    CHECK(read_file(work.root / "output" / "rejected.ndjson").empty());
}
