#include "crypto.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace linkway::access {

namespace {

/// Looking an algorithm up costs more than hashing a line, so it is done once.
const EVP_MD* sha256_algorithm() {
    static const Owned<EVP_MD, EVP_MD_free> digest(EVP_MD_fetch(nullptr, "SHA256", nullptr));
    return digest.get();
}

/// One context a thread: they may not be shared, and making one costs an allocation.
EVP_MD_CTX* thread_context() {
    thread_local const DigestContext context(EVP_MD_CTX_new());
    return context.get();
}

}  // namespace

bool succeeded(int result) {
    if (result == 1) {
        return true;
    }
    ERR_clear_error();
    return false;
}

void require(bool worked) {
    if (!worked) {
        throw std::runtime_error("OpenSSL could not do what it always can");
    }
}

std::string sha256(std::string_view message) {
    std::string result(32, '\0');
    EVP_MD_CTX* context = thread_context();
    require(context != nullptr && EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) == 1 &&
            EVP_DigestUpdate(context, message.data(), message.size()) == 1 &&
            EVP_DigestFinal_ex(context, bytes_of(result), nullptr) == 1);
    return result;
}

std::string sha256_hex(std::string_view message) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string result;
    result.reserve(64);
    for (const char c : sha256(message)) {
        const auto byte = static_cast<unsigned char>(c);
        result += hex[byte >> 4U];
        result += hex[byte & 0x0FU];
    }
    return result;
}

std::string random_bytes(std::size_t count) {
    std::string result(count, '\0');
    require(RAND_bytes(bytes_of(result), static_cast<int>(count)) == 1);
    return result;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace linkway::access
