// What may happen to a referral, read from mappings/referrals/transitions.yaml: the one place where
// states, moves and the meaning of events stand. That file explains each entry.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "terminology/terminology.h"
#include "text/issue.h"

namespace linkway::referrals {

/// Which coded entry of a GP record: the codes of CodeSystem/social-prescribing-event.
enum class EntryKind : std::uint8_t { offered, referred, declined, signposted, seen, closed };
inline constexpr std::size_t entry_kinds = 6;

/// The kind of an entry that stands close to social prescribing and is none of its events.
inline constexpr std::string_view near_social_prescribing = "near-social-prescribing";

/// The code of the event code system (mappings/codes), e.g. "referred"; nothing for any other text.
std::optional<EntryKind> entry_kind(std::string_view code);
std::string_view to_code(EntryKind kind);

/// Who asks, who fulfils; `either` of somebody of whom it is not known.
enum class Side : std::uint8_t { source, target, either };
std::string_view to_code(Side side);

/// A state of a Task: its place in the file's list.
using StatusId = std::uint8_t;
inline constexpr StatusId no_status = 255;  ///< before a Task is there: "start"

struct Status {
    std::string code;     ///< R4 TaskStatus
    std::string request;  ///< what the ServiceRequest is meanwhile (R4 RequestStatus)
    bool terminal = false;
    bool contact = false;  ///< work has begun
    bool requires_reason = false;
    bool requires_output = false;
};

enum class Allowed : std::uint8_t { never, lenient, always };

/// A move, as it is answered for one side.
struct Transition {
    Allowed allowed = Allowed::never;
    bool by_task = false;  ///< by an abort Task, where the policy says so
    std::vector<std::string> sources;
};

/// What an event does besides being known.
struct Effect {
    StatusId opens = no_status;          ///< a Task in this state comes to be
    StatusId task = no_status;           ///< the Task moves here
    StatusId after_contact = no_status;  ///< here instead when there was a contact
    bool contact = false;
    std::string business_status;  ///< which becomes Task.businessStatus
};

struct Role {
    std::string code;
    Side side = Side::either;
    bool contact = false;
    std::string value_set;  ///< of job codes by which the role is known; may be empty
};

/// Immutable once loaded; safe from any thread. Views it gives live as long as it.
class Rules {
  public:
    const std::string& version() const { return version_; }
    const std::vector<Status>& statuses() const { return statuses_; }
    const Status& status(StatusId id) const { return statuses_[id]; }
    StatusId find(std::string_view code) const;  ///< no_status for a code that is none of them

    /// From `no_status` for a Task that is not there yet. Of somebody who may be on either side a
    /// move is allowed when one side may make it.
    const Transition& transition(StatusId from, StatusId to, Side who) const;
    /// Codes of the states that this side may move to: for messages.
    std::vector<std::string> next(StatusId from, Side who, Allowed at_least) const;

    /// What requests with Tasks in these states are.
    std::string_view request_status(const std::vector<StatusId>& tasks) const;

    const Effect& effect(EntryKind entry) const { return record_[static_cast<std::size_t>(entry)]; }
    /// Of a code of business_status_system(); nothing for any other.
    const Effect* progress(std::string_view code) const;
    std::vector<std::string> progress_codes() const;
    /// Of the status that the requester gives the ServiceRequest; nothing when it does nothing.
    /// The business status stands for a move that is not the requester's to make.
    const Effect* requester(std::string_view status) const;
    /// Of an abort Task's state; nothing when it does nothing.
    const Effect* abort(std::string_view status) const;
    /// The business status that an Encounter's or Appointment's status states, or empty.
    std::string_view contact_fact(std::string_view type, std::string_view status) const;

    const std::string& business_status_system() const { return progress_system_; }
    const std::string& business_status_map() const { return progress_map_; }
    const std::vector<Role>& roles() const { return roles_; }
    const Role& role(std::string_view code) const;  ///< "unknown" for a code that is none of them

    /// Place of a state or business status among those of one day whose time is not known.
    std::uint32_t order(StatusId status, std::string_view business_status) const;

  private:
    friend class RulesReader;

    std::string version_;
    std::vector<Status> statuses_;
    std::vector<std::string> requests_;
    std::vector<Role> roles_;
    std::vector<Transition> transitions_;  // (from + 1 or 0 for start, to, side), row by row
    std::array<Effect, entry_kinds> record_;
    std::string progress_system_;
    std::string progress_map_;
    std::vector<std::pair<std::string, Effect>> progress_;
    std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> contacts_;
    std::map<std::string, Effect, std::less<>> requester_;
    std::map<std::string, Effect, std::less<>> abort_;

    std::size_t cell(StatusId from, StatusId to, Side who) const;
};

/// Reads `folder`/transitions.yaml; `codes` knows the value sets and code systems that it names.
/// All mistakes are appended with file, line and column; nothing is returned when one of them is an
/// error.
std::unique_ptr<const Rules> load_rules(const std::string& folder,
                                        const terminology::Terminology& codes,
                                        text::Issues& issues);

/// The same of a text.
std::unique_ptr<const Rules> parse_rules(std::string_view content, const std::string& file,
                                         const terminology::Terminology& codes,
                                         text::Issues& issues);

}  // namespace linkway::referrals
