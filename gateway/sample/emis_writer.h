// Turns people and their histories into the files of an EMIS extract, with or without its known
// defects.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codes.h"
#include "defects.h"
#include "emis_table.h"
#include "history.h"
#include "patient.h"
#include "sample/sample.h"
#include "world.h"

namespace linkway::sample {

/// Writes one batch into a folder that exists. Keeps nothing about a patient once written.
class EmisWriter {
  public:
    EmisWriter(const SampleOptions& options, const sources::DataPackage& package,
               std::string folder);

    text::Status write();

  private:
    /// What is wrong with one observation row. Nothing, unless defects are on.
    struct Flaws {
        bool no_code = false;
        std::int64_t other_code = 0;  // 0: the entry's own
        bool unknown_user = false;
        bool unknown_patient = false;
        bool unknown_parent = false;
        bool confidential = false;
        std::string_view date;       // in place of the entry's
        std::string_view more_text;  // behind the entry's
        bool long_qualifiers = false;
        RowShape shape = RowShape::whole;
        int repeats = 0;
    };

    /// Number of a person's organisation at that moment.
    struct Place {
        std::uint32_t practice = 0;
        Id organisation;
        SessionBook sessions;
    };

    void open_all();
    EmisTable& open(std::string_view table, std::initializer_list<std::string_view> cells);
    text::Status finish();
    text::Status first_error();

    // emis_reference.cpp: what all practices share, and what a practice has.
    void codes();
    void code_row(const Code& code, std::string_view read, bool with_concept, std::int64_t parent,
                  bool blanks);
    void drugs();
    void organisations();
    void organisation(OrganisationRef ref);
    void location(const Organisation& organisation);
    void person_as_organisation(std::uint32_t practice);
    void staff(const Place& place);
    void sessions(const Place& place);
    void free_slot(const Place& place, std::uint32_t session, int slot);

    // emis_patient.cpp
    void patient_row(const Place& place, const Patient& patient, std::int64_t version, bool former);
    void patient(const Place& place, const Patient& patient);
    void registration(const Place& place, const Patient& patient);
    /// The cells that every table with patients starts with: GUIDs, ProcessingId, Deleted. A
    /// deleted row has no more than these.
    EmisTable& begin(EmisTable& table, std::initializer_list<Id> guids, std::int64_t turn,
                     bool deleted = false);
    void appointments(const Place& place, const Patient& patient, const History& history);
    void contacts(const Place& place, const Patient& patient, const History& history);
    void recalls(const Place& place, const Patient& patient, const History& history);
    void medication(const Place& place, const Patient& patient, const History& history);

    // emis_record.cpp
    void entries(const Place& place, const Patient& patient, const History& history);
    Flaws flaws_of(const Entry& entry);
    void observation(const Place& place, const Patient& patient, const History& history, int index,
                     const Flaws& flaws, std::int64_t version);
    void qualifiers(bool is_long);
    void problems(const Place& place, const Patient& patient, const History& history);
    void referrals(const Place& place, const Patient& patient, const History& history);
    void target(const Place& place, const Referral& referral);
    std::string_view urgency(const Referral& referral);

    Id staff_id(const Place& place, std::uint32_t number) const {
        return world_.staff_id(place.practice, number);
    }
    Id own(const Patient& patient, Kind kind, std::uint64_t index) const {
        return make_id(patient.key, kind, index);
    }
    Id stranger() { return make_id(options_.seed, Kind::stranger, strangers_++); }
    const Code& code(int index) const { return dictionary_.codes[static_cast<std::size_t>(index)]; }
    std::int64_t code_id(int index) const { return code(index).id; }
    void report_progress(std::uint64_t done, bool last);

    const SampleOptions& options_;
    const sources::DataPackage& package_;
    std::string folder_;
    World world_;
    Dictionary dictionary_;
    Defects defects_;
    std::chrono::steady_clock::time_point next_progress_;
    std::uint64_t strangers_ = 0;
    std::uint64_t older_turns_ = 0;
    std::uint64_t social_patients_ = 0;
    std::int64_t turn_ = 0;  // ProcessingId of an ordinary row
    bool numeric_main_location_ = false;
    std::string sequence_;  // of the file names
    std::string feed_;

    std::vector<std::unique_ptr<EmisTable>> tables_;
    EmisTable* location_ = nullptr;
    EmisTable* organisation_ = nullptr;
    EmisTable* organisation_location_ = nullptr;
    EmisTable* patient_ = nullptr;
    EmisTable* patient_history_ = nullptr;
    EmisTable* user_ = nullptr;
    EmisTable* agreement_ = nullptr;
    EmisTable* session_ = nullptr;
    EmisTable* session_user_ = nullptr;
    EmisTable* slot_ = nullptr;
    EmisTable* patient_audit_ = nullptr;
    EmisTable* registration_audit_ = nullptr;
    EmisTable* consultation_ = nullptr;
    EmisTable* diary_ = nullptr;
    EmisTable* observation_ = nullptr;
    EmisTable* referral_ = nullptr;
    EmisTable* problem_ = nullptr;
    EmisTable* clinical_code_ = nullptr;
    EmisTable* drug_code_ = nullptr;
    EmisTable* course_ = nullptr;
    EmisTable* issue_ = nullptr;
};

/// Ids of the codes that only defects bring.
enum class OddCode : std::uint8_t { read_only, synonym, emis_local, missing };
std::int64_t odd_code_id(OddCode code);
/// Who is referred to when the target is a person: an organisation entry without ODS code.
Id person_organisation(std::uint64_t seed, std::uint32_t practice);

}  // namespace linkway::sample
