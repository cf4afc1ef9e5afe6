#include "delivery/hooks.h"

#include <algorithm>
#include <charconv>

#include "fhir/identity.h"
#include "http/client.h"
#include "loop/write.h"
#include "notification.h"

namespace linkway::delivery {

namespace {

using State = store::Delivery::State;
using Status = Subscription::Status;

bool is_handshake(const store::Delivery& delivery) {
    return delivery.subject.type == "Subscription";
}

/// What became of an attempt.
enum class Outcome : std::uint8_t {
    taken,
    later,    ///< perhaps another time
    refused,  ///< this one, now and ever
    closed,   ///< whatever is sent there
    moot,     ///< nobody is to hear of it any more
    parked,   ///< not now: its Subscription is not active
};

Outcome outcome_of(const http::Answer& answer) {
    const int status = answer.status;
    if (status >= 200 && status < 300) {
        return Outcome::taken;
    }
    if (status == 0 || status == 408 || status == 425 || status == 429 || status >= 500) {
        return Outcome::later;
    }
    return status == 401 || status == 403 || status == 404 || status == 410 ? Outcome::closed
                                                                            : Outcome::refused;
}

std::string words_of(const http::Answer& answer) {
    return answer.status == 0 ? "no answer: " + answer.problem
                              : "answered " + std::to_string(answer.status);
}

/// [endpoint]/Task/1; what the endpoint asks with stays behind that.
std::string below(const std::string& endpoint, const store::Key& key) {
    const std::size_t query = std::min(endpoint.find('?'), endpoint.size());
    const bool slash = query > 0 && endpoint[query - 1] == '/';
    return endpoint.substr(0, query) + (slash ? "" : "/") + key.type + "/" + key.id +
           endpoint.substr(query);
}

bool is_from_practice(store::Reader& reader, const store::Key& key, const store::Reach& reach) {
    return std::find(reach.ods.begin(), reach.ods.end(), reader.practice(key)) != reach.ods.end();
}

}  // namespace

/// A delivery made ready, and what came of it.
struct HookCourier::Outgoing {
    std::optional<http::Outgoing> request;  ///< nothing: `outcome` is clear without sending
    Outcome outcome = Outcome::moot;
    std::string error;
    std::optional<store::Instant> retry_after;
    bool to_provider = false;  ///< a referral that somebody other than its practice hears of

