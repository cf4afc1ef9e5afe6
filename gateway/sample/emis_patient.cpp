// Rows about a patient that are not clinical entries: the person, registration, appointments,
// contacts, recalls, medication.
#include <algorithm>

#include "calendar.h"
#include "emis_writer.h"

namespace linkway::sample {

namespace {

constexpr std::string_view patient_types[] = {
    "Regular",         "Temporary", "Private", "Immediately Necessary", "Community Registered",
    "Pre Registration"};

std::string_view patient_type(const Patient& patient) {
    const std::uint64_t roll = patient.key % 100;
    return roll < 95 ? patient_types[0] : patient_types[1 + roll % 5];
}

/// The first half of a postcode that has a blank before its last three characters, or not.
std::string_view outward(std::string_view postcode) {
    postcode.remove_suffix(3);
    return postcode.substr(0, postcode.find(' '));
}

/// From 8:00 to 18:00.
constexpr int second_of_day(std::uint64_t key) {
    return static_cast<int>(28800 + key % 36000);
}

std::int64_t drug_id(int drug) {
    // Worked out once for each drug: the check digit costs more than a row.
    static const std::vector<std::int64_t> ids = [] {
        std::vector<std::int64_t> result;
        result.reserve(drug_count);
        for (int i = 0; i < drug_count; ++i) {
            result.push_back(std::stoll(local_sctid(700000 + static_cast<std::uint32_t>(i), "11")));
        }
        return result;
    }();
    return ids[static_cast<std::size_t>(drug)];
}

}  // namespace

void EmisWriter::patient(const Place& place, const Patient& p) {
    const bool plain = defects_.hit(Defect::lower_case_guid, 180);
    patient_->plain_guids(plain);
    patient_row(place, p, turn_, false);
    if (defects_.hit(Defect::several_versions, 170)) {
        // Earlier content that comes later in the file: only ProcessingId tells.
        patient_row(place, p, turn_ - 4, true);
    }
    if (defects_.hit(Defect::deleted_row, 410)) {
        begin(*patient_, {p.id, place.organisation}, turn_ + 2, true).end();
    }
    patient_->plain_guids(false);
}

void EmisWriter::patient_row(const Place& place, const Patient& p, std::int64_t version,
                             bool former) {
    begin(*patient_, {p.id, place.organisation}, version).guid(staff_id(place, p.usual_doctor));
    patient_->raw({&p.sex, 1});
    if (defects_.hit(Defect::date_30_february, 700)) {
        patient_->raw("1961-02-30");
    } else {
        patient_->date(p.birth_day);
    }
    patient_->date(p.death_day).raw(p.title);
    patient_->text(defects_.hit(Defect::leading_blank_in_name, 90) ? " " + std::string(p.given)
                                                                   : std::string(p.given));
    patient_->raw(p.middle).raw(former ? "Formerly" : p.family).date(p.registered_day);
    std::string nhs = p.nhs_number;
    if (defects_.hit(Defect::nhs_number_wrong_check_digit, 97)) {
        nhs.back() = static_cast<char>('0' + (nhs.back() - '0' + 1) % 10);
    } else if (defects_.hit(Defect::nhs_number_blank, 150)) {
        nhs.clear();
    }
    const std::string type(patient_type(p));
    const bool is_dummy = defects_.hit(Defect::dummy_patient, 200);
    patient_->raw(nhs).number(p.number);
    patient_
        ->raw(is_dummy                                                   ? "Dummy"
              : defects_.hit(Defect::leading_blank_in_patient_type, 110) ? "  " + type
                                                                         : type)
        .flag(is_dummy);
    patient_->text(former ? "Old Cottage" : p.address.house).text(p.address.street);
    patient_->text(defects_.hit(Defect::windows_1252_text, 210) ? "Caf\xe9 Green"
                                                                : p.address.village);
    patient_->raw(p.address.town).raw(p.address.county);
    const bool is_partial = defects_.hit(Defect::partial_postcode, 120);
    patient_->raw(is_partial ? outward(p.address.postcode) : p.address.postcode);
    patient_->none().none().guid(p.person).date(p.left_day);
    patient_->flag(defects_.hit(Defect::spine_sensitive, 130))
        .flag(defects_.hit(Defect::confidential_patient, 140));
    patient_->raw(p.email).raw(p.home_phone);
    patient_
        ->raw(defects_.hit(Defect::mobile_of_twelve_digits, 60) ? "447700900123" : p.mobile_phone)
        .end();
}

void EmisWriter::registration(const Place& place, const Patient& p) {
    const Id clerk = staff_id(place, 10);
    registration_audit_->guid(p.id)
        .guid(place.organisation)
        .guid(clerk)
        .number(turn_)
        .date(p.registered_day)
        .time(second_of_day(p.key));
    registration_audit_->raw("Insert").end();
    if (patient_history_ == nullptr) {
        return;
    }
    static constexpr std::string_view steps[] = {"Patient has presented", "Medical card received",
                                                 "Application Form FP1 submitted", "Registered"};
    for (const std::string_view step : steps) {
        patient_history_->guid(p.id).guid(place.organisation).number(turn_).date(p.registered_day);
        patient_history_->time(second_of_day(p.key)).raw(step).end();
    }
    if (p.left_day != 0) {
        patient_history_->guid(p.id)
            .guid(place.organisation)
            .number(turn_)
            .date(p.left_day)
            .time(second_of_day(p.person.low));
        patient_history_->raw(p.death_day != 0 ? "Death" : "Deducted").end();
    }
}

void EmisWriter::appointments(const Place& place, const Patient& p, const History& history) {
    const std::uint64_t owner = mix(options_.seed, place.practice);
    for (std::size_t i = 0; i < history.appointments.size(); ++i) {
        const Appointment& a = history.appointments[i];
        const int start =
            (SessionBook::start_minute(a.session) + a.slot * SessionBook::slot_minutes) * 60;
        begin(*slot_,
              {own(p, Kind::slot, i), place.organisation, make_id(owner, Kind::session, a.session)},
              turn_);
        slot_->date(place.sessions.day(a.session))
            .time(start)
            .number(SessionBook::slot_minutes)
            .flag(false)
            .flag(false);
        slot_->raw(a.attended ? "Left" : "DNA").raw("Routine");
        slot_->guid(defects_.hit(Defect::slot_of_unknown_patient, 60) ? stranger() : p.id);
        if (a.attended) {
            slot_->time(start + 240).time(start + 900).flag(false).number(4).number(11);
        } else {
            slot_->none().none().flag(true).none().none();
        }
        slot_->date(std::max(p.registered_day, place.sessions.day(a.session) - 7))
            .time(second_of_day(p.key))
            .raw("Practice")
            .raw("Face to face");
        slot_->raw("Care related Encounter")
            .raw("GP Practice")
            .raw("General Consultation Routine")
            .end();
    }
}

void EmisWriter::contacts(const Place& place, const Patient& p, const History& history) {
    for (std::size_t i = 0; i < history.contacts.size(); ++i) {
        const Contact& c = history.contacts[i];
        begin(*consultation_, {own(p, Kind::contact, i), p.id, place.organisation}, turn_);
        consultation_->date(c.day)
            .raw("YMDT")
            .date(c.day)
            .time(c.minute * 60)
            .guid(staff_id(place, c.staff))
            .guid(staff_id(place, c.staff));
        if (c.appointment >= 0) {
            consultation_->guid(own(p, Kind::slot, static_cast<std::uint64_t>(c.appointment)));
        } else {
            consultation_->none();
        }
        consultation_->text(code(c.kind).term)
            .number(code_id(c.kind))
            .flag(true)
            .raw("Consultation")
            .flag(false)
            .end();
    }
}

void EmisWriter::recalls(const Place& place, const Patient& p, const History& history) {
    for (std::size_t i = 0; i < history.recalls.size(); ++i) {
        const Recall& r = history.recalls[i];
        begin(*diary_, {own(p, Kind::recall, i), p.id, place.organisation}, turn_)
            .date(r.due_day)
            .raw("YMD")
            .date(r.entered_day);
        diary_->time(second_of_day(p.key + i))
            .guid(staff_id(place, r.staff))
            .guid(staff_id(place, r.staff))
            .number(code_id(r.code));
        diary_->text(code(r.code).term)
            .none()
            .raw("G.P.Surgery")
            .flag(false)
            .flag(!r.done)
            .flag(r.done)
            .end();
    }
}

void EmisWriter::medication(const Place& place, const Patient& p, const History& history) {
    for (std::size_t i = 0; i < history.courses.size(); ++i) {
        const Course& c = history.courses[i];
        begin(*course_, {own(p, Kind::course, i), p.id, place.organisation}, turn_)
            .date(c.day)
            .raw("YMD")
            .date(c.day);
        course_->time(second_of_day(p.key + i))
            .guid(staff_id(place, c.staff))
            .guid(staff_id(place, c.staff))
            .number(drug_id(c.drug));
        course_->raw("ONE TO BE TAKEN EACH DAY").decimal(28000).raw("tablet");
        if (c.problem >= 0) {
            course_->guid(own(p, Kind::entry, static_cast<std::uint64_t>(c.problem)));
        } else {
            course_->none();
        }
        course_->raw(c.repeat ? "Repeat" : "Acute")
            .flag(c.end_day == 0)
            .date(c.end_day)
            .number(c.issues);
        course_->number(std::max(6, c.issues)).flag(false).end();
    }
    for (std::size_t i = 0; i < history.issues.size(); ++i) {
        const Issue& each = history.issues[i];
        const Course& c = history.courses[static_cast<std::size_t>(each.course)];
        const Id id = own(p, Kind::issue, i);
        begin(*issue_, {id, p.id, place.organisation}, turn_);
        if (defects_.hit(Defect::issue_without_course, 300)) {
            issue_->none();
        } else {
            issue_->guid(own(p, Kind::course, static_cast<std::uint64_t>(each.course)));
        }
        issue_->date(each.day)
            .raw("YMD")
            .date(each.day)
            .time(second_of_day(p.key + i))
            .guid(staff_id(place, each.staff));
        issue_->guid(staff_id(place, each.staff))
            .number(drug_id(c.drug))
            .raw("ONE TO BE TAKEN EACH DAY")
            .decimal(28000)
            .raw("tablet");
        if (c.problem >= 0) {
            issue_->guid(own(p, Kind::entry, static_cast<std::uint64_t>(c.problem)));
        } else {
            issue_->none();
        }
        issue_->number(28).raw("1.48").flag(false).none().none().none();
        issue_->raw(defects_.hit(Defect::decimal_with_exponent, 80) ? "5.600000024E-1" : "")
            .none()
            .flag(false)
            .flag(false)
            .end();
        if (i % 8 == 0) {
            patient_audit_->guid(id)
                .guid(p.id)
                .guid(place.organisation)
                .guid(staff_id(place, each.staff))
                .number(turn_)
                .date(each.day);
            patient_audit_->time(second_of_day(p.key + i)).raw("Drug Issue").raw("Insert").end();
        }
    }
}

}  // namespace linkway::sample
