// A made-up EMIS record that changes from day to day, written as EMIS writes it: now and then a
// bulk of all rows, every day the difference from the day before. Names are plants.
#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace linkway::sources::test {

class EmisHistory {
  public:
    explicit EmisHistory(unsigned seed) : random_(seed) {
        for (int i = 1; i <= 2; ++i) {
            rows_[sharing][guid(1, i)] = {guid(1, i), "true", "2019-04-01 09:00:00", "false",
                                          "false"};
            rows_[organisations][guid(1, i)] = {guid(1, i), "Surgery " + std::to_string(i),
                                                "A9990" + std::to_string(i), guid(3, i)};
            rows_[locations][guid(3, i)] = {guid(3, i), "Testerton", "false"};
        }
        for (const int code : {3001, 3003, 3005, 3006, 3010}) {
            add_code(code);
        }
        for (int i = 0; i < 12; ++i) {
            live_a_day();
        }
        sent_ = rows_;
    }

    /// Changes a few rows; the next delta tells of them.
    void live_a_day() {
        const int changes = 1 + pick(8);
        for (int i = 0; i < changes; ++i) {
            change();
        }
    }

    /// Nobody is out of scope any more: a bulk would not have their rows.
    void bring_back_everybody() { out_of_scope_.clear(); }

    void write_bulk(const std::filesystem::path& folder) {
        const Rows none;
        write(folder, none, visible(), "bulk_");
        sent_ = visible();
    }
    void write_delta(const std::filesystem::path& folder) {
        const Rows now = visible();
        write(folder, sent_, now);
        sent_ = now;
    }

  private:
    enum Table {
        sharing,
        organisations,
        locations,
        users,
        patients,
        codes,
        entries,
        halves,
        count
    };
    using Cells = std::vector<std::string>;
    using Rows = std::array<std::map<std::string, Cells>, count>;

    struct Shape {
        const char* name;
        const char* header;
        int deleted;  // column that says so, -1 for none; the keys come first
        int keys;
    };
    static const std::array<Shape, count>& shapes() {
        static const std::array<Shape, count> all = {{
            {"Agreements_SharingOrganisation",
             "OrganisationGuid,IsActivated,LastModifiedDate,Disabled,Deleted", 4, 1},
            {"Admin_Organisation",
             "OrganisationGuid,OrganisationName,ODSCode,MainLocationGuid,ProcessingId", -1, 1},
            {"Admin_Location", "LocationGuid,Town,Deleted,ProcessingId", 2, 1},
            {"Admin_UserInRole",
             "UserInRoleGuid,OrganisationGuid,Surname,JobCategoryCode,ProcessingId", -1, 2},
            {"Admin_Patient",
             "PatientGuid,OrganisationGuid,UsualGpUserInRoleGuid,Surname,Deleted,ProcessingId", 4,
             2},
            {"Coding_ClinicalCode", "CodeId,Term,SnomedCTConceptId,ProcessingId", -1, 1},
            {"CareRecord_Observation",
             "ObservationGuid,PatientGuid,OrganisationGuid,EffectiveDate,EffectiveDatePrecision,"
             "ClinicianUserInRoleGuid,CodeId,AssociatedText,Deleted,ProcessingId",
             8, 3},
            {"CareRecord_ObservationReferral",
             "ObservationGuid,PatientGuid,OrganisationGuid,ReferralTargetOrganisationGuid,"
             "ReferralUrgency,ProcessingId",
             -1, 3},
        }};
        return all;
    }

    int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
    static std::string guid(int kind, int number) {
        std::array<char, 48> text{};
        std::snprintf(text.data(), text.size(), "{%08X-0000-4000-8000-%012X}",
                      static_cast<unsigned>(kind), static_cast<unsigned>(number));
        return text.data();
    }

    void add_code(int code) {
        static const std::map<int, const char*> concepts = {
            {3001, "871731000000106"},  {3003, "871711000000103"},  {3004, "1084281000000109"},
            {3005, "1362931000000106"}, {3006, "1362721000000106"}, {3010, "75367002"}};
        rows_[codes][std::to_string(code)] = {
            std::to_string(code), "Term " + std::to_string(pick(100)), concepts.at(code)};
    }
    // Patients, users and entries of a few numbers, so that they meet.
    static std::string practice_of(int patient) { return guid(1, 1 + patient % 2); }

