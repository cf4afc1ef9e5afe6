#include "put_out.h"

#include <vector>

#include "text/node.h"

namespace linkway::sources {

namespace {

/// Tells contents apart; kept in files, so it must be the same everywhere.
std::int64_t content_of(std::string_view json) {
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    for (const char c : json) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }
    return static_cast<std::int64_t>(hash ^ json.size());
}

/// The resource with another status; empty when it has none.
std::string entered_in_error(std::string_view json) {
    const auto parsed = text::parse_json(json, "put_out");
    if (!parsed || parsed->root().find("status") == nullptr) {
        return {};
    }
    std::string out = "{";
    for (const text::Member& member : parsed->root().members) {
        out += out.size() > 1 ? "," : "";
        text::append_json_string(out, member.name);
        out += ':';
        if (member.name == "status") {
            out += "\"entered-in-error\"";
        } else {
            text::append_json(out, member.value);
        }
    }
    return out + '}';
}

}  // namespace

PutOut::PutOut(sqlite::Database& database)
    : find_(database,
            "SELECT content FROM put_out WHERE record = ? AND type = ? AND quarantined = ?"),
      put_(database, "INSERT OR REPLACE INTO put_out VALUES (?, ?, ?, ?)"),
      put_text_(database, "INSERT OR REPLACE INTO put_out_text VALUES (?, ?, ?, ?)"),
      all_(database, "SELECT type, quarantined, json FROM put_out_text WHERE record = ?"),
      by_type_(database, "SELECT record FROM put_out WHERE type = ?") {}

std::int64_t PutOut::find(std::string_view type,
                          const std::function<bool(std::int64_t record)>& is) {
    by_type_.with(type);
    while (by_type_.next()) {
        if (is(by_type_.integer(0))) {
            return by_type_.integer(0);
        }
    }
    return 0;
}

bool PutOut::is_new(std::int64_t record, const Place& place, std::string_view json, bool keep) {
    if (keep) {
        asked_.emplace(record, place.type);
    }
    const std::int64_t content = content_of(json);
    const std::int64_t quarantined = place.quarantined ? 1 : 0;
    if (find_.with(record, place.type, quarantined).next() && find_.integer(0) == content) {
        return false;
    }
    put_.with(record, place.type, quarantined, content).run();
    if (keep) {
        put_text_.with(record, place.type, quarantined, json).run();
    }
    return true;
}

void PutOut::take_back(std::int64_t record,
                       const std::function<void(const Place&, const std::string& json)>& give) {
    struct Standing {
        std::string type;
        bool quarantined;
        std::string json;
    };
    std::vector<Standing> standing;
    all_.with(record);
    while (all_.next()) {
        std::string type(all_.text(0));
        if (asked_.count({record, type}) == 0) {
            standing.push_back({std::move(type), all_.integer(1) != 0, std::string(all_.text(2))});
        }
    }
    for (const Standing& each : standing) {
        const Place place{each.type, each.quarantined};
        const std::string json = entered_in_error(each.json);
        if (!json.empty() && is_new(record, place, json, true)) {
            give(place, json);
        }
    }
}

}  // namespace linkway::sources
