// Patients and referrals that other feeds of the staging folder know too.
#include <algorithm>

#include "state.h"
#include "worker.h"

namespace linkway::sources {

namespace {

constexpr std::size_t day = 10;  // characters of yyyy-mm-dd

}  // namespace

/// Tells the index what this run's patients and referrals are known by, then asks it which are the
/// same elsewhere. Both the NHS number and the date of birth must agree: a mistyped number with a
/// right check digit is another person's.
void Translator::identify() {
    const EventRules& rules = mapping_.events();
    if (staging_.state() == nullptr || !rules.nhs_number || !rules.birth_date) {
        return;
    }
    Identity& identity = staging_.state()->identity();
    identity.begin();
    std::map<const Row*, Known> openers;
    Worker worker(mapping_.types());
    for (const Group& group : groups_) {
        const std::vector<EventRecord*> events(
            living_.begin() + static_cast<std::ptrdiff_t>(group.first),
            living_.begin() + static_cast<std::ptrdiff_t>(group.last));
        const Row& patient = *events.front()->subject;
        const std::string person = person_key(worker, *events.front());
        identity.enter(
            {patient.stored, patient.id, patient.id},
            person.empty() ? std::vector<std::string>() : std::vector<std::string>{person});
        std::map<const Row*, std::vector<std::string>> keys;
        const std::vector<EpisodeRecord> episodes = replay(events);
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (episodes[i].opener != nullptr && !person.empty()) {
                referral_keys(worker, *events[i], person, keys[episodes[i].opener]);
            }
        }
        for (auto& [row, of_row] : keys) {
            openers[row] = {row->stored, row->id, patient.id};
            identity.enter(openers[row], std::move(of_row));
        }
    }
    for (const Row& row : staging_.set(rules.table)->rows()) {
        if (openers.count(&row) == 0) {
            identity.enter({row.stored, {}, {}}, {});  // no referral, or none any more
        }
    }
    for (const Group& group : groups_) {
        const EventRecord& event = *living_[group.first];
        const Row& patient = *event.subject;
        worker.begin(*event.row, &event);
        const auto number = worker.first(rules.nhs_number);
        staging_.set(rules.subject_table)
            ->set_acquaintance(
                patient, {identity.same({patient.stored, patient.id, patient.id}),
                          identity.former_numbers(patient.stored,
                                                  number ? number->text : std::string_view())});
    }
    for (const auto& [row, known] : openers) {
        const std::vector<std::string> same = identity.same(known);
        if (!same.empty() && same.front() < row->id) {
            shared_episodes_[row] = same.front();
        }
    }
    identity.end();
}

/// Empty where not both are known.
std::string Translator::person_key(Worker& worker, const EventRecord& event) const {
    worker.begin(*event.row, &event);
    const auto number = worker.first(mapping_.events().nhs_number);
    const std::string digits(number ? number->text : std::string_view());
    const auto born = worker.first(mapping_.events().birth_date);
    if (digits.empty() || !born || born->text.size() < day) {
        return {};
    }
    return digits + '|' + std::string(born->text.substr(0, day));
}

/// A person's referrals of one day are one; so are those that other systems give the same number.
void Translator::referral_keys(Worker& worker, const EventRecord& event, const std::string& person,
                               std::vector<std::string>& keys) const {
    worker.begin(*event.row, &event);
    if (event.event.date.size() >= day) {
        keys.push_back(person + "|referred|" + std::string(event.event.date.substr(0, day)));
    }
    if (worker.first(mapping_.events().same_referral)) {
        for (const fhirpath::Value& number : worker.result) {
            keys.push_back(person + "|number|" + std::string(number.text));
        }
    }
}

}  // namespace linkway::sources
