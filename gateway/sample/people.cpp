#include "people.h"

#include <algorithm>

namespace linkway::sample {

std::uint32_t practice_count(const SampleOptions& options) {
    constexpr std::uint32_t patients_per_practice = 5000;
    if (options.practices > 0) {
        return options.practices;
    }
    return static_cast<std::uint32_t>(std::max<std::uint64_t>(
        1, (options.patients + patients_per_practice - 1) / patients_per_practice));
}

text::Status each_patient(
    const SampleOptions& options, const World& world, const Dictionary& dictionary,
    const std::function<text::Status(const Practice&)>& practice,
    const std::function<text::Status(const Patient&, const History&, std::uint64_t)>& patient) {
    Patient person;
    History history;
    std::uint64_t index = 0;
    const std::uint32_t practices = world.practices();
    for (std::uint32_t number = 0; number < practices; ++number) {
        // Patients are shared out evenly, the first practices taking what is left over.
        const std::uint64_t own =
            options.patients / practices + (number < options.patients % practices ? 1 : 0);
        const Practice place{number, session_book(own, options.observations_per_patient)};
        if (text::Status failed = practice(place)) {
            return failed;
        }
        for (std::uint32_t i = 1; i <= own; ++i, ++index) {
            make_patient(world, number, i, index, person);
            make_history(world, dictionary, person, place.sessions,
                         options.observations_per_patient, history);
            if (text::Status failed = patient(person, history, index)) {
                return failed;
            }
        }
    }
    return {};
}

}  // namespace linkway::sample
