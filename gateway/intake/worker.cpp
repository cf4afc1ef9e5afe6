#include "intake/worker.h"

namespace linkway::intake {

namespace {

/// How often what nobody tells of is looked for: quiet periods, marks in a folder, room on a full
/// disk.
constexpr int look_every = 250;

void tell(const Intake& intake, const text::Issue& issue) {
    if (intake.parts().note) {
        intake.parts().note(issue);
    }
}

}  // namespace

Worker::Worker(Intake& intake, store::Instant quiet)
    : intake_(intake), inbox_(intake.parts().folder->inbox(), quiet) {
    thread_ = std::thread([this] { run(); });
}

Worker::~Worker() {
    stop();
}

void Worker::stop() {
    stopping_ = true;
    intake_.stop();
    inbox_.wake();
    if (thread_.joinable()) {
        thread_.join();
    }
}

bool Worker::turn(Inbox& inbox, Intake& intake, store::Instant now) {
    bool any = false;
    for (const Arrival& arrival : inbox.poll(now)) {
        if (const auto id = intake.accept(arrival)) {
            any = true;
        } else {
            tell(intake, id.issue());
        }
    }
    intake.work_off();
    return any;
}

void Worker::run() {
    constexpr store::Instant hour = 3'600'000;
    bool recovered = false;
    store::Instant tidied = 0;
    while (!stopping_) {
        try {
            if (!recovered) {
                const text::Status failed = intake_.recover();
                recovered = !failed;
                if (failed) {
                    tell(intake_, *failed);
                }
            }
            if (recovered) {
                const store::Instant now = intake_.parts().now();
                turn(inbox_, intake_, now);
                if (now - tidied >= hour) {
                    intake_.tidy();
                    tidied = now;
                }
            }
        } catch (const std::exception& thrown) {
            tell(intake_, {text::Severity::error, "exception", thrown.what(), {}, ""});
        }
        if (!stopping_) {
            inbox_.wait(look_every);
        }
    }
}

}  // namespace linkway::intake
