#include "vision_writer.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "calendar.h"

namespace linkway::sample {

namespace {

constexpr std::string_view timestamp = "2026-03-02-043213";
constexpr std::string_view service = "SAMPLE";

// Whom the practice refers to stands among its staff, as a person of another organisation.
constexpr int first_outsider = 101;
constexpr OrganisationKind outsiders[] = {OrganisationKind::link_worker_service,
                                          OrganisationKind::network, OrganisationKind::hospital};

std::string_view professional(std::string_view role) {
    return role == "R0260" || role == "R0270" ? "A"
           : role == "R0600"                  ? "D06"
           : role == "R9815"                  ? "D10"
                                              : "D";
}

std::string staff_key(std::uint32_t number) {
    return std::to_string(number + 1);
}

std::string hours_and_minutes(int minute) {
    char text[8];
    std::snprintf(text, sizeof text, "%02d%02d", minute / 60 % 24, minute % 60);
    return text;
}

std::string decimal(int thousandths) {
    char text[24];
    std::snprintf(text, sizeof text, "%d.%03d", thousandths / 1000, thousandths % 1000);
    return text;
}

/// Five characters and the two that say which term.
std::string read_code(std::string_view read) {
    return read.empty() ? std::string()
                        : std::string(read) +
                              std::string(5 - std::min<std::size_t>(5, read.size()), '.') + "00";
}

void address(NamedTable& table, const Address& a) {
    const std::string joined = a.house + "|" + a.street + "|" + std::string(a.village) + "|" +
                               std::string(a.town) + "|" + std::string(a.county);
    table.set("ADDRESS", joined)
        .set("ADDRESS_1", a.house)
        .set("ADDRESS_2", a.street)
        .set("ADDRESS_3", a.village)
        .set("ADDRESS_4", a.town)
        .set("ADDRESS_5", a.county)
        .set("POSTCODE", a.postcode);
}

}  // namespace

VisionWriter::VisionWriter(const SampleOptions& options, const sources::DataPackage& package,
                           std::string folder)
    : options_(options),
      package_(package),
      folder_(std::move(folder)),
      world_(options.seed, practice_count(options)) {}

text::Status VisionWriter::write() {
    report_.patients = options_.patients;
    text::Status failed = each_patient(
        options_, world_, dictionary_, [this](const Practice& practice) { return open(practice); },
        [this](const Patient& person, const History& history, std::uint64_t index) {
            return patient(person, history, index);
        });
    if (!failed) {
        failed = close();
    }
    if (!failed && options_.report != nullptr) {
        *options_.report = report_;
    }
    return failed;
}

NamedTable& VisionWriter::table(std::string_view name) {
    const auto found = std::find_if(tables_.begin(), tables_.end(), [&](const auto& each) {
        return each->name() == std::string(name) + "_data_extract";
    });
    return **found;  // open() has made one of every table
}

text::Status VisionWriter::open(const Practice& practice) {
    if (text::Status failed = close()) {
        return failed;
    }
    const Organisation o = world_.organisation({OrganisationKind::practice, practice.number});
    for (const sources::Table& each : package_.tables) {
        const auto path =
            std::filesystem::path(folder_) /
            ("INCREMENTAL_" + o.ods_code + "_" + each.name + "-" + std::string(timestamp) + ".csv");
        tables_.push_back(
            std::make_unique<NamedTable>(package_, each, options_.layout, path.string()));
        if (tables_.back()->error() != 0) {
            return failure(*tables_.back());
        }
    }
    journal_ = &table("journal");
    NamedTable& own = table("practice");
    own.set("ID", "1").set("NAME", o.name).set("IDENTIFIER", o.ods_code);
    address(own, o.address);
    own.set("PHONE", o.phone).set("EMAIL", o.email).end();
    staff(practice.number);
    return {};
}

text::Status VisionWriter::close() {
    for (const auto& each : tables_) {
        each->close();
        report_.bytes += each->bytes();
        report_.rows[each->name()] += each->rows();
        if (each->error() != 0) {
            return failure(*each);
        }
    }
    tables_.clear();
    return {};
}

text::Status VisionWriter::failure(const NamedTable& table) const {
    return text::Issue{text::Severity::error,
                       "exception",
                       "the sample's " + table.name() + " file could not be written: " +
                           std::generic_category().message(table.error()),
                       {folder_, 0, 0, {}},
                       "make room or name another folder; nothing was left behind"};
}

void VisionWriter::staff(std::uint32_t practice) {
    NamedTable& out = table("staff");
    for (std::uint32_t i = 0; i < World::staff_per_practice; ++i) {
        const Staff s = world_.staff(practice, i);
        const std::string_view type = professional(s.role);
        out.set("ID", staff_key(i)).set("HCP_TYPE", type).set("SERVICE_ID", service);
        out.set("GMP_CODE", type == "A" ? "G" + s.registration : "");
        out.set("SURNAME", s.family).set("FORENAME", s.given).set("TITLE", s.title).end();
    }
    int key = first_outsider;
    for (const OrganisationKind kind : outsiders) {
        out.set("ID", std::to_string(key++)).set("HCP_TYPE", "D").set("SERVICE_ID", service);
        out.set("SURNAME", world_.organisation(world_.serving(kind, practice)).name).end();
    }
}

text::Status VisionWriter::patient(const Patient& p, const History& history, std::uint64_t index) {
    report_.social_prescribing_patients += history.has_social_prescribing ? 1 : 0;
    person(p);
    contacts(p, history);
    entries(p, history);
    medication(p, history);
    referrals(p, history);
    if (index % 64 == 63 || index + 1 == options_.patients) {
        report_progress(index + 1);
        for (const auto& each : tables_) {
            if (each->error() != 0) {
                return failure(*each);
            }
        }
    }
    return {};
}

void VisionWriter::person(const Patient& p) {
    NamedTable& out = table("patient");
    out.set("PID", std::to_string(p.number)).set("REFERENCE", std::to_string(100000 + p.number));
    out.date("DATE_OF_BIRTH", p.birth_day).set("SEX", {&p.sex, 1});
    out.set("GP", staff_key(0)).set("GP_USUAL", staff_key(p.usual_doctor));
    out.set("ACTIVE", p.death_day != 0 ? "D" : p.left_day != 0 ? "L" : "R");
    out.date("REGISTERED_DATE", p.registered_day).date("REMOVED_DATE", p.left_day);
    out.date("DATE_OF_DEATH", p.death_day).set("PRACTICE", "1").set("PRACT_NUMBER", "1");
    out.set("DISPENSING", "N").set("ETHNIC", "British or mixed Bri");
    out.set("SURNAME", p.family).set("TITLE", p.title).set("NHS_NUMBER", p.nhs_number);
    out.set("FORENAME",
            std::string(p.given) + (p.middle.empty() ? "" : " ") + std::string(p.middle));
    address(out, p.address);
    out.set("PHONE_NUMBER", p.home_phone).set("MOBILE_NUMBER", p.mobile_phone);
    out.set("EMAIL", p.email).set("SERVICE_ID", service).set("ACTION", "I").end();
}

NamedTable& VisionWriter::begin(NamedTable& out, const Patient& p, std::size_t id, int day,
                                std::uint32_t staff) {
    // Staff ids come bare and with a prefix.
    const std::string key = staff_key(staff);
    return out.set("PID", std::to_string(p.number))
        .set("ID", std::to_string(id))
        .date("DATE", day)
        .set("HCP", id % 3 == 0 ? key : ":STAFF:" + key)
        .set("HCP_TYPE", professional(world_.staff(p.practice, staff).role))
        .set("SERVICE_ID", service)
        .set("ACTION", "I");
}

/// The id of a contact behind an E, those of entries bare; both count from 1.
std::string VisionWriter::links(int contact, int other) const {
    std::string result = contact >= 0 ? "E" + std::to_string(contact + 1) : "";
    if (other >= 0) {
        result += (result.empty() ? "" : "|") + std::to_string(other + 1);
    }
    return result;
}

void VisionWriter::contacts(const Patient& p, const History& history) {
    NamedTable& out = table("encounter");
    for (std::size_t i = 0; i < history.contacts.size(); ++i) {
        const Contact& c = history.contacts[i];
        begin(out, p, i + 1, c.day, c.staff);
        out.set("SESSION", "G").set("LOCATION", "S").set("TIME", hours_and_minutes(c.minute));
        out.set("DURATION", "10").set("PRACT_NUMBER", "1").end();
    }
}

void VisionWriter::entries(const Patient& p, const History& history) {
    static constexpr std::string_view episodes[] = {"", "F", "O"};
    std::vector<bool> is_problem(history.entries.size());
    for (const Problem& each : history.problems) {
        is_problem[static_cast<std::size_t>(each.entry)] = true;
    }
    for (std::size_t i = 0; i < history.entries.size(); ++i) {
        const Entry& e = history.entries[i];
        const Code& code = dictionary_.codes[static_cast<std::size_t>(e.code)];
        const int minute =
            e.contact >= 0 ? history.contacts[static_cast<std::size_t>(e.contact)].minute : -1;
        begin(*journal_, p, i + 1, e.known == DateKnown::nothing ? 0 : e.day, e.staff);
        journal_->date("RECORDED_DATE", e.entered_day)
            .set("CODE", read_code(code.read))
            .set("SNOMED_CODE", code.concept_id)
            .set("RUBRIC", code.term)
            .set("TEXT", history.text(e.text))
            .set("EPISODE", episodes[static_cast<std::size_t>(e.episode)])
            .set("TIME", minute >= 0 ? hours_and_minutes(minute) : "9999")
            .set("CONTEXT", "A")
            .set("LINKS", links(e.contact, e.problem))
            .set("SUBSET", is_problem[i] ? "P"
                           : e.has_value ? "T"
                                         : "C");
        if (e.has_value) {
            journal_->set("VALUE1", decimal(e.value)).set("VALUE1_UNITS", code.unit);
        }
        if (e.has_document) {
            journal_->set("DOCUMENT_ID", std::to_string(i + 1));
        }
        journal_->end();
    }
}

/// Prescriptions are rows of the journal too, behind the entries.
void VisionWriter::medication(const Patient& p, const History& history) {
    const std::size_t first = history.entries.size();
    const auto drug = [&](int index, std::string_view subset) {
        journal_->set("RUBRIC", drug_name(index)).set("TIME", "9999").set("CONTEXT", "A");
        journal_->set("VALUE1", "28.000").set("VALUE1_UNITS", "tablet").set("SUBSET", subset);
        journal_->set("EPISODE", subset == "S" ? "I" : subset).end();
    };
    for (std::size_t i = 0; i < history.courses.size(); ++i) {
        const Course& c = history.courses[i];
        begin(*journal_, p, first + i + 1, c.day, c.staff);
        journal_->date("RECORDED_DATE", c.day).date("END_DATE", c.end_day);
        journal_->set("LINKS", links(-1, c.problem));
        drug(c.drug, c.repeat ? "R" : "A");
    }
    for (std::size_t i = 0; i < history.issues.size(); ++i) {
        const Issue& each = history.issues[i];
        begin(*journal_, p, first + history.courses.size() + i + 1, each.day, each.staff);
        journal_->date("RECORDED_DATE", each.day);
        journal_->set("LINKS", links(-1, static_cast<int>(first) + each.course));
        drug(history.courses[static_cast<std::size_t>(each.course)].drug, "S");
    }
}

void VisionWriter::referrals(const Patient& p, const History& history) {
    NamedTable& out = table("referral");
    const std::size_t first =
        history.entries.size() + history.courses.size() + history.issues.size();
    for (std::size_t i = 0; i < history.referrals.size(); ++i) {
        const Referral& each = history.referrals[i];
        const Entry& e = history.entries[static_cast<std::size_t>(each.entry)];
        const auto* target =
            std::find(std::begin(outsiders), std::end(outsiders), each.target.kind);
        begin(out, p, first + i + 1, e.known == DateKnown::nothing ? 0 : e.day, e.staff);
        if (target != std::end(outsiders)) {
            const auto key = first_outsider + (target - std::begin(outsiders));
            out.set("TO_HCP", ":EXT_STAFF:" + std::to_string(key) + ",1");
        }
        out.set("SPECIALTY", each.target.kind == OrganisationKind::hospital ? "300" : "");
        out.set("TYPE", "O").set("LINKS", links(e.contact, each.entry)).end();
    }
}

void VisionWriter::report_progress(std::uint64_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (!options_.progress || (done < options_.patients && now < next_progress_)) {
        return;
    }
    next_progress_ = now + std::chrono::milliseconds(250);
    SampleProgress progress{done, options_.patients, report_.bytes};
    for (const auto& each : tables_) {
        progress.bytes += each->bytes();
    }
    options_.progress(progress);
}

}  // namespace linkway::sample
