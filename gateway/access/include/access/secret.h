// Secrets of the gateway's own: what signs access tokens and links.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/instant.h"
#include "text/issue.h"

struct evp_mac_ctx_st;  // OpenSSL's

namespace linkway::access {

using Mac = std::array<std::uint8_t, 32>;

/// HMAC-SHA-256 with one key. Thread-safe.
class MacKey {
  public:
    explicit MacKey(std::string_view key);
    Mac of(std::string_view message) const;
    /// Compares in constant time.
    bool matches(std::string_view message, std::string_view mac) const;

  private:
    std::shared_ptr<evp_mac_ctx_st> keyed_;
};

/// Random bytes as base64url: 16 for an identifier, 32 for a secret.
std::string random_text(std::size_t bytes);

/// The current secret and the one before, so that what was signed just before a change still holds.
struct Secret {
    std::string id;  ///< eight letters; in the clear in what it signed
    Instant made = 0;
    std::string bytes;
};

/// Secrets in a file of the data folder, readable by its owner only:
/// {"secrets":[{"id":"...","made":"...","bytes":"<base64url>"}, ...]}, the current one first.
/// Thread-safe. Several processes may open the file at once; one makes it.
class Secrets {
  public:
    /// Reads the file, or makes it with a first secret. Issue: it can be read by others, is no such
    /// file, or cannot be written.
    static text::Result<std::shared_ptr<Secrets>> open(const std::string& file, Instant now);

    /// Secrets that are kept nowhere: for tests, and loopback without a data folder.
    static std::shared_ptr<Secrets> in_memory(Instant now);

    /// Makes a new current secret when the present one is older than `age`; the one before is kept,
    /// older ones go. So what is signed holds for at least `age`. True when it did.
    text::Result<bool> rotate(Instant age, Instant now);

    /// The newest first; one or two. Never changed: a rotation makes another list.
    std::shared_ptr<const std::vector<Secret>> list() const;

  private:
    Secrets(std::string file, std::vector<Secret> secrets);

    std::string file_;  // empty: kept nowhere
    mutable std::mutex mutex_;
    std::shared_ptr<const std::vector<Secret>> secrets_;
};

/// Signs and verifies for one purpose, with a key derived from each secret: what was signed for one
/// purpose is nothing to another. Thread-safe.
class Signer {
  public:
    Signer(std::shared_ptr<Secrets> secrets, std::string purpose);

    /// "<secret's id>.<message>.<mac>", the mac over all before it.
    std::string sign(std::string_view message) const;
    /// The message, which lives as long as `text`; nothing when the signature is not ours.
    std::optional<std::string_view> open(std::string_view text) const;

  private:
    struct Derived;
    std::shared_ptr<const Derived> derived() const;

    std::shared_ptr<Secrets> secrets_;
    std::string purpose_;
    mutable std::mutex mutex_;
    mutable std::shared_ptr<const Derived> derived_;  // made anew after a rotation
};

}  // namespace linkway::access
