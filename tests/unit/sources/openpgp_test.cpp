// Real keys and real files: what GnuPG makes, Linkway reads.
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "catch.h"
#include "sources/input.h"
#include "sources/table_scan.h"
#include "temporary_folder.h"
#include "zip_writer.h"

using namespace linkway::sources;
using linkway::tests::make_zip;
using linkway::tests::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

std::string quoted(const std::string& word) {
    return "'" + word + "'";
}

bool run(const std::string& command) {
    const int status = std::system((command + " >/dev/null 2>&1").c_str());
    return status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// A keyring directory, whose agent goes with it.
class Keyring {
  public:
    Keyring() { fs::permissions(folder_.path(), fs::perms::owner_all); }
    ~Keyring() { run("gpgconf --homedir " + quoted(home()) + " --kill all"); }
    Keyring(const Keyring&) = delete;
    Keyring& operator=(const Keyring&) = delete;

    std::string home() const { return folder_.path().string(); }

    bool gpg(const std::string& arguments) const {
        return run("gpg --homedir " + quoted(home()) +
                   " --batch --yes --quiet --pinentry-mode loopback --passphrase '' "
                   "--trust-model always " +
                   arguments);
    }
    bool make_key(const std::string& user) const {
        return gpg("--quick-gen-key " + quoted(user) + " default default never");
    }
    /// Copies keys of this ring to another.
    bool give(const std::string& user, const Keyring& to, bool secret) const {
        const std::string file = home() + "/key.asc";
        return gpg("--armor --output " + quoted(file) +
                   (secret ? " --export-secret-keys " : " --export ") + quoted(user)) &&
               to.gpg("--import " + quoted(file));
    }

  private:
    TemporaryFolder folder_;
};

constexpr const char* supplier = "supplier@example.org";
constexpr const char* recipient = "recipient@example.org";

/// Keys made once for all tests: a supplier who signs, a recipient who decrypts.
struct Keys {
    Keyring sending;    ///< both keys, secret ones too
    Keyring receiving;  ///< the recipient's secret key and the supplier's public one
    bool ready = sending.make_key(supplier) && sending.make_key(recipient) &&
                 sending.give(recipient, receiving, true) &&
                 sending.give(supplier, receiving, false);
};

/// The keys, or null where GnuPG is missing, which is said.
const Keys* keys() {
    static const bool installed = run("gpg --version") && run("gpgconf --version");
    if (!installed) {
        WARN("skipped: gpg is not installed");
        return nullptr;
    }
    static const auto made = std::make_unique<Keys>();
    REQUIRE(made->ready);
    return made.get();
}

/// Writes `plain` and runs gpg over it; the path of what comes out.
std::string encrypt(const TemporaryFolder& folder, const std::string& name,
                    const std::string& plain, const std::string& how) {
    const std::string in = folder.write(".plain", plain);
    const std::string out = (folder.path() / name).string();
    REQUIRE(keys()->sending.gpg(how + " --output " + quoted(out) + " " + quoted(in)));
    return out;
}

const std::string sign_and_encrypt =
    std::string("--sign --local-user ") + supplier + " --encrypt --recipient " + recipient;

struct Outcome {
    std::string content;
    std::string code;  ///< of the issue, empty without one
    std::string message;
};

Outcome read_all(const InputFile& file, const InputOptions& options) {
    Outcome outcome;
    auto stream = open_stream(file, options);
    if (!stream) {
        return {{}, stream.issue().code, stream.issue().message};
    }
    std::vector<char> bite(100001);
    for (;;) {
        auto read = (*stream)->read(bite);
        if (!read) {
            outcome.code = read.issue().code;
            outcome.message = read.issue().message;
            // What failed stays failed.
            CHECK_FALSE((*stream)->read(bite).ok());
            return outcome;
        }
        if (*read == 0) {
            CHECK((*stream)->read(bite).value() == 0);
            return outcome;
        }
        outcome.content.append(bite.data(), *read);
    }
}

/// Reads the first file of an input.
Outcome read_first(const std::string& path, const std::string& home) {
    const auto input = open_input(path);
    REQUIRE(input.ok());
    REQUIRE(input.value().files.size() == 1);
    REQUIRE(input.value().files[0].encrypted);
    return read_all(input.value().files[0], {home});
}

/// Text that does not compress to nothing.
std::string table(int rows) {
    std::string text = "Id,Text,Number\r\n";
    for (int i = 0; i < rows; ++i) {
        text += "\"" + std::to_string(i) + "\",\"text of row " +
                std::to_string(i * 7919LL % 10007) + "\",\"" + std::to_string(i * 31) + "\"\r\n";
    }
    return text;
}

std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool mentions(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("A signed and encrypted file is read, small or large, on disk or in a zip") {
    if (keys() == nullptr) {
        return;
    }
    const TemporaryFolder folder;
    const std::string& home = keys()->receiving.home();
    for (const std::string& plain : {std::string(), std::string("Id\r\n1\r\n"), table(150000)}) {
        CAPTURE(plain.size());
        const std::string path = encrypt(folder, "t.csv.gpg", plain, sign_and_encrypt);
        const Outcome outcome = read_first(path, home);
        CHECK(outcome.message.empty());
        CHECK((outcome.content == plain));
        const Outcome zipped =
            read_first(folder.write("t.zip", make_zip({{"t.csv.gpg", bytes_of(path)}})), home);
        CHECK(zipped.message.empty());
        CHECK((zipped.content == plain));
    }
}

TEST_CASE("A file that is not signed is refused") {
    if (keys() == nullptr) {
        return;
    }
    const TemporaryFolder folder;
    const std::string path =
        encrypt(folder, "t.csv.gpg", table(10), std::string("--encrypt --recipient ") + recipient);
    const Outcome outcome = read_first(path, keys()->receiving.home());
    CHECK(outcome.code == "security");
    CHECK(mentions(outcome.message, "not signed"));
}

TEST_CASE("A signature by a key that is not in the keyring is refused") {
    if (keys() == nullptr) {
        return;
    }
    const TemporaryFolder folder;
    const Keyring stranger;
    REQUIRE(keys()->sending.give(recipient, stranger, true));
    const Outcome outcome =
        read_first(encrypt(folder, "t.csv.gpg", table(10), sign_and_encrypt), stranger.home());
    CHECK(outcome.code == "security");
    CHECK(mentions(outcome.message, "not in the keyring"));
}

TEST_CASE("Without the recipient's key nothing is read") {
    if (keys() == nullptr) {
        return;
    }
    const TemporaryFolder folder;
    const Keyring stranger;
    REQUIRE(keys()->sending.give(supplier, stranger, false));
    const std::string path = encrypt(folder, "t.csv.gpg", table(10), sign_and_encrypt);
    for (const std::string& home : {stranger.home(), stranger.home() + "/missing"}) {
        const Outcome outcome = read_first(path, home);
        CHECK(outcome.code == "security");
        CHECK(outcome.content.empty());
        CHECK_FALSE(outcome.message.empty());
    }
}

TEST_CASE("A file that was tampered with or cut off is never taken for whole") {
    if (keys() == nullptr) {
        return;
    }
    const TemporaryFolder folder;
    const std::string& home = keys()->receiving.home();
    for (const int rows : {20, 60000}) {
        const std::string good =
            bytes_of(encrypt(folder, "good.csv.gpg", table(rows), sign_and_encrypt));
        for (const std::size_t at : {good.size() / 2, good.size() - 30, good.size() - 1}) {
            CAPTURE(rows, at, good.size());
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ 0x10);
            CHECK(read_first(folder.write("bad.csv.gpg", bad), home).code == "security");
            const std::string cut = good.substr(0, at);
            CHECK(read_first(folder.write("bad.csv.gpg", cut), home).code == "security");
        }
    }
}

TEST_CASE("What is no OpenPGP file is said to be none") {
    if (keys() == nullptr) {
        return;
    }
    const TemporaryFolder folder;
    const std::string& home = keys()->receiving.home();
    for (const std::string& text : {std::string(), table(3), table(100000)}) {
        const Outcome outcome = read_first(folder.write("t.csv.gpg", text), home);
        CAPTURE(text.size(), outcome.message);
        CHECK(outcome.code == "security");
        CHECK(outcome.content.empty());
    }
}

TEST_CASE("A damaged zip around an encrypted file is named as that") {
    if (keys() == nullptr) {
        return;
    }
    const TemporaryFolder folder;
    const std::string good = bytes_of(encrypt(folder, "t.csv.gpg", table(9), sign_and_encrypt));
    const std::string zip = make_zip({{"t.csv.gpg", good, false, 0100644, 1}});
    const Outcome outcome = read_first(folder.write("t.zip", zip), keys()->receiving.home());
    CHECK(mentions(outcome.message, "zip"));
}

TEST_CASE("A stream can be left half-way, or before the first byte") {
    if (keys() == nullptr) {
        return;
    }
    const TemporaryFolder folder;
    const std::string path = encrypt(folder, "t.csv.gpg", table(300000), sign_and_encrypt);
    const auto input = open_input(path);
    REQUIRE(input.ok());
    const auto before = std::chrono::steady_clock::now();
    for (const std::size_t wanted : {0U, 1U, 100000U, 3000000U}) {
        auto stream = open_stream(input.value().files.at(0), {keys()->receiving.home()});
        REQUIRE(stream.ok());
        std::vector<char> bite(100000);
        for (std::size_t got = 0; got < wanted;) {
            const auto read = (*stream)->read({bite.data(), std::min(bite.size(), wanted - got)});
            REQUIRE(read.ok());
            REQUIRE(read.value() > 0);
            got += read.value();
        }
    }
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(20));
}

