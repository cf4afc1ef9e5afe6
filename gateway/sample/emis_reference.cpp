// What an extract holds beside patients: the dictionaries, organisations and places, staff,
// clinics.
#include "calendar.h"
#include "emis_writer.h"
#include "words.h"

namespace linkway::sample {

namespace {

constexpr std::string_view odd_terms[] = {
    "Referral to social prescribing service", "Referral to social prescribing service",
    "Referral to social prescribing service from other agency"};

}  // namespace

std::int64_t odd_code_id(OddCode code) {
    return std::stoll(local_sctid(500000 + static_cast<std::uint32_t>(code), "11"));
}

Id person_organisation(std::uint64_t seed, std::uint32_t practice) {
    return make_id(seed, Kind::organisation, (std::uint64_t{1} << 40U) + practice);
}

void EmisWriter::code_row(const Code& code, std::string_view read, bool with_concept,
                          std::int64_t parent, bool blanks) {
    clinical_code_->number(code.id).number(turn_);
    clinical_code_->text(blanks ? " " + code.term + " " : code.term).raw(read);
    if (with_concept) {
        clinical_code_->raw(blanks ? code.concept_id + " " : code.concept_id).number(code.id);
    } else {
        clinical_code_->none().none();
    }
    clinical_code_->raw(code.category).number(parent).end();
}

void EmisWriter::codes() {
    const auto& codes = dictionary_.codes;
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::int64_t parent = codes[i / 8].id;  // a tree of sorts
        code_row(codes[i], codes[i].read, true, parent,
                 defects_.hit(Defect::code_with_blanks, 200));
        if (defects_.hit(Defect::code_row_per_parent, 12) ||
            (defects_.on() && i == static_cast<std::size_t>(Named::referral))) {
            code_row(codes[i], codes[i].read, true, codes[(i + 1) % codes.size()].id, false);
            code_row(codes[i], codes[i].read, true, codes[(i + 2) % codes.size()].id, false);
        }
    }
    if (!defects_.on()) {
        return;
    }
    for (const OddCode odd : {OddCode::read_only, OddCode::synonym, OddCode::emis_local}) {
        Code code = dictionary_[Named::referral];
        code.id = odd_code_id(odd);
        code.term = odd_terms[static_cast<std::size_t>(odd)];
        code_row(code,
                 odd == OddCode::read_only ? "8T09"
                 : odd == OddCode::synonym ? "8T09-1"
                                           : "EMISNQRE582",
                 odd == OddCode::synonym, codes[0].id, false);
    }
}

void EmisWriter::drugs() {
    for (int i = 0; i < drug_count; ++i) {
        drug_code_->number(std::stoll(local_sctid(700000 + static_cast<std::uint32_t>(i), "11")))
            .number(turn_)
            .text(drug_name(i));
        drug_code_->raw(local_sctid(700000 + static_cast<std::uint32_t>(i), "10")).end();
    }
}

void EmisWriter::organisations() {
    for (const OrganisationKind kind : {OrganisationKind::commissioner, OrganisationKind::network,
                                        OrganisationKind::link_worker_service,
                                        OrganisationKind::hospital, OrganisationKind::practice}) {
        for (std::uint32_t i = 0; i < world_.count(kind); ++i) {
            organisation({kind, i});
        }
    }
    for (std::uint32_t i = 0; i < world_.practices(); ++i) {
        const Id practice = world_.id({OrganisationKind::practice, i});
        agreement_->guid(practice)
            .flag(true)
            .raw("2024-04-01 09:30:00")
            .flag(false)
            .flag(false)
            .end();
        if (defects_.on()) {
            person_as_organisation(i);
        }
    }
}

void EmisWriter::organisation(OrganisationRef ref) {
    const Organisation o = world_.organisation(ref);
    const bool is_top = o.parent == ref;
    organisation_->guid(o.id).number(turn_);
    if (ref.kind == OrganisationKind::practice) {
        organisation_->number(20000 + ref.number);
    } else {
        organisation_->none();
    }
    organisation_->text(o.name).text(
        defects_.hit(Defect::ods_code_with_suffix, 4) ? o.ods_code + "a" : o.ods_code);
    if (is_top) {
        organisation_->none();
        if (defects_.hit(Defect::own_commissioner, 1)) {
            organisation_->guid(o.id);
        } else {
            organisation_->none();
        }
    } else {
        organisation_->guid(world_.id(o.parent)).guid(world_.id(o.commissioner));
    }
    organisation_->raw(o.type);
    if (defects_.hit(Defect::start_date_1899, 5)) {
        organisation_->raw("1899-12-31");
    } else {
        organisation_->date(o.open_day);
    }
    organisation_->guid(o.location).end();
    location(o);
    begin(*organisation_location_, {o.id, o.location}, turn_)
        .raw(numeric_main_location_ ? "1" : "true")
        .end();
}

