// Writes an EMIS Web extract (layout 8.2) in which every row matters: one practice, N patients,
// each with one social prescribing referral in both its halves. Names are plants, NHS numbers from
// the 999 test range, telephones from the ranges kept for drama.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace linkway::bench {

class ReferralExtract {
  public:
    ReferralExtract(std::string folder, std::uint64_t referrals)
        : folder_(std::move(folder)), referrals_(referrals) {}

    /// Writes the files; false when one could not be written.
    bool write() {
        write_surroundings();
        write_patients();
        write_observations();
        return good_;
    }

    std::uint64_t bytes() const { return bytes_; }

  private:
    using Cells = std::vector<std::string>;

    /// A table file under the name EMIS would give it, closed when it goes out of scope.
    class File {
      public:
        File(ReferralExtract& owner, const std::string& table, std::string_view header)
            : owner_(owner),
              out_(owner.folder_ + "/291_" + table +
                       "_20260302041500_45E7CD20-EE37-41AB-90D6-DC9D4B03D102.csv",
                   std::ios::binary) {
            for (std::size_t at = 0; at <= header.size();) {
                const std::size_t comma = std::min(header.find(',', at), header.size());
                names_.emplace_back(header.substr(at, comma - at));
                at = comma + 1;
            }
            row(names_);
        }
        File(const File&) = delete;
        File& operator=(const File&) = delete;
        ~File() {
            out_ << block_;
            owner_.good_ = owner_.good_ && out_.good();
            owner_.bytes_ += static_cast<std::uint64_t>(out_.tellp());
        }

        /// One record: every cell quoted, quotes doubled. Missing cells at the end are empty; the
        /// last column is the ProcessingId.
        void row(Cells cells) {
            if (cells.size() < names_.size()) {
                cells.resize(names_.size());
                cells.back() = "291";
            }
            for (std::size_t i = 0; i < cells.size(); ++i) {
                block_ += i == 0 ? "\"" : ",\"";
                for (const char c : cells[i]) {
                    block_.append(c == '"' ? 2 : 1, c);
                }
                block_ += '"';
            }
            block_ += "\r\n";
            if (block_.size() > 1U << 20U) {
                out_ << block_;
                block_.clear();
            }
        }

      private:
        ReferralExtract& owner_;
        std::ofstream out_;
        Cells names_;
        std::string block_;
    };

    static std::string guid(unsigned kind, std::uint64_t number) {
        std::array<char, 48> text{};
        const int length = std::snprintf(text.data(), text.size(), "{%08X-0000-4000-8000-%012llX}",
                                         kind, static_cast<unsigned long long>(number));
        return {text.data(), static_cast<std::size_t>(length)};
    }
    static std::string practice() { return guid(0x0A000000, 1); }
    static std::string patient(std::uint64_t i) { return guid(0x0BA70000, i); }
    static std::string observation(std::uint64_t i) { return guid(0x0B500000, i); }
    static std::string staff(std::uint64_t i) { return guid(0x05E70000, 1 + i % 12); }
    static std::string service(std::uint64_t i) { return guid(0x0A000000, 100 + i % 5); }
    static std::string day(std::uint64_t i, unsigned first_year, unsigned years) {
        std::array<char, 40> text{};
        const int length = std::snprintf(text.data(), text.size(), "%04u-%02u-%02u",
                                         first_year + static_cast<unsigned>(i / 336 % years),
                                         1 + static_cast<unsigned>(i / 28 % 12),
                                         1 + static_cast<unsigned>(i % 28));
        return {text.data(), static_cast<std::size_t>(length)};
    }

    /// The i-th number of the test range whose check digit exists (modulus 11 gives 10 for some).
    static std::string nhs_number(std::uint64_t i) {
        for (std::uint64_t base = 999'000'000 + i;; base += 500'000) {
            unsigned sum = 0;
            std::uint64_t digits = base;
            for (unsigned weight = 2; weight <= 10; ++weight, digits /= 10) {
                sum += weight * static_cast<unsigned>(digits % 10);
            }
            const unsigned check = (11 - sum % 11) % 11;
            if (check != 10) {
                return std::to_string(base) + std::to_string(check);
            }
        }
    }

