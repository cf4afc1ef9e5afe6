// Sends to those who subscribed, each delivery until it has been taken or given up.
//
//   2xx                     delivered
//   no answer, 408, 425,    again later; when that was said by Retry-After, then. After the last
//   429, 5xx                attempt it is dead and the Subscription in error
//   401, 403, 404, 410      dead, and the Subscription in error: nothing would be taken there
//   any other               dead
//
// A handshake has one attempt; whatever is no 2xx puts the Subscription in error. In error it goes
// on counting events and keeps them as dead deliveries, which are sent after all once its owner has
// asked for it anew and that handshake succeeded.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "delivery/parts.h"

namespace linkway::http {
class Client;
}

namespace linkway::delivery {

/// Times in milliseconds.
struct HookOptions {
    std::string ca_file;  ///< PEM; empty: the authorities of the machine
    store::Instant connect_time = 5'000;
    store::Instant total_time = 10'000;
    store::Instant lease = 60'000;  ///< of a claim; longer than total_time
    unsigned in_flight = 2;         ///< at once to one destination
    Retry retry;
};

class HookCourier {
  public:
    HookCourier(const Parts& parts, HookOptions options);

    /// Its connections; each thread needs one of its own.
    class Line {
      public:
        explicit Line(const HookOptions& options);
        ~Line();
        Line(const Line&) = delete;
        Line& operator=(const Line&) = delete;

      private:
        friend class HookCourier;
        std::unique_ptr<http::Client> client_;
    };

    /// Sends one delivery that is due; false when there is none to send now. Safe from any thread.
    bool turn(Line& line);

    const HookOptions& options() const { return options_; }

  private:
    struct Destination {
        unsigned in_flight = 0;
        unsigned failures = 0;  ///< in a row
        store::Instant paused_until = 0;
    };
    struct Outgoing;

    std::optional<store::Delivery> take();
    text::Status send(Line& line, store::Delivery& delivery);
    Outgoing compose(const store::Delivery& delivery);
    text::Status settle(store::Delivery& delivery, const Outgoing& outgoing);
    void free(const std::string& destination, bool failed);

    const Parts& parts_;
    HookOptions options_;
    std::mutex mutex_;
    std::map<std::string, Destination, std::less<>> destinations_;
};

}  // namespace linkway::delivery
