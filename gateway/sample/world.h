// Practices, the people who work there, and who they refer to. Everything is worked out from its
// number whenever it is asked for, so that nothing has to be kept.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "random.h"

namespace linkway::sample {

enum class OrganisationKind : std::uint8_t {
    practice,
    network,
    link_worker_service,
    hospital,
    commissioner
};

struct OrganisationRef {
    OrganisationKind kind = OrganisationKind::practice;
    std::uint32_t number = 0;

    friend bool operator==(const OrganisationRef&, const OrganisationRef&) = default;
};

struct Address {
    std::string house;
    std::string street;
    std::string_view village;
    std::string_view town;
    std::string_view county;
    std::string postcode;  ///< of the area ZZ99, where nobody lives
};

struct Organisation {
    Id id;
    Id location;
    std::string name;
    std::string ods_code;
    std::string_view type;
    OrganisationRef parent;
    OrganisationRef commissioner;
    int open_day = 0;
    Address address;
    std::string phone;  ///< of the range that Ofcom keeps for drama
    std::string email;
};

struct Staff {
    Id id;
    std::string_view title;
    std::string_view given;
    std::string_view family;
    std::string_view role;  ///< NHS job role code
    std::string_view role_name;
    std::string registration;  ///< number in a professional register; empty for none
    int start_day = 0;
    int end_day = 0;  ///< 0 while in post
};

enum class StaffGroup : std::uint8_t { doctor, nurse, clinical, office, link_worker, anyone };

/// Link workers came to general practice with the networks in July 2019.
extern const int link_workers_since;

class World {
  public:
    World(std::uint64_t seed, std::uint32_t practices) : seed_(seed), practices_(practices) {}

    static constexpr std::uint32_t staff_per_practice = 16;

    std::uint64_t seed() const { return seed_; }
    std::uint32_t practices() const { return practices_; }
    std::uint32_t count(OrganisationKind kind) const;
    /// The organisation that serves a practice: its network, its link worker service, its
    /// commissioner.
    OrganisationRef serving(OrganisationKind kind, std::uint32_t practice) const;

    Id id(OrganisationRef organisation) const;
    Organisation organisation(OrganisationRef organisation) const;

    Id staff_id(std::uint32_t practice, std::uint32_t number) const;
    Staff staff(std::uint32_t practice, std::uint32_t number) const;
    /// Someone of that group at any practice: an index below staff_per_practice.
    static std::uint32_t pick(StaffGroup group, Random& random);

  private:
    std::uint64_t seed_;
    std::uint32_t practices_;
};

/// A made-up address, phone numbers and the like.
Address make_address(Random& random);
std::string landline(Random& random);
std::string mobile(Random& random);
std::string_view pick_word(std::span<const std::string_view> words, Random& random);

}  // namespace linkway::sample
