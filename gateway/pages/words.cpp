#include "words.h"

namespace linkway::pages {

namespace {

struct Words {
    std::string_view status, standing, moved, action;
    bool over = false;
};
constexpr Words all[] = {
    {"draft", "Not sent: waiting for the practice to confirm it", "", ""},
    {"requested", "Requested: no answer from a service yet", "Requested", "Requested"},
    {"received", "Received by the service, not yet accepted", "Receipt confirmed", "Received"},
    {"accepted", "Accepted by the service", "Accepted", "Accepted"},
    {"ready", "Ready to begin", "Ready to begin", "Accepted"},
    {"in-progress", "In progress", "Work began", "Being done"},
    {"on-hold", "On hold", "Put on hold", "On hold"},
    {"rejected", "Not taken on", "Not taken on", "Not accepted", true},
    {"cancelled", "Ended early", "Ended early", "Withdrawn", true},
    {"failed", "Could not be completed", "Could not be completed", "Could not be done", true},
    {"completed", "Completed", "Completed", "Done", true},
    {"entered-in-error", "Entered in error", "Entered in error", "Entered in error", true},
};

const Words* find(std::string_view status) {
    for (const Words& words : all) {
        if (words.status == status) {
            return &words;
        }
    }
    return nullptr;
}

}  // namespace

std::string_view standing(std::string_view task_status) {
    const Words* words = find(task_status);
    return words == nullptr ? "Not known" : words->standing;
}

std::string_view moved_to(std::string_view task_status) {
    const Words* words = find(task_status);
    return words == nullptr ? "" : words->moved;
}

std::string_view action_standing(std::string_view task_status) {
    const Words* words = find(task_status);
    return words == nullptr ? "Not known" : words->action;
}

bool is_over(std::string_view task_status) {
    const Words* words = find(task_status);
    return words != nullptr && words->over;
}

}  // namespace linkway::pages
