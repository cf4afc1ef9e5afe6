#include "delivery/hooks.h"

#include <algorithm>

#include "delivery/router.h"
#include "loop/write.h"
#include "text/json_writer.h"

namespace linkway::delivery {

namespace {

/// The resource with another status, and why.
std::string with_status(const text::Node& resource, std::string_view status,
                        std::string_view error) {
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    for (const text::Member& member : resource.members) {
        if (member.name == "error") {
            continue;
        }
        json.name(member.name);
        if (member.name == "status") {
            json.value(status);
            if (!error.empty()) {
                json.member("error", error);
            }
        } else {
            std::string value;
            text::append_json(value, member.value);
            json.raw(value);
        }
    }
    json.end_object();
    return out;
}

/// Writes what a handshake led to into the Subscription; nothing when it has been changed since.
void end_handshake(store::Writer& writer, const store::Delivery& delivery, std::string_view status,
                   std::string_view error, store::Instant now) {
    const store::Key key{"Subscription", delivery.destination};
    const auto stored = writer.read(key, store::Reach::all());
    if (!stored || stored->deleted || stored->version != delivery.version) {
        return;
    }
    const auto document = text::parse_json(stored->json, "Subscription");
    const auto changed =
        text::parse_json(with_status(document->root(), status, error), "Subscription");
    if (auto prepared = store::prepare(changed->root(), key.id)) {
        writer.put(*prepared, {std::string(own_agent), delivery.key, now});
    }
}

bool is_final(long status) {
    return status >= 400 && status < 500 && status != 408 && status != 425 && status != 429;
}

/// What an answer makes of a delivery.
void judge(store::Delivery& delivery, const Answer& answer, store::Instant now) {
    ++delivery.attempts;
    delivery.error = answer.error;
    if (answer.status >= 200 && answer.status <= 299) {
        delivery.state = store::Delivery::State::delivered;
        delivery.delivered = now;
    } else if (is_final(answer.status) || delivery.attempts >= most_attempts) {
        delivery.state = store::Delivery::State::dead;
    } else {
        delivery.due = now + std::max(back_off(delivery.attempts, delivery.key),
                                      static_cast<store::Instant>(answer.retry_after) * 1000);
    }
}

/// What is sent, or nothing when there is no longer anybody or anything to tell.
std::optional<Notification> made_of(store::Store& store, const store::Delivery& delivery,
                                    std::string_view base, bool allow_http,
                                    std::vector<std::string>& headers) {
    std::optional<Notification> made;
    if (store.read([&](store::Reader& reader) {
            const auto stored =
                reader.read({"Subscription", delivery.destination}, store::Reach::all());
            if (!stored || stored->deleted) {
                return text::Status();
            }
            const auto document = text::parse_json(stored->json, "Subscription");
            const auto subscription = read_subscription(document->root(), allow_http);
            const bool handshake = delivery.subject.type.empty();
            if (!subscription || subscription->status != (handshake ? "requested" : "active")) {
                return text::Status();
            }
            std::string resource;
            if (!handshake) {
                const auto version =
                    reader.read_version(delivery.subject, delivery.version, store::Reach::all());
                resource = version ? version->json : "";
            }
            headers = subscription->headers;
            made = notification(*subscription, delivery, resource, base);
            return text::Status();
        })) {
        return std::nullopt;
    }
    return made;
}

}  // namespace

store::Instant back_off(std::uint32_t attempts, std::string_view key) {
    constexpr store::Instant longest = 3'600'000;
    const std::uint32_t doublings = std::min(attempts == 0 ? 0U : attempts - 1, 20U);
    const store::Instant wait = std::min(store::Instant{1000} << doublings, longest);
    std::uint32_t hash = 2166136261U + attempts;
    for (const char c : key) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    return wait + wait / 4 * static_cast<store::Instant>(hash % 1000) / 1000;
}

text::Result<bool> tell(store::Store& store, const Send& send, std::string_view base,
                        bool allow_http, const std::function<store::Instant()>& now) {
    constexpr store::Instant lease = 120'000;  // longer than a batch of silent subscribers takes
    constexpr std::size_t most = 4;
    std::vector<store::Delivery> claimed;
    if (!is_due(store, rest_hook, now())) {
        return false;
    }
    if (auto failed = store.write([&](store::Writer& writer) {
            claimed = writer.claim(rest_hook, now(), now() + lease, most);
            return text::Status();
        })) {
        return *std::move(failed);
    }
    for (store::Delivery& delivery : claimed) {
        std::vector<std::string> headers;
        const auto made = made_of(store, delivery, base, allow_http, headers);
        Answer answer;
        if (made) {
            headers.push_back("Idempotency-Key: " + delivery.key);
            headers.emplace_back("Content-Type: application/fhir+json");
            answer = send(*made, headers);
        } else {
            answer.status = 410;
            answer.error = "there is no such subscription any more, or it is not active";
        }
        judge(delivery, answer, now());
        if (auto failed = store.write([&](store::Writer& writer) {
                writer.settle(delivery);
                const bool done = delivery.state == store::Delivery::State::delivered;
                if (delivery.subject.type.empty()) {
                    // A handshake is tried once: only the subscriber may ask for another.
                    end_handshake(writer, delivery, done ? "active" : "error",
                                  done ? "" : delivery.error, now());
                } else if (done) {
                    loop::acknowledge(writer, referrals::EventKind::delivered, delivery.subject,
                                      now());
                }
                return text::Status();
            })) {
            return *std::move(failed);
        }
    }
    return !claimed.empty();
}

}  // namespace linkway::delivery
