#include "sources/input.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.h"
#include "temporary_folder.h"
#include "zip_writer.h"

using namespace linkway::sources;
using linkway::tests::make_zip;
using linkway::tests::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

Input open(const fs::path& path) {
    auto input = open_input(path.string());
    REQUIRE(input.ok());
    return std::move(input).value();
}

Names displays(const Input& input) {
    Names names;
    for (const InputFile& file : input.files) {
        names.push_back(file.display);
    }
    return names;
}

/// The whole content of a file, read in small bites; the message of the issue when there is one.
std::string content(const InputFile& file) {
    auto stream = open_stream(file, {});
    if (!stream) {
        return "cannot be opened: " + stream.issue().message;
    }
    std::string all;
    char bite[7];
    for (;;) {
        auto read = (*stream)->read(bite);
        if (!read) {
            return "cannot be read: " + read.issue().message;
        }
        if (*read == 0) {
            return all;
        }
        all.append(bite, *read);
    }
}

bool mentions(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("A folder is every file below it, in order, hidden ones left out") {
    const TemporaryFolder folder;
    folder.write("b.csv", "b");
    folder.write("a/z.csv", "z");
    folder.write("a/deeper/y.csv.gpg", "y");
    folder.write("a/deeper/X.CSV.GPG", "x");
    folder.write(".hidden.csv", "h");
    folder.write(".git/config", "h");
    fs::create_directories(folder.path() / "empty");
    const Input input = open(folder.path());
    CHECK(displays(input) == Names{"a/deeper/X.CSV.GPG", "a/deeper/y.csv.gpg", "a/z.csv", "b.csv"});
    CHECK(input.issues.empty());
    REQUIRE(input.files.size() == 4);
    CHECK(input.files[0].name == "X.CSV");
    CHECK(input.files[0].encrypted);
    CHECK(input.files[1].name == "y.csv");
    CHECK(input.files[2].name == "z.csv");
    CHECK_FALSE(input.files[2].encrypted);
    CHECK(input.files[3].size == 1);
    CHECK(content(input.files[3]) == "b");
    CHECK(displays(open(folder.path() / "")) == displays(input));
}

TEST_CASE("One file is an input too; what is not there or no file is none") {
    const TemporaryFolder folder;
    const Input input = open(folder.write("one.csv", "some text"));
    CHECK(displays(input) == Names{"one.csv"});
    CHECK(content(input.files.at(0)) == "some text");

    const auto missing = open_input((folder.path() / "missing").string());
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.issue().code == "not-found");
    CHECK_FALSE(open_input("").ok());

    const fs::path pipe = folder.path() / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK_FALSE(open_input(pipe.string()).ok());
    CHECK(displays(open(folder.path())) == Names{"one.csv"});
}

TEST_CASE("Links are followed within the folder only") {
    const TemporaryFolder outside;
    const TemporaryFolder folder;
    const std::string secret = outside.write("secret.csv", "s");
    const std::string inside = folder.write("sub/real.csv", "r");
    fs::create_symlink("sub/real.csv", folder.path() / "link.csv");
    fs::create_symlink(secret, folder.path() / "out.csv");
    fs::create_directory_symlink(outside.path(), folder.path() / "outfolder");
    fs::create_directory_symlink("sub", folder.path() / "infolder");
    fs::create_directory_symlink(".", folder.path() / "sub/around");
    fs::create_symlink("nowhere", folder.path() / "dangling.csv");
    fs::create_symlink("self", folder.path() / "self");
    const Input input = open(folder.path());
    CHECK(displays(input) == Names{"link.csv", "sub/real.csv"});
    CHECK(content(input.files.at(0)) == "r");
    Names places;
    for (const auto& issue : input.issues) {
        places.push_back(issue.location.file);
        // Nothing is said of where a link leads to.
        CHECK_FALSE(mentions(to_string(issue), "secret"));
        CHECK_FALSE(mentions(to_string(issue), outside.path().filename().string()));
    }
    std::sort(places.begin(), places.end());
    CHECK(places == Names{"dangling.csv", "out.csv", "outfolder", "self"});
}

TEST_CASE("An unreadable file or folder is said to be so") {
    if (::geteuid() == 0) {
        WARN("skipped: root can read everything");
        return;
    }
    const TemporaryFolder folder;
    const std::string file = folder.write("closed.csv", "x");
    folder.write("shut/in.csv", "x");
    fs::permissions(file, fs::perms::none);
    fs::permissions(folder.path() / "shut", fs::perms::none);
    const Input input = open(folder.path());
    REQUIRE(displays(input) == Names{"closed.csv"});
    CHECK(mentions(content(input.files[0]), "cannot be opened"));
    REQUIRE(input.issues.size() == 1);
    CHECK(input.issues[0].location.file == "shut");
    fs::permissions(folder.path() / "shut", fs::perms::owner_all);
}

