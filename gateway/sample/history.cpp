#include "history.h"

#include <algorithm>

#include "calendar.h"
#include "sample/sample.h"
#include "words.h"

namespace linkway::sample {

namespace {

// Rows for each observation in a production extract of 35,000 patients (19.3 million observations),
// as mean rows of a patient.
constexpr std::uint64_t contacts_in_life = 134;
constexpr std::uint64_t issues_in_life = 160;
constexpr std::uint64_t courses_in_life = 43;
constexpr std::uint64_t recalls_in_life = 6;
constexpr std::uint64_t appointments_in_life = 36;

/// Fills one patient's record; lives for that only.
class Writer {
  public:
    Writer(const World& world, const Dictionary& dictionary, const Patient& patient,
           const SessionBook& sessions, History& history)
        : world_(world),
          dictionary_(dictionary),
          patient_(patient),
          sessions_(sessions),
          history_(history),
          random_(mix(patient.key, 0x8157)) {}

    void write(unsigned density);

  private:
    void appointments(std::uint32_t count);
    void contacts(std::uint32_t count);
    void entries(std::uint32_t count);
    void fill_contact(int contact, std::uint32_t count);
    Entry& entry(int contact, int code);
    void measurement(int contact, std::uint32_t& left);
    void hospital_referral(int contact);
    void medication(std::uint32_t courses, std::uint32_t issues);
    void recalls(std::uint32_t count);
    int code_of(CodeUse use);
    int any_day() { return random_.between(history_.first_day, history_.last_day); }

    const World& world_;
    const Dictionary& dictionary_;
    const Patient& patient_;
    const SessionBook& sessions_;
    History& history_;
    Random random_;
    int problem_ = -1;  // that the current contact is about
};

/// Everyday codes are far more frequent than the rest: squaring a fraction favours the front of the
/// list.
int Writer::code_of(CodeUse use) {
    const auto& codes = dictionary_.of(use);
    const std::uint64_t fraction = random_.below(1U << 16U);
    const std::uint64_t squared = fraction * fraction >> 16U;
    return codes[squared * codes.size() >> 16U];
}

void Writer::write(unsigned density) {
    history_.clear();
    history_.first_day =
        std::max({patient_.birth_day, patient_.registered_day, extract_day - 20 * 365});
    history_.last_day =
        std::min(extract_day - 1, patient_.left_day == 0 ? extract_day : patient_.left_day);
    history_.first_day = std::min(history_.first_day, history_.last_day);
    // The old have longer records, and everyone differs: thousandths of the mean.
    const auto weight = static_cast<std::uint64_t>((480 + 14 * patient_.age_on(extract_day)) *
                                                   random_.between(300, 1700) / 1000);
    const auto share = [&](std::uint64_t in_life) {
        return random_.about(in_life * density * weight, std::uint64_t{full_density} * 1000);
    };
    appointments(share(appointments_in_life));
    contacts(share(contacts_in_life));
    entries(share(full_density));
    const std::uint32_t courses = share(courses_in_life);
    medication(courses, share(issues_in_life));
    recalls(share(recalls_in_life));
    add_social_prescribing(world_, dictionary_, patient_, random_, history_);
}

void Writer::appointments(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        Appointment appointment;
        appointment.session = random_.below(sessions_.count());
        appointment.slot = static_cast<int>(random_.below(SessionBook::slots));
        appointment.attended = !random_.chance(600);
        const int day = sessions_.day(appointment.session);
        if (day >= history_.first_day && day <= history_.last_day) {
            history_.appointments.push_back(appointment);
        }
    }
}

void Writer::contacts(std::uint32_t count) {
    std::size_t appointment = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        Contact contact;
        while (appointment < history_.appointments.size() &&
               !history_.appointments[appointment].attended) {
            ++appointment;
        }
        if (appointment < history_.appointments.size()) {
            const Appointment& booked = history_.appointments[appointment];
            contact.day = sessions_.day(booked.session);
            contact.minute =
                SessionBook::start_minute(booked.session) + booked.slot * SessionBook::slot_minutes;
            contact.staff = sessions_.staff(booked.session);
            contact.appointment = static_cast<int>(appointment++);
        } else {
            contact.day = any_day();
            contact.minute = random_.between(8 * 60, 18 * 60);
            const std::uint32_t roll = random_.below(10);
            contact.staff = World::pick(roll < 5   ? StaffGroup::doctor
                                        : roll < 8 ? StaffGroup::nurse
                                                   : StaffGroup::office,
                                        random_);
        }
        contact.kind = code_of(CodeUse::contact_kind);
        history_.contacts.push_back(contact);
    }
    std::sort(history_.contacts.begin(), history_.contacts.end(),
              [](const Contact& a, const Contact& b) {
                  return a.day != b.day ? a.day < b.day : a.minute < b.minute;
              });
}

