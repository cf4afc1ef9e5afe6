#include "look.h"

#include "store/sqlite_store.h"

namespace linkway::cli {

text::Result<std::unique_ptr<store::Store>> look_at_store(const std::filesystem::path& data) {
    std::error_code error;
    if (!std::filesystem::exists(data / "store.sqlite", error)) {
        return text::Issue{text::Severity::error,
                           "not-found",
                           "this is no data folder of a service: it has no store.sqlite",
                           {data.string(), 0, 0, {}},
                           "name it: --data DIR"};
    }
    store::SqliteOptions options;
    options.path = (data / "store.sqlite").string();
    options.readers = 1;
    options.look_only = true;
    return store::open_sqlite(options);
}

}  // namespace linkway::cli
