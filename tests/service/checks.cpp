#include "checks.h"

#include <sqlite3.h>

#include <fstream>
#include <memory>

#include "commands/run_program.h"

namespace service_test {

namespace {

namespace fs = std::filesystem;

std::string search(const std::string& type, const std::string& system, const std::string& value) {
    return "/fhir/" + type + "?identifier=" + encoded(system) + "|" + value;
}

struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};

/// The first value of a query, as text.
std::string ask(sqlite3* database, const char* sql) {
    std::string value = "nothing";
    char* error = nullptr;
    const auto take = [](void* out, int, char** values, char**) {
        *static_cast<std::string*>(out) = values[0] == nullptr ? "null" : values[0];
        return 0;
    };
    if (sqlite3_exec(database, sql, take, &value, &error) != SQLITE_OK) {
        value = error == nullptr ? "unknown error" : error;
    }
    sqlite3_free(error);
    return value;
}

/// Counts of what must not be.
struct Rule {
    const char* complaint;
    const char* sql;
};
constexpr Rule rules[] = {
    {"versions whose number of former versions is another",
     "SELECT count(*) FROM resource r WHERE version - 1 <>"
     " (SELECT count(*) FROM former_version f WHERE f.resource = r.number"
     " AND f.version BETWEEN 1 AND r.version - 1)"},
    {"former versions of nothing, or not before the current one",
     "SELECT count(*) FROM former_version f LEFT JOIN resource r ON r.number = f.resource"
     " WHERE r.number IS NULL OR f.version >= r.version"},
    {"resources whose journal is not one entry a version",
     "SELECT count(*) FROM resource r WHERE version <>"
     " (SELECT count(*) FROM change c WHERE c.resource = r.number"
     " AND c.version BETWEEN 1 AND r.version)"},
    {"entries of the journal that no version stands for",
     "SELECT count(*) FROM change c LEFT JOIN resource r ON r.number = c.resource"
     " WHERE r.number IS NULL OR c.version > r.version"},
    {"entries of the journal out of order",
     "SELECT count(*) FROM change a JOIN change b ON a.resource = b.resource"
     " AND a.version < b.version AND a.number > b.number"},
    {"versions that say what the one before them said",
     "SELECT count(*) FROM former_version f JOIN resource r ON r.number = f.resource"
     " WHERE f.json = coalesce((SELECT n.json FROM former_version n"
     " WHERE n.resource = f.resource AND n.version = f.version + 1), r.json)"
     " AND f.deleted = coalesce((SELECT n.deleted FROM former_version n"
     " WHERE n.resource = f.resource AND n.version = f.version + 1), r.deleted)"},
    {"indexed values of nothing",
     "SELECT count(*) FROM value_of v LEFT JOIN resource r ON r.number = v.resource"
     " WHERE r.number IS NULL"},
    {"indexed dates of nothing",
     "SELECT count(*) FROM date_of v LEFT JOIN resource r ON r.number = v.resource"
     " WHERE r.number IS NULL"},
    {"names that stand for nothing",
     "SELECT count(*) FROM value_of v WHERE NOT EXISTS"
     " (SELECT 1 FROM name n WHERE n.id = v.parameter)"},
    {"resources of no type",
     "SELECT count(*) FROM resource r WHERE NOT EXISTS"
     " (SELECT 1 FROM name n WHERE n.id = r.type)"},
};

}  // namespace

Complaints check_memory(Web& web, Memory& memory) {
    Complaints complaints = memory.wrong;
    for (const Acknowledged& one : memory.acknowledged) {
        const Answer answer = web.get("/fhir/" + one.version);
        if (answer.status != 200 || answer.body.find(one.holds) == std::string::npos) {
            complaints.push_back(one.version + " was acknowledged: " +
                                 std::to_string(answer.status) + " " + answer.body);
        }
    }
    for (const auto& [value, ids] : memory.conditional) {
        const long found = count(web, search("Patient", named, value));
        if (ids.size() != 1 || found != 1) {
            complaints.push_back("conditional creates of " + value + " gave " +
                                 std::to_string(ids.size()) + " ids, a search " +
                                 std::to_string(found));
        }
    }
    for (const Unanswered& one : memory.unanswered) {
        if (one.body.empty()) {
            long found = 0;
            for (const char* type : {"Patient", "ServiceRequest", "Task"}) {
                found += count(web, search(type, named, one.name));
            }
            if (found != 0 && found != 3) {
                complaints.push_back("of the transaction " + one.name + " there is a part");
            }
            continue;
        }
        const Answer again =
            web.ask("POST", "/fhir/Patient", one.body, {"X-Request-Id: " + one.name});
        if (again.status != 200 && again.status != 201) {
            complaints.push_back("asked again: " + std::to_string(again.status) + again.body);
        }
        memory.acknowledged.push_back({again.written(), one.name});
        if (count(web, search("Patient", named, one.name)) != 1) {
            complaints.push_back(one.name + " is not there once");
        }
    }
    memory.unanswered.clear();
    return complaints;
}

Complaints check_counters(Web& web) {
    Complaints complaints;
    for (int i = 0; i < counters; ++i) {
        const std::string id = "/fhir/Patient/counter-" + std::to_string(i);
        const long last = web.get(id).version();
        for (long version = 1; version <= last; ++version) {
            const std::string number = std::to_string(version);
            const Answer answer = web.get(id + "/_history/" + number);
            if (answer.status != 200 ||
                answer.body.find("\"value\":\"" + number + "\"") == std::string::npos) {
                complaints.push_back(id + " in version " + number + ": " + answer.body);
            }
        }
        if (last == 0) {
            complaints.push_back(id + " is gone");
        }
    }
    return complaints;
}

Complaints check_store(const fs::path& file) {
    sqlite3* handle = nullptr;
    Complaints complaints;
    const int opened = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
    const std::unique_ptr<sqlite3, Close> database(handle);
    if (opened != SQLITE_OK) {
        return {file.string() + " cannot be opened"};
    }
    if (const std::string found = ask(handle, "PRAGMA integrity_check"); found != "ok") {
        complaints.push_back("integrity_check: " + found);
    }
    for (const Rule& rule : rules) {
        if (const std::string found = ask(handle, rule.sql); found != "0") {
            complaints.push_back(std::string(rule.complaint) + ": " + found);
        }
    }
    return complaints;
}

Complaints check_audit(const fs::path& folder, const std::vector<Acknowledged>& acknowledged) {
    Complaints complaints;
    const auto verified = commands::run_program("audit verify '" + folder.string() + "'", "/");
    if (verified.code != 0) {
        complaints.push_back("audit verify: " + verified.out + verified.log);
    }
    std::set<std::string> noted;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".ndjson") {
            continue;
        }
        std::ifstream in(entry.path());
        for (std::string line; std::getline(in, line);) {
            if (line.find(R"("code":"vread")") != std::string::npos) {
                continue;  // that is check_memory looking
            }
            constexpr std::string_view before = R"("reference":")";
            for (std::size_t at = line.find(before); at != std::string::npos;
                 at = line.find(before, at)) {
                at += before.size();
                noted.insert(line.substr(at, line.find('"', at) - at));
            }
        }
    }
    for (const Acknowledged& one : acknowledged) {
        if (noted.count(one.version) == 0) {
            complaints.push_back(one.version + " was acknowledged and is not in the audit");
        }
    }
    return complaints;
}

}  // namespace service_test
