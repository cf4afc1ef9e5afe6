// Who did something: references to names and roles. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pages/story.h"
#include "patient_resources.h"

namespace linkway::pages {

/// "Ms Sorrel Bramble"; with `formal` "BRAMBLE, Sorrel (Ms)", as patients are written in records.
std::string name_of(const text::Node& resource, bool formal = false);

class People {
  public:
    People(PatientResources& resources, const loop::Knowledge& knowledge)
        : resources_(resources), knowledge_(knowledge) {}

    /// Of a Reference: what it points to, else what it displays.
    Person of(const text::Node& reference);
    Person of(std::string_view reference);
    /// The first at the path, link workers before others.
    Person first(const text::Node& resource, std::string_view path);
    /// Of an event: whom it names, else the side.
    Person of(const referrals::Actor& actor);

  private:
    Person of_role(const text::Node& role);

    PatientResources& resources_;
    const loop::Knowledge& knowledge_;
};

/// Adds somebody once; who is known by a role and a name stands for the organisation too.
void add_person(std::vector<Person>& people, const Person& person);

}  // namespace linkway::pages
