// The clinical dictionary of a sample: a few hundred well-known concepts' worth of everyday codes,
// and local ones that say so.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace linkway::sample {

/// What an entry with the code is about, which decides who enters it and whether it has a value.
enum class CodeUse : std::uint8_t {
    finding,      // symptoms and diagnoses; may become a problem
    measurement,  // has a value
    procedure,
    administration,
    hospital_referral,
    near_social_prescribing,  // health coaching, exercise referral, social services: must not be
                              // taken for social prescribing
    social_need,
    contact_kind,
    named,  // reached only by name below
};

struct Code {
    std::int64_t id = 0;     ///< of the description; also what systems use as their internal key
    std::string concept_id;  ///< SNOMED CT
    std::string read;        ///< Read v2 without trailing dots; empty for none
    std::string term;
    std::string_view category;
    std::string_view unit;  ///< of a measurement
    int low = 0;            ///< plausible values of a measurement, in thousandths
    int high = 0;
    CodeUse use = CodeUse::finding;
    bool is_local = false;  ///< from the made-up namespace 9999999, which SNOMED International has
                            ///< not given to anyone
};

/// Codes that histories name. Their places in Dictionary::codes.
enum class Named : std::uint8_t {
    blood_pressure,
    systolic,
    diastolic,
    referral,  ///< Referral to social prescribing service
    offered,
    declined,
    signposted,
    seen,  ///< by link worker
    closed,
    count
};

struct Dictionary {
    Dictionary();

    const Code& operator[](Named name) const { return codes[static_cast<std::size_t>(name)]; }
    /// Places in `codes` of all codes of that use; never empty.
    const std::vector<int>& of(CodeUse use) const { return by_use_[static_cast<std::size_t>(use)]; }

    std::vector<Code> codes;

  private:
    void add(Code code);
    void add_local(int count, CodeUse use, std::string_view category, std::string_view what);

    std::vector<int> by_use_[static_cast<std::size_t>(CodeUse::named) + 1];
};

/// A SNOMED CT identifier of the made-up namespace: `partition` "10" for a concept, "11" for a
/// description, with its check digit.
std::string local_sctid(std::uint32_t item, std::string_view partition);

/// The Verhoeff check digit that completes these digits. Source: SNOMED CT Release File
/// Specification.
char verhoeff_digit(std::string_view digits);

/// Drugs are made up altogether.
inline constexpr int drug_count = 400;
std::string drug_name(int index);

}  // namespace linkway::sample