    /// The Subscription as it was found, and what it becomes by this.
    std::int64_t subscription_version = 0;
    std::optional<text::Document> subscription;
};

HookCourier::Line::Line(const HookOptions& options)
    : client_(std::make_unique<http::Client>(http::ClientOptions{
          options.ca_file, false, std::chrono::milliseconds(options.connect_time),
          std::chrono::milliseconds(options.total_time)})) {}
HookCourier::Line::~Line() = default;

HookCourier::HookCourier(const Parts& parts, HookOptions options)
    : parts_(parts), options_(std::move(options)) {}

/// Claims for the destination that waits longest of those that have room.
std::optional<store::Delivery> HookCourier::take() {
    const store::Instant now = parts_.now();
    std::vector<std::string> due;
    if (parts_.store->read([&](store::Reader& reader) {
            due = reader.due_destinations(hook_channel, now);
            return text::Status();
        })) {
        return std::nullopt;
    }
    for (const std::string& destination : due) {
        {
            const std::lock_guard lock(mutex_);
            Destination& one = destinations_[destination];
            if (one.in_flight >= options_.in_flight || one.paused_until > now ||
                (one.failures > 0 && one.in_flight > 0)) {
                continue;  // after a failure one alone tries whether it works again
            }
            ++one.in_flight;
        }
        std::vector<store::Delivery> claimed;
        const auto failed = parts_.store->write([&](store::Writer& writer) {
            claimed = writer.claim(hook_channel, destination, now, now + options_.lease, 1);
            return text::Status();
        });
        if (!claimed.empty() && !failed) {
            return std::move(claimed.front());
        }
        const std::lock_guard lock(mutex_);
        --destinations_[destination].in_flight;
    }
    return std::nullopt;
}

void HookCourier::free(const std::string& destination, bool failed) {
    const std::lock_guard lock(mutex_);
    Destination& one = destinations_[destination];
    --one.in_flight;
    one.failures = failed ? one.failures + 1 : 0;
    if (one.failures > 1) {  // one alone may be about what was sent: the others try at once
        one.paused_until = parts_.now() + delay(options_.retry, destination, one.failures - 1);
    } else if (!failed && one.in_flight == 0) {
        destinations_.erase(destination);
    }
}

bool HookCourier::turn(Line& line) {
    auto delivery = take();
    if (!delivery) {
        return false;
    }
    if (auto failed = send(line, *delivery); failed && parts_.note) {
        parts_.note(*failed);  // its lease ends, and it comes again
    }
    return true;
}

text::Status HookCourier::send(Line& line, store::Delivery& delivery) {
    Outgoing outgoing = compose(delivery);
    if (outgoing.request) {
        const http::Answer answer = line.client_->send(*outgoing.request);
        outgoing.outcome = outcome_of(answer);
        if (answer.retry_after) {
            outgoing.retry_after = answer.retry_after->count();
        }
        if (outgoing.outcome != Outcome::taken) {
            outgoing.error = words_of(answer);
        }
    }
    text::Status failed = settle(delivery, outgoing);
    free(delivery.destination, outgoing.outcome == Outcome::later);
    return failed;
}

HookCourier::Outgoing HookCourier::compose(const store::Delivery& delivery) {
    Outgoing made;
    const text::Status failed = parts_.store->read([&](store::Reader& reader) {
        const auto stored =
            reader.read({"Subscription", delivery.destination}, store::Reach::all());
        if (!stored || stored->deleted) {
            made.error = "there is no such Subscription any more";
            return text::Status();
        }
        auto document = text::parse_json(stored->json, "Subscription");
        if (!document) {
            return text::Status(document.issue());
        }
        made.subscription_version = stored->version;
        made.subscription = std::move(*document);
        text::Issues issues;
        const auto subscription =
            read_subscription(made.subscription->root(), parts_.hooks, issues);
        if (!subscription) {
            made.outcome = Outcome::closed;
            made.error = "the Subscription cannot be served: " + issues.front().message;
            return text::Status();
        }
        const auto all = subscribers(reader);
        const auto reach = all.find(delivery.destination);
        if (subscription->has_ended(parts_.now())) {
            made.error = "the Subscription has ended";
            return text::Status();
        }
        if (reach == all.end()) {
            made.outcome = Outcome::closed;
            made.error = "it is not known whose the Subscription is";
            return text::Status();
        }
        http::Outgoing request{"POST", subscription->endpoint, subscription->headers, {}};
        request.headers.push_back("X-Request-Id: " + delivery.key);
        request.headers.push_back("Idempotency-Key: " + delivery.key);
        request.headers.push_back("Content-Type: " + subscription->content_type);
        request.headers.emplace_back("Expect:");
        const std::string id = fhir::derived_id({"notification", delivery.key});
        if (is_handshake(delivery)) {
            if (subscription->status != Status::requested || stored->version != delivery.version) {
                made.error = "the Subscription is asked for no more";
                return text::Status();
            }
            if (subscription->is_bundle()) {
                request.body =
                    notification(*subscription, parts_.hooks, id, delivery.created,
                                 told_so_far(reader)[delivery.destination].events, nullptr);
            }
            made.request = std::move(request);
            return text::Status();
        }
        if (subscription->status != Status::active) {
            made.outcome = Outcome::parked;
            made.error = "the Subscription is not active: its owner must ask for it anew";
            return text::Status();
        }
        const auto current = reader.read(delivery.subject, reach->second);
        auto told = reader.read_version(delivery.subject, delivery.version, reach->second);
        if (!current || current->deleted || !told || told->deleted) {
            made.error = "the resource is there no more, or not theirs to see";
            return text::Status();
        }
        made.to_provider = delivery.subject.type == "Task" &&
                           !is_from_practice(reader, delivery.subject, reach->second);
        Event event;
        std::from_chars(delivery.content.data(), delivery.content.data() + delivery.content.size(),
                        event.number);
        event.focus = std::move(*told);
        if (subscription->is_bundle()) {
            request.body = notification(*subscription, parts_.hooks, id, delivery.created,
                                        event.number, &event);
        } else if (subscription->payload == Subscription::Payload::resource) {
            request.method = "PUT";
            request.url = below(subscription->endpoint, delivery.subject);
            request.body = std::move(event.focus.json);
        }
        made.request = std::move(request);
        return text::Status();
    });
    if (failed) {
        made.request.reset();
        made.outcome = Outcome::later;
        made.error = "the store could not be read";
    }
    return made;
}

text::Status HookCourier::settle(store::Delivery& delivery, const Outgoing& outgoing) {
    const store::Instant now = parts_.now();
    const bool handshake = is_handshake(delivery);
    if (outgoing.request) {
        ++delivery.attempts;
    }
    delivery.error = outgoing.error;
    std::optional<Status> becomes;  // of the Subscription
    switch (outgoing.outcome) {
        case Outcome::taken:
            delivery.state = State::delivered;
            delivery.delivered = now;
            becomes = handshake ? std::optional(Status::active) : std::nullopt;
            break;
        case Outcome::moot:
            delivery.state = State::discarded;
            break;
        case Outcome::parked:
        case Outcome::refused:
            delivery.state = State::dead;
            becomes = handshake ? std::optional(Status::error) : std::nullopt;
            break;
        case Outcome::closed:
            delivery.state = State::dead;
            becomes = Status::error;
            break;
        case Outcome::later:
            if (!outgoing.request) {
                delivery.due = now + options_.retry.first;
            } else if (handshake || delivery.attempts >= options_.retry.attempts) {
                delivery.state = State::dead;
                becomes = Status::error;
            } else {
                delivery.due =
                    now + std::max(delay(options_.retry, delivery.key, delivery.attempts),
                                   outgoing.retry_after.value_or(0));
            }
            break;
    }
    // Worked out before the transaction: the one writer's thread has other things to do.
    std::optional<store::Prepared> subscription;
    if (becomes && outgoing.subscription) {
        const std::string json =
            with_status(outgoing.subscription->root(), *becomes, outgoing.error);
        if (const auto document = text::parse_json(json, "Subscription")) {
            if (auto prepared = store::prepare(document->root(), delivery.destination)) {
                subscription = std::move(*prepared);
            }
        }
    }
    return parts_.store->write([&](store::Writer& writer) {
        writer.settle(delivery);
        if (delivery.state == State::delivered && outgoing.to_provider) {
            loop::acknowledge(writer, referrals::EventKind::delivered, delivery.subject, now);
        }
        const auto stored =
            subscription ? writer.read(subscription->key, store::Reach::all()) : std::nullopt;
        if (!stored || stored->version != outgoing.subscription_version) {
            return text::Status();  // its owner has written it meanwhile, which has its own way
        }
        writer.put(*subscription, {own_agent, delivery.key, now});
        if (becomes == Status::active) {
            const std::string& id = delivery.destination;
            if (told_so_far(writer).count(id) == 0) {
                note_told(writer, id, {0, writer.last_change()});
            }
            store::DeliveryQuery kept;
            kept.channel = hook_channel;
            kept.destination = id;
            kept.state = State::dead;
            kept.most = 100'000;
            for (store::Delivery& each : writer.deliveries(kept)) {
                if (!is_handshake(each)) {
                    each.state = State::waiting;
                    each.attempts = 0;
                    each.due = now;
                    writer.settle(each);
                }
            }
        }
        return text::Status();
    });
}

}  // namespace linkway::delivery
