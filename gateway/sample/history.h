// What happened to a made-up patient, in no system's format: contacts, entries, problems,
// referrals, medication, appointments.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codes.h"
#include "patient.h"

namespace linkway::sample {

/// A piece of History::texts. Writers must not keep views: texts move as they grow.
struct Text {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
};

struct Contact {
    int day = 0;
    int minute = 0;  ///< of the day
    std::uint32_t staff = 0;
    int kind = 0;  ///< code
    int appointment = -1;
};

enum class DateKnown : std::uint8_t { full, month, year, nothing };
enum class Episode : std::uint8_t { none, first, other };

struct Entry {
    int day = 0;
    DateKnown known = DateKnown::full;
    int entered_day = 0;
    int entered_second = 0;  ///< of the day
    std::uint32_t staff = 0;
    std::uint32_t entered_by = 0;
    int code = 0;
    int contact = -1;
    int problem = -1;  ///< entry that is the problem
    int parent = -1;   ///< entry that heads the panel
    Text text;
    int value = 0;  ///< thousandths
    bool has_value = false;
    bool has_document = false;
    Episode episode = Episode::none;
};

struct Problem {
    int entry = 0;
    int end_day = 0;     ///< 0 while active
    int review_day = 0;  ///< 0 when never
    bool significant = false;
    int expected_days = 0;
};

enum class Urgency : std::uint8_t { routine, urgent, soon, none };

struct Referral {
    int entry = 0;
    int closing = -1;  ///< entry that closed the case; -1 while open, or when nobody coded it
    OrganisationRef target;
    Urgency urgency = Urgency::routine;
    int service_type = 0;  ///< 0 none, else a number that the writer's list gives a word for
    int mode = 0;
    std::uint64_t booking = 0;  ///< number of the NHS e-Referral Service, 12 digits; 0 for none
};

struct Course {
    int day = 0;
    int end_day = 0;  ///< 0 while current
    int drug = 0;
    std::uint32_t staff = 0;
    int problem = -1;
    int issues = 0;
    bool repeat = false;
};

struct Issue {
    int course = 0;
    int day = 0;
    std::uint32_t staff = 0;
};

struct Recall {
    int entered_day = 0;
    int due_day = 0;
    int code = 0;
    std::uint32_t staff = 0;
    bool done = false;
};

struct Appointment {
    std::uint32_t session = 0;
    int slot = 0;  ///< place within the session
    bool attended = true;
};

/// Clinics of a practice: one run of weekdays up to the extract, a few sessions on each.
struct SessionBook {
    std::uint32_t days = 1;
    std::uint32_t per_day = 1;

    std::uint32_t count() const { return days * per_day; }
    int day(std::uint32_t session) const;
    std::uint32_t staff(std::uint32_t session) const;
    static constexpr int slots = 20;
    static constexpr int slot_minutes = 10;
    static int start_minute(std::uint32_t session) { return session % 2 == 0 ? 9 * 60 : 14 * 60; }
};
SessionBook session_book(std::uint64_t patients_of_practice, unsigned density);

/// One patient's record. Reused from patient to patient, so its memory is that of the largest
/// record met.
struct History {
    void clear();
    std::string_view text(Text piece) const { return {texts.data() + piece.offset, piece.size}; }

    std::vector<Contact> contacts;
    std::vector<Entry> entries;
    std::vector<Problem> problems;
    std::vector<Referral> referrals;
    std::vector<Course> courses;
    std::vector<Issue> issues;
    std::vector<Recall> recalls;
    std::vector<Appointment> appointments;
    std::string texts;
    int first_day = 0;  ///< the record runs from here
    int last_day = 0;   ///< to here
    bool has_social_prescribing = false;
};

/// Fills `history` for a patient. `density` is the mean number of entries (see full_density); the
/// other tables keep their real proportions.
void make_history(const World& world, const Dictionary& dictionary, const Patient& patient,
                  const SessionBook& sessions, unsigned density, History& history);

/// Adds what social prescribing left in the record, when this patient is one of the few who had
/// any.
void add_social_prescribing(const World& world, const Dictionary& dictionary,
                            const Patient& patient, Random& random, History& history);

/// Adds a piece of text to a history.
Text add_text(History& history, std::string_view text);

}  // namespace linkway::sample
