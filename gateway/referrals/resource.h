// What events are read from a resource with. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "referrals/events_of.h"

namespace linkway::referrals {

/// The value at "a.b.c" of an object, or nullptr. Of a list its first item.
const text::Node* at(const text::Node& node, std::string_view path);
/// The text there, or empty.
std::string text_at(const text::Node& node, std::string_view path);
/// The items of a list there, or the value itself.
std::vector<const text::Node*> all_at(const text::Node& node, std::string_view path);
/// "Type/id" of the resource.
std::string reference_to(const text::Node& resource);
/// The first reference of that type at the path, without a version; absolute ones as they are.
std::string reference_at(const text::Node& node, std::string_view path, std::string_view type);
/// The codings of a CodeableConcept or a list of them.
std::vector<const text::Node*> codings_at(const text::Node& node, std::string_view path);
bool has_code(const text::Node& node, std::string_view path, std::string_view code);

/// What a Task is for.
enum class TaskPurpose : std::uint8_t {
    fulfil,  ///< a referral; also without a code, when it is about a ServiceRequest
    abort,   ///< to end another Task
    onward,  ///< part of another
    action,  ///< anything else that is asked for
};
TaskPurpose purpose_of(const text::Node& task);

/// The actor as one of this Task: who fulfils what he asked for himself, as a provider that takes
/// in a self-referral, is on both sides.
Actor actor_in(const text::Node& task, Actor actor, const Rules& rules);

/// Builds the events of one resource.
class EventBuilder {
  public:
    EventBuilder(const text::Node& resource, const text::Node* previous, const Intake& intake,
                 text::Issues& issues);

    const text::Node& resource() const { return resource_; }
    const text::Node* previous() const { return previous_; }
    const Intake& intake() const { return intake_; }
    text::Issues& issues() { return issues_; }

    /// An event with everything that all have; `what` tells apart what one resource says.
    Event& add(EventKind kind, std::string_view what, const std::string& happened_at);
    /// Takes away what the resource said until now.
    void retract();
    /// Sets who did it: the first of the references whose role is one of contact, else the first;
    /// whom nothing is known of has the role of the writer.
    void by(Event& event, const std::vector<const text::Node*>& references) const;
    std::vector<Event> take() { return std::move(events_); }

    /// The coded event that a concept stands for; "near-social-prescribing" for what is near.
    std::string event_code(std::string_view path) const;
    /// The code of referral-progress at the path, translated if it is another system's.
    std::string business_status(std::string_view path) const;
    void refuse(const text::Node& where, std::string_view path, text::Issue issue);

  private:
    Actor actor_of(const text::Node& reference) const;

    const text::Node& resource_;
    const text::Node* previous_;
    const Intake& intake_;
    text::Issues& issues_;
    std::vector<Event> events_;
};

void events_of_task(EventBuilder& builder);
void events_of_request(EventBuilder& builder);
void events_of_observation(EventBuilder& builder);
void events_of_contact(EventBuilder& builder);  ///< Encounter or Appointment
void events_of_message(EventBuilder& builder);  ///< Communication or QuestionnaireResponse

}  // namespace linkway::referrals