void EmisWriter::location(const Organisation& o) {
    begin(*location_, {o.location}, turn_).text(o.name).raw(o.type);
    if (defects_.hit(Defect::location_never_arrives, 3)) {
        location_->guid(stranger());
    } else {
        location_->none();
    }
    location_->date(o.open_day)
        .none()
        .raw(o.email)
        .raw(o.phone)
        .text(o.address.house)
        .text(o.address.street)
        .raw(o.address.village);
    location_->raw(o.address.town).raw(o.address.county).raw(o.address.postcode).end();
}

/// A referral target that someone typed in as a name.
void EmisWriter::person_as_organisation(std::uint32_t practice) {
    Random random(mix(options_.seed, 0x0B0D, practice));
    std::string name = "Dr ";
    name += pick_word(given_names(), random);
    name += ' ';
    name += pick_word(surnames(), random);
    organisation_->guid(person_organisation(options_.seed, practice))
        .number(turn_)
        .none()
        .text(name)
        .end();
}

void EmisWriter::staff(const Place& place) {
    for (std::uint32_t i = 0; i < World::staff_per_practice; ++i) {
        const Staff s = world_.staff(place.practice, i);
        user_->guid(s.id).guid(place.organisation).number(turn_).raw(s.title);
        user_
            ->text(defects_.hit(Defect::leading_blank_in_name, 9) ? "  " + std::string(s.given)
                                                                  : std::string(s.given))
            .raw(s.family);
        user_->raw(s.role).raw(s.role_name);
        if (defects_.hit(Defect::start_date_1899, 5)) {
            user_->raw("1899-12-31");
        } else {
            user_->date(s.start_day);
        }
        user_->date(s.end_day).raw(s.registration).end();
    }
    if (defects_.hit(Defect::department_as_user, 1)) {
        user_->guid(stranger())
            .guid(place.organisation)
            .number(turn_)
            .raw("Chiropody")
            .none()
            .raw("Department")
            .end();
    }
}

void EmisWriter::sessions(const Place& place) {
    const Id location = world_.organisation({OrganisationKind::practice, place.practice}).location;
    for (std::uint32_t i = 0; i < place.sessions.count(); ++i) {
        const Id id = make_id(mix(options_.seed, place.practice), Kind::session, i);
        const int start = SessionBook::start_minute(i) * 60;
        begin(*session_, {id, location, place.organisation}, turn_)
            .raw(i % 2 == 0 ? "Morning clinic" : "Afternoon clinic");
        session_->raw("Timed appointments")
            .raw("General")
            .date(place.sessions.day(i))
            .time(start)
            .date(place.sessions.day(i));
        session_->time(start + SessionBook::slots * SessionBook::slot_minutes * 60)
            .flag(false)
            .end();
        if (!defects_.hit(Defect::session_without_user, 40)) {
            const bool twice = defects_.hit(Defect::session_user_twice, 30);
            begin(*session_user_, {id, staff_id(place, place.sessions.staff(i))}, turn_)
                .end(RowShape::whole, twice ? 1 : 0);
        }
        for (int slot = 0; slot < 3; ++slot) {
            free_slot(place, i, slot * 7);
        }
    }
}

void EmisWriter::free_slot(const Place& place, std::uint32_t session, int slot) {
    const std::uint64_t owner = mix(options_.seed, place.practice);
    const auto number =
        std::uint64_t{session} * SessionBook::slots + static_cast<std::uint64_t>(slot);
    begin(*slot_,
          {make_id(owner, Kind::free_slot, number), place.organisation,
           make_id(owner, Kind::session, session)},
          turn_);
    slot_->date(place.sessions.day(session))
        .time((SessionBook::start_minute(session) + slot * SessionBook::slot_minutes) * 60);
    slot_->number(SessionBook::slot_minutes)
        .flag(true)
        .flag(false)
        .raw("Slot Available")
        .raw("Routine")
        .end();
}

}  // namespace linkway::sample
