#include "referrals/policy.h"

#include "entry_reader.h"

namespace linkway::referrals {

Policy parse_policy(const text::Document& document, const text::Node& node, text::Issues& issues) {
    EntryReader reader(document, issues);
    reader.known(node, {"confirm", "transitions", "abort"});
    Policy policy;
    const auto is = [&](std::string_view name, const char* first, const char* second) {
        return node.find(name) != nullptr && reader.choice(node, name, {first, second}) == second;
    };
    if (is("confirm", "automatic", "by-person")) {
        policy.confirm = Confirm::by_person;
    }
    if (is("transitions", "strict", "lenient")) {
        policy.transitions = Strictness::lenient;
    }
    if (is("abort", "by-task", "direct")) {
        policy.abort = Abort::direct;
    }
    return policy;
}

}  // namespace linkway::referrals