void Writer::entries(std::uint32_t count) {
    const auto contacts = static_cast<std::uint32_t>(history_.contacts.size());
    if (contacts == 0) {
        fill_contact(-1, count);
        return;
    }
    for (std::uint32_t i = 0; i < contacts; ++i) {
        const std::uint64_t from = std::uint64_t{count} * i / contacts;
        const std::uint64_t to = std::uint64_t{count} * (i + 1) / contacts;
        fill_contact(static_cast<int>(i), static_cast<std::uint32_t>(to - from));
    }
}

Entry& Writer::entry(int contact, int code) {
    Entry& result = history_.entries.emplace_back();
    result.code = code;
    result.contact = contact;
    result.problem = problem_;
    if (contact >= 0) {
        const Contact& during = history_.contacts[static_cast<std::size_t>(contact)];
        result.day = during.day;
        result.staff = during.staff;
        result.entered_second = during.minute * 60 + random_.between(0, 599);
    } else {
        result.day = any_day();
        result.staff = World::pick(StaffGroup::clinical, random_);
        result.entered_second = random_.between(8 * 3600, 18 * 3600);
    }
    result.entered_day = result.day;
    result.entered_by = result.staff;
    if (random_.chance(700)) {  // typed up later, by the office
        result.entered_by = World::pick(StaffGroup::office, random_);
        result.entered_day = std::min(extract_day - 1, result.day + random_.between(0, 30));
    }
    return result;
}

void Writer::fill_contact(int contact, std::uint32_t count) {
    problem_ = -1;
    for (std::uint32_t left = count; left > 0;) {
        const std::uint32_t roll = random_.below(10000);
        if (roll < 3600) {
            measurement(contact, left);
            continue;
        }
        --left;
        if (roll < 3645) {
            hospital_referral(contact);
            continue;
        }
        const CodeUse use =
            roll < 3670   ? CodeUse::hospital_referral  // a referral that is a code and no more
            : roll < 3677 ? CodeUse::near_social_prescribing
            : roll < 3700 ? CodeUse::social_need
            : roll < 7200 ? CodeUse::finding
            : roll < 8400 ? CodeUse::procedure
                          : CodeUse::administration;
        Entry& made = entry(contact, code_of(use));
        const int index = static_cast<int>(history_.entries.size() - 1);
        if (random_.chance(1200)) {
            made.text = add_text(history_, pick_word(notes(), random_));
        }
        made.has_document = use == CodeUse::administration && random_.chance(800);
        if (use != CodeUse::finding) {
            continue;
        }
        made.episode = random_.chance(1500) ? Episode::first : Episode::none;
        if (random_.chance(300)) {  // "since about May 2019"
            const std::uint32_t known = random_.below(10);
            made.known = known < 5   ? DateKnown::month
                         : known < 9 ? DateKnown::year
                                     : DateKnown::nothing;
        }
        if (random_.chance(1100)) {
            made.problem = -1;
            Problem problem;
            problem.entry = problem_ = index;
            problem.significant = random_.chance(4500);
            problem.end_day =
                random_.chance(6000) ? random_.between(made.day, history_.last_day) : 0;
            problem.review_day =
                random_.chance(3000) ? random_.between(made.day, history_.last_day) : 0;
            problem.expected_days = random_.chance(5000) ? 28 : 0;
            history_.problems.push_back(problem);
        }
    }
}

void Writer::measurement(int contact, std::uint32_t& left) {
    const auto add = [&](int code_index, int parent) {
        Entry& made = entry(contact, code_index);
        const Code& code = dictionary_.codes[static_cast<std::size_t>(code_index)];
        made.parent = parent;
        if (code.high > 0) {
            made.has_value = true;
            made.value = random_.between(code.low / 100, code.high / 100) * 100;
        }
        --left;
        return static_cast<int>(history_.entries.size() - 1);
    };
    if (left >= 3 && random_.chance(3000)) {
        const int panel = add(static_cast<int>(Named::blood_pressure), -1);
        add(static_cast<int>(Named::systolic), panel);
        add(static_cast<int>(Named::diastolic), panel);
        return;
    }
    add(code_of(CodeUse::measurement), -1);
}

