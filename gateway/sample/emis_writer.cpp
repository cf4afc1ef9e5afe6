#include "emis_writer.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "calendar.h"
#include "emis_layout.h"
#include "people.h"

namespace linkway::sample {

namespace {

constexpr std::string_view timestamp = "20260302043213";
constexpr std::int64_t last_turn = 95047;

}  // namespace

EmisWriter::EmisWriter(const SampleOptions& options, const sources::DataPackage& package,
                       std::string folder)
    : options_(options),
      package_(package),
      folder_(std::move(folder)),
      world_(options.seed, practice_count(options)),
      defects_(options.defects),
      // With defects, some rows come from earlier and later turns than the rest.
      turn_(options.defects ? last_turn - 2 : last_turn),
      numeric_main_location_(is_older(package, options.layout, "5.3")),
      sequence_(std::to_string(last_turn)) {
    if (options.defects) {
        sequence_ = std::to_string(last_turn - 10) + "-" + sequence_;
    }
    append_guid(feed_, make_id(options.seed, Kind::feed, 0), false);
    feed_ = feed_.substr(1, 36);
}

EmisTable& EmisWriter::open(std::string_view name, std::initializer_list<std::string_view> cells) {
    static const sources::Table nowhere;
    const int index = package_.find(name);
    const sources::Table& table =
        index >= 0 ? package_.tables[static_cast<std::size_t>(index)] : nowhere;
    std::uint64_t slips = 0;
    const auto names = layout_columns(package_, table, options_.layout, defects_.on(), slips);
    for (; slips > 0; --slips) {
        defects_.made(Defect::misspelt_header);
    }
    const auto path =
        std::filesystem::path(folder_) /
        layout_file_name(package_, table, options_.layout, sequence_, timestamp, feed_);
    tables_.push_back(std::make_unique<EmisTable>(table, std::span(cells.begin(), cells.size()),
                                                  names, "{" + feed_ + "}", path.string()));
    return *tables_.back();
}

// The order of cells is this file's own: keys first, then what a deleted row still has, then the
// rest.
void EmisWriter::open_all() {
    location_ =
        &open("Admin_Location",
              {"LocationGuid", "ProcessingId", "Deleted", "LocationName", "LocationTypeDescription",
               "ParentLocationGuid", "OpenDate", "MainContactName", "EmailAddress", "PhoneNumber",
               "HouseNameFlatNumber", "NumberAndStreet", "Village", "Town", "County", "Postcode"});
    organisation_ =
        &open("Admin_Organisation", {"OrganisationGuid", "ProcessingId", "CDB", "OrganisationName",
                                     "ODSCode", "ParentOrganisationGuid", "CCGOrganisationGuid",
                                     "OrganisationType", "OpenDate", "MainLocationGuid"});
    organisation_location_ =
        &open("Admin_OrganisationLocation",
              {"OrganisationGuid", "LocationGuid", "ProcessingId", "Deleted", "IsMainLocation"});
    patient_ = &open("Admin_Patient", {"PatientGuid",
                                       "OrganisationGuid",
                                       "ProcessingId",
                                       "Deleted",
                                       "UsualGpUserInRoleGuid",
                                       "Sex",
                                       "DateOfBirth",
                                       "DateOfDeath",
                                       "Title",
                                       "GivenName",
                                       "MiddleNames",
                                       "Surname",
                                       "DateOfRegistration",
                                       "NhsNumber",
                                       "PatientNumber",
                                       "PatientTypeDescription",
                                       "DummyType",
                                       "HouseNameFlatNumber",
                                       "NumberAndStreet",
                                       "Village",
                                       "Town",
                                       "County",
                                       "Postcode",
                                       "CarerName",
                                       "CarerRelation",
                                       "PersonGuid",
                                       "DateOfDeactivation",
                                       "SpineSensitive",
                                       "IsConfidential",
                                       "EmailAddress",
                                       "HomePhone",
                                       "MobilePhone"});
    user_ =
        &open("Admin_UserInRole", {"UserInRoleGuid", "OrganisationGuid", "ProcessingId", "Title",
                                   "GivenName", "Surname", "JobCategoryCode", "JobCategoryName",
                                   "ContractStartDate", "ContractEndDate", "RegistrationNumber"});
    agreement_ =
        &open("Agreements_SharingOrganisation",
              {"OrganisationGuid", "IsActivated", "LastModifiedDate", "Disabled", "Deleted"});
    session_ =
        &open("Appointment_Session",
              {"AppointmentSessionGuid", "LocationGuid", "OrganisationGuid", "ProcessingId",
               "Deleted", "Description", "SessionTypeDescription", "SessionCategoryDisplayName",
               "StartDate", "StartTime", "EndDate", "EndTime", "Private"});
    session_user_ = &open("Appointment_SessionUser",
                          {"SessionGuid", "UserInRoleGuid", "ProcessingId", "Deleted"});
    slot_ = &open("Appointment_Slot", {"SlotGuid",
                                       "OrganisationGuid",
                                       "SessionGuid",
                                       "ProcessingId",
                                       "Deleted",
                                       "AppointmentDate",
                                       "AppointmentStartTime",
                                       "PlannedDurationInMinutes",
                                       "IsBookableOnline",
                                       "IsBlocked",
                                       "SlotStatus",
                                       "SlotType",
                                       "PatientGuid",
                                       "SendInTime",
                                       "LeftTime",
                                       "DidNotAttend",
                                       "PatientWaitInMin",
                                       "ActualDurationInMinutes",
                                       "BookedDate",
                                       "BookedTime",
                                       "BookingMethod",
                                       "ModeOfContact",
                                       "ContextType",
                                       "ServiceSetting",
                                       "NationalSlotCategoryName"});
    registration_audit_ = &open("Audit_RegistrationAudit",
                                {"PatientGuid", "OrganisationGuid", "UserInRoleGuid",
                                 "ProcessingId", "ModifiedDate", "ModifiedTime", "ModeType"});
    patient_audit_ = &open("Audit_PatientAudit", {"ItemGuid", "PatientGuid", "OrganisationGuid",
                                                  "UserInRoleGuid", "ProcessingId", "ModifiedDate",
                                                  "ModifiedTime", "ItemType", "ModeType"});
    consultation_ =
        &open("CareRecord_Consultation",
              {"ConsultationGuid", "PatientGuid", "OrganisationGuid", "ProcessingId", "Deleted",
               "EffectiveDate", "EffectiveDatePrecision", "EnteredDate", "EnteredTime",
               "ClinicianUserInRoleGuid", "EnteredByUserInRoleGuid", "AppointmentSlotGuid",
               "ConsultationSourceTerm", "ConsultationSourceCodeId", "Complete", "ConsultationType",
               "IsConfidential"});
    diary_ = &open(
        "CareRecord_Diary",
        {"DiaryGuid", "PatientGuid", "OrganisationGuid", "ProcessingId", "Deleted", "EffectiveDate",
         "EffectiveDatePrecision", "EnteredDate", "EnteredTime", "ClinicianUserInRoleGuid",
         "EnteredByUserInRoleGuid", "CodeId", "OriginalTerm", "DurationTerm",
         "LocationTypeDescription", "IsConfidential", "IsActive", "IsComplete"});
    observation_ = &open("CareRecord_Observation", {"ObservationGuid",
                                                    "PatientGuid",
                                                    "OrganisationGuid",
                                                    "ProcessingId",
                                                    "Deleted",
                                                    "EffectiveDate",
                                                    "EffectiveDatePrecision",
                                                    "EnteredDate",
                                                    "EnteredTime",
                                                    "ClinicianUserInRoleGuid",
                                                    "EnteredByUserInRoleGuid",
                                                    "ParentObservationGuid",
                                                    "CodeId",
                                                    "ProblemGuid",
                                                    "ConsultationGuid",
                                                    "AssociatedText",
                                                    "Value",
                                                    "NumericUnit",
                                                    "ObservationType",
                                                    "NumericRangeLow",
                                                    "NumericRangeHigh",
                                                    "DocumentGuid",
                                                    "Qualifiers",
                                                    "Abnormal",
                                                    "AbnormalReason",
                                                    "Episode",
                                                    "IsConfidential"});
    referral_ = &open("CareRecord_ObservationReferral",
                      {"ObservationGuid", "PatientGuid", "OrganisationGuid", "ProcessingId",
                       "ReferralTargetOrganisationGuid", "ReferralUrgency", "ReferralServiceType",
                       "ReferralMode", "ReferralUBRN", "TransportRequired"});
    problem_ = &open(
        "CareRecord_Problem",
        {"ObservationGuid", "PatientGuid", "OrganisationGuid", "ProcessingId", "Deleted", "EndDate",
         "EndDatePrecision", "ExpectedDuration", "LastReviewDate", "LastReviewDatePrecision",
         "LastReviewUserInRoleGuid", "ProblemStatusDescription", "SignificanceDescription"});
    clinical_code_ = &open("Coding_ClinicalCode", {"CodeId", "ProcessingId", "Term", "ReadTermId",
                                                   "SnomedCTConceptId", "SnomedCTDescriptionId",
                                                   "EmisCodeCategoryDescription", "ParentCodeId"});
    drug_code_ = &open("Coding_DrugCode", {"CodeId", "ProcessingId", "Term", "DmdProductCodeId"});
    course_ = &open("Prescribing_DrugRecord", {"DrugRecordGuid",
                                               "PatientGuid",
                                               "OrganisationGuid",
                                               "ProcessingId",
                                               "Deleted",
                                               "EffectiveDate",
                                               "EffectiveDatePrecision",
                                               "EnteredDate",
                                               "EnteredTime",
                                               "ClinicianUserInRoleGuid",
                                               "EnteredByUserInRoleGuid",
                                               "CodeId",
                                               "Dosage",
                                               "Quantity",
                                               "QuantityUnit",
                                               "ProblemObservationGuid",
                                               "PrescriptionType",
                                               "IsActive",
                                               "CancellationDate",
                                               "NumberOfIssues",
                                               "NumberOfIssuesAuthorised",
                                               "IsConfidential"});
    issue_ = &open("Prescribing_IssueRecord", {"IssueRecordGuid",
                                               "PatientGuid",
                                               "OrganisationGuid",
                                               "ProcessingId",
                                               "Deleted",
                                               "DrugRecordGuid",
                                               "EffectiveDate",
                                               "EffectiveDatePrecision",
                                               "EnteredDate",
                                               "EnteredTime",
                                               "ClinicianUserInRoleGuid",
                                               "EnteredByUserInRoleGuid",
                                               "CodeId",
                                               "Dosage",
                                               "Quantity",
                                               "QuantityUnit",
                                               "ProblemObservationGuid",
                                               "CourseDurationInDays",
                                               "EstimatedNhsCost",
                                               "IsConfidential",
                                               "EmisCode",
                                               "PatientMessage",
                                               "ScriptPharmacyStamp",
                                               "Compliance",
                                               "AverageCompliance",
                                               "IsPrescribedAsContraceptive",
                                               "IsPrivatelyPrescribed"});
    // A table that came later is sent by the layouts that know it.
    const int history = package_.find("Admin_PatientHistory");
    if (history >= 0 &&
        has_table(package_, package_.tables[static_cast<std::size_t>(history)], options_.layout)) {
        patient_history_ =
            &open("Admin_PatientHistory", {"PatientGuid", "OrganisationGuid", "ProcessingId",
                                           "HistoryDate", "HistoryTime", "StatusDescription"});
    }
}

text::Status EmisWriter::first_error() {
    for (const auto& table : tables_) {
        if (table->error() != 0) {
            return text::Issue{text::Severity::error,
                               "exception",
                               "the sample's " + table->name() + " file could not be written: " +
                                   std::generic_category().message(table->error()),
                               {folder_, 0, 0, {}},
                               "make room or name another folder; nothing was left behind"};
        }
    }
    return {};
}

text::Status EmisWriter::write() {
    open_all();
    if (auto issue = first_error()) {
        return issue;
    }
    codes();
    drugs();
    organisations();
    Place place;
    const auto begin_practice = [&](const Practice& practice) -> text::Status {
        place.practice = practice.number;
        place.organisation = world_.id({OrganisationKind::practice, practice.number});
        place.sessions = practice.sessions;
        staff(place);
        sessions(place);
        return {};
    };
    const auto write_patient = [&](const Patient& person, const History& history,
                                   std::uint64_t index) -> text::Status {
        social_patients_ += history.has_social_prescribing ? 1 : 0;
        patient(place, person);
        registration(place, person);
        appointments(place, person, history);
        contacts(place, person, history);
        entries(place, person, history);
        problems(place, person, history);
        referrals(place, person, history);
        recalls(place, person, history);
        medication(place, person, history);
        if (index % 64 == 63) {
            report_progress(index + 1, false);
            return first_error();
        }
        return {};
    };
    if (auto issue = each_patient(options_, world_, dictionary_, begin_practice, write_patient)) {
        return issue;
    }
    report_progress(options_.patients, true);
    return finish();
}

text::Status EmisWriter::finish() {
    if (defects_.on()) {
        for (EmisTable* table : {observation_, problem_}) {
            table->leave_open();
            defects_.made(Defect::missing_final_line_end);
        }
    }
    SampleReport report;
    report.patients = options_.patients;
    report.social_prescribing_patients = social_patients_;
    report.defects = defects_.counts();
    for (const auto& table : tables_) {
        table->close();
        report.bytes += table->bytes();
        report.rows.emplace(table->name(), table->rows());
    }
    if (options_.report != nullptr) {
        *options_.report = std::move(report);
    }
    return first_error();
}

void EmisWriter::report_progress(std::uint64_t done, bool last) {
    if (!options_.progress) {
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (!last && now < next_progress_) {
        return;
    }
    next_progress_ = now + std::chrono::milliseconds(250);
    SampleProgress progress{done, options_.patients, 0};
    for (const auto& table : tables_) {
        progress.bytes += table->bytes();
    }
    options_.progress(progress);
}

EmisTable& EmisWriter::begin(EmisTable& table, std::initializer_list<Id> guids, std::int64_t turn,
                             bool deleted) {
    for (const Id& guid : guids) {
        table.guid(guid);
    }
    return table.number(turn).flag(deleted);
}

}  // namespace linkway::sample
