// What became of one patient's social prescribing referrals, as plain values: what the record page
// and the cards show. Nothing here is inferred beyond what somebody stated: what is not known is
// empty.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "loop/write.h"
#include "store/store.h"
#include "text/issue.h"

namespace linkway::pages {

/// Kept apart by job code: a coach's work is not a link worker's.
enum class Role : std::uint8_t { link_worker, health_coach, care_co_ordinator, other, unknown };

struct Person {
    std::string name;  ///< empty where only the organisation is known
    Role role = Role::unknown;
    std::string role_name;  ///< "Social prescribing link worker"; empty when not stated
    std::string organisation;

    bool empty() const { return name.empty() && role_name.empty() && organisation.empty(); }
    friend bool operator==(const Person&, const Person&) = default;
};

/// Where something was written down first.
enum class Source : std::uint8_t { record, service };

/// How far an activity has come on its way into the practice's record.
enum class Filing : std::uint8_t {
    not_for_record,  ///< nothing that a record keeps
    in_record,       ///< it came from there
    filed,
    delivered,  ///< the practice's system has it; nobody said that it was filed
    waiting,    ///< in the outbox
    failed,     ///< given up; a person must look
    not_sent,   ///< nothing is on its way
};
/// Whether it is for the record and not known to be there.
bool is_unfiled(Filing filing);

struct Entry {
    enum class Kind : std::uint8_t {
        referral,
        status,  ///< the service or the practice moved the referral
        contact,
        score,
        outcome,
        questionnaire,
        message,
        action,    ///< something was asked of the practice or the person
        onward,    ///< a referral onwards
        signpost,  ///< a name and a contact were given: no referral
        offer,
        ending,  ///< declined or closed, as a coded entry
        near,    ///< close to social prescribing and none of it
    };
    Kind kind = Kind::outcome;
    std::string title;  ///< "Home visit"
    std::string text;   ///< what was written, as it was; lines by '\n'
    Person by;
    Source source = Source::service;
    std::string done;  ///< FHIR date or dateTime, perhaps a part of a date
    store::Instant received = 0, delivered = 0, filed = 0;  ///< 0: not known
    Filing filing = Filing::not_for_record;
    store::Key about;
};

struct Action {
    std::string text;
    std::string note;
    bool open = true;
    std::string status;       ///< in plain words: "Requested"
    std::string asked;        ///< FHIR date
    std::string due;          ///< FHIR date
    bool for_person = false;  ///< asked of the patient, not of the practice
    Person asked_by;
};

struct Point {
    std::string when;    ///< FHIR date
    std::string value;   ///< as written
    std::string metric;  ///< converted, where the measure has a table; that is what is compared
};

/// The scores of one measure, in order. ONS4 is four of these.
struct Series {
    std::string measure;  ///< name in measures.yaml, else "system|code"
    std::string title;    ///< "Anxiety"
    std::string unit;     ///< of an instrument that is not known; may be empty
    bool known = false;   ///< then the next three mean something
    bool lower_is_better = false;
    bool has_metric = false;
    double lowest = 0, highest = 0;  ///< what may be scored; of metric values where there are any
    std::vector<Point> points;
};

/// Series that belong together.
struct Instrument {
    std::string title;  ///< "ONS4 personal well-being"
    std::string note;   ///< how to read it; may be empty
    std::vector<Series> series;
};

struct Episode {
    std::string id;
    bool open = true;
    std::string status;            ///< in plain words: "In progress"
    std::string progress;          ///< business status: "Appointment booked"
    std::string why;               ///< why it is in this state, as somebody stated
    std::string referred;          ///< FHIR date
    std::string ended;             ///< FHIR date, where stated
    std::string heard;             ///< when the service last did anything; FHIR date
    std::int64_t silent_days = 0;  ///< since then, or since the referral, of an open one; else 0
    std::string title;             ///< "Referral to social prescribing service"
    std::string reason;            ///< why the person was referred
    std::string priority;          ///< "Urgent"; empty for routine
    Person asked_by;
    std::vector<Person> acting;    ///< link workers first; each once
    std::vector<Action> actions;   ///< open ones first
    std::vector<Entry> timeline;   ///< the newest first, undated ones last
    std::vector<Entry> signposts;  ///< given during it: a name and a contact, no referral
    std::vector<Instrument> scores;
};

struct Story {
    struct Patient {
        std::string id;    ///< FHIR id
        std::string name;  ///< "BRAMBLE, Sorrel (Ms)"
        std::string birth_date;
        std::string nhs_number;  ///< ten digits, or empty
        std::string died;        ///< FHIR date, or "yes"
    };
    Patient patient;
    std::string practice;           ///< its name
    std::string practice_ods;       ///< its code
    store::Instant received = 0;    ///< when anything of this last came in; 0 for nothing
    std::vector<Episode> episodes;  ///< open ones first, then the latest first
    std::vector<Entry> signposts;   ///< of no referral, the newest first
    std::vector<Entry> others;      ///< offers, answers to them and entries of no known referral
    std::vector<Entry> near;        ///< near social prescribing
    bool complete = true;           ///< false: there is more than a page can show
};

/// What a story is understood by.
struct Sense {
    const loop::Knowledge& knowledge;
    referrals::Policy policy;  ///< of the patient's practice
};

/// The story of a patient as far as it is within reach. Issue: not-found, or what the store says.
text::Result<Story> collect(store::Reader& reader, std::string_view patient,
                            const store::Reach& reach, store::Instant now, const Sense& sense);

/// What an episode holds for the practice's record that is not known to be there.
std::vector<const Entry*> unfiled(const Episode& episode);
/// Actions that are asked of the practice and open.
std::size_t open_actions(const Episode& episode);

}  // namespace linkway::pages
