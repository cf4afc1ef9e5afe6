// Any bytes as a code file beside a small code system: issues are fine, crashes are not, and one
// code asked about must never contradict the list of all.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "terminology/terminology.h"
#include "text/node.h"

using namespace linkway;
using terminology::Membership;

namespace {

constexpr std::string_view beside = R"({"resourceType":"CodeSystem","url":"cs",
"content":"complete","caseSensitive":false,"property":[{"code":"p","type":"code"}],"concept":[
{"code":"a","display":"A","concept":[{"code":"b","property":[{"code":"p","valueCode":"x"}]}]},
{"code":"c","property":[{"code":"parent","valueCode":"a"},
                        {"code":"inactive","valueBoolean":true}]}]})";

void require(bool holds) {
    if (!holds) {
        __builtin_trap();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto parsed = text::parse_json({reinterpret_cast<const char*>(data), size}, "fuzz.json");
    if (!parsed.ok()) {
        return 0;
    }
    std::vector<text::Document> documents;
    documents.push_back(std::move(text::parse_json(beside, "beside.json")).value());
    documents.push_back(std::move(parsed).value());
    terminology::Terminology codes;
    (void)codes.load(std::move(documents));
    for (const std::string& url : codes.urls()) {
        for (const char* code : {"a", "B", "z", ""}) {
            (void)codes.translate(url, "cs", code);
            (void)codes.translate_back(url, "", code);
            (void)codes.subsumes(url, "a", code);
            (void)codes.lookup(url, code);
        }
        const auto all = codes.expand(url, 1000);
        if (!all.ok()) {
            continue;
        }
        for (const terminology::Coding& coding : all.value()) {
            require(codes.member_of(url, coding.system, coding.code) == Membership::yes);
        }
    }
    return 0;
}
