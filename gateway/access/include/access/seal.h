// Text that only the gateway can read again: what links carry that must stand in no log.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "access/secret.h"

namespace linkway::access {

/// Encrypts with AES-256-GCM under keys derived from the secrets for one purpose; what was sealed
/// for another does not open. Thread-safe.
class Sealer {
  public:
    Sealer(std::shared_ptr<Secrets> secrets, std::string purpose);

    /// Letters, digits, "-", "_" and "." only: "<secret's id>.<base64url>". Two seals of the same
    /// text differ.
    std::string seal(std::string_view text) const;

    /// The text; nothing when it was not sealed here, was changed, or its secret is gone.
    std::optional<std::string> open(std::string_view sealed) const;

  private:
    std::shared_ptr<Secrets> secrets_;
    std::string purpose_;
};

}  // namespace linkway::access
