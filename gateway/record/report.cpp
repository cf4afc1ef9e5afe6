#include "record/record.h"
#include "text/json_writer.h"

namespace linkway::record {

namespace {

void counts(text::JsonWriter& json, std::string_view name,
            const std::map<std::string, std::uint64_t>& of) {
    json.name(name);
    json.begin_object();
    for (const auto& [reason, count] : of) {
        json.member(reason, count);
    }
    json.end_object();
}

}  // namespace

std::string to_json(const Report& report) {
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    json.member("to", report.target);
    json.member("entries", report.entries);
    json.name("resources");
    json.begin_array();
    for (const auto& [type, account] : report.types) {
        json.begin_object();
        json.member("type", type);
        json.member("resources", account.resources);
        json.member("withEntries", account.with_entries);
        counts(json, "notForTheRecord", account.not_for_the_record);
        counts(json, "rejected", account.rejected);
        counts(json, "warnings", account.warnings);
        json.end_object();
    }
    json.end_array();
    json.member("unreadable", [&] {
        std::uint64_t accounted = 0;
        for (const auto& [type, account] : report.types) {
            for (const auto* of : {&account.rejected, &account.warnings}) {
                for (const auto& [reason, count] : *of) {
                    accounted += count;
                }
            }
        }
        return report.issues.size() - accounted;
    }());
    json.end_object();
    out += '\n';
    return out;
}

std::string to_table(const Report& report) {
    std::string out = std::to_string(report.entries) + " entries for " + report.target + "\n";
    for (const auto& [type, account] : report.types) {
        out += "  " + type + ": " + std::to_string(account.resources) + ", with entries " +
               std::to_string(account.with_entries) + "\n";
        for (const auto& [what, reasons] :
             {std::pair("not for the record", &account.not_for_the_record),
              std::pair("rejected", &account.rejected), std::pair("warning", &account.warnings)}) {
            for (const auto& [reason, count] : *reasons) {
                out += std::string("    ") + what + ": " + reason + ": " + std::to_string(count) +
                       "\n";
            }
        }
    }
    return out;
}

}  // namespace linkway::record
