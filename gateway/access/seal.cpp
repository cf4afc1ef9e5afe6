#include "access/seal.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

#include "base64.h"
#include "crypto.h"

namespace linkway::access {

namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

const EVP_CIPHER* cipher() {
    static const Owned<EVP_CIPHER, EVP_CIPHER_free> fetched(
        EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    return fetched.get();
}

using Context = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

Mac key_of(const Secret& secret, const std::string& purpose) {
    return MacKey(secret.bytes).of("seal:" + purpose);
}

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes(std::string& text, std::size_t at) {
    return reinterpret_cast<unsigned char*>(text.data() + at);
}

}  // namespace

Sealer::Sealer(std::shared_ptr<Secrets> secrets, std::string purpose)
    : secrets_(std::move(secrets)), purpose_(std::move(purpose)) {}

std::string Sealer::seal(std::string_view text) const {
    const auto secrets = secrets_->list();
    const Secret& secret = secrets->front();
    const Mac key = key_of(secret, purpose_);
    std::string sealed(nonce_bytes + text.size() + tag_bytes, '\0');
    const Context context(EVP_CIPHER_CTX_new());
    int written = 0;
    if (RAND_bytes(bytes(sealed, 0), nonce_bytes) != 1 ||
        EVP_EncryptInit_ex2(context.get(), cipher(), key.data(), bytes(sealed, 0), nullptr) != 1 ||
        EVP_EncryptUpdate(context.get(), bytes(sealed, nonce_bytes), &written, bytes(text),
                          static_cast<int>(text.size())) != 1 ||
        EVP_EncryptFinal_ex(context.get(), bytes(sealed, nonce_bytes + text.size()), &written) !=
            1 ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes,
                            bytes(sealed, nonce_bytes + text.size())) != 1) {
        throw std::runtime_error("AES-256-GCM is not to be had");
    }
    return secret.id + "." + to_base64url(sealed);
}

std::optional<std::string> Sealer::open(std::string_view sealed) const {
    const std::size_t dot = sealed.find('.');
    const auto raw = from_base64url(sealed.substr(std::min(dot + 1, sealed.size())));
    if (dot == std::string_view::npos || !raw || raw->size() < nonce_bytes + tag_bytes) {
        return std::nullopt;
    }
    const auto secrets = secrets_->list();
    for (const Secret& secret : *secrets) {
        if (secret.id != sealed.substr(0, dot)) {
            continue;
        }
        const Mac key = key_of(secret, purpose_);
        const std::size_t size = raw->size() - nonce_bytes - tag_bytes;
        std::string text(size, '\0');
        std::string tag = raw->substr(nonce_bytes + size);
        const Context context(EVP_CIPHER_CTX_new());
        int written = 0;
        std::array<unsigned char, tag_bytes> rest{};
        if (EVP_DecryptInit_ex2(context.get(), cipher(), key.data(), bytes(*raw), nullptr) == 1 &&
            EVP_DecryptUpdate(context.get(), bytes(text, 0), &written, bytes(*raw) + nonce_bytes,
                              static_cast<int>(size)) == 1 &&
            EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, bytes(tag, 0)) ==
                1 &&
            EVP_DecryptFinal_ex(context.get(), rest.data(), &written) == 1) {
            return text;
        }
    }
    return std::nullopt;
}

}  // namespace linkway::access
