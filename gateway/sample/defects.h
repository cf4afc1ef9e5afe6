// The known defects of EMIS extracts, each made at its own steady rate.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace linkway::sample {

enum class Defect : std::uint8_t {
    misspelt_header,
    missing_final_line_end,
    identical_row,
    code_row_per_parent,
    code_with_blanks,
    code_not_in_dictionary,
    empty_code,
    read_code_with_synonym,
    read_only_code,
    emis_local_code,
    user_never_arrives,
    location_never_arrives,
    patient_never_arrives,
    parent_never_arrives,
    slot_of_unknown_patient,
    issue_without_course,
    session_without_user,
    session_user_twice,
    target_blank,
    target_is_person,
    target_is_own_practice,
    referral_without_observation,
    urgency_two_week_wait,
    urgency_dated,
    urgency_unknown,
    transport_in_words,
    nhs_number_wrong_check_digit,
    nhs_number_blank,
    leading_blank_in_name,
    leading_blank_in_patient_type,
    dummy_patient,
    confidential_patient,
    confidential_entry,
    spine_sensitive,
    partial_postcode,
    mobile_of_twelve_digits,
    department_as_user,
    start_date_1899,
    date_30_february,
    date_2099,
    own_commissioner,
    ods_code_with_suffix,
    windows_1252_text,
    newline_in_text,
    quote_in_text,
    backslash_in_text,
    long_qualifiers,
    decimal_with_exponent,
    lower_case_guid,
    processing_ids_out_of_order,
    several_versions,
    deleted_row,
    short_row,
    long_row,
    stray_quote,
    count
};

std::string_view to_string(Defect defect);

/// Decides where defects go, and counts them. Off, it never does anything.
class Defects {
  public:
    explicit Defects(bool on) : on_(on) {}

    bool on() const { return on_; }

    /// True at every `period`-th chance for that defect, the first time within the first `period`.
    bool hit(Defect defect, std::uint32_t period) {
        if (!on_) {
            return false;
        }
        const auto i = static_cast<std::size_t>(defect);
        // Each starts elsewhere in its period, so that equal periods do not fall on the same row.
        const bool now = (chances_[i]++ + i * 7) % period == period - 1;
        made_[i] += now ? 1 : 0;
        return now;
    }

    /// Notes one that was made without asking.
    void made(Defect defect) { ++made_[static_cast<std::size_t>(defect)]; }

    std::map<std::string, std::uint64_t> counts() const;

  private:
    static constexpr std::size_t size = static_cast<std::size_t>(Defect::count);

    bool on_;
    std::array<std::uint64_t, size> chances_{};
    std::array<std::uint64_t, size> made_{};
};

}  // namespace linkway::sample
