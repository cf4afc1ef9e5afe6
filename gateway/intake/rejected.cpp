#include "rejected.h"

#include <algorithm>
#include <charconv>
#include <fstream>

#include "account.h"
#include "fhir/operation_outcome.h"
#include "row_text.h"

namespace linkway::intake {

namespace fs = std::filesystem;
using text::Issues;
using text::Severity;
using text::Status;

namespace {

/// Short enough to be typed, long enough never to meet its like.
std::string item_id(const std::string& intake, const std::string& file, const std::string& place) {
    return sha256(intake + '\n' + file + '\n' + place).substr(0, 16);
}

std::string outcome_of(const std::string& issues) {
    return R"({"resourceType":"OperationOutcome","issue":[)" + issues + "]}";
}

/// The file and line that diagnostics begin with ("file:12:3 Column: ..."), the file one of those
/// that were read.
std::pair<const FileLine*, std::uint64_t> place_of(std::string_view diagnostics,
                                                   const Account& account) {
    std::pair<const FileLine*, std::uint64_t> best{nullptr, 0};
    for (const FileLine& each : account.files) {
        if (diagnostics.starts_with(each.file) && diagnostics.size() > each.file.size() &&
            diagnostics[each.file.size()] == ':' &&
            (best.first == nullptr || best.first->file.size() < each.file.size())) {
            const std::string_view rest = diagnostics.substr(each.file.size() + 1);
            std::uint64_t line = 0;
            std::from_chars(rest.data(), rest.data() + rest.size(), line);
            best = {&each, line};
        }
    }
    return best;
}

}  // namespace

void put_once(store::Writer& writer, store::Quarantined item, store::Instant now) {
    if (writer.quarantined({item.id, "", {}, 1}).empty()) {
        item.changed = now;
        writer.put_quarantined(item);
    }
}

store::Quarantined rejected_resource(const store::Intake& entry, const std::string& file,
                                     std::uint64_t line, const std::string& json,
                                     const Issues& issues) {
    store::Quarantined item;
    item.id = item_id(entry.id, file, sha256(json));
    item.intake = entry.id;
    item.system = entry.system;
    item.file = file;
    item.line = line;
    item.content = json;
    fhir::append_operation_outcome(item.reason, issues);
    return item;
}

Rejections::Rejections(const DataFolder& folder, const store::Intake& entry,
                       const sources::DataPackage& package, sources::InputOptions access,
                       std::size_t most)
    : folder_(folder), entry_(entry), package_(package), access_(std::move(access)), most_(most) {}

Status Rejections::read() {
    if (auto ticket = read_ticket(folder_, entry_.id)) {
        ticket_ = std::move(*ticket);
    }
    for (const fs::path& output : attempts(folder_.work() / entry_.id)) {
        read_outcomes(output);
        read_resources(output);
    }
    read_rows();
    return {};
}

void Rejections::read_outcomes(const fs::path& output) {
    const Account account = read_account(content_of(output / "reconciliation.json"));
    if (account.files.empty()) {
        return;  // of rows that came before, and were accounted for with them
    }
    std::ifstream in(output / "rejected.ndjson", std::ios::binary);
    for (std::string line; std::getline(in, line);) {
        const auto parsed = text::parse_json(line, "rejected.ndjson");
        const text::Node* issues = parsed ? parsed->root().find("issue") : nullptr;
        if (issues == nullptr || issues->items.empty()) {
            continue;
        }
        const auto [file, number] =
            place_of(issues->items.front().string_or("diagnostics", ""), account);
        const Place place{file == nullptr ? std::string() : file->file, number};
        if (rows_.size() + resources_.size() >= most_ && rows_.count(place) == 0) {
            ++left_out_;
            continue;
        }
        store::Quarantined& item = rows_[place];
        item.id = item_id(entry_.id, place.first, std::to_string(number));
        item.intake = entry_.id;
        item.system = entry_.system;
        item.file = place.first;
        item.table = file == nullptr ? std::string() : file->table;
        item.line = number;
        std::string& reason = reasons_[place];
        std::string text;
        text::append_json(text, issues->items.front());
        // Attempts say the same twice.
        if (reason.find(text) == std::string::npos) {
            reason += (reason.empty() ? "" : ",") + text;
        }
    }
    for (auto& [place, item] : rows_) {
        item.reason = outcome_of(reasons_[place]);
    }
}

void Rejections::read_resources(const fs::path& output) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(output / "quarantine", error)) {
        const std::string file = "quarantine/" + entry.path().filename().string();
        std::ifstream in(entry.path(), std::ios::binary);
        std::string line;
        for (std::uint64_t number = 1; std::getline(in, line); ++number) {
            if (rows_.size() + resources_.size() >= most_) {
                ++left_out_;
                continue;
            }
            resources_.push_back(rejected_resource(
                entry_, file, number, line,
                {{Severity::error,
                  "business-rule",
                  "a check of the mapping keeps the resource back",
                  {file, number, 0, {}},
                  "put the record right and send it again, or edit and replay it here"}}));
        }
    }
}

void Rejections::read_rows() {
    const auto input = sources::open_input((folder_.raw() / entry_.id / "in").string());
    if (!input) {
        return;  // the reasons are there all the same
    }
    for (auto each = rows_.begin(); each != rows_.end();) {
        const std::string& name = each->first.first;
        std::vector<std::uint64_t> lines;
        const auto first = each;
        for (; each != rows_.end() && each->first.first == name; ++each) {
            lines.push_back(each->first.second);
        }
        const auto file = std::find_if(
            input->files.begin(), input->files.end(),
            [&](const sources::InputFile& candidate) { return candidate.display == name; });
        if (file == input->files.end()) {
            continue;
        }
        const auto texts = intake::read_rows(*file, access_, package_, lines);
        for (auto item = first; texts && item != each; ++item) {
            const auto row = texts->rows.find(item->first.second);
            if (row != texts->rows.end()) {
                item->second.content = texts->header + row->second;
            }
        }
    }
}

void Rejections::put(store::Writer& writer, store::Instant now) const {
    if (!ticket_.replays.empty()) {
        put_replayed(writer, now);
        return;
    }
    for (const auto& [place, item] : rows_) {
        put_once(writer, item, now);
    }
    for (const store::Quarantined& item : resources_) {
        put_once(writer, item, now);
    }
}

void Rejections::put_replayed(store::Writer& writer, store::Instant now) const {
    const Account account = read_account(entry_.reconciliation);
    for (const ReplayedRow& row : ticket_.replays) {
        std::string reason;
        for (const auto& [place, issues] : reasons_) {
            if (place.first == row.file && place.second >= row.line &&
                place.second < row.line + row.lines) {
                reason += (reason.empty() ? "" : ",") + issues;
            }
        }
        const auto file = std::find_if(account.files.begin(), account.files.end(),
                                       [&](const FileLine& each) { return each.file == row.file; });
        if (reason.empty() && file != account.files.end() && file->applied_before) {
            reason = R"({"severity":"error","code":"duplicate","diagnostics":)"
                     R"("the same row was played before; edit it first"})";
        }
        for (store::Quarantined& item : writer.quarantined({row.item, "", {}, 1})) {
            item.changed = now;
            if (reason.empty()) {
                item.state = store::Quarantined::State::replayed;
            } else {
                item.reason = outcome_of(reason);
            }
            writer.put_quarantined(item);
        }
    }
    for (const store::Quarantined& item : resources_) {
        put_once(writer, item, now);
    }
}

}  // namespace linkway::intake
