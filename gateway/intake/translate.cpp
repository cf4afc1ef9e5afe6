// From what came to an attempt's output, and to what other systems say differently for it.
#include <set>

#include "account.h"
#include "beginning.h"
#include "intake/intake.h"
#include "practices.h"
#include "raw.h"

namespace linkway::intake {

namespace fs = std::filesystem;
using text::Issue;
using text::Issues;
using text::Severity;
using text::Status;

namespace {

constexpr std::uintmax_t most_beginnings = 10;

/// Whether only time (or a person at the machine) can mend it, whatever came.
bool is_passing(const Issue& issue) {
    return issue.code == "no-store" || issue.code == "exception";
}

/// Of issues about files, those that keep an extract from being used.
Issues errors_of(Issues issues) {
    std::erase_if(issues, [](const Issue& issue) {
        return issue.severity != Severity::error && issue.severity != Severity::fatal;
    });
    return issues;
}

/// What came, as its sender named it: not where we keep it.
void name_place(Issue& issue, const fs::path& input, const std::string& name) {
    if (issue.location.file.empty() || issue.location.file == input.string()) {
        issue.location.file = name;
    }
}

}  // namespace

Status Intake::translate(store::Intake& entry) {
    const fs::path input = parts_.folder->raw() / entry.id / "in";
    const Beginning beginning(parts_.folder->raw() / entry.id / "begun");
    if (beginning.before() >= most_beginnings) {
        return fail(entry, {{Severity::error,
                             "exception",
                             "it was begun " + std::to_string(beginning.before()) +
                                 " times, and each time the service ended over it",
                             {entry.name, 0, 0, {}},
                             "tell its makers, or put it back into the inbox to try again"}});
    }
    const auto mapping = parts_.mappings->get(entry.system);
    if (!mapping) {
        // A mapping with mistakes will be mended; the extract is not at fault.
        return mapping.issue().code == "not-found" ? fail(entry, {mapping.issue()})
                                                   : Status(mapping.issue());
    }
    auto found = sources::open_input(input.string());
    Issues errors = found ? errors_of(std::move(found->issues)) : Issues{found.issue()};
    if (!errors.empty()) {
        return fail(entry, errors);
    }
    const fs::path work = parts_.folder->work() / entry.id;
    const auto before = attempts(work);
    sources::TranslateOptions options = next_attempt(work);
    options.input = input.string();
    const auto result = sources::translate(**mapping, options);
    if (!result) {
        Issue issue = result.issue();
        name_place(issue, input, entry.name);
        if (is_passing(issue)) {
            return issue;
        }
        if (before.empty()) {
            return fail(entry, {issue});
        }
        // What an attempt before gave may be in the staging store already: it counts.
    }
    const std::string reconciliation = content_of(
        (before.empty() ? fs::path(options.output) : before.front()) / "reconciliation.json");
    const Account account = read_account(reconciliation);
    if (account.waits()) {
        std::error_code error;
        fs::remove_all(work, error);
        waiting_[entry.id] = entry.system;
        entry.reason = "waits: " + account.held_batches.front();
        return put(entry);
    }
    tell_other_systems(entry);
    entry.reconciliation = reconciliation;
    entry.reason.clear();
    entry.resources = 0;
    entry.state = store::Intake::State::translated;
    return put(entry);
}

/// How the next attempt of an intake runs, but for its input.
sources::TranslateOptions Intake::next_attempt(const fs::path& work) const {
    const auto before = attempts(work);
    const std::size_t number =
        before.empty() ? 1 : std::stoul(before.back().filename().string()) + 1;
    sources::TranslateOptions options;
    options.output = (work / std::to_string(number)).string();
    options.state = parts_.folder->state().string();
    options.threads = options_.threads;
    options.access.gnupg_home = options_.gnupg_home;
    options.max_deleted_share = options_.max_deleted_share;
    options.include = options_.include;
    options.policies = options_.policies;
    options.agree = [this](const std::string& folder, const sources::Reconciliation&) {
        return check_practices(folder, options_.practices, *parts_.store);
    };
    return options;
}

/// What it tells of people and referrals that other systems know too changes what those say: that
/// goes with it, as one more attempt each, so that the order in which systems send makes no
/// difference. What cannot be put out now is with the next intake of any system.
void Intake::tell_other_systems(const store::Intake& entry) {
    const auto systems = sources::systems_with_news(parts_.folder->state().string());
    if (!systems) {
        note(systems.issue());
        return;
    }
    std::set<std::string> begun;  // what such a system has put out already must be stored before
    for (const store::Intake& other : unfinished()) {
        if (other.id != entry.id && is_begun(other)) {
            begun.insert(other.system);
        }
    }
    for (const std::string& system : *systems) {
        const auto mapping = parts_.mappings->get(system);
        if (!mapping || begun.count(system) != 0) {
            continue;
        }
        const auto result =
            sources::translate_news(**mapping, next_attempt(parts_.folder->work() / entry.id));
        if (!result) {
            note(result.issue());
        }
    }
}

}  // namespace linkway::intake