TEST_CASE("A file that is gone when it is opened is an issue") {
    const TemporaryFolder folder;
    const std::string path = folder.write("gone.csv", "x");
    const Input input = open(path);
    fs::remove(path);
    CHECK(mentions(content(input.files.at(0)), "cannot be opened"));
    // A folder in its place can be opened but not read.
    fs::create_directory(path);
    CHECK(mentions(content(input.files.at(0)), "cannot be"));
}

TEST_CASE("A zip has the names and bytes that its folder would have") {
    const TemporaryFolder folder;
    const std::string long_text(300000, 'x');
    const std::string zip = make_zip({{"b/second.csv", "2"},
                                      {"b/", "", false, 040755},
                                      {"a first.csv", "1"},
                                      {"caf\xC3\xA9.csv", "utf"},
                                      {"x.csv.gpg", "g"},
                                      {"empty.csv", ""},
                                      {"./big.csv", long_text},
                                      {".hidden.csv", "h"},
                                      {"__MACOSX/._b.csv", "h"}});
    const Input input = open(folder.write("all.zip", zip));
    CHECK(displays(input) == Names{"./big.csv", "a first.csv", "b/second.csv", "caf\xC3\xA9.csv",
                                   "empty.csv", "x.csv.gpg"});
    CHECK(input.issues.empty());
    REQUIRE(input.files.size() == 6);
    CHECK(content(input.files[0]) == long_text);
    CHECK(content(input.files[1]) == "1");
    CHECK(input.files[2].name == "second.csv");
    CHECK(content(input.files[2]) == "2");
    CHECK(content(input.files[3]) == "utf");
    CHECK(content(input.files[4]).empty());
    CHECK(input.files[5].name == "x.csv");
    CHECK(input.files[5].encrypted);
}

TEST_CASE("A zip in a folder is opened, one in a zip is not") {
    const TemporaryFolder folder;
    const std::string inner = make_zip({{"deep.csv", "d"}});
    folder.write("sub/one.ZIP", make_zip({{"x.csv", "x"}, {"inner.zip", inner}}));
    folder.write("plain.csv", "p");
    const Input input = open(folder.path());
    CHECK(displays(input) == Names{"plain.csv", "sub/one.ZIP/inner.zip", "sub/one.ZIP/x.csv"});
    REQUIRE(input.files.size() == 3);
    CHECK(content(input.files[1]) == inner);
    CHECK(content(input.files[2]) == "x");
}

TEST_CASE("Entries of a zip that mean harm are issues; the rest is listed") {
    const TemporaryFolder folder;
    const std::string path =
        folder.write("harm.zip", make_zip({{"good.csv", "g"},
                                           {"../../etc/passwd", "x"},
                                           {"/etc/passwd", "x"},
                                           {"a/../../b.csv", "x"},
                                           {"C:\\windows\\x.csv", "x"},
                                           {"link.csv", "/etc/passwd", false, 0120777},
                                           {"bad \xFF name.csv", "x"},
                                           {"", "x"},
                                           {"locked.csv", "x", true},
                                           {"good.csv", "another"}}));
    const Input input = open(path);
    CHECK(displays(input) == Names{"good.csv"});
    CHECK(content(input.files.at(0)) == "g");
    CHECK(input.issues.size() == 9);
    for (const auto& issue : input.issues) {
        CHECK(issue.code == "security");
        CHECK(issue.location.file == path);
    }
}

TEST_CASE("A damaged zip is never a short file") {
    const TemporaryFolder folder;
    const std::string text(200000, 'x');
    const std::string whole = make_zip({{"a.csv", text}, {"b.csv", text}});

    const Input spoiled =
        open(folder.write("crc.zip", make_zip({{"a.csv", text, false, 0100644, 1}})));
    REQUIRE(spoiled.files.size() == 1);
    CHECK(mentions(content(spoiled.files[0]), "cannot be read"));

    for (const std::size_t left :
         {std::size_t{0}, std::size_t{3}, std::size_t{50000}, whole.find("b.csv") - 30,
          whole.size() / 2 + 100, whole.size() - 30}) {
        CAPTURE(left);
        const Input cut = open(folder.write("cut.zip", whole.substr(0, left)));
        CHECK_FALSE(cut.issues.empty());
        CHECK(cut.files.empty());
    }
    const Input none = open(folder.write("text.zip", "this is no zip at all"));
    CHECK(none.files.empty());
    REQUIRE(none.issues.size() == 1);
    CHECK(mentions(none.issues[0].message, "zip"));
}

TEST_CASE("A zip that changes between listing and reading is an issue") {
    const TemporaryFolder folder;
    const std::string path = folder.write("x.zip", make_zip({{"a.csv", "a"}}));
    const Input input = open(path);
    folder.write("x.zip", make_zip({{"b.csv", "b"}}));
    CHECK(mentions(content(input.files.at(0)), "cannot be opened"));
    fs::remove(path);
    CHECK(mentions(content(input.files.at(0)), "cannot be opened"));
}
