// Any bytes as the files of a SNOMED CT release: issues are fine, crashes and hangs are not. A NUL
// byte ends one file and begins the next.
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "terminology/terminology.h"
#include "text/utf8.h"

namespace fs = std::filesystem;
using namespace linkway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fs::path folder = [] {
        const fs::path path =
            fs::temp_directory_path() / ("linkway-rf2-fuzz-" + std::to_string(getpid()));
        fs::create_directories(path);
        std::atexit([] {
            fs::remove_all(fs::temp_directory_path() /
                           ("linkway-rf2-fuzz-" + std::to_string(getpid())));
        });
        return path;
    }();
    constexpr std::array<const char*, 6> names = {
        "sct2_Concept_Snapshot_XX_20250101.txt",
        "sct2_Relationship_Snapshot_XX_20250101.txt",
        "sct2_Description_Snapshot-en_XX_20250101.txt",
        "der2_cRefset_LanguageSnapshot-en_XX_20250101.txt",
        "der2_Refset_SimpleSnapshot_XX_20250101.txt",
        "der2_cRefset_AssociationSnapshot_XX_20250101.txt"};
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    for (const char* name : names) {
        const std::size_t end = rest.find('\0');
        std::ofstream(folder / name, std::ios::binary) << rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    terminology::Terminology codes;
    for (const text::Issue& issue : codes.load_snomed(folder.string())) {
        if (issue.message.empty() || !text::is_utf8(text::to_string(issue))) {
            __builtin_trap();
        }
    }
    (void)codes.expand("http://snomed.info/sct?fhir_vs");
    (void)codes.member_of("http://snomed.info/sct?fhir_vs=isa/19999999103", "", "29999999105");
    (void)codes.member_of("http://snomed.info/sct?fhir_vs=refset/109999999109", "", "29999999105");
    (void)codes.lookup("http://snomed.info/sct", "99999999108");
    return 0;
}
