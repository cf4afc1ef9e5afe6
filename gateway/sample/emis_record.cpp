// Rows of the clinical record: entries, and the extensions that make some of them problems and
// referrals.
#include <algorithm>

#include "calendar.h"
#include "emis_writer.h"

namespace linkway::sample {

namespace {

constexpr std::string_view precisions[] = {"YMD", "YM", "Y", "U"};
constexpr std::string_view episodes[] = {"None", "First", "Other"};
constexpr std::string_view urgencies[] = {"Routine", "Urgent", "Soon", ""};
constexpr std::string_view modes[] = {"",       "Telephone", "Written",
                                      "Verbal", "Managed",   "NHS e-Referral"};
constexpr std::string_view service_types[] = {"",
                                              "Assessment",
                                              "Investigation",
                                              "Management advice",
                                              "Patient reassurance",
                                              "Treatment",
                                              "Outpatient",
                                              "Unknown",
                                              "Community Care",
                                              "Performance of a procedure / operation",
                                              "Admission",
                                              "Day Care",
                                              "Assessment & Education",
                                              "Self Referral"};

}  // namespace

void EmisWriter::entries(const Place& place, const Patient& p, const History& history) {
    for (std::size_t i = 0; i < history.entries.size(); ++i) {
        const Entry& entry = history.entries[i];
        const int index = static_cast<int>(i);
        const Flaws flaws = flaws_of(entry);
        observation_->plain_guids(defects_.hit(Defect::lower_case_guid, 1300));
        std::int64_t turn = turn_;
        if (defects_.hit(Defect::processing_ids_out_of_order, 13)) {
            turn -= 1 + static_cast<std::int64_t>(older_turns_++ % 8);
        }
        observation(place, p, history, index, flaws, turn);
        // Events of social prescribing get more than their share, or a small sample would have none
        // that changed.
        const bool is_event = entry.code >= static_cast<int>(Named::referral) &&
                              entry.code < static_cast<int>(Named::count);
        if (defects_.hit(Defect::several_versions, is_event ? 19 : 900)) {
            Flaws former;
            former.more_text = " (earlier wording)";
            observation(place, p, history, index, former, turn_ - 8);
        }
        if (defects_.hit(Defect::deleted_row, is_event ? 37 : 1100)) {
            begin(*observation_, {own(p, Kind::entry, i), p.id, place.organisation}, turn_ + 2,
                  true)
                .end();
        }
        observation_->plain_guids(false);
    }
}

EmisWriter::Flaws EmisWriter::flaws_of(const Entry& entry) {
    Flaws f;
    if (!defects_.on()) {
        return f;
    }
    if (entry.code == static_cast<int>(Named::referral)) {
        if (defects_.hit(Defect::read_only_code, 9)) {
            f.other_code = odd_code_id(OddCode::read_only);
        } else if (defects_.hit(Defect::read_code_with_synonym, 10)) {
            f.other_code = odd_code_id(OddCode::synonym);
        } else if (defects_.hit(Defect::emis_local_code, 12)) {
            f.other_code = odd_code_id(OddCode::emis_local);
        }
    }
    f.no_code = defects_.hit(Defect::empty_code, 1700);
    if (defects_.hit(Defect::code_not_in_dictionary, 1500)) {
        f.other_code = odd_code_id(OddCode::missing);
    }
    f.unknown_user = defects_.hit(Defect::user_never_arrives, 700);
    f.unknown_patient = defects_.hit(Defect::patient_never_arrives, 1900);
    f.unknown_parent = defects_.hit(Defect::parent_never_arrives, 1100);
    f.confidential = defects_.hit(Defect::confidential_entry, 400);
    f.date = defects_.hit(Defect::date_30_february, 2300) ? "2023-02-30"
             : defects_.hit(Defect::date_2099, 2100)      ? "2099-01-01"
                                                          : "";
    f.more_text =
        defects_.hit(Defect::windows_1252_text, 650)   ? " Went to the caf\xe9 \x96 \x93lovely\x94."
        : defects_.hit(Defect::newline_in_text, 300)   ? " First line.\r\nSecond line,\nthird."
        : defects_.hit(Defect::quote_in_text, 310)     ? " Says \"much better\", thanks us."
        : defects_.hit(Defect::backslash_in_text, 320) ? " See C:\\letters\\ and a\\b, \\"
                                                       : "";
    f.long_qualifiers = defects_.hit(Defect::long_qualifiers, 5000);
    f.repeats = defects_.hit(Defect::identical_row, 800) ? 1 : 0;
    f.shape = defects_.hit(Defect::short_row, 9000)     ? RowShape::one_field_short
              : defects_.hit(Defect::long_row, 9100)    ? RowShape::one_field_long
              : defects_.hit(Defect::stray_quote, 9200) ? RowShape::stray_quote
                                                        : RowShape::whole;
    return f;
}

void EmisWriter::observation(const Place& place, const Patient& p, const History& history,
                             int index, const Flaws& f, std::int64_t version) {
    const Entry& e = history.entries[static_cast<std::size_t>(index)];
    const auto related = [&](int other, Kind kind) {
        if (other >= 0) {
            observation_->guid(own(p, kind, static_cast<std::uint64_t>(other)));
        } else {
            observation_->none();
        }
    };
    begin(*observation_,
          {own(p, Kind::entry, static_cast<std::uint64_t>(index)),
           f.unknown_patient ? stranger() : p.id, place.organisation},
          version);
    if (!f.date.empty()) {
        observation_->raw(f.date);
    } else {
        observation_->date(e.known == DateKnown::nothing ? 0 : e.day);
    }
    observation_->raw(precisions[static_cast<std::size_t>(e.known)])
        .date(e.entered_day)
        .time(e.entered_second);
    observation_->guid(f.unknown_user ? stranger() : staff_id(place, e.staff))
        .guid(staff_id(place, e.entered_by));
    if (f.unknown_parent) {
        observation_->guid(stranger());
    } else {
        related(e.parent, Kind::entry);
    }
    if (f.no_code) {
        observation_->none();
    } else {
        observation_->number(f.other_code != 0 ? f.other_code : code_id(e.code));
    }
    related(e.problem, Kind::entry);
    related(e.contact, Kind::contact);
    if (f.more_text.empty()) {
        observation_->text(history.text(e.text));
    } else {
        observation_->text(std::string(history.text(e.text)) + std::string(f.more_text));
    }
    const Code& meaning = code(e.code);
    const bool is_high = e.has_value && meaning.high - e.value < (meaning.high - meaning.low) / 20;
    if (e.has_value) {
        observation_->decimal(e.value)
            .raw(meaning.unit)
            .raw("Value")
            .decimal(meaning.low)
            .decimal(meaning.high);
    } else {
        observation_->none().none().raw(e.has_document ? "Document" : "Observation").none().none();
    }
    related(e.has_document ? index : -1, Kind::document);
    qualifiers(f.long_qualifiers);
    observation_->flag(is_high)
        .raw(is_high ? "HI" : "")
        .raw(episodes[static_cast<std::size_t>(e.episode)])
        .flag(f.confidential);
    observation_->end(f.shape, f.repeats);
}

void EmisWriter::qualifiers(bool is_long) {
    if (!is_long) {
        observation_->none();
        return;
    }
    std::string markup = "<qualifier>";
    while (markup.size() < 7900) {
        markup += "<item><key codeId=\"0\">Sample</key><value>padding</value></item>";
    }
    markup += "</qualifier>";
    observation_->text(markup);
}

void EmisWriter::problems(const Place& place, const Patient& p, const History& history) {
    for (const Problem& each : history.problems) {
        begin(
            *problem_,
            {own(p, Kind::entry, static_cast<std::uint64_t>(each.entry)), p.id, place.organisation},
            turn_);
        problem_->date(each.end_day)
            .raw(each.end_day != 0 ? "YMD" : "U")
            .number(each.expected_days)
            .date(each.review_day);
        if (each.review_day != 0) {
            problem_->raw("YMD").guid(staff_id(place, p.usual_doctor));
        } else {
            problem_->none().none();
        }
        problem_->raw(each.end_day != 0 ? "Past Problem" : "Active Problem");
        problem_->raw(each.significant ? "Significant Problem" : "Minor Problem").end();
    }
}

std::string_view EmisWriter::urgency(const Referral& referral) {
    if (defects_.hit(Defect::urgency_two_week_wait, 14)) {
        return "2 Week Wait";
    }
    if (defects_.hit(Defect::urgency_dated, 23)) {
        return "Dated";
    }
    if (defects_.hit(Defect::urgency_unknown, 17)) {
        return "When convenient";
    }
    return urgencies[static_cast<std::size_t>(referral.urgency)];
}

void EmisWriter::target(const Place& place, const Referral& referral) {
    if (defects_.hit(Defect::target_blank, 11)) {
        referral_->none();
    } else if (defects_.hit(Defect::target_is_person, 13)) {
        referral_->guid(person_organisation(options_.seed, place.practice));
    } else if (defects_.hit(Defect::target_is_own_practice, 16)) {
        referral_->guid(place.organisation);
    } else {
        referral_->guid(world_.id(referral.target));
    }
}

void EmisWriter::referrals(const Place& place, const Patient& p, const History& history) {
    for (const Referral& each : history.referrals) {
        // Half of a pair whose other half never comes: the entry it names is none of this
        // patient's.
        const bool is_orphan = defects_.hit(Defect::referral_without_observation, 29);
        referral_->guid(is_orphan ? stranger()
                                  : own(p, Kind::entry, static_cast<std::uint64_t>(each.entry)));
        referral_->guid(p.id).guid(place.organisation).number(turn_);
        target(place, each);
        referral_->raw(urgency(each))
            .text(service_types[static_cast<std::size_t>(each.service_type)])
            .raw(modes[static_cast<std::size_t>(each.mode)]);
        if (each.booking != 0) {
            const std::string digits = std::to_string(each.booking);
            referral_->raw(std::string(12 - digits.size(), '0') + digits);
        } else {
            referral_->none();
        }
        referral_->raw(defects_.hit(Defect::transport_in_words, 6) ? "None Required" : "false")
            .end();
    }
}

}  // namespace linkway::sample
