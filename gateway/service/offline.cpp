#include "service/offline.h"

#include <chrono>
#include <filesystem>

#include "extracts.h"
#include "profiles/validator.h"
#include "store/sqlite_store.h"

namespace linkway::service {

struct Offline::State {
    explicit State(Config settings, const std::string& folder_of_mappings)
        : config(std::move(settings)), mappings(folder_of_mappings) {}

    Config config;
    std::unique_ptr<intake::DataFolder> folder;
    std::unique_ptr<store::Store> store;
    profiles::Validator validator;
    std::shared_ptr<const loop::Knowledge> knowledge;
    intake::Mappings mappings;
    std::unique_ptr<intake::Intake> intake;
};

Offline::Offline() = default;
Offline::~Offline() = default;

const intake::DataFolder& Offline::folder() const {
    return *state_->folder;
}
store::Store& Offline::store() {
    return *state_->store;
}
intake::Intake& Offline::intake() {
    return *state_->intake;
}

text::Result<std::unique_ptr<Offline>> Offline::open(const Config& config,
                                                     const std::string& mappings) {
    std::error_code error;
    if (!std::filesystem::exists(std::filesystem::path(config.data) / "store.sqlite", error)) {
        return text::Issue{text::Severity::error,
                           "not-found",
                           "this is no data folder of a service: it has no store.sqlite",
                           {config.data, 0, 0, {}},
                           "name it: --data DIR"};
    }
    std::unique_ptr<Offline> offline(new Offline);
    offline->state_ = std::make_unique<State>(config, mappings);
    State& state = *offline->state_;
    auto taken = intake::DataFolder::open(config.data, "a linkway command");
    if (!taken) {
        return std::move(taken).issue();
    }
    state.folder = std::make_unique<intake::DataFolder>(std::move(*taken));
    auto opened = store::open_sqlite({state.folder->store().string(), 2, 8'192});
    if (!opened) {
        return std::move(opened).issue();
    }
    state.store = std::move(*opened);
    text::Issues issues;
    state.knowledge = loop::load_knowledge(mappings, issues);
    if (!state.knowledge) {
        return issues.front();
    }
    intake::Parts parts;
    parts.folder = state.folder.get();
    parts.store = state.store.get();
    parts.mappings = &state.mappings;
    parts.now = [] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    };
    parts.validate = [&state](const text::Node& resource) {
        return state.validator.validate(resource);
    };
    parts.apply =
        apply_extracts([&state] { return state.knowledge; },
                       [&state](std::string_view ods) { return agreement_of(state.config, ods); });
    state.intake = std::make_unique<intake::Intake>(std::move(parts), intake_options(config));
    return offline;
}

}  // namespace linkway::service
