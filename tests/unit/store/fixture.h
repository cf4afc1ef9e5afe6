// A store in a folder of its own, and short ways to ask it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "catch.h"
#include "store/sqlite_store.h"

namespace linkway::store::test {

class Fixture {
  public:
    explicit Fixture(const std::string& name)
        : folder_(std::filesystem::temp_directory_path() / ("linkway-store-" + name)) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        open();
    }
    ~Fixture() {
        store_.reset();
        std::filesystem::remove_all(folder_);
    }
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;

    void open() {
        store_.reset();
        auto opened = open_sqlite({file(), 4, 8192});
        REQUIRE(opened.ok());
        store_ = std::move(*opened);
    }
    void close() { store_.reset(); }
    std::string file() const { return (folder_ / "store.sqlite").string(); }
    Store& store() { return *store_; }

    static Prepared prepared(const std::string& json) {
        auto document = text::parse_json(json, "test");
        REQUIRE(document.ok());
        const std::string id(document->root().string_or("id", ""));
        auto made = prepare(document->root(), id);
        REQUIRE(made.ok());
        return std::move(*made);
    }

    Written put(const std::string& json, Instant at = 1'000) {
        const Prepared resource = prepared(json);
        Written written;
        const auto failed = store_->write([&](Writer& writer) {
            written = writer.put(resource, {"test", "request", at});
            return text::Status();
        });
        REQUIRE_FALSE(failed);
        return written;
    }

    std::optional<Version> read(const Key& key, const Reach& reach = Reach::all()) {
        std::optional<Version> found;
        REQUIRE_FALSE(store_->read([&](Reader& reader) {
            found = reader.read(key, reach);
            return text::Status();
        }));
        return found;
    }

    Page find(const Search& search, const Reach& reach = Reach::all()) {
        Page page;
        REQUIRE_FALSE(store_->read([&](Reader& reader) {
            page = reader.search(search, reach);
            return text::Status();
        }));
        return page;
    }

    /// Ids of what a search finds, page by page.
    std::vector<std::string> ids(Search search, const Reach& reach = Reach::all()) {
        std::vector<std::string> found;
        for (;;) {
            const Page page = find(search, reach);
            REQUIRE(page.valid);
            for (const Version& version : page.matches) {
                found.push_back(version.key.id);
            }
            if (page.next.empty()) {
                return found;
            }
            search.after = page.next;
        }
    }

  private:
    std::filesystem::path folder_;
    std::unique_ptr<Store> store_;
};

}  // namespace linkway::store::test
