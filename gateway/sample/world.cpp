#include "world.h"

#include <algorithm>

#include "calendar.h"
#include "words.h"

namespace linkway::sample {

const int link_workers_since = day_number(2019, 7, 1);

namespace {

struct Role {
    std::string_view code;
    std::string_view name;
    std::string_view title;
    bool registered;
};

// Job roles of the Spine, one for each member of staff; groups are runs of them.
constexpr Role roles[World::staff_per_practice] = {
    {"R0260", "General Medical Practitioner", "Dr", true},
    {"R0260", "General Medical Practitioner", "Dr", true},
    {"R0260", "General Medical Practitioner", "Dr", true},
    {"R0260", "General Medical Practitioner", "Dr", true},
    {"R0270", "Salaried General Practitioner", "Dr", true},
    {"R0600", "Specialist Nurse Practitioner", "Ms", true},
    {"R0600", "Specialist Nurse Practitioner", "Mr", true},
    {"R1480", "Healthcare Assistant", "Ms", false},
    {"R1290", "Pharmacist", "Mx", true},
    {"R8008", "Admin/Clinical Support Access Role", "Mrs", false},
    {"R8009", "Receptionist Access Role", "Miss", false},
    {"R8009", "Receptionist Access Role", "Mr", false},
    {"R9815", "Social Prescribing Link Workers", "Ms", false},
    {"R9815", "Social Prescribing Link Workers", "Mr", false},
    {"R9807", "Health and Wellbeing Coaches", "Ms", false},
    {"R9801", "Care Co-ordinators", "Mx", false}};

struct Range {
    std::uint32_t first;
    std::uint32_t last;
};

Range range_of(StaffGroup group) {
    switch (group) {
        case StaffGroup::doctor:
            return {0, 4};
        case StaffGroup::nurse:
            return {5, 7};
        case StaffGroup::clinical:
            return {0, 8};
        case StaffGroup::office:
            return {9, 11};
        case StaffGroup::link_worker:
            return {12, 13};
        case StaffGroup::anyone:
            break;
    }
    return {0, World::staff_per_practice - 1};
}

std::string digits(std::uint32_t number, std::size_t width) {
    std::string result = std::to_string(number);
    return result.size() < width ? std::string(width - result.size(), '0') + result : result;
}

std::uint64_t serial(OrganisationRef ref) {
    return static_cast<std::uint64_t>(ref.kind) << 32U | ref.number;
}

}  // namespace

std::string_view pick_word(Words words, Random& random) {
    return words[random.below(static_cast<std::uint32_t>(words.size()))];
}

std::string landline(Random& random) {
    return "01632 960" + digits(random.below(1000), 3);
}

std::string mobile(Random& random) {
    return "07700 900" + digits(random.below(1000), 3);
}

Address make_address(Random& random) {
    static constexpr std::string_view letters = "ABDEFGHJLNPQRSTU";
    Address result;
    result.house = std::to_string(random.between(1, 199));
    if (random.chance(1200)) {
        result.house = "Flat " + result.house;
    }
    // One draw a statement, here and elsewhere: the order of draws within an expression is the
    // compiler's to choose.
    result.street = std::to_string(random.between(1, 99)) + " ";
    result.street += pick_word(given_names(), random);
    result.street += ' ';
    result.street += pick_word(street_kinds(), random);
    result.village = random.chance(2000) ? pick_word(towns(), random) : std::string_view();
    result.town = pick_word(towns(), random);
    result.county = "Sampleshire";
    result.postcode = random.chance(8500) ? "ZZ99" : "ZZ9 ";
    result.postcode += static_cast<char>('4' + random.below(6));
    result.postcode += letters[random.below(static_cast<std::uint32_t>(letters.size()))];
    result.postcode += letters[random.below(static_cast<std::uint32_t>(letters.size()))];
    return result;
}

std::uint32_t World::count(OrganisationKind kind) const {
    switch (kind) {
        case OrganisationKind::practice:
            return practices_;
        case OrganisationKind::network:
        case OrganisationKind::link_worker_service:
            return (practices_ + 4) / 5;
        case OrganisationKind::hospital:
            return 4 * ((practices_ + 19) / 20);
        case OrganisationKind::commissioner:
            return (practices_ + 19) / 20;
    }
    return 0;
}

OrganisationRef World::serving(OrganisationKind kind, std::uint32_t practice) const {
    switch (kind) {
        case OrganisationKind::network:
        case OrganisationKind::link_worker_service:
            return {kind, practice / 5};
        case OrganisationKind::hospital:
            return {kind, practice / 20 * 4};
        case OrganisationKind::commissioner:
            return {kind, practice / 20};
        case OrganisationKind::practice:
            break;
    }
    return {kind, practice};
}

Id World::id(OrganisationRef organisation) const {
    return make_id(seed_, Kind::organisation, serial(organisation));
}

Organisation World::organisation(OrganisationRef ref) const {
    Random random(mix(seed_, 0x06A9, serial(ref)));
    const std::string first(pick_word(given_names(), random));
    const std::string town(pick_word(towns(), random));
    Organisation result;
    result.id = id(ref);
    result.location = make_id(seed_, Kind::location, serial(ref));
    std::uint32_t near_practice = ref.number;
    switch (ref.kind) {
        case OrganisationKind::practice:
            result.name = first + " House Surgery, " + town;
            result.ods_code = "Z9" + digits(ref.number + 1, 4);
            result.type = "General Practice";
            result.parent = serving(OrganisationKind::network, ref.number);
            break;
        case OrganisationKind::network:
            result.name = first + " Primary Care Network";
            result.ods_code = "ZN" + digits(ref.number + 1, 4);
            result.type = "Primary Care Network";
            near_practice = ref.number * 5;
            result.parent = serving(OrganisationKind::commissioner, near_practice);
            break;
        case OrganisationKind::link_worker_service:
            result.name = town + " Social Prescribing Service";
            result.ods_code = "ZS" + digits(ref.number + 1, 4);
            result.type = "Social Prescribing Service";
            near_practice = ref.number * 5;
            result.parent = serving(OrganisationKind::network, near_practice);
            break;
        case OrganisationKind::hospital:
            result.name = first + " General Hospital";
            result.ods_code = "ZH" + digits(ref.number + 1, 3);
            result.type = "Hospital";
            near_practice = ref.number / 4 * 20;
            result.parent = serving(OrganisationKind::commissioner, near_practice);
            break;
        case OrganisationKind::commissioner:
            result.name = "NHS " + town + " and " + first + " Sample Board";
            result.ods_code = "ZC" + digits(ref.number + 1, 3);
            result.type = "Integrated Care Board";
            near_practice = ref.number * 20;
            result.parent = ref;
            break;
    }
    result.commissioner = serving(OrganisationKind::commissioner, near_practice);
    result.open_day = day_number(1985, 1, 1) + random.between(0, 12000);
    result.address = make_address(random);
    result.phone = landline(random);
    result.email = "office" + std::to_string(serial(ref) % 100000) + "@example.org";
    return result;
}

Id World::staff_id(std::uint32_t practice, std::uint32_t number) const {
    return make_id(seed_, Kind::staff, std::uint64_t{practice} * staff_per_practice + number);
}

Staff World::staff(std::uint32_t practice, std::uint32_t number) const {
    Random random(mix(seed_, 0x57AF, std::uint64_t{practice} * staff_per_practice + number));
    const Role& role = roles[number];
    Staff result;
    result.id = staff_id(practice, number);
    result.title = role.title;
    result.given = pick_word(given_names(), random);
    result.family = pick_word(surnames(), random);
    result.role = role.code;
    result.role_name = role.name;
    if (role.registered) {
        // Nine in front: no register has reached such numbers.
        result.registration = "99" + digits(random.below(100000), 5);
    }
    // Someone must be in post whenever an entry could be made, so nobody of a sample has left.
    const bool is_new_role = number >= range_of(StaffGroup::link_worker).first;
    result.start_day =
        is_new_role ? link_workers_since : day_number(1990, 1, 1) + random.between(0, 5400);
    return result;
}

std::uint32_t World::pick(StaffGroup group, Random& random) {
    const Range range = range_of(group);
    return range.first + random.below(range.last - range.first + 1);
}

}  // namespace linkway::sample
