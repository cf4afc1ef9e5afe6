// A ten-column view over Tasks, NDJSON in memory to CSV in memory, on one core, beside the bare
// parsing of the same lines and a program written by hand with RapidJSON for just this table.
#include <rapidjson/document.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "mapping/view.h"
#include "measure.h"

namespace linkway::bench {
namespace {

/// Lines as linkway translate writes them for a referral that was taken up.
std::vector<std::string> tasks(std::uint64_t count) {
    std::vector<std::string> lines;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::string id = "c569ce0d-a17b-5ce0-ac35-" + std::to_string(100000000000 + i);
        lines.push_back(
            R"({"resourceType":"Task","id":")" + id +
            R"(","identifier":[{"system":"https://linkway.uk/fhir/Id/emis-observation-guid","value":")" +
            id +
            R"("}],"groupIdentifier":{"system":"https://linkway.uk/fhir/Id/episode","value":")" +
            id + R"("},"status":")" + (i % 3 == 0 ? "completed" : "requested") +
            R"(","intent":"order","code":{"coding":[{"system":"http://hl7.org/fhir/CodeSystem/task-code","code":"fulfill","display":"Fulfill the focal request"}]},"focus":{"reference":"ServiceRequest/)" +
            id + R"("},"for":{"reference":"Patient/00592dc4-2622-5148-8f71-)" +
            std::to_string(100000000000 + i / 2) + R"("},"authoredOn":"2025-0)" +
            std::to_string(1 + i % 9) +
            R"(-23","requester":{"reference":"PractitionerRole/5a68078a-8fbc-585c-a6d7-635af097e2fa"},"owner":{"reference":"Organization/071ec657-3796-5755-bead-5d44dd647bb1"})" +
            (i % 3 == 0
                 ? R"(,"output":[{"type":{"text":"Social prescribing case closed"},"valueReference":{"reference":"Observation/)" +
                       id + R"("}}])"
                 : std::string()) +
            "}");
    }
    return lines;
}

std::string by_view(const mapping::View& view, const std::vector<std::string>& lines) {
    mapping::ViewRunner runner;
    std::string out;
    for (const std::string& line : lines) {
        const auto parsed = text::parse_json(line, "");
        if (!parsed) {
            throw std::runtime_error(text::to_string(parsed.issue()));
        }
        const auto failed =
            runner.run(view, parsed->root(), [&](std::span<const fhirpath::Collection> cells) {
                for (std::size_t i = 0; i < cells.size(); ++i) {
                    out += i == 0 ? "" : ",";
                    mapping::append_csv_cell(out, view.columns()[i], cells[i]);
                }
                out += "\r\n";
            });
        if (failed) {
            throw std::runtime_error(text::to_string(*failed));
        }
    }
    return out;
}

std::uint64_t parsed_only(const std::vector<std::string>& lines) {
    std::uint64_t members = 0;
    for (const std::string& line : lines) {
        members += text::parse_json(line, "")->root().members.size();
    }
    return members;
}

const char* text_of(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    return found != object.MemberEnd() && found->value.IsString() ? found->value.GetString() : "";
}

const rapidjson::Value& member(const rapidjson::Value& object, const char* name) {
    static const rapidjson::Value none(rapidjson::kObjectType);
    const auto found = object.FindMember(name);
    return found != object.MemberEnd() ? found->value : none;
}

std::string_view key(const rapidjson::Value& reference) {
    const std::string_view text = text_of(reference, "reference");
    return text.substr(text.find('/') + 1);
}

std::string by_hand(const std::vector<std::string>& lines) {
    std::string out;
    rapidjson::Document task;
    for (const std::string& line : lines) {
        task.Parse(line.data(), line.size());
        if (task.HasParseError()) {
            throw std::runtime_error("a line made for the benchmark is broken");
        }
        const rapidjson::Value& outputs = member(task, "output");
        const std::string count = std::to_string(outputs.IsArray() ? outputs.Size() : 0);
        const std::string_view cells[] = {
            text_of(task, "id"),         key(member(task, "focus")),
            key(member(task, "for")),    text_of(member(task, "groupIdentifier"), "value"),
            text_of(task, "status"),     text_of(member(task, "statusReason"), "text"),
            text_of(task, "authoredOn"), key(member(task, "requester")),
            key(member(task, "owner")),  count};
        for (const std::string_view& cell : cells) {
            out += &cell == &cells[0] ? "" : ",";
            mapping::append_csv_field(out, cell);
        }
        out += "\r\n";
        task.GetAllocator().Clear();
    }
    return out;
}

void run(std::uint64_t count, int rounds, double patience) {
    std::ifstream file(LINKWAY_MAPPINGS "/views/tasks.yaml", std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    text::Issues issues;
    const auto view = mapping::View::compile(std::move(content).str(), "tasks.yaml", issues);
    if (!view) {
        throw std::runtime_error("the view has mistakes");
    }
    pin({cores().back()});
    const std::vector<std::string> lines = tasks(count);
    if (by_view(*view, lines) != by_hand(lines)) {
        throw std::runtime_error("the two programs do not give the same table");
    }
    Series ours{"by view", {}, {}};
    Series parse{"parsing alone", {}, {}};
    Series hand{"by hand", {}, {}};
    int quiet = 0;
    for (int round = 0; round < rounds; ++round) {
        quiet += wait_for_quiet(patience) ? 1 : 0;
        ours.measure([&] { by_view(*view, lines); });
        parse.measure([&] { parsed_only(lines); });
        hand.measure([&] { by_hand(lines); });
    }
    const auto all = static_cast<double>(count);
    std::printf("%.0f Tasks, 10 columns, %d rounds (%d begun on a quiet machine), %s\n", all,
                rounds, quiet, load().c_str());
    for (const Series* each : {&ours, &parse, &hand}) {
        std::printf("%-44s %9.0f resources/s best %9.0f median %9.0f by processor time\n",
                    each->name.c_str(), all / each->least(), all / each->median(),
                    all / each->least_cpu());
    }
    const double rate = all / ours.least();
    report("view of Task, 1000 resources/s", rate / 1000, ">= 150", rate >= 150'000,
           bench::text_of("processor %.0f", all / ours.least_cpu() / 1000));
    report("view / hand-written (resources/s)", hand.least() / ours.least(), "-", true,
           bench::text_of("processor %.2f", hand.least_cpu() / ours.least_cpu()));
}

}  // namespace
}  // namespace linkway::bench

int main(int argc, char** argv) {
    try {
        const auto option = [&](std::string_view name, const char* otherwise) {
            for (int i = 1; i + 1 < argc; i += 2) {
                if (argv[i] == name) {
                    return std::string(argv[i + 1]);
                }
            }
            return std::string(otherwise);
        };
        linkway::bench::run(std::stoull(option("--resources", "50000")),
                            std::stoi(option("--rounds", "7")),
                            std::stod(option("--patience", "0")));
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}
