#include "access/secret.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base64.h"
#include "crypto.h"
#include "files.h"
#include "text/json_writer.h"
#include "text/node.h"

namespace linkway::access {

namespace {

constexpr std::size_t most_bytes = 4096;
constexpr std::size_t secret_bytes = 32;

EVP_MAC* hmac() {
    static const Owned<EVP_MAC, EVP_MAC_free> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    return mac.get();
}

Secret new_secret(Instant now) {
    return {random_text(6), now, random_bytes(secret_bytes)};
}

std::string to_json(const std::vector<Secret>& secrets) {
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    json.name("secrets");
    json.begin_array();
    for (const Secret& secret : secrets) {
        json.begin_object();
        json.member("id", secret.id);
        json.member("made", secret.made);
        json.member("bytes", to_base64url(secret.bytes));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return out + "\n";
}

text::Issue unusable(const std::string& file, std::string message, std::string suggestion) {
    return {text::Severity::error,
            "security",
            std::move(message),
            {file, 0, 0, {}},
            std::move(suggestion)};
}

std::optional<Secret> read_secret(const text::Node& node) {
    const text::Node* made = node.find("made");
    auto bytes = from_base64url(node.string_or("bytes", ""));
    Secret secret{std::string(node.string_or("id", "")), 0, {}};
    if (made == nullptr || made->kind != text::NodeKind::number || !bytes ||
        bytes->size() != secret_bytes || !from_base64url(secret.id) || secret.id.size() != 8) {
        return std::nullopt;
    }
    const char* end = made->text.data() + made->text.size();
    if (std::from_chars(made->text.data(), end, secret.made).ptr != end) {
        return std::nullopt;
    }
    secret.bytes = std::move(*bytes);
    return secret;
}

text::Result<std::vector<Secret>> read_secrets(const std::string& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) {
        return system_issue("can't be read", file);
    }
    if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return unusable(file, "the secrets can be read by other users", "chmod 600 " + file);
    }
    const auto content = read_small_file(file, most_bytes);
    if (!content) {
        return content.issue();
    }
    const auto parsed = text::parse_json(*content, file, {most_bytes, 8});
    std::vector<Secret> secrets;
    const text::Node* list = parsed ? parsed->root().find("secrets") : nullptr;
    for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
        auto secret = read_secret(list->items[i]);
        if (!secret) {
            secrets.clear();
            break;
        }
        secrets.push_back(std::move(*secret));
    }
    if (secrets.empty()) {
        return unusable(file, "the file does not hold secrets as Linkway writes them",
                        "restore it, or remove it: then tokens and links given out end");
    }
    return secrets;
}

}  // namespace

MacKey::MacKey(std::string_view key)
    : keyed_(EVP_MAC_CTX_new(hmac()), [](EVP_MAC_CTX* context) { EVP_MAC_CTX_free(context); }) {
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    require(keyed_ != nullptr &&
            EVP_MAC_init(keyed_.get(), bytes_of(key), key.size(), parameters) == 1);
}

Mac MacKey::of(std::string_view message) const {
    // A copy of the keyed context costs less than keying one.
    const Owned<EVP_MAC_CTX, EVP_MAC_CTX_free> context(EVP_MAC_CTX_dup(keyed_.get()));
    Mac mac{};
    std::size_t size = 0;
    require(context != nullptr &&
            EVP_MAC_update(context.get(), bytes_of(message), message.size()) == 1 &&
            EVP_MAC_final(context.get(), mac.data(), &size, mac.size()) == 1);
    return mac;
}

bool MacKey::matches(std::string_view message, std::string_view mac) const {
    const Mac right = of(message);
    return equal_in_constant_time({reinterpret_cast<const char*>(right.data()), right.size()}, mac);
}

std::string random_text(std::size_t bytes) {
    return to_base64url(random_bytes(bytes));
}

Secrets::Secrets(std::string file, std::vector<Secret> secrets)
    : file_(std::move(file)),
      secrets_(std::make_shared<const std::vector<Secret>>(std::move(secrets))) {}

text::Result<std::shared_ptr<Secrets>> Secrets::open(const std::string& file, Instant now) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        const auto made = write_private_file(file, to_json({new_secret(now)}), Existing::keep);
        if (!made) {
            return made.issue();
        }
    }
    auto secrets = read_secrets(file);
    if (!secrets) {
        return secrets.issue();
    }
    return std::shared_ptr<Secrets>(new Secrets(file, std::move(*secrets)));
}

std::shared_ptr<Secrets> Secrets::in_memory(Instant now) {
    return std::shared_ptr<Secrets>(new Secrets("", {new_secret(now)}));
}

text::Result<bool> Secrets::rotate(Instant age, Instant now) {
    const std::scoped_lock lock(mutex_);
    const Secret& current = secrets_->front();
    if (now - current.made < age) {
        return false;
    }
    std::vector<Secret> next = {new_secret(now), current};
    if (!file_.empty()) {
        const auto written = write_private_file(file_, to_json(next), Existing::replace);
        if (!written) {
            return written.issue();
        }
    }
    secrets_ = std::make_shared<const std::vector<Secret>>(std::move(next));
    return true;
}

std::shared_ptr<const std::vector<Secret>> Secrets::list() const {
    const std::scoped_lock lock(mutex_);
    return secrets_;
}

struct Signer::Derived {
    struct Entry {
        std::string id;
        MacKey key;
    };
    std::shared_ptr<const std::vector<Secret>> from;
    std::vector<Entry> entries;  // in the order of the secrets
};

Signer::Signer(std::shared_ptr<Secrets> secrets, std::string purpose)
    : secrets_(std::move(secrets)), purpose_(std::move(purpose)) {}

std::shared_ptr<const Signer::Derived> Signer::derived() const {
    const auto from = secrets_->list();
    const std::scoped_lock lock(mutex_);
    if (derived_ == nullptr || derived_->from != from) {
        auto made = std::make_shared<Derived>();
        made->from = from;
        for (const Secret& secret : *from) {
            const Mac key = MacKey(secret.bytes).of(purpose_);
            made->entries.push_back(
                {secret.id,
                 MacKey(std::string_view(reinterpret_cast<const char*>(key.data()), key.size()))});
        }
        derived_ = std::move(made);
    }
    return derived_;
}

std::string Signer::sign(std::string_view message) const {
    const auto keys = derived();
    const Derived::Entry& entry = keys->entries.front();
    std::string text = entry.id + '.';
    text += message;
    const Mac mac = entry.key.of(text);
    text += '.';
    text += to_base64url({reinterpret_cast<const char*>(mac.data()), mac.size()});
    return text;
}

std::optional<std::string_view> Signer::open(std::string_view text) const {
    const std::size_t first = text.find('.');
    const std::size_t last = text.rfind('.');
    if (first == last) {  // also when there is none
        return std::nullopt;
    }
    const auto mac = from_base64url(text.substr(last + 1));
    const auto keys = derived();
    const auto entry =
        std::find_if(keys->entries.begin(), keys->entries.end(),
                     [&](const Derived::Entry& each) { return each.id == text.substr(0, first); });
    if (!mac || entry == keys->entries.end() || !entry->key.matches(text.substr(0, last), *mac)) {
        return std::nullopt;
    }
    return text.substr(first + 1, last - first - 1);
}

}  // namespace linkway::access
