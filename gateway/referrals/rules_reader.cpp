// transitions.yaml to Rules: everything that can be wrong with it is named with its place.
#include <algorithm>
#include <filesystem>

#include "entry_reader.h"
#include "fhir/definitions.h"
#include "referrals/rules.h"

namespace linkway::referrals {

namespace {

using text::Node;

std::vector<std::string> codes_of(std::string_view value_set) {
    const auto codes = fhir::Definitions::r4().codes(value_set);
    return {codes.begin(), codes.end()};
}

/// On first use: what does not read rules does not pay for the tables.
const std::vector<std::string>& task_statuses() {
    static const auto codes = codes_of("http://hl7.org/fhir/ValueSet/task-status");
    return codes;
}
const std::vector<std::string>& request_statuses() {
    static const auto codes = codes_of("http://hl7.org/fhir/ValueSet/request-status");
    return codes;
}

const std::vector<std::string> side_names = {"source", "target", "either"};
const std::vector<std::string> role_codes = {"practice",    "patient",      "provider",
                                             "link-worker", "health-coach", "care-co-ordinator",
                                             "unknown"};

}  // namespace

class RulesReader : EntryReader {
  public:
    RulesReader(const text::Document& document, const terminology::Terminology& codes,
                text::Issues& issues)
        : EntryReader(document, issues), codes_(codes), rules_(std::make_unique<Rules>()) {}

    std::unique_ptr<const Rules> read() {
        const Node& root = document().root();
        known(root, {"version", "statuses", "requests", "roles", "transitions", "record",
                     "businessStatus", "contacts", "requester", "abort"});
        rules_->version_ = words(root, "version");
        read_statuses(section(root, "statuses"));
        read_requests(section(root, "requests", text::NodeKind::array));
        read_roles(section(root, "roles"));
        rules_->transitions_.resize((rules_->statuses_.size() + 1) * rules_->statuses_.size() * 3);
        given_.resize(rules_->transitions_.size());
        for (const Node& each : section(root, "transitions", text::NodeKind::array).items) {
            read_transition(each);
        }
        read_progress(section(root, "businessStatus"));
        read_record(section(root, "record"));
        read_contacts(section(root, "contacts"));
        read_effects(section(root, "requester"), request_statuses(), "R4 RequestStatus",
                     rules_->requester_);
        read_effects(section(root, "abort"), task_statuses(), "R4 TaskStatus", rules_->abort_);
        return sound() ? std::move(rules_) : nullptr;
    }

  private:
    void read_statuses(const Node& node) {
        for (const text::Member& member : node.members) {
            one_of(member, task_statuses(), "R4 TaskStatus");
            const Node& each = member.value;
            known(each, {"request", "terminal", "contact", "requires"});
            Status status;
            status.code = member.name;
            status.request = choice(each, "request", request_statuses());
            status.terminal = flag(each, "terminal");
            status.contact = flag(each, "contact");
            const std::string what = each.find("requires") == nullptr
                                         ? ""
                                         : choice(each, "requires", {"reason", "output"});
            status.requires_reason = what == "reason";
            status.requires_output = what == "output";
            rules_->statuses_.push_back(std::move(status));
            names_.emplace_back(member.name);
        }
        if (rules_->find("draft") == no_status) {
            fail(document().at(node), "statuses",
                 "the state \"draft\" is missing: what waits for a person is one");
        }
    }

    void read_requests(const Node& node) {
        for (const Node& each : node.items) {
            rules_->requests_.push_back(one_of(each, request_statuses(), "R4 RequestStatus"));
        }
        for (const Status& status : rules_->statuses_) {
            if (!status.request.empty() &&
                std::find(rules_->requests_.begin(), rules_->requests_.end(), status.request) ==
                    rules_->requests_.end()) {
                fail(document().at(node), "requests",
                     "\"requests\" lacks \"" + status.request + "\", which the state " +
                         status.code + " asks for");
            }
        }
    }

    void read_roles(const Node& node) {
        for (const text::Member& member : node.members) {
            one_of(member, role_codes, "role");
            const Node& each = member.value;
            known(each, {"side", "contact", "valueSet"});
            Role role;
            role.code = member.name;
            role.side = side(choice(each, "side", side_names));
            role.contact = flag(each, "contact");
            if (each.find("valueSet") != nullptr) {
                role.value_set = words(each, "valueSet");
                asked(*each.find("valueSet"), codes_.check_value_set(role.value_set));
            }
            rules_->roles_.push_back(std::move(role));
        }
        for (const std::string& code : role_codes) {
            if (node.find(code) == nullptr) {
                fail(document().at(node), "roles", "the role \"" + code + "\" is missing");
            }
        }
    }

    void read_transition(const Node& node) {
        known(node, {"from", "to", "who", "sources", "allowed", "byTask"});
        const std::vector<StatusId> from = states(node, "from");
        const std::vector<StatusId> to = states(node, "to");
        const std::string who = choice(node, "who", side_names);
        Transition transition;
        transition.allowed = node.find("allowed") != nullptr &&
                                     choice(node, "allowed", {"always", "lenient"}) == "lenient"
                                 ? Allowed::lenient
                                 : Allowed::always;
        transition.by_task = flag(node, "byTask");
        transition.sources = several(node, "sources", {"gravity", "bser", "cow", "linkway"});
        for (const StatusId start : from) {
            for (const StatusId end : to) {
                for (const Side side : {Side::source, Side::target}) {
                    if (who == "either" || who == to_code(side)) {
                        add(node, start, end, side, transition);
                    }
                }
            }
        }
    }