void Writer::hospital_referral(int contact) {
    Entry& made = entry(contact, code_of(CodeUse::hospital_referral));
    if (random_.chance(4000)) {
        made.text = add_text(history_, pick_word(notes(), random_));
    }
    Referral referral;
    referral.entry = static_cast<int>(history_.entries.size() - 1);
    const OrganisationRef nearest = world_.serving(OrganisationKind::hospital, patient_.practice);
    referral.target = {OrganisationKind::hospital, nearest.number + random_.below(4)};
    const std::uint32_t roll = random_.below(100);
    referral.urgency = roll < 70   ? Urgency::routine
                       : roll < 82 ? Urgency::urgent
                       : roll < 90 ? Urgency::soon
                                   : Urgency::none;
    referral.service_type = static_cast<int>(random_.below(14));
    referral.mode = static_cast<int>(random_.below(6));
    referral.booking = random_.chance(6000) ? 1 + random_.next() % 999999999999ULL : 0;
    history_.referrals.push_back(referral);
}

void Writer::medication(std::uint32_t courses, std::uint32_t issues) {
    for (std::uint32_t i = 0; i < courses; ++i) {
        Course course;
        course.day = any_day();
        course.drug = static_cast<int>(random_.below(drug_count));
        course.staff = World::pick(StaffGroup::doctor, random_);
        course.repeat = random_.chance(4500);
        course.end_day = random_.chance(7000) ? random_.between(course.day, history_.last_day) : 0;
        if (!history_.problems.empty() && random_.chance(5000)) {
            course.problem =
                history_
                    .problems[random_.below(static_cast<std::uint32_t>(history_.problems.size()))]
                    .entry;
        }
        history_.courses.push_back(course);
    }
    if (courses == 0) {
        return;
    }
    for (std::uint32_t i = 0; i < issues; ++i) {
        Issue issue;
        issue.course = static_cast<int>(i % courses);
        Course& course = history_.courses[static_cast<std::size_t>(issue.course)];
        const int last = course.end_day == 0 ? history_.last_day : course.end_day;
        issue.day = std::min(last, course.day + 28 * course.issues++);
        issue.staff = course.staff;
        history_.issues.push_back(issue);
    }
}

void Writer::recalls(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        Recall recall;
        recall.entered_day = any_day();
        recall.due_day = recall.entered_day + 28 * random_.between(1, 13);
        recall.code = code_of(CodeUse::procedure);
        recall.staff = World::pick(StaffGroup::nurse, random_);
        recall.done = recall.due_day < extract_day && random_.chance(6000);
        history_.recalls.push_back(recall);
    }
}

}  // namespace

int SessionBook::day(std::uint32_t session) const {
    // Whole weeks back from the last Friday before the extract.
    const int last_friday = extract_day - 1 - (weekday(extract_day - 1) + 3) % 7;
    const auto back = static_cast<int>(session / per_day);
    return last_friday - back / 5 * 7 - back % 5;
}

std::uint32_t SessionBook::staff(std::uint32_t session) const {
    // Nine clinicians in turn.
    return session % 9;
}

SessionBook session_book(std::uint64_t patients_of_practice, unsigned density) {
    // In life about two sessions a patient are in the extract, over five years of weekdays.
    const std::uint64_t wanted = std::max<std::uint64_t>(
        1, patients_of_practice * density * 15 / (std::uint64_t{full_density} * 7));
    SessionBook book;
    book.days = static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, 1250));
    book.per_day = static_cast<std::uint32_t>((wanted + book.days - 1) / book.days);
    return book;
}

void History::clear() {
    contacts.clear();
    entries.clear();
    problems.clear();
    referrals.clear();
    courses.clear();
    issues.clear();
    recalls.clear();
    appointments.clear();
    texts.clear();
    has_social_prescribing = false;
}

Text add_text(History& history, std::string_view text) {
    const Text result{static_cast<std::uint32_t>(history.texts.size()),
                      static_cast<std::uint32_t>(text.size())};
    history.texts += text;
    return result;
}

void make_history(const World& world, const Dictionary& dictionary, const Patient& patient,
                  const SessionBook& sessions, unsigned density, History& history) {
    Writer(world, dictionary, patient, sessions, history).write(density);
}

}  // namespace linkway::sample