TEST_CASE("An encrypted table is scanned as a plain one is") {
    if (keys() == nullptr) {
        return;
    }
    const TemporaryFolder folder;
    const InputOptions options{keys()->receiving.home()};
    const std::string plain = table(60000);
    const std::string path = encrypt(folder, "t.csv.gpg", plain, sign_and_encrypt);
    const auto scan = [&](const std::string& of, unsigned threads) {
        const auto input = open_input(of);
        REQUIRE(input.ok());
        const InputFile& file = input.value().files.at(0);
        const auto header = read_header(file, options, {});
        REQUIRE(header.ok());
        ScanRequest request;
        request.file = &file;
        request.options = &options;
        request.threads = threads;
        std::string seen;
        const auto totals = scan_table(
            request, header.value(),
            [&](const ScannedRow& row) {
                seen += std::to_string(row.number) + "/" + std::to_string(row.line) + ":";
                for (const std::string_view cell : row.cells) {
                    seen += std::string(cell) + "|";
                }
            },
            [](const BadRecord&) {});
        REQUIRE(totals.ok());
        CHECK(totals.value().rows == 60000);
        CHECK(totals.value().bad == 0);
        return seen;
    };
    const std::string expected = scan(folder.write("t.csv", plain), 1);
    CHECK((scan(path, 1) == expected));
    CHECK((scan(path, 4) == expected));

    std::string bad = bytes_of(path);
    bad[bad.size() - 10] = static_cast<char>(bad[bad.size() - 10] ^ 1);
    const auto input = open_input(folder.write("bad.csv.gpg", bad));
    const auto header = read_header(input.value().files.at(0), options, {});
    REQUIRE(header.ok());  // nothing of the end was looked at
    ScanRequest request;
    request.file = &input.value().files[0];
    request.options = &options;
    const auto totals = scan_table(
        request, header.value(), [](const ScannedRow&) {}, [](const BadRecord&) {});
    REQUIRE_FALSE(totals.ok());
    CHECK(totals.issue().code == "security");
}
