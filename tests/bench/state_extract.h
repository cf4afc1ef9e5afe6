// Writes EMIS Web extracts (layout 8.2) for a staging store: a bulk of many practices, in which
// four patients in a hundred have a social prescribing referral, and deltas of a thousand rows.
// Names are
// plants; who has a referral has an NHS number of the test range, where its check digit is one.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace linkway::bench {

class StateExtract {
  public:
    StateExtract(std::string folder, std::uint64_t count)
        : folder_(std::move(folder)), patients_(count) {
        std::filesystem::create_directories(folder_);
    }

    /// Every patient with an entry of no interest; referrals, and whether a link worker has seen
    /// the patient, for four in a hundred.
    void write_bulk() {
        open_batch(100, 20260302);
        for (std::uint64_t i = 0; i < practices(); ++i) {
            organisation(i, "Testerton Surgery");
            for (std::uint64_t k = 0; k < 20; ++k) {
                user(i * 20 + k, "Teasel");
            }
        }
        code(3001, "Referral to social prescribing service", "871731000000106");
        code(3005, "Seen by social prescribing link worker", "1362931000000106");
        for (std::uint64_t i = 0; i < 100'000; ++i) {
            code(10'000 + i, "Some other entry", "");
        }
        for (std::uint64_t i = 0; i < patients_; ++i) {
            patient(i, "Hawthorn", false);
            observation(3 * i, i, 10'000 + i % 100'000, false);
            if (i % 25 == 0) {
                observation(3 * i + 1, i, 3001, false);
                half(3 * i + 1, i);
            }
            if (i % 50 == 0) {
                observation(3 * i + 2, i, 3005, false);
            }
        }
        close_batch();
    }

    /// A thousand rows, as a day brings them; the `number`th such day touches others than the rest.
    void write_delta(std::uint64_t number) {
        open_batch(100 + number, 20260302 + number / 26 * 100 + number % 26);
        const auto some = [&](std::uint64_t i) {
            return (i * 2'654'435'761 + number * 97) % patients_;
        };
        for (std::uint64_t i = 0; i < 300; ++i) {
            patient(some(i), "Sedge", i % 50 == 0);
        }
        for (std::uint64_t i = 0; i < 630; ++i) {
            observation(4 * patients_ + number * 10'000 + i, some(i), 10'000 + i, false);
        }
        for (std::uint64_t i = 0; i < 15; ++i) {  // first and later entries of episodes
            observation(4 * patients_ + number * 10'000 + 1000 + i, some(i), 3001, false);
            observation(4 * patients_ + number * 10'000 + 1100 + i, some(i) / 25 * 25, 3005, false);
        }
        for (std::uint64_t i = 0; i < 5; ++i) {
            const std::uint64_t gone = some(i + 500) / 25 * 25;
            observation(3 * gone + 1, gone, 0, true);
        }
        for (std::uint64_t i = 0; i < 15; ++i) {
            half(4 * patients_ + number * 10'000 + 1000 + i, some(i));
        }
        for (std::uint64_t i = 0; i < 10; ++i) {
            user(some(i) % (practices() * 20), "Fennel");
            code(900'000 + number * 10 + i, "New entry", "");
        }
        close_batch();
    }

    const std::string& folder() const { return folder_; }

  private:
    enum Table {
        sharing,
        organisations,
        locations,
        users,
        patients,
        codes,
        entries,
        halves,
        tables
    };
    struct Shape {
        const char* name;
        const char* header;
    };
    static constexpr std::array<Shape, tables> shapes = {{
        {"Agreements_SharingOrganisation",
         "OrganisationGuid,IsActivated,LastModifiedDate,Disabled,Deleted"},
        {"Admin_Organisation",
         "OrganisationGuid,CDB,OrganisationName,ODSCode,ParentOrganisationGuid,CCGOrganisationGuid,"
         "OrganisationType,OpenDate,CloseDate,MainLocationGuid,ProcessingId"},
        {"Admin_Location",
         "LocationGuid,LocationName,LocationTypeDescription,ParentLocationGuid,OpenDate,CloseDate,"
         "MainContactName,FaxNumber,EmailAddress,PhoneNumber,HouseNameFlatNumber,NumberAndStreet,"
         "Village,Town,County,Postcode,Deleted,ProcessingId"},
        {"Admin_UserInRole",
         "UserInRoleGuid,OrganisationGuid,Title,GivenName,Surname,JobCategoryCode,JobCategoryName,"
         "ContractStartDate,ContractEndDate,RegistrationNumber,ProcessingId"},
        {"Admin_Patient",
         "PatientGuid,OrganisationGuid,UsualGpUserInRoleGuid,Sex,DateOfBirth,Title,GivenName,"
         "Surname,NhsNumber,PatientNumber,NumberAndStreet,Town,Postcode,Deleted,SpineSensitive,"
         "IsConfidential,HomePhone,ProcessingId"},
        {"Coding_ClinicalCode", "CodeId,Term,ReadTermId,SnomedCTConceptId,ProcessingId"},
        {"CareRecord_Observation",
         "ObservationGuid,PatientGuid,OrganisationGuid,EffectiveDate,EffectiveDatePrecision,"
         "EnteredDate,EnteredTime,ClinicianUserInRoleGuid,EnteredByUserInRoleGuid,CodeId,"
         "AssociatedText,Deleted,IsConfidential,ProcessingId"},
        {"CareRecord_ObservationReferral",
         "ObservationGuid,PatientGuid,OrganisationGuid,ReferralTargetOrganisationGuid,"
         "ReferralUrgency,ProcessingId"},
    }};

    std::uint64_t practices() const { return 1 + patients_ / 7500; }

    void open_batch(std::uint64_t number, std::uint64_t day) {
        number_ = number;
        for (int table = 0; table < tables; ++table) {
            const std::string path = folder_ + "/" + std::to_string(number) + "_" +
                                     shapes[table].name + "_" + std::to_string(day) +
                                     "041500_45E7CD20-EE37-41AB-90D6-DC9D4B03D102.csv";
            files_[table] = std::fopen(path.c_str(), "wb");
            std::fprintf(files_[table], "%s\r\n", shapes[table].header);
        }
    }
    void close_batch() {
        for (std::FILE* file : files_) {
            std::fclose(file);
        }
    }

    // GUIDs are spread over the whole range, as real ones are: neighbours in a file are none in the
    // store.
    static std::string guid(std::uint64_t kind, std::uint64_t number) {
        std::uint64_t mixed = (number + 1) * 0x9E3779B97F4A7C15ULL;
        mixed ^= mixed >> 29U;
        std::array<char, 48> text{};
        std::snprintf(text.data(), text.size(), "{%08X-%04X-4000-80%02X-%012llX}",
                      static_cast<unsigned>(mixed >> 32U),
                      static_cast<unsigned>(mixed >> 16U & 0xFFFFU), static_cast<unsigned>(kind),
                      static_cast<unsigned long long>(number));
        return text.data();
    }
    static std::string nhs_number(std::uint64_t i) {
        std::array<char, 16> text{};
        std::snprintf(text.data(), text.size(), "999%06llu",
                      static_cast<unsigned long long>(i % 1'000'000));
        int sum = 0;
        for (int k = 0; k < 9; ++k) {
            sum += (text[static_cast<std::size_t>(k)] - '0') * (10 - k);
        }
        const int check = (11 - sum % 11) % 11;
        return check == 10 ? std::string() : text.data() + std::to_string(check);
    }
    std::string practice(std::uint64_t patient) const { return guid(1, patient % practices()); }
    std::string staff(std::uint64_t patient) const {
        return guid(2, patient % practices() * 20 + patient / practices() % 20);
    }

    void organisation(std::uint64_t i, const char* name) {
        std::fprintf(files_[sharing], "%s,true,2019-04-01 09:00:00,false,false\r\n",
                     guid(1, i).c_str());
        std::fprintf(files_[organisations], "%s,,%s,A%05llu,,,GP Practice,1990-01-01,,%s,%llu\r\n",
                     guid(1, i).c_str(), name, static_cast<unsigned long long>(i),
                     guid(3, i).c_str(), static_cast<unsigned long long>(number_));
        std::fprintf(files_[locations],
                     "%s,%s,,,,,,,,01632 960100,,1 Market Place,,Testerton,,ZZ99 1AA,false,%llu"
                     "\r\n",
                     guid(3, i).c_str(), name, static_cast<unsigned long long>(number_));
    }
    void user(std::uint64_t i, const char* name) {
        std::fprintf(files_[users],
                     "%s,%s,Dr,Rowan,%s,R0260,General Medical Practitioner,2019-04-01,,,%llu\r\n",
                     guid(2, i).c_str(), guid(1, i / 20).c_str(), name,
                     static_cast<unsigned long long>(number_));
    }
    void patient(std::uint64_t i, const char* name, bool gone) {
        std::fprintf(files_[patients],
                     "%s,%s,%s,F,1951-02-03,Ms,Bryony,%s,%s,%llu,1 Hazel Row,Testerton,ZZ99 3CZ,%s,"
                     "false,false,01632 960001,%llu\r\n",
                     guid(4, i).c_str(), practice(i).c_str(), staff(i).c_str(), name,
                     i % 25 == 0 ? nhs_number(i / 25).c_str() : "",
                     static_cast<unsigned long long>(i), gone ? "true" : "false",
                     static_cast<unsigned long long>(number_));
    }
    void code(std::uint64_t id, const char* term, const char* concept_id) {
        std::fprintf(files_[codes], "%llu,%s,,%s,%llu\r\n", static_cast<unsigned long long>(id),
                     term, concept_id, static_cast<unsigned long long>(number_));
    }
    void observation(std::uint64_t i, std::uint64_t of, std::uint64_t code_id, bool gone) {
        const std::string number = std::to_string(number_);
        if (gone) {
            std::fprintf(files_[entries], "%s,%s,%s,,,,,,,,,true,,%s\r\n", guid(5, i).c_str(),
                         guid(4, of).c_str(), practice(of).c_str(), number.c_str());
            return;
        }
        std::fprintf(files_[entries],
                     "%s,%s,%s,2026-02-%02u,YMD,2026-02-10,10:15:00,%s,%s,%llu,,false,false,%s\r\n",
                     guid(5, i).c_str(), guid(4, of).c_str(), practice(of).c_str(),
                     1 + static_cast<unsigned>(code_id % 28), staff(of).c_str(), staff(of).c_str(),
                     static_cast<unsigned long long>(code_id), number.c_str());
    }
    void half(std::uint64_t i, std::uint64_t of) {
        std::fprintf(files_[halves], "%s,%s,%s,,Routine,%llu\r\n", guid(5, i).c_str(),
                     guid(4, of).c_str(), practice(of).c_str(),
                     static_cast<unsigned long long>(number_));
    }

    std::string folder_;
    std::uint64_t patients_;
    std::uint64_t number_ = 0;
    std::array<std::FILE*, tables> files_{};
};

}  // namespace linkway::bench
