// OpenSSL's EVP interface as far as this folder needs it: owned handles, hashes, randomness.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace linkway::access {

/// Frees with a function of OpenSSL's.
template <auto free>
struct Freed {
    template <class Handle>
    void operator()(Handle* handle) const {
        free(handle);
    }
};
template <class Handle, auto free>
using Owned = std::unique_ptr<Handle, Freed<free>>;

using OwnedKey = Owned<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

inline const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
inline unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

/// Whether a call that may fail did its work. What it left in OpenSSL's queue of errors when it did
/// not is taken out: TLS connections of the same thread would take it for their own.
bool succeeded(int result);

/// Calls that fail only for want of memory, or when OpenSSL lacks what is in its default provider:
/// broken programs, not input.
void require(bool worked);

std::string sha256(std::string_view message);      ///< 32 bytes
std::string sha256_hex(std::string_view message);  ///< 64 letters
std::string random_bytes(std::size_t count);
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace linkway::access
