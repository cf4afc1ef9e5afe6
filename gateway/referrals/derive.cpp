#include "referrals/derive.h"

#include <functional>
#include <map>

#include "fhir/definitions.h"
#include "moment.h"
#include "referrals/events_of.h"
#include "resource.h"
#include "text/json_writer.h"

namespace linkway::referrals {

using text::JsonWriter;
using text::Node;

namespace {

constexpr std::string_view request_reason =
    "http://hl7.org/fhir/StructureDefinition/request-statusReason";

/// Members to set, each as JSON; an empty text takes the member away.
using Changes = std::map<std::string, std::string, std::less<>>;

std::string json_of(const std::function<void(JsonWriter&)>& write) {
    std::string out;
    JsonWriter writer(out);
    write(writer);
    return out;
}

std::string json_of(const Node& node) {
    std::string out;
    text::append_json(out, node);
    return out;
}

std::string json_text(const std::string& text) {
    return json_of([&](JsonWriter& writer) { writer.value(text); });
}

/// Where a member stands in the specification: resourceType first, what it does not know last.
std::size_t place(const fhir::TypeDefinition& type, std::string_view name) {
    const auto* element = type.element(name);
    if (element == nullptr) {
        return name == "resourceType" ? 0 : SIZE_MAX;
    }
    return 1 + static_cast<std::size_t>(element - type.elements.data());
}

/// The object with the changes: members stay in their order, new ones come before the first that
/// stands after them in the specification.
std::string rewritten(const Node& object, std::string_view type_name, const Changes& changes) {
    const auto& type = *fhir::Definitions::r4().type(type_name);
    std::map<std::size_t, const Changes::value_type*> added;
    for (const auto& change : changes) {
        if (object.find(change.first) == nullptr && !change.second.empty()) {
            added.emplace(place(type, change.first), &change);
        }
    }
    return json_of([&](JsonWriter& writer) {
        writer.begin_object();
        const auto write = [&](std::string_view name, const std::string& json) {
            if (!json.empty()) {
                writer.name(name);
                writer.raw(json);
            }
        };
        auto next = added.begin();
        for (const text::Member& member : object.members) {
            for (; next != added.end() && next->first < place(type, member.name); ++next) {
                write(next->second->first, next->second->second);
            }
            const auto change = changes.find(member.name);
            write(member.name, change == changes.end() ? json_of(member.value) : change->second);
        }
        for (; next != added.end(); ++next) {
            write(next->second->first, next->second->second);
        }
        writer.end_object();
    });
}

/// A CodeableConcept's or other object's member set to a text, its other members kept.
std::string with_text(const Node* object, std::string_view type, std::string_view member,
                      const std::string& text) {
    static const Node empty;
    return rewritten(object == nullptr ? empty : *object, type,
                     {{std::string(member), json_text(text)}});
}

std::string coded(const std::string& system, const std::string& code,
                  const terminology::Terminology& codes) {
    return json_of([&](JsonWriter& writer) {
        writer.begin_object();
        writer.name("coding");
        writer.begin_array();
        writer.begin_object();
        writer.member("system", system);
        writer.member("code", code);
        const std::string_view display = codes.display(system, code);
        if (!display.empty()) {
            writer.member("display", display);
        }
        writer.end_object();
        writer.end_array();
        writer.end_object();
    });
}

void part(JsonWriter& writer, std::string_view url, std::string_view type,
          const std::string& value) {
    if (!value.empty()) {
        writer.begin_object();
        writer.member("url", url);
        writer.member(type, value);
        writer.end_object();
    }
}

std::string flag_extension(const Step& step, const text::Issue& flag) {
    return json_of([&](JsonWriter& writer) {
        writer.begin_object();
        writer.name("extension");
        writer.begin_array();
        part(writer, "code", "valueCode", flag.code);
        part(writer, "message", "valueString", flag.message);
        part(writer, "origin", "valueCode", std::string(to_code(step.event.origin)));
        part(writer, "occurred", "valueDateTime", step.event.happened_at);
        part(writer, "resource", "valueString",
             step.event.resource +
                 (step.event.version.empty() ? "" : "/_history/" + step.event.version));
        writer.end_array();
        writer.member("url", flagged_transition);
        writer.end_object();
    });
}

/// The extensions but those of that url, and these instead; empty when there are none.
std::string extensions(const Node& resource, std::string_view url,
                       const std::vector<std::string>& instead) {
    std::vector<std::string> all;
    std::size_t at_first = 0;
    bool seen = false;
    for (const Node* each : all_at(resource, "extension")) {
        const bool replaced = each->string_or("url", "") == url;
        if (!replaced) {
            all.push_back(json_of(*each));
        }
        at_first += replaced || seen ? 0 : 1;
        seen = seen || replaced;
    }
    const auto from =
        seen ? static_cast<std::ptrdiff_t>(at_first) : static_cast<std::ptrdiff_t>(all.size());
    all.insert(all.begin() + from, instead.begin(), instead.end());
    if (all.empty()) {
        return {};
    }
    return json_of([&](JsonWriter& writer) {
        writer.begin_array();
        for (const std::string& each : all) {
            writer.raw(each);
        }
        writer.end_array();
    });
}

/// The flags of the Task's own events, and of those of the episode as a whole.
std::vector<std::string> flags_of(const TaskState& task, const Replayed& replayed) {
    std::vector<std::string> result;
    for (const Step& step : replayed.timeline) {
        const bool of_this = step.event.task == task.reference ||
                             (step.event.task.empty() && step.event.request == task.request);
        for (const text::Issue& flag : step.flags) {
            if (of_this) {
                result.push_back(flag_extension(step, flag));
            }
        }
    }
    return result;
}

std::string period(const Node* stated, const TaskState& state) {
    static const Node empty;
    Changes changes;
    if (!state.started.empty()) {
        changes["start"] = json_text(state.started);
    }
    if (!state.ended.empty()) {
        changes["end"] = json_text(state.ended);
    }
    return rewritten(stated == nullptr ? empty : *stated, "Period", changes);
}

/// The later of the two; the stated one where they can't be compared.
bool is_later(const std::string& time, const std::string& stated) {
    const auto a = moment_of(time);
    const auto b = moment_of(stated);
    if (!a || !b) {
        return a.has_value();
    }
    return a->clock && b->clock ? *a->clock > *b->clock : a->day > b->day;
}

}  // namespace

std::string apply_task(const Node& task, const Replayed& replayed, const Rules& rules,
                       const terminology::Terminology& codes) {
    const TaskState* state = replayed.task(reference_to(task));
    if (state == nullptr) {
        return json_of(task);
    }
    Changes changes;
    changes["status"] = json_text(state->status);
    if (!state->reason.empty()) {
        if (text_at(task, "statusReason.text") != state->reason) {
            // Its codes were of another reason.
            changes["statusReason"] = with_text(nullptr, "CodeableConcept", "text", state->reason);
        }
    } else if (text_at(task, "status") != state->status) {
        changes["statusReason"] = "";
    }
    if (!state->business_status.empty() &&
        !has_code(task, "businessStatus", state->business_status)) {
        changes["businessStatus"] =
            coded(rules.business_status_system(), state->business_status, codes);
    }
    if (!state->started.empty() || !state->ended.empty()) {
        changes["executionPeriod"] = period(task.find("executionPeriod"), *state);
    }
    if (is_later(state->modified, text_at(task, "lastModified"))) {
        changes["lastModified"] = json_text(state->modified);
    }
    if (!state->owner.empty()) {
        changes["owner"] = with_text(
            text_at(task, "owner.reference") == state->owner ? task.find("owner") : nullptr,
            "Reference", "reference", state->owner);
    }
    changes["extension"] = extensions(task, flagged_transition, flags_of(*state, replayed));
    return rewritten(task, "Task", changes);
}

std::string apply_request(const Node& request, const Replayed& replayed) {
    const RequestState* state = replayed.request(reference_to(request));
    if (state == nullptr || state->status.empty() ||
        (!state->told && text_at(request, "status") == state->status)) {
        return json_of(request);
    }
    std::vector<std::string> reason;
    if (!state->reason.empty()) {
        reason.push_back(json_of([&](JsonWriter& writer) {
            writer.begin_object();
            writer.member("url", request_reason);
            writer.name("valueCodeableConcept");
            writer.begin_object();
            writer.member("text", state->reason);
            writer.end_object();
            writer.end_object();
        }));
    }
    return rewritten(request, "ServiceRequest",
                     {{"status", json_text(state->status)},
                      {"extension", extensions(request, request_reason, reason)}});
}

std::string with_episode(const Node& resource, std::string_view episode) {
    const char* member =
        text_at(resource, "resourceType") == "Task" ? "groupIdentifier" : "requisition";
    const Node* stated = resource.find(member);
    if (stated == nullptr || stated->string_or("system", "") != episode_system) {
        return json_of(resource);
    }
    return rewritten(
        resource, text_at(resource, "resourceType"),
        {{member, rewritten(*stated, "Identifier", {{"value", json_text(std::string(episode))}})}});
}

}  // namespace linkway::referrals