    void add_entry(int number) {
        static constexpr std::array<int, 8> some_codes = {3001, 3001, 3003, 3004,
                                                          3005, 3005, 3006, 3010};
        const int patient = number % 12;
        rows_[entries][guid(5, number)] = {
            guid(5, number),
            guid(4, patient),
            practice_of(patient),
            "2025-0" + std::to_string(1 + pick(9)) + "-1" + std::to_string(pick(10)),
            "YMD",
            guid(2, pick(5) * 2 + patient % 2),
            std::to_string(some_codes[static_cast<std::size_t>(pick(8))]),
            pick(2) == 0 ? "" : "Said \"" + std::to_string(pick(100)) + "\"",
            "false"};
    }

    /// One change of the record. Rows come in any order: an entry before its patient, its code, its
    /// author or its other half.
    void change() {
        const int number = pick(60);
        const int patient = pick(12);
        switch (pick(12)) {
            case 0:
            case 1:
            case 2:
                return add_entry(number);
            case 3: {  // another code, date, author: perhaps no event any more, or one only now
                if (rows_[entries].count(guid(5, number)) != 0) {
                    add_entry(number);
                }
                return;
            }
            case 4:
                rows_[entries].erase(guid(5, number));
                return;
            case 5:
            case 6:
                rows_[patients][guid(4, patient)] = {guid(4, patient), practice_of(patient),
                                                     guid(2, pick(10)),
                                                     "Name " + std::to_string(pick(100)), "false"};
                return;
            case 7: {
                const int user = pick(10);
                rows_[users][guid(2, user)] = {guid(2, user), guid(1, 1 + user % 2),
                                               "Name " + std::to_string(pick(100)),
                                               pick(2) == 0 ? "R0260" : "R9815"};
                return;
            }
            case 8:
                rows_[halves][guid(5, number)] = {guid(5, number), guid(4, number % 12),
                                                  practice_of(number % 12), guid(1, 1 + pick(3)),
                                                  pick(2) == 0 ? "Routine" : "Urgent"};
                return;
            case 9:
                return add_code(
                    std::array<int, 3>{3001, 3004, 3010}[static_cast<std::size_t>(pick(3))]);
            case 10:
                out_of_scope_[guid(4, patient)] = pick(2) == 0;
                return;
            default:
                rows_[organisations][guid(1, 1)][1] = "Surgery " + std::to_string(pick(100));
                rows_[locations][guid(3, 2)][1] = "Town " + std::to_string(pick(100));
        }
    }

    /// What an extract made today would hold.
    Rows visible() const {
        Rows result = rows_;
        const auto is_out = [&](const std::string& patient) {
            const auto found = out_of_scope_.find(patient);
            return found != out_of_scope_.end() && found->second;
        };
        std::erase_if(result[patients], [&](const auto& row) { return is_out(row.first); });
        // Their entries stay in the difference: only the patient's row says that they left.
        return result;
    }

    void write(const std::filesystem::path& folder, const Rows& before, const Rows& now,
               const std::string& prefix = {}) {
        std::filesystem::create_directories(folder);
        ++batch_;
        for (std::size_t t = 0; t < count; ++t) {
            const Shape& shape = shapes()[t];
            std::vector<Cells> lines;
            for (const auto& [key, cells] : now[t]) {
                const auto old = before[t].find(key);
                if (old == before[t].end() || old->second != cells) {
                    lines.push_back(cells);
                }
            }
            for (const auto& [key, cells] : before[t]) {
                if (shape.deleted >= 0 && now[t].count(key) == 0) {
                    Cells gone(cells.size());
                    std::copy_n(cells.begin(), shape.keys, gone.begin());
                    gone[static_cast<std::size_t>(shape.deleted)] = "true";
                    lines.push_back(gone);
                }
            }
            std::shuffle(lines.begin(), lines.end(), random_);
            std::array<char, 24> day{};
            std::snprintf(day.data(), day.size(), "2026%02d%02d041500", 1 + batch_ / 28,
                          1 + batch_ % 28);
            std::ofstream out(folder / (prefix + std::to_string(batch_) + "_" + shape.name + "_" +
                                        day.data() + "_45E7CD20-EE37-41AB-90D6-DC9D4B03D102.csv"),
                              std::ios::binary);
            out << shape.header << "\r\n";
            for (const Cells& cells : lines) {
                std::string line;
                for (const std::string& cell : cells) {
                    line += line.empty() ? "\"" : ",\"";
                    for (const char c : cell) {
                        line.append(c == '"' ? 2 : 1, c);
                    }
                    line += '"';
                }
                out << line << (t == sharing ? "" : ",\"" + std::to_string(batch_) + "\"")
                    << "\r\n";
            }
        }
    }

    std::mt19937 random_;
    Rows rows_;
    Rows sent_;
    std::map<std::string, bool> out_of_scope_;
    int batch_ = 0;
};

}  // namespace linkway::sources::test
