#include "fhir/identity.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <new>

namespace linkway::fhir {

namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

struct FreeDigest {
    void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
};

/// SHA-1 as OpenSSL 3 wants it: looking the algorithm up costs more than hashing an id, so it is
/// done once.
const EVP_MD* sha1() {
    static const std::unique_ptr<EVP_MD, FreeDigest> digest(EVP_MD_fetch(nullptr, "SHA1", nullptr));
    return digest.get();
}

/// One context a thread: they may not be shared, and making one costs an allocation.
EVP_MD_CTX* thread_context() {
    thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    return context.get();
}

/// UUIDv5(DNS namespace, "linkway.uk") = 9a78a2d3-78bc-5e96-9065-da359f9dbfef: anybody can
/// derive it again.
constexpr std::array<unsigned char, 16> linkway_namespace = {
    0x9A, 0x78, 0xA2, 0xD3, 0x78, 0xBC, 0x5E, 0x96, 0x90, 0x65, 0xDA, 0x35, 0x9F, 0x9D, 0xBF, 0xEF};

void update(EVP_MD_CTX* context, const void* data, std::size_t size) {
    if (EVP_DigestUpdate(context, data, size) != 1) {
        throw std::bad_alloc();
    }
}

/// Hexadecimal digits of the first 16 bytes of a digest, grouped 8-4-4-4-12.
std::string format_uuid(const unsigned char* bytes) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string out;
    out.reserve(36);
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            out += '-';
        }
        out += hex[bytes[i] >> 4U];
        out += hex[bytes[i] & 0x0FU];
    }
    return out;
}

}  // namespace

std::string derived_id(std::initializer_list<std::string_view> parts) {
    EVP_MD_CTX* context = thread_context();
    const EVP_MD* digest = sha1();
    // Neither fails but for want of memory: SHA-1 is part of OpenSSL's default provider.
    if (context == nullptr || digest == nullptr ||
        EVP_DigestInit_ex2(context, digest, nullptr) != 1) {
        throw std::bad_alloc();
    }
    update(context, linkway_namespace.data(), linkway_namespace.size());
    bool first = true;
    for (const std::string_view part : parts) {
        if (!first) {
            update(context, "\x1F", 1);
        }
        first = false;
        update(context, part.data(), part.size());
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    if (EVP_DigestFinal_ex(context, hash.data(), nullptr) != 1) {
        throw std::bad_alloc();
    }
    hash[6] = static_cast<unsigned char>((hash[6] & 0x0FU) | 0x50U);  // version 5
    hash[8] = static_cast<unsigned char>((hash[8] & 0x3FU) | 0x80U);  // variant of RFC 9562
    return format_uuid(hash.data());
}

bool is_valid_nhs_number(std::string_view text) {
    std::array<int, 10> digits{};
    std::size_t count = 0;
    bool after_space = true;  // no space before the first digit, nor two together
    for (const char c : text) {
        if (c == ' ') {
            if (after_space) {
                return false;
            }
            after_space = true;
            continue;
        }
        if (c < '0' || c > '9' || count == digits.size()) {
            return false;
        }
        digits[count++] = c - '0';
        after_space = false;
    }
    if (count != digits.size() || after_space) {
        return false;
    }
    int sum = 0;
    bool all_same = true;
    for (std::size_t i = 0; i < 9; ++i) {
        sum += digits[i] * static_cast<int>(10 - i);
        all_same = all_same && digits[i] == digits[i + 1];
    }
    // Every number of ten equal digits passes; none is a person's (they are what people type to get
    // past a form). 11 stands for 0; 10 is not a digit, so such a number is never issued.
    const int check = (11 - sum % 11) % 11;
    return check == digits[9] && !all_same;
}

}  // namespace linkway::fhir