    void write_surroundings() {
        {
            File file(*this, "Agreements_SharingOrganisation",
                      "OrganisationGuid,IsActivated,LastModifiedDate,Disabled,Deleted");
            file.row({practice(), "true", "2019-04-01 09:00:00", "false", "false"});
        }
        {
            File file(*this, "Admin_Organisation",
                      "OrganisationGuid,CDB,OrganisationName,ODSCode,ParentOrganisationGuid,"
                      "CCGOrganisationGuid,OrganisationType,OpenDate,"
                      "CloseDate,MainLocationGuid,ProcessingId");
            file.row({practice(), "", "Testerton Surgery", "A99901", "", "", "GP Practice",
                      "1990-01-01", "", guid(0x010C0000, 1)});
            for (std::uint64_t i = 0; i < 5; ++i) {
                file.row({service(i), "", "Social Prescribing Service " + std::to_string(i + 1), "",
                          "", "", "Community Service", "2018-01-01"});
            }
        }
        {
            File file(*this, "Admin_Location",
                      "LocationGuid,LocationName,LocationTypeDescription,ParentLocationGuid,"
                      "OpenDate,CloseDate,MainContactName,FaxNumber,"
                      "EmailAddress,PhoneNumber,HouseNameFlatNumber,NumberAndStreet,Village,Town,"
                      "County,Postcode,Deleted,ProcessingId");
            file.row({guid(0x010C0000, 1), "Testerton Surgery", "Main Surgery", "", "1990-01-01",
                      "", "", "", "surgery@example.org", "01632 960100", "", "1 Market Place", "",
                      "Testerton", "", "ZZ99 1AA", "false"});
        }
        {
            File file(*this, "Admin_UserInRole",
                      "UserInRoleGuid,OrganisationGuid,Title,GivenName,Surname,JobCategoryCode,"
                      "JobCategoryName,ContractStartDate,"
                      "ContractEndDate,RegistrationNumber,ProcessingId");
            for (std::uint64_t i = 0; i < 12; ++i) {
                file.row({staff(i), practice(), "Dr", "Rowan", "Teasel", "R0260",
                          "General Medical Practitioner", "2019-04-01"});
            }
        }
        File file(*this, "Coding_ClinicalCode",
                  "CodeId,Term,ReadTermId,SnomedCTConceptId,SnomedCTDescriptionId,NationalCode,"
                  "NationalCodeCategory,NationalDescription,"
                  "EmisCodeCategoryDescription,ParentCodeId,ProcessingId");
        file.row({"3001", "Referral to social prescribing service", "8T09.", "871731000000106", "",
                  "", "", "", "Referral activity"});
        file.row({"3002", "Social prescribing service referral", "", "871731000000106", "", "", "",
                  "", "Referral activity"});
    }

    void write_patients() {
        static constexpr std::array<std::string_view, 7> given = {
            "Sorrel", "Bryony", "Linden", "Heath", "Clover", "Tansy", "Zo\xC3\xAB"};
        static constexpr std::array<std::string_view, 6> family = {
            "Bramble", "Hawthorn", "O'Reedmace", "Sedge", "Birch-Alder", "Fennel"};
        File file(*this, "Admin_Patient",
                  "PatientGuid,OrganisationGuid,UsualGpUserInRoleGuid,Sex,DateOfBirth,DateOfDeath,"
                  "Title,GivenName,MiddleNames,Surname,"
                  "DateOfRegistration,NhsNumber,PatientNumber,PatientTypeDescription,DummyType,"
                  "HouseNameFlatNumber,NumberAndStreet,Village,"
                  "Town,County,Postcode,ResidentialInstituteCode,NHSNumberStatus,CarerName,"
                  "CarerRelation,PersonGuid,DateOfDeactivation,"
                  "Deleted,SpineSensitive,IsConfidential,EmailAddress,HomePhone,MobilePhone,"
                  "ExternalUsualGPGuid,ExternalUsualGP,"
                  "ExternalUsualGPOrganisation,ContactComments,ProcessingId");
        for (std::uint64_t i = 0; i < referrals_; ++i) {
            file.row({patient(i),
                      practice(),
                      staff(i),
                      i % 2 == 0 ? "F" : "M",
                      day(i, 1931, 70),
                      "",
                      i % 2 == 0 ? "Ms" : "Mr",
                      std::string(given[i % 7]),
                      i % 3 == 0 ? "Fern" : "",
                      std::string(family[i % 6]),
                      "2009-06-01",
                      nhs_number(i),
                      std::to_string(1000 + i),
                      "Regular",
                      "false",
                      i % 4 == 0 ? "Flat 3" : "",
                      std::to_string(1 + i % 90) + " Hazel Row",
                      "",
                      "Testerton",
                      i % 5 == 0 ? "Testshire" : "",
                      "ZZ99 3CZ",
                      "",
                      "",
                      "",
                      "",
                      guid(0x0BE50000, i),
                      "",
                      "false",
                      i % 97 == 0 ? "true" : "false",
                      i % 101 == 0 ? "true" : "false",
                      i % 2 == 0 ? "patient@example.org" : "",
                      "01632 960001",
                      i % 3 == 0 ? "" : "07700 900001"});
        }
    }

