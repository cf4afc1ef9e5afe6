#include <charconv>
#include <fstream>

#include "delivery/worker.h"

namespace linkway::delivery {

namespace {

namespace fs = std::filesystem;

constexpr const char* folder_name = ".retry";

}  // namespace

text::Status ask_to_retry(const fs::path& outbox, std::int64_t delivery) {
    std::error_code error;
    fs::create_directories(outbox / folder_name, error);
    std::ofstream out(outbox / folder_name / std::to_string(delivery));
    out.flush();
    if (!out) {
        return text::Issue{text::Severity::error,
                           "exception",
                           "the request cannot be left in the outbox folder",
                           {outbox.string(), 0, 0, {}},
                           "check the folder and its permissions"};
    }
    return {};
}

text::Result<bool> take_requests(store::Store& store, const fs::path& outbox, store::Instant now) {
    std::error_code error;
    bool any = false;
    for (const auto& entry : fs::directory_iterator(outbox / folder_name, error)) {
        const std::string name = entry.path().filename().string();
        std::int64_t id = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), id).ptr ==
            name.data() + name.size()) {
            if (auto failed = store.write([&](store::Writer& writer) {
                    store::DeliveryQuery query;
                    query.id = id;
                    for (store::Delivery& delivery : writer.deliveries(query)) {
                        using State = store::Delivery::State;
                        if (delivery.state == State::dead || delivery.state == State::waiting) {
                            delivery.state = State::waiting;
                            delivery.attempts = 0;
                            delivery.due = now;
                            writer.settle(delivery);
                        }
                    }
                    return text::Status();
                })) {
                return *std::move(failed);
            }
        }
        fs::remove(entry.path(), error);
        any = true;
    }
    return any;
}

}  // namespace linkway::delivery
