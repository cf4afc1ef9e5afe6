#include "loop/write.h"

namespace linkway::loop {

std::shared_ptr<const Knowledge> load_knowledge(const std::string& mappings, text::Issues& issues) {
    auto knowledge = std::make_shared<Knowledge>();
    text::Issues found = knowledge->codes.load(mappings + "/codes");
    knowledge->rules = referrals::load_rules(mappings + "/referrals", knowledge->codes, found);
    knowledge->measures = referrals::load_measures(mappings + "/referrals", found);
    const bool broken = text::has_errors(found);
    issues.insert(issues.end(), found.begin(), found.end());
    return broken || !knowledge->rules || !knowledge->measures ? nullptr : knowledge;
}

}  // namespace linkway::loop