    void write_observations() {
        static constexpr std::array<std::string_view, 4> urgency = {"Routine", "Routine", "Urgent",
                                                                    "Soon"};
        static constexpr std::array<std::string_view, 5> note = {
            "Lives alone, would like company.", "", "Said \"not today\".\r\nWill ring again.",
            "Caf\xC3\xA9 group on Tuesdays; needs a lift.",
            "Bereaved last year. Sleeps badly, eats little. Would like to meet people, perhaps a "
            "walking group; agreed to referral."};
        File halves(*this, "CareRecord_ObservationReferral",
                    "ObservationGuid,PatientGuid,OrganisationGuid,ReferralTargetOrganisationGuid,"
                    "ReferralUrgency,ReferralServiceType,"
                    "ReferralMode,ReferralReceivedDate,ReferralReceivedTime,ReferralEndDate,"
                    "ReferralSourceId,ReferralSourceOrganisationGuid,"
                    "ReferralUBRN,ReferralReasonCodeId,ReferringCareProfessionalStaffGroupCodeId,"
                    "ReferralEpisodeRTTMeasurementTypeId,"
                    "ReferralEpisodeClosureDate,ReferralEpisodeDischargeLetterIssuedDate,"
                    "ReferralClosureReasonCodeId,TransportRequired,"
                    "ProcessingId");
        File file(*this, "CareRecord_Observation",
                  "ObservationGuid,PatientGuid,OrganisationGuid,EffectiveDate,"
                  "EffectiveDatePrecision,EnteredDate,EnteredTime,"
                  "ClinicianUserInRoleGuid,EnteredByUserInRoleGuid,ParentObservationGuid,CodeId,"
                  "ProblemGuid,ConsultationGuid,AssociatedText,"
                  "Value,NumericUnit,ObservationType,NumericRangeLow,NumericRangeHigh,DocumentGuid,"
                  "Qualifiers,Abnormal,AbnormalReason,"
                  "Episode,Deleted,IsConfidential,ProcessingId");
        for (std::uint64_t i = 0; i < referrals_; ++i) {
            halves.row({observation(i),
                        patient(i),
                        practice(),
                        i % 10 == 0 ? "" : service(i),
                        std::string(urgency[i % 4]),
                        i % 3 == 0 ? "" : "Community Care",
                        i % 2 == 0 ? "Written" : "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        i % 6 == 0 ? std::to_string(100'000'000'000 + i) : "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        ""});
            const std::string date = day(i, 2019, 7);
            file.row({observation(i),
                      patient(i),
                      practice(),
                      date,
                      "YMD",
                      date,
                      "10:15:00",
                      staff(i),
                      staff(i + 3),
                      "",
                      i % 3 == 0 ? "3002" : "3001",
                      i % 4 == 0 ? observation(1'000'000 + i) : "",
                      i % 5 == 0 ? "" : guid(0x0C050000, i),
                      std::string(note[i % 5]),
                      "",
                      "",
                      "Observation",
                      "",
                      "",
                      "",
                      "",
                      "false",
                      "",
                      "None",
                      "false",
                      i % 89 == 0 ? "true" : "false"});
        }
    }

    std::string folder_;
    std::uint64_t referrals_;
    std::uint64_t bytes_ = 0;
    bool good_ = true;
};

}  // namespace linkway::bench
