#include "patient.h"

#include <algorithm>

#include "calendar.h"
#include "words.h"

namespace linkway::sample {

namespace {

constexpr std::uint64_t test_numbers = 900000;

/// The tenth digit of an NHS number, 10 when there is none (NHS Data Dictionary, modulus 11).
int nhs_check(std::string_view nine) {
    int sum = 0;
    for (std::size_t i = 0; i < 9; ++i) {
        sum += (nine[i] - '0') * static_cast<int>(10 - i);
    }
    return (11 - sum % 11) % 11;
}

std::string_view title_of(char sex, int age, Random& random) {
    if (random.chance(150)) {
        return "Dr";
    }
    if (sex == 'M') {
        return age < 16 ? "Master" : "Mr";
    }
    if (sex == 'F') {
        return age < 16 ? "Miss" : random.chance(5000) ? "Mrs" : "Ms";
    }
    return "Mx";
}

void append_lower(std::string& out, std::string_view word) {
    for (const char c : word) {
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
}

}  // namespace

std::string test_nhs_number(std::uint64_t seed, std::uint64_t index) {
    // 478,637 has no divisor in common with 900,000, so the product walks through all places once.
    const std::uint64_t place =
        (index % test_numbers * 478637 + mix(seed) % test_numbers) % test_numbers;
    std::string result = std::to_string(99900000 + place / 9);
    // Of the ten numbers that start with these eight digits at most one has no check digit: nine
    // are left.
    auto skip = static_cast<int>(place % 9);
    for (char last = '0'; last <= '9'; ++last) {
        result += last;
        const int check = nhs_check(result);
        if (check != 10 && skip-- == 0) {
            result += static_cast<char>('0' + check);
            return result;
        }
        result.pop_back();
    }
    return {};
}

void make_patient(const World& world, std::uint32_t practice, std::uint32_t number,
                  std::uint64_t index, Patient& into) {
    Patient& p = into;
    p.key = mix(world.seed(), 0x9A71, index);
    Random random(p.key);
    p.practice = practice;
    p.number = number;
    p.id = make_id(world.seed(), Kind::patient, index);
    p.person = make_id(world.seed(), Kind::person, index);
    const std::uint32_t sex = random.below(1000);
    p.sex = sex < 494 ? 'M' : sex < 996 ? 'F' : sex < 998 ? 'I' : 'U';
    // Two draws make old age rarer than youth, without a table.
    const int age_days = random.between(0, random.chance(7000) ? 65 * 365 : 98 * 365);
    p.birth_day = extract_day - 1 - age_days;
    p.registered_day = std::max(p.birth_day, extract_day - 1 - random.between(0, 25 * 365));
    p.death_day = 0;
    p.left_day = 0;
    if (const auto fate = random.below(1000); fate < 15 && age_days > 50 * 365) {
        p.death_day = std::max(p.registered_day, extract_day - random.between(1, 360));
        p.left_day = p.death_day;
    } else if (fate >= 960) {
        p.left_day = std::max(p.registered_day, extract_day - random.between(1, 360));
    }
    p.usual_doctor = World::pick(StaffGroup::doctor, random);
    p.title = title_of(p.sex, age_days / 365, random);
    p.given = pick_word(given_names(), random);
    p.middle = random.chance(4000) ? pick_word(given_names(), random) : std::string_view();
    p.family = pick_word(surnames(), random);
    p.nhs_number = test_nhs_number(world.seed(), index);
    p.address = make_address(random);
    p.home_phone = random.chance(5500) ? landline(random) : std::string();
    p.mobile_phone = random.chance(8500) ? mobile(random) : std::string();
    p.email.clear();
    if (random.chance(6500)) {
        append_lower(p.email, p.given);
        p.email += '.';
        append_lower(p.email, p.family);
        p.email += std::to_string(number);
        p.email += "@example.org";
    }
}

}  // namespace linkway::sample