    /// Of somebody who may be on either side the more generous answer counts.
    void add(const Node& node, StatusId from, StatusId to, Side side,
             const Transition& transition) {
        const std::size_t cell = rules_->cell(from, to, side);
        if (given_[cell] != nullptr) {
            const auto before = document().at(*given_[cell]);
            return fail(document().at(node), "transitions",
                        "from " + (from == no_status ? "start" : rules_->status(from).code) +
                            " to " + rules_->status(to).code + " by the " +
                            std::string(to_code(side)) + " is there already, at line " +
                            std::to_string(before.line));
        }
        given_[cell] = &node;
        rules_->transitions_[cell] = transition;
        Transition& either = rules_->transitions_[rules_->cell(from, to, Side::either)];
        if (transition.allowed > either.allowed ||
            (transition.allowed == either.allowed && !transition.by_task)) {
            either = transition;
        }
    }

    /// A state, a list of them, "start" or "any".
    std::vector<StatusId> states(const Node& node, std::string_view name) {
        std::vector<StatusId> result;
        std::vector<std::string> allowed = names_;
        allowed.emplace_back("any");
        if (name == "from") {
            allowed.emplace_back("start");
        }
        for (const std::string& code : several(node, name, allowed)) {
            if (code == "any") {
                for (const Status& each : rules_->statuses_) {
                    result.push_back(rules_->find(each.code));
                }
            } else if (code == "start" || rules_->find(code) != no_status) {
                result.push_back(code == "start" ? no_status : rules_->find(code));
            }
        }
        return result;
    }

    StatusId state(const Node& node, std::string_view name) {
        return node.find(name) == nullptr ? no_status : rules_->find(choice(node, name, names_));
    }

    Effect effect(const Node& node, const std::vector<std::string>& members) {
        known(node, members);
        Effect effect;
        effect.opens = state(node, "opens");
        effect.task = state(node, "task");
        effect.after_contact = state(node, "afterContact");
        effect.contact = flag(node, "contact");
        if (node.find("businessStatus") != nullptr) {
            effect.business_status = choice(node, "businessStatus", progress_names_);
        }
        return effect;
    }

    void read_progress(const Node& node) {
        known(node, {"system", "map", "codes"});
        rules_->progress_system_ = words(node, "system");
        rules_->progress_map_ = words(node, "map");
        if (const Node* map = node.find("map")) {
            asked(*map, codes_.check_concept_map(map->text));
        }
        for (const text::Member& member : section(node, "codes").members) {
            if (!codes_.lookup(rules_->progress_system_, member.name)) {
                fail(document().at(member), "codes",
                     rules_->progress_system_ + " has no code \"" + std::string(member.name) + '"');
            }
            rules_->progress_.emplace_back(member.name, effect(member.value, {"task", "contact"}));
            progress_names_.emplace_back(member.name);
        }
    }

    void read_record(const Node& node) {
        std::vector<std::string> kinds;
        for (std::size_t i = 0; i < entry_kinds; ++i) {
            const auto kind = static_cast<EntryKind>(i);
            kinds.emplace_back(to_code(kind));
            const Node* each = node.find(to_code(kind));
            if (each == nullptr) {
                fail(document().at(node), "record",
                     "the event \"" + kinds.back() + "\" is missing");
                continue;
            }
            rules_->record_[i] =
                effect(*each, {"opens", "task", "afterContact", "contact", "businessStatus"});
        }
        known(node, kinds);
        if (rules_->effect(EntryKind::referred).opens == no_status) {
            fail(document().at(node), "record", "\"referred\" does not say what it \"opens\"");
        }
    }

    void read_contacts(const Node& node) {
        known(node, {"Encounter", "Appointment"});
        for (const text::Member& type : node.members) {
            for (const text::Member& status : type.value.members) {
                rules_->contacts_[std::string(type.name)][std::string(status.name)] =
                    choice(type.value, status.name, progress_names_);
            }
        }
    }

    void read_effects(const Node& node, const std::vector<std::string>& statuses,
                      const std::string& what, std::map<std::string, Effect, std::less<>>& into) {
        for (const text::Member& member : node.members) {
            one_of(member, statuses, what);
            into[std::string(member.name)] = effect(member.value, {"task", "businessStatus"});
        }
    }

    static Side side(const std::string& code) {
        return code == "source" ? Side::source : code == "target" ? Side::target : Side::either;
    }

    /// What the code files said when they were asked about what stands here.
    void asked(const Node& node, const text::Status& failed) {
        if (failed) {
            fail(document().at(node), "", failed->message, failed->suggestion);
        }
    }

    const terminology::Terminology& codes_;
    std::unique_ptr<Rules> rules_;
    std::vector<std::string> names_;           // of the states
    std::vector<std::string> progress_names_;  // of the business statuses
    std::vector<const Node*> given_;           // by cell: where a move stands
};

std::unique_ptr<const Rules> parse_rules(std::string_view content, const std::string& file,
                                         const terminology::Terminology& codes,
                                         text::Issues& issues) {
    const auto document = text::parse_yaml(content, file, rule_limits);
    if (!document) {
        issues.push_back(document.issue());
        return nullptr;
    }
    return RulesReader(*document, codes, issues).read();
}

std::unique_ptr<const Rules> load_rules(const std::string& folder,
                                        const terminology::Terminology& codes,
                                        text::Issues& issues) {
    const auto file = (std::filesystem::path(folder) / "transitions.yaml").string();
    const auto content =
        content_of(file, "which states a referral has and who may move it", issues);
    return content ? parse_rules(*content, file, codes, issues) : nullptr;
}

}  // namespace linkway::referrals
