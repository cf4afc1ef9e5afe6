#include "pages/story.h"

#include <algorithm>
#include <map>

#include "element.h"
#include "episodes.h"
#include "fhir/identifier.h"
#include "store/moment.h"

namespace linkway::pages {

using text::Node;
using Kind = Entry::Kind;

namespace {

constexpr std::string_view nhs_number_system = "https://fhir.nhs.uk/Id/nhs-number";

void tell_patient(const Node& patient, PatientResources& resources, Story& story) {
    story.patient.id = text_at(patient, "id");
    story.patient.name = name_of(patient, true);
    story.patient.birth_date = text_at(patient, "birthDate");
    story.patient.nhs_number = fhir::identifier_of(patient, nhs_number_system);
    story.patient.died = text_at(patient, "deceasedDateTime");
    if (text_at(patient, "deceasedBoolean") == "true") {
        story.patient.died = "yes";
    }
    const std::string practice = text_at(patient, "managingOrganization.reference");
    if (const Node* organisation = resources.find(practice)) {
        story.practice = text_at(*organisation, "name");
        story.practice_ods = fhir::identifier_of(*organisation, fhir::ods_system);
    }
}

/// Resources by the episode that they belong to; those of none under "".
std::map<std::string, Group> groups_of(PatientResources& resources) {
    std::map<std::string, Group> groups;
    for (const Held& held : resources.all()) {
        const std::string id = loop::episode_of(resources.reader(), held.key);
        Group& group = groups[id];
        group.id = id;
        group.resources.push_back(&held);
    }
    return groups;
}

/// Entries that are of no referral, or near social prescribing whatever they are of.
void add_loose(const Group& group, bool in_episode, EntryReader& reader,
               const FilingTracker& filing, Story& story) {
    for (const Held* held : group.resources) {
        auto entry = reader.read(*held);
        if (!entry || filing.came_back(*held) || (in_episode && entry->kind != Kind::near)) {
            continue;
        }
        filing.track(*entry);
        std::vector<Entry>& place = entry->kind == Kind::near       ? story.near
                                    : entry->kind == Kind::signpost ? story.signposts
                                                                    : story.others;
        place.push_back(std::move(*entry));
    }
}

store::Instant moment(const Episode& episode) {
    const auto moments = store::moments_of(episode.referred);
    return moments ? moments->from : store::beginning;
}

}  // namespace

text::Result<Story> collect(store::Reader& reader, std::string_view patient,
                            const store::Reach& reach, store::Instant now, const Sense& sense) {
    PatientResources resources(reader, reach);
    const Node* person = resources.find("Patient/" + std::string(patient));
    if (person == nullptr) {
        return text::Issue{text::Severity::error,
                           "not-found",
                           "there is no such patient, or it is another organisation's",
                           {},
                           {}};
    }
    Story story;
    tell_patient(*person, resources, story);
    resources.load(patient);
    People people(resources, sense.knowledge);
    EntryReader entries(people, sense.knowledge, now);
    const FilingTracker filing(resources);
    const Teller teller{resources, people, entries, filing, sense, now};
    for (const auto& [id, group] : groups_of(resources)) {
        const bool episode = !id.empty() && group.is_episode(sense.knowledge.codes);
        if (episode) {
            story.episodes.push_back(teller.tell(group));
        }
        add_loose(group, episode, entries, filing, story);
    }
    for (std::vector<Entry>* place : {&story.signposts, &story.others, &story.near}) {
        sort_entries(*place);
    }
    std::stable_sort(story.episodes.begin(), story.episodes.end(),
                     [](const Episode& a, const Episode& b) {
                         return a.open != b.open ? a.open : moment(a) > moment(b);
                     });
    for (const Held& held : resources.all()) {
        story.received = std::max(story.received, held.updated);
    }
    story.complete = resources.complete();
    if (const text::Status& failed = reader.failed()) {
        return *failed;
    }
    return story;
}

std::vector<const Entry*> unfiled(const Episode& episode) {
    std::vector<const Entry*> found;
    for (const auto* entries : {&episode.timeline, &episode.signposts}) {
        for (const Entry& entry : *entries) {
            if (is_unfiled(entry.filing)) {
                found.push_back(&entry);
            }
        }
    }
    return found;
}

std::size_t open_actions(const Episode& episode) {
    return static_cast<std::size_t>(
        std::count_if(episode.actions.begin(), episode.actions.end(),
                      [](const Action& action) { return action.open && !action.for_person; }));
}

}  // namespace linkway::pages
