#include "systmone_writer.h"

#include <filesystem>
#include <system_error>

#include "calendar.h"

namespace linkway::sample {

namespace {

constexpr std::string_view batch_time = "20260302_0432";

// Terms stand in lists and rows have their numbers: built-in lists, then local ones.
struct Term {
    std::string_view number, list, term;
};
constexpr std::string_view home_address = "1001", home_phone = "1011", mobile_phone = "1012";
constexpr Term built_in[] = {{home_address, "90", "Home"},
                             {home_phone, "91", "Home"},
                             {mobile_phone, "91", "Mobile"},
                             {"175137", "93", "Not set"}};
constexpr std::string_view waiting = "5001", complete = "5002";
constexpr std::string_view urgencies[] = {"5011", "5012", "5013", "-1"};  // as Urgency
constexpr Term local[] = {{waiting, "40", "Waiting"},      {complete, "40", "Complete"},
                          {urgencies[0], "41", "Routine"}, {urgencies[1], "41", "Urgent"},
                          {urgencies[2], "41", "Soon"},    {"5021", "42", "Advice and Support"}};

/// The one CTV3 code of social prescribing that is known; other entries have local codes.
constexpr std::string_view referral_ctv3 = "XaaEC";

constexpr OrganisationKind known[] = {OrganisationKind::practice, OrganisationKind::network,
                                      OrganisationKind::link_worker_service,
                                      OrganisationKind::hospital, OrganisationKind::commissioner};

// Those of referrals received stay empty: practices send them, and what a link worker service that
// worked in SystmOne itself would fill in has no published lists of values.
constexpr std::string_view written_tables[] = {"SRCode",
                                               "SRConfiguredListOption",
                                               "SREvent",
                                               "SRMapping",
                                               "SROrganisation",
                                               "SROrganisationBranch",
                                               "SRPatient",
                                               "SRPatientAddressHistory",
                                               "SRPatientContactDetails",
                                               "SRPatientRegistration",
                                               "SRPrimaryCareMedication",
                                               "SRProblem",
                                               "SRReferralIn",
                                               "SRReferralInStatusDetails",
                                               "SRReferralOut",
                                               "SRReferralOutStatusDetails",
                                               "SRStaffMember",
                                               "SRStaffMemberProfile"};

bool is_reference(std::string_view name) {
    return name == "SRConfiguredListOption" || name == "SROrganisation" ||
           name == "SROrganisationBranch" || name == "SRStaffMember" ||
           name == "SRStaffMemberProfile";
}

std::uint64_t branch_key(std::uint32_t practice) {
    return 1 + std::uint64_t{practice};
}

std::uint64_t staff_key(std::uint32_t practice, std::uint32_t number) {
    return 1 + std::uint64_t{practice} * World::staff_per_practice + number;
}

std::uint64_t profile_key(std::uint32_t practice, std::uint32_t number) {
    return 10'000'000 + staff_key(practice, number);
}

/// "Y" and four characters: a code of SystmOne's own.
std::string local_ctv3(int code) {
    static constexpr std::string_view digits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string result = "Y0000";
    for (std::size_t at = 4; code > 0; code /= 62, --at) {
        result[at] = digits[static_cast<std::size_t>(code % 62)];
    }
    return result;
}

/// 0 for an entry without a date.
int known_day(const Entry& e) {
    return e.known == DateKnown::nothing ? 0 : e.day;
}

/// Entries have the time of their contact; midnight, which is for unknown, without one.
int second_of(const History& history, const Entry& e) {
    return e.contact >= 0 ? history.contacts[static_cast<std::size_t>(e.contact)].minute * 60 : 0;
}

std::string decimal(int thousandths) {
    return std::to_string(thousandths / 1000) + "." + std::to_string(thousandths / 100 % 10);
}

}  // namespace

SystmOneWriter::SystmOneWriter(const SampleOptions& options, const sources::DataPackage& package,
                               std::string folder)
    : options_(options),
      package_(package),
      folder_(std::move(folder)),
      world_(options.seed, practice_count(options)) {}

text::Status SystmOneWriter::write() {
    report_.patients = options_.patients;
    if (text::Status failed = open_all()) {
        return failed;
    }
    lists();
    organisations();
    branches();
    text::Status failed = each_patient(
        options_, world_, dictionary_,
        [this](const Practice& practice) {
            practice_ = practice.number;
            ods_code_ = world_.organisation({OrganisationKind::practice, practice.number}).ods_code;
            staff(practice.number);
            return text::Status();
        },
        [this](const Patient& p, const History& history, std::uint64_t index) {
            return patient(p, history, index);
        });
    if (!failed) {
        failed = close_all();
    }
    if (!failed && options_.report != nullptr) {
        *options_.report = report_;
    }
    return failed;
}

text::Status SystmOneWriter::open_all() {
    const auto open = [this](std::string_view name) {
        const sources::Table& definition =
            package_.tables[static_cast<std::size_t>(package_.find(name))];
        const auto path = std::filesystem::path(folder_) / (std::string(name) + ".csv");
        tables_[std::string(name)] =
            std::make_unique<NamedTable>(package_, definition, options_.layout, path.string());
    };
    for (const std::string_view name : written_tables) {
        open(name);
    }
    open("SRManifest");
    NamedTable& manifest = table("SRManifest");
    for (const std::string_view name : written_tables) {
        if (name != "SRMapping") {
            manifest.set("FileName", name).set("IsDelta", "N").set("DateExtractTo", batch_time);
            manifest.set("IsReference", is_reference(name) ? "Y" : "N").end();
        }
    }
    return failure();
}

text::Status SystmOneWriter::close_all() {
    for (const auto& [name, each] : tables_) {
        each->close();
        report_.bytes += each->bytes();
        report_.rows[name] += each->rows();
    }
    return failure();
}

text::Status SystmOneWriter::failure() const {
    for (const auto& [name, each] : tables_) {
        if (each->error() != 0) {
            return text::Issue{text::Severity::error,
                               "exception",
                               "the sample's " + name + " file could not be written: " +
                                   std::generic_category().message(each->error()),
                               {folder_, 0, 0, {}},
                               "make room or name another folder; nothing was left behind"};
        }
    }
    return {};
}

void SystmOneWriter::lists() {
    for (const Term& each : built_in) {
        NamedTable& out = table("SRMapping").set("RowIdentifier", each.number);
        out.set("IdMappingGroup", each.list).set("Mapping", each.term).end();
    }
    for (const Term& each : local) {
        NamedTable& out = table("SRConfiguredListOption").set("RowIdentifier", each.number);
        out.set("ConfiguredList", each.list).set("ConfiguredListOption", each.term);
        out.set("RemovedData", "0").end();
    }
}

void SystmOneWriter::organisations() {
    NamedTable& out = table("SROrganisation");
    std::uint64_t row = 0;
    for (const OrganisationKind kind : known) {
        for (std::uint32_t i = 0; i < world_.count(kind); ++i) {
            const Organisation o = world_.organisation({kind, i});
            out.number("RowIdentifier", ++row).set("Name", o.name).set("ID", o.ods_code);
            out.set("HouseName", o.address.house).set("NameOfRoad", o.address.street);
            out.set("NameOfLocality", o.address.village).set("NameOfTown", o.address.town);
            out.set("NameOfCounty", o.address.county).set("FullPostCode", o.address.postcode);
            out.set("Telephone", o.phone).set("MadeObsolete", "FALSE").set("IDTrust", "-1");
            out.set("IDCcg", "-1").set("RemovedData", "0").end();
        }
    }
}

/// One to a practice: its main surgery.
void SystmOneWriter::branches() {
    for (std::uint32_t i = 0; i < world_.count(OrganisationKind::practice); ++i) {
        const Organisation o = world_.organisation({OrganisationKind::practice, i});
        NamedTable& out = table("SROrganisationBranch").number("RowIdentifier", branch_key(i));
        out.set("IDOrganisationVisibleTo", o.ods_code).set("ID", o.ods_code + "001");
        out.set("BranchName", o.name).set("HouseName", o.address.house);
        out.set("RoadName", o.address.street).set("Locality", o.address.village);
        out.set("Town", o.address.town).set("County", o.address.county);
        out.set("PostCode", o.address.postcode).set("BranchObsolete", "FALSE");
        out.set("IDOrganisation", o.ods_code).set("RemovedData", "0").end();
    }
}

void SystmOneWriter::staff(std::uint32_t practice) {
    for (std::uint32_t i = 0; i < World::staff_per_practice; ++i) {
        const Staff s = world_.staff(practice, i);
        NamedTable& who = table("SRStaffMember").number("RowIdentifier", staff_key(practice, i));
        std::string name(s.title);
        name += name.empty() ? "" : " ";
        who.set("StaffName", name + std::string(s.given) + " " + std::string(s.family));
        who.set("StaffUserName", "user" + std::to_string(staff_key(practice, i)));
        const bool is_doctor = s.role == "R0260" || s.role == "R0270";
        who.set("NationalIdType", s.registration.empty() ? "" : is_doctor ? "GMC" : "NMC");
        who.set("IDNational", s.registration).set("Obsolete", "FALSE");
        who.set("RemovedData", "0").end();
        NamedTable& role =
            table("SRStaffMemberProfile").number("RowIdentifier", profile_key(practice, i));
        role.date("DateProfileCreated", s.start_day).date("DateEmploymentStart", s.start_day);
        role.date("DateEmploymentEnd", s.end_day).set("IdProfileCreatedBy", "-1");
        role.set("StaffRole", s.role_name).number("IDStaffMember", staff_key(practice, i));
        role.set("IDOrganisation", ods_code_).set("RemovedData", "0");
        role.set("GmpID", is_doctor ? "G" + s.registration : "").end();
    }
}

text::Status SystmOneWriter::patient(const Patient& p, const History& history,
                                     std::uint64_t index) {
    report_.social_prescribing_patients += history.has_social_prescribing ? 1 : 0;
    patient_ = index + 1;
    person(p);
    contacts(history);
    entries(history);
    problems(history);
    medication(history);
    referrals(history);
    first_event_ += history.contacts.size() + history.entries.size();
    first_code_ += history.entries.size();
    if (index % 64 == 63 || index + 1 == options_.patients) {
        report_progress(index + 1);
        return failure();
    }
    return {};
}

void SystmOneWriter::person(const Patient& p) {
    const auto own = [this](std::string_view name) -> NamedTable& {
        NamedTable& out = table(name);
        return out.number("RowIdentifier", name == "SRPatient" ? patient_ : out.rows() + 1)
            .set("IDOrganisationVisibleTo", ods_code_)
            .set("RemovedData", "0");
    };
    NamedTable& out = own("SRPatient").set("Title", p.title).set("FirstName", p.given);
    out.set("MiddleNames", p.middle).set("Surname", p.family).set("NHSNumber", p.nhs_number);
    out.date("DateBirth", p.birth_day).date("DateDeath", p.death_day).set("Gender", {&p.sex, 1});
    out.set("SpeaksEnglish", "-1").set("EmailAddress", p.email).set("TestPatient", "FALSE");
    out.set("SpineMatched", p.nhs_number.empty() ? "FALSE" : "TRUE").end();
    const auto whose = [&](NamedTable& row) -> NamedTable& {
        return row.number("IDPatient", patient_)
            .set("IDOrganisation", ods_code_)
            .set("IDOrganisationRegisteredAt", ods_code_);
    };
    whose(own("SRPatientRegistration"))
        .date("DateEventRecorded", p.registered_day)
        .number("IDProfileEnteredBy", profile_key(practice_, 0))
        .date("DateRegistration", p.registered_day)
        .date("DateDeRegistration", p.left_day)
        .set("RegistrationStatus", "GMS")
        .end();
    whose(own("SRPatientAddressHistory"))
        .date("DateEvent", p.registered_day)
        .set("NameOfBuilding", p.address.house)
        .set("NameOfRoad", p.address.street)
        .set("NameOfLocality", p.address.village)
        .set("NameOfTown", p.address.town)
        .set("NameOfCounty", p.address.county)
        .set("FullPostCode", p.address.postcode)
        .set("AddressType", home_address)
        .end();
    for (const auto& [kind, number] : {std::pair(home_phone, std::string_view(p.home_phone)),
                                       std::pair(mobile_phone, std::string_view(p.mobile_phone))}) {
        if (!number.empty()) {
            whose(own("SRPatientContactDetails"))
                .date("DateEvent", p.registered_day)
                .set("ContactType", kind)
                .set("ContactNumber", number)
                .end();
        }
    }
}

NamedTable& SystmOneWriter::begin(std::string_view name, int day, int second, std::uint32_t staff,
                                  std::uint64_t event) {
    NamedTable& out = table(name);
    return out.number("RowIdentifier", out.rows() + 1)
        .set("IDOrganisationVisibleTo", ods_code_)
        .date("DateEventRecorded", day, second)
        .date("DateEvent", day, second)
        .number("IDProfileEnteredBy", profile_key(practice_, staff))
        .number("IDDoneBy", staff_key(practice_, staff))
        .set("IDOrganisationDoneAt", ods_code_)
        .number("IDEvent", event)
        .number("IDPatient", patient_)
        .set("IDReferralIn", "-1")
        .set("IDOrganisation", ods_code_)
        .set("IDOrganisationRegisteredAt", ods_code_)
        .set("RemovedData", "0");
}

void SystmOneWriter::contacts(const History& history) {
    for (std::size_t i = 0; i < history.contacts.size(); ++i) {
        const Contact& c = history.contacts[i];
        begin("SREvent", c.day, c.minute * 60, c.staff, 0)
            .number("RowIdentifier", first_event_ + i)
            .set("ClinicalEvent", "TRUE")
            .set("EventIncomplete", "FALSE")
            .number("IDBranch", branch_key(practice_))
            .end();
    }
}

void SystmOneWriter::entries(const History& history) {
    for (std::size_t i = 0; i < history.entries.size(); ++i) {
        const Entry& e = history.entries[i];
        const Code& code = dictionary_.codes[static_cast<std::size_t>(e.code)];
        const std::uint64_t event = event_of(history, static_cast<int>(i));
        if (e.contact < 0) {
            begin("SREvent", e.day, 0, e.staff, 0).number("RowIdentifier", event).end();
        }
        NamedTable& out = begin("SRCode", known_day(e), second_of(history, e), e.staff, event);
        out.number("RowIdentifier", first_code_ + i);
        out.date("DateEventRecorded", e.entered_day, e.entered_second);
        out.number("IDProfileEnteredBy", profile_key(practice_, e.entered_by));
        out.set("CTV3Code", e.code == static_cast<int>(Named::referral) ? std::string(referral_ctv3)
                                                                        : local_ctv3(e.code));
        out.set("CTV3Text", code.term).set("SNOMEDCode", code.concept_id);
        out.set("SNOMEDText", code.term).set("IsNumeric", e.has_value ? "TRUE" : "FALSE");
        out.set("NumericValue", e.has_value ? decimal(e.value) : "0");
        out.set("NumericUnit", e.has_value ? code.unit : "").set("EpisodeType", "-1");
        out.set("IDTemplate", "-1").set("IDQuestionnaire", "-1").set("IDAppointment", "-1");
        out.set("IDVisit", "-1").end();
    }
}

void SystmOneWriter::problems(const History& history) {
    for (const Problem& each : history.problems) {
        const Entry& e = history.entries[static_cast<std::size_t>(each.entry)];
        begin("SRProblem", e.day, 0, e.staff, 0)
            .set("CTV3Code", local_ctv3(e.code))
            .date("DateEnd", each.end_day)
            .set("Severity", "-1")
            .number("IDCode", first_code_ + static_cast<std::uint64_t>(each.entry))
            .set("IDEvent", "-1")
            .end();
    }
}

void SystmOneWriter::medication(const History& history) {
    for (const Issue& each : history.issues) {
        begin("SRPrimaryCareMedication", each.day, 0, each.staff, 0).set("IDEvent", "-1").end();
    }
}

std::uint64_t SystmOneWriter::event_of(const History& history, int entry) const {
    const Entry& e = history.entries[static_cast<std::size_t>(entry)];
    return first_event_ + (e.contact >= 0
                               ? static_cast<std::uint64_t>(e.contact)
                               : history.contacts.size() + static_cast<std::uint64_t>(entry));
}

/// A state is of the day, the event and the person of the entry that brought it about.
void SystmOneWriter::state(const History& history, std::uint64_t referral, int entry,
                           std::string_view term) {
    const Entry& e = history.entries[static_cast<std::size_t>(entry)];
    begin("SRReferralOutStatusDetails", known_day(e), second_of(history, e), e.staff,
          event_of(history, entry))
        .number("IDReferralOut", referral)
        .set("StatusOfReferralOut", term)
        .end();
}

/// A referral and the states it went through: waiting from the start, complete when the case was
/// closed. That someone declined, and that the service is one for social prescribing, the coded
/// entry of the same event says; no state for the first is published.
void SystmOneWriter::referrals(const History& history) {
    for (const Referral& each : history.referrals) {
        const Entry& e = history.entries[static_cast<std::size_t>(each.entry)];
        const Organisation to = world_.organisation(each.target);
        NamedTable& out = begin("SRReferralOut", known_day(e), second_of(history, e), e.staff,
                                event_of(history, each.entry));
        const std::uint64_t row = out.rows() + 1;
        out.set("TypeOfReferral", "-1").set("Reason", "5021").set("ServiceOffered", "175137");
        out.number("IDProfileReferrer", profile_key(practice_, e.staff)).set("ReReferral", "FALSE");
        out.set("Urgency", urgencies[static_cast<std::size_t>(each.urgency)]);
        out.set("SNOMEDPrimaryDiagnosis", "-1").set("RecipientIDType", "-1");
        out.set("RecipientID",
                each.target.kind == OrganisationKind::hospital ? to.ods_code : to.name)
            .end();
        state(history, row, each.entry, waiting);
        if (each.closing >= 0) {
            state(history, row, each.closing, complete);
        }
    }
}

void SystmOneWriter::report_progress(std::uint64_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (!options_.progress || (done < options_.patients && now < next_progress_)) {
        return;
    }
    next_progress_ = now + std::chrono::milliseconds(250);
    SampleProgress progress{done, options_.patients, 0};
    for (const auto& [name, each] : tables_) {
        progress.bytes += each->bytes();
    }
    options_.progress(progress);
}

}  // namespace linkway::sample
