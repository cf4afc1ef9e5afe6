#include "extracts.h"

namespace linkway::service {

loop::Agreement agreement_of(const Config& config, std::string_view ods) {
    const auto found = config.practices.find(std::string(ods));
    return found == config.practices.end()
               ? loop::Agreement{}
               : loop::Agreement{found->second.policy, found->second.provider};
}

intake::Apply apply_extracts(std::function<std::shared_ptr<const loop::Knowledge>()> knowledge,
                             std::function<loop::Agreement(std::string_view ods)> agreement) {
    return [knowledge = std::move(knowledge), agreement = std::move(agreement)](
               store::Writer& writer, std::span<const store::Prepared> resources,
               const store::Change::Origin& origin) {
        std::vector<loop::Item> items;
        for (const store::Prepared& resource : resources) {
            items.push_back({&resource, {}});
        }
        referrals::Actor actor;
        actor.role = "practice";
        const auto knows = knowledge();
        return loop::write(writer, items,
                           {*knows, agreement, referrals::Origin::record, actor, origin});
    };
}

intake::Options intake_options(const Config& config) {
    intake::Options options;
    options.keep_raw_days = static_cast<int>(config.keep_raw_days);
    if (config.only_known_practices) {
        for (const auto& [ods, practice] : config.practices) {
            options.practices.insert(ods);
        }
    }
    return options;
}

}  // namespace linkway::service
