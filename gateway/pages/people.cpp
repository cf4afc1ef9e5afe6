#include "people.h"

#include <algorithm>

#include "element.h"

namespace linkway::pages {

using text::Node;

namespace {

struct KnownRole {
    std::string_view code;  ///< in the rules of referrals
    Role role;
    std::string_view name;
};
constexpr KnownRole known_roles[] = {
    {"link-worker", Role::link_worker, "Social prescribing link worker"},
    {"health-coach", Role::health_coach, "Health and wellbeing coach"},
    {"care-co-ordinator", Role::care_co_ordinator, "Care co-ordinator"},
};

void add_word(std::string& text, std::string_view word) {
    text += text.empty() || word.empty() ? "" : " ";
    text += word;
}

/// The letters A to Z and those of Latin-1 that have capitals in the same two bytes.
std::string upper(std::string_view text) {
    std::string made(text);
    for (std::size_t i = 0; i < made.size(); ++i) {
        const auto byte = static_cast<unsigned char>(made[i]);
        const bool small = byte >= 'a' && byte <= 'z';
        const bool accented = i > 0 && static_cast<unsigned char>(made[i - 1]) == 0xC3 &&
                              byte >= 0xA0 && byte <= 0xBE && byte != 0xB7;
        made[i] = small || accented ? static_cast<char>(byte - 0x20) : made[i];
    }
    return made;
}

const Node* name_to_use(const Node& resource) {
    const auto names = all_at(resource, "name");
    const auto official = std::find_if(names.begin(), names.end(), [](const Node* name) {
        return name->string_or("use", "") == "official";
    });
    return official != names.end() ? *official : names.empty() ? nullptr : names.front();
}

}  // namespace

std::string name_of(const Node& resource, bool formal) {
    const Node* name = name_to_use(resource);
    if (name == nullptr) {
        return {};
    }
    if (!name->is_object()) {
        return std::string(name->text);  // of an organisation
    }
    const std::string family = text_at(*name, "family");
    const std::string given = texts_at(*name, "given", " ");
    const std::string prefix = texts_at(*name, "prefix", " ");
    if (family.empty()) {
        const std::string whole = text_at(*name, "text");
        return whole.empty() ? given : whole;
    }
    std::string made;
    if (formal) {
        made = upper(family);
        made += given.empty() ? "" : ", " + given;
        made += prefix.empty() ? "" : " (" + prefix + ")";
        return made;
    }
    add_word(made, prefix);
    add_word(made, given);
    add_word(made, family);
    return made;
}

Person People::of_role(const Node& role) {
    Person person;
    person.role = Role::unknown;
    if (const Node* who = at(role, "practitioner")) {
        person.name = of(*who).name;
    }
    if (const Node* where = at(role, "organization")) {
        person.organisation = of(*where).organisation;
    }
    for (const Node* coding : all_at(role, "code.coding")) {
        for (const referrals::Role& each : knowledge_.rules->roles()) {
            const auto known =
                std::find_if(std::begin(known_roles), std::end(known_roles),
                             [&](const KnownRole& one) { return one.code == each.code; });
            if (known != std::end(known_roles) &&
                knowledge_.codes.member_of(each.value_set, coding->string_or("system", ""),
                                           coding->string_or("code", "")) ==
                    terminology::Membership::yes) {
                person.role = known->role;
                person.role_name = known->name;
                return person;
            }
        }
    }
    person.role_name = concept_at(role, "code");
    person.role = person.role_name.empty() ? Role::unknown : Role::other;
    return person;
}

Person People::of(std::string_view reference) {
    const Node* found = resources_.find(reference);
    Person person;
    if (found == nullptr) {
        return person;
    }
    const std::string_view type = found->string_or("resourceType", "");
    if (type == "PractitionerRole") {
        return of_role(*found);
    }
    if (type == "Organization" || type == "HealthcareService" || type == "CareTeam") {
        person.organisation = text_at(*found, "name");
        return person;
    }
    person.name = name_of(*found);
    if (type == "Patient") {
        person.role = Role::other;
        person.role_name = "Patient";
    }
    return person;
}

Person People::of(const Node& reference) {
    const std::string target = text_at(reference, "reference");
    Person person = of(target);
    if (person.empty()) {
        const bool organisation = plain_reference(target).rfind("Organization/", 0) == 0 ||
                                  text_at(reference, "type") == "Organization";
        (organisation ? person.organisation : person.name) = text_at(reference, "display");
    }
    return person;
}

Person People::first(const Node& resource, std::string_view path) {
    Person chosen;
    for (const Node* reference : all_at(resource, path)) {
        Person person = of(*reference);
        const bool patient = person.role_name == "Patient";
        if (chosen.empty() || (person.role == Role::link_worker && chosen.role != person.role) ||
            (chosen.role_name == "Patient" && !patient)) {
            chosen = std::move(person);
        }
    }
    return chosen;
}

Person People::of(const referrals::Actor& actor) {
    Person person = of(actor.practitioner);
    if (person.empty()) {
        person = of(actor.organisation);
    }
    if (!person.empty()) {
        return person;
    }
    for (const KnownRole& known : known_roles) {
        if (actor.role == known.code) {
            return {{}, known.role, std::string(known.name), {}};
        }
    }
    person.organisation = actor.role == "practice"   ? "The practice"
                          : actor.role == "provider" ? "The service"
                                                     : "";
    return person;
}

void add_person(std::vector<Person>& people, const Person& person) {
    if (person.empty() || std::find(people.begin(), people.end(), person) != people.end()) {
        return;
    }
    const bool only_organisation = person.name.empty() && person.role_name.empty();
    const auto same = std::find_if(people.begin(), people.end(), [&](const Person& each) {
        const bool bare = each.name.empty() && each.role_name.empty();
        return each.organisation == person.organisation && (only_organisation || bare);
    });
    if (same == people.end()) {
        people.push_back(person);
    } else if (!only_organisation) {
        *same = person;
    }
    std::stable_sort(people.begin(), people.end(),
                     [](const Person& a, const Person& b) { return a.role < b.role; });
}

}  // namespace linkway::pages
