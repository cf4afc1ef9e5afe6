// Bundles as a client may post them: whatever comes is answered, and nothing of it is kept (the
// write is undone), so that each run begins as the one before.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "api/fhir_api.h"
#include "profiles/validator.h"
#include "store/sqlite_store.h"

using namespace linkway;

namespace {

/// A store that nothing ever gets into.
struct Gateway {
    Gateway() {
        folder = std::filesystem::temp_directory_path() /
                 ("linkway-bundle-fuzz-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder);
        auto opened = store::open_sqlite({(folder / "store.sqlite").string(), 1, 1024});
        if (!opened) {
            std::abort();
        }
        store = std::move(*opened);
        parts.store = store.get();
        parts.base = "http://test/fhir";
        parts.version = "fuzz";
        parts.validate = [this](const text::Node& resource) {
            return validator.validate(resource);
        };
        parts.write = [](store::Writer& writer, const api::Incoming& resource, const api::Caller&,
                         const store::Change::Origin& origin, store::Written& written) {
            written = writer.put(resource.prepared, origin);
            return text::Status(
                text::Issue{text::Severity::error, "business-rule", "undone", {}, ""});
        };
        parts.seal = [](std::string_view text) { return std::string(text); };
        parts.unseal = [](std::string_view text) { return std::optional(std::string(text)); };
    }
    ~Gateway() {
        store.reset();
        std::filesystem::remove_all(folder);
    }
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    std::filesystem::path folder;
    std::unique_ptr<store::Store> store;
    profiles::Validator validator;
    api::FhirParts parts;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Gateway gateway;
    api::Call call;
    call.method = "POST";
    call.headers.emplace("content-type", "application/fhir+json");
    call.body.assign(reinterpret_cast<const char*>(data), size);
    call.caller.client = "fuzz";
    call.caller.reach = store::Reach::all();
    call.caller.allows = [](std::string_view, char) { return true; };
    call.request_id = "request";
    call.now = 1'795'453'528'000;
    const api::Reply reply = api::answer(gateway.parts, call);
    if (reply.status < 200 || reply.status > 599 || reply.body.empty()) {
        std::abort();
    }
    return 0;
}
