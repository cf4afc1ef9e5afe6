// A made-up person who is registered with a practice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "world.h"

namespace linkway::sample {

struct Patient {
    std::uint64_t key = 0;  ///< seed of everything about this person
    std::uint32_t practice = 0;
    std::uint32_t number = 0;  ///< within the practice, from 1
    Id id;
    Id person;
    char sex = 'U';  ///< M, F, I or U
    int birth_day = 0;
    int death_day = 0;  ///< 0 while alive
    int registered_day = 0;
    int left_day = 0;  ///< 0 while registered
    std::uint32_t usual_doctor = 0;
    std::string_view title;
    std::string_view given;
    std::string_view middle;
    std::string_view family;
    std::string nhs_number;  ///< of the 999 test range; empty for a few newborns and visitors only
                             ///< with defects
    Address address;
    std::string home_phone;
    std::string mobile_phone;
    std::string email;

    int age_on(int day) const { return (day - birth_day) * 100 / 36525; }
};

/// Person `index` (from 0) of a sample, at that practice. Overwrites `into`, keeping its memory.
void make_patient(const World& world, std::uint32_t practice, std::uint32_t number,
                  std::uint64_t index, Patient& into);

/// The NHS number of person `index`: 999, then a place in a shuffle that the seed gives, then the
/// modulus 11 check digit. All different for the first 900,000.
std::string test_nhs_number(std::uint64_t seed, std::uint64_t index);

}  // namespace linkway::sample
