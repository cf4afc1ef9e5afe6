#include <filesystem>
#include <string>
#include <vector>

#include "catch.h"
#include "sources/input.h"
#include "temporary_folder.h"
#include "zip_writer.h"

using namespace linkway::sources;
using linkway::tests::make_split_zip;
using linkway::tests::TemporaryFolder;
using linkway::tests::ZipEntry;
namespace fs = std::filesystem;

namespace {

std::vector<ZipEntry> entries() {
    std::string rows;
    for (int i = 0; i < 200; ++i) {
        rows += "\"" + std::to_string(i * 7919) + "\",\"row\"\r\n";
    }
    return {{"SRCode.csv", rows}, {"SRPatient.csv", "one\r\n"}, {"b/SREvent.csv", rows + rows}};
}

/// Writes the parts as zip tools name them; the path of the last.
std::string write_parts(const TemporaryFolder& folder, const std::vector<std::string>& parts) {
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        const std::string number = std::to_string(i + 1);
        folder.write("SRExtract.z" + std::string(number.size() < 2 ? "0" : "") + number, parts[i]);
    }
    return folder.write("SRExtract.zip", parts.back());
}

Input open_folder(const TemporaryFolder& folder) {
    auto input = open_input(folder.path().string());
    REQUIRE(input.ok());
    return std::move(input).value();
}

/// The whole content of a file; nothing when it can't be read.
std::string content(const InputFile& file) {
    auto stream = open_stream(file, {});
    std::string all;
    std::vector<char> bite(1000);
    while (stream) {
        auto got = (*stream)->read(bite);
        if (!got) {
            return {};
        }
        if (*got == 0) {
            break;
        }
        all.append(bite.data(), *got);
    }
    return all;
}

}  // namespace

TEST_CASE("A zip in parts has the names and bytes of the zip in one") {
    for (const std::size_t size : {700U, 1000U, 5000U}) {
        INFO(size);
        const TemporaryFolder folder;
        const auto parts = make_split_zip(entries(), size);
        REQUIRE(parts.size() >= 2);
        write_parts(folder, parts);
        const Input input = open_folder(folder);
        CHECK(input.issues.empty());
        REQUIRE(input.files.size() == 3);
        CHECK(input.files[0].display == "SRExtract.zip/SRCode.csv");
        CHECK(content(input.files[0]) == entries()[0].content);
        CHECK(input.files[1].display == "SRExtract.zip/SRPatient.csv");
        CHECK(content(input.files[1]) == entries()[1].content);
        CHECK(content(input.files[2]) == entries()[2].content);
    }
}

TEST_CASE("A missing part of a zip is named, whichever it is") {
    const auto parts = make_split_zip(entries(), 1000);
    {
        const TemporaryFolder folder;
        write_parts(folder, parts);
        fs::remove(folder.path() / "SRExtract.z02");
        const Input input = open_folder(folder);
        CHECK(input.files.empty());
        REQUIRE(input.issues.size() == 1);
        CHECK(input.issues[0].location.file == "SRExtract.zip");
        CHECK(input.issues[0].message.find("SRExtract.z02") != std::string::npos);
    }
    const TemporaryFolder folder;
    write_parts(folder, {parts.begin(), parts.begin() + 2});
    fs::remove(folder.path() / "SRExtract.zip");
    const Input input = open_folder(folder);
    CHECK(input.files.empty());
    REQUIRE(input.issues.size() == 1);
    CHECK(input.issues[0].message.find("SRExtract.zip") != std::string::npos);
}

TEST_CASE("Any byte of the directory of a zip in parts may be wrong") {
    const auto parts = make_split_zip(entries(), 1000);
    const std::string& last = parts.back();
    std::size_t wrong = 0;
    for (std::size_t at = 0; at < last.size(); ++at) {
        const TemporaryFolder folder;
        auto damaged = parts;
        damaged.back()[at] = static_cast<char>(damaged.back()[at] ^ 0x55);
        write_parts(folder, damaged);
        const Input input = open_folder(folder);
        for (const InputFile& file : input.files) {
            for (const ZipEntry& entry : entries()) {
                if (file.entry == entry.name) {
                    const std::string got = content(file);
                    wrong += got.empty() || got == entry.content ? 0 : 1;
                }
            }
        }
    }
    CHECK(wrong == 0);  // an issue or the right bytes, never others
}
