// A data folder of a test's own, with store and intake on it, and a clock that stands still.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "../sources/cases.h"
#include "../sources/temporary_folder.h"
#include "../sources/zip_writer.h"
#include "catch.h"
#include "intake/inbox.h"
#include "intake/intake.h"
#include "intake/quarantine.h"
#include "intake/worker.h"
#include "store/sqlite_store.h"

namespace linkway::intake::test {

namespace fs = std::filesystem;

/// All files below a folder, by path below it.
inline std::map<std::string, std::string> files_of(const fs::path& folder) {
    std::map<std::string, std::string> files;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
        if (entry.is_regular_file()) {
            std::ifstream in(entry.path(), std::ios::binary);
            std::ostringstream content;
            content << in.rdbuf();
            files[entry.path().lexically_relative(folder).string()] = content.str();
        }
    }
    return files;
}

/// The input of a case of tests/cases/emis.
inline std::map<std::string, std::string> case_files(const std::string& name,
                                                     const std::string& system = "emis") {
    const tests::TemporaryFolder folder;
    tests::lay_out(system, name, folder.path());
    return files_of(folder.path());
}

inline std::string zip_of(const std::map<std::string, std::string>& files) {
    std::vector<tests::ZipEntry> entries;
    for (const auto& [name, content] : files) {
        entries.push_back({name, content});
    }
    return tests::make_zip(entries);
}

class Fixture {
  public:
    explicit Fixture(Options options = {}) : options_(std::move(options)) { open(); }
    explicit Fixture(const fs::path& root, Options options = {})
        : root_(root), options_(std::move(options)) {
        open();
    }

    void open() {
        auto folder = DataFolder::open(root().string(), "test");
        REQUIRE(folder.ok());
        folder_ = std::make_unique<DataFolder>(std::move(*folder));
        auto store = store::open_sqlite({folder_->store().string(), 2, 8192});
        REQUIRE(store.ok());
        store_ = std::move(*store);
        Parts parts;
        parts.folder = folder_.get();
        parts.store = store_.get();
        parts.mappings = &mappings_;
        parts.now = [this] { return now; };
        parts.validate = validate;
        parts.apply = apply;
        parts.note = [this](const text::Issue& issue) { notes.push_back(issue); };
        intake_ = std::make_unique<Intake>(parts, options_);
    }
    void close() {
        intake_.reset();
        store_.reset();
        folder_.reset();
    }
    void reopen() {
        close();
        open();
    }

    fs::path root() const { return root_.empty() ? temporary_.path() : root_; }
    const DataFolder& folder() const { return *folder_; }
    Intake& intake() { return *intake_; }
    store::Store& store() { return *store_; }
    Options& options() { return options_; }
    Quarantine quarantine() { return Quarantine(*intake_); }

    void drop(const std::string& name, std::string_view content) const {
        const fs::path file = folder_->inbox() / name;
        fs::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << content;
    }
    void drop_folder(const std::string& name,
                     const std::map<std::string, std::string>& files) const {
        for (const auto& [file, content] : files) {
            drop(name + "/" + file, content);
        }
    }

    /// Takes the one thing in the inbox into raw/, and no further; its id.
    std::string accept() {
        Inbox inbox(folder_->inbox(), 0);
        const auto arrivals = inbox.poll(now);
        REQUIRE(arrivals.size() == 1);
        const auto id = intake_->accept(arrivals.front());
        REQUIRE(id.ok());
        return *id;
    }

    /// Takes everything in the inbox as complete and works it off.
    bool take_all() {
        Inbox inbox(folder_->inbox(), 0);
        return Worker::turn(inbox, *intake_, now);
    }

    std::vector<store::Intake> ledger() {
        std::vector<store::Intake> entries;
        REQUIRE_FALSE(store_->read([&](store::Reader& reader) {
            entries = reader.intakes({});
            return text::Status();
        }));
        return entries;
    }
    store::Intake only() {
        const auto entries = ledger();
        REQUIRE(entries.size() == 1);
        return entries[0];
    }

    /// Every resource's current JSON without what the store adds, by type and id.
    std::map<std::string, std::string> content() {
        std::map<std::string, std::string> all;
        REQUIRE_FALSE(store_->read([&](store::Reader& reader) {
            for (std::int64_t after = 0;;) {
                const auto changes = reader.changes_after(after, 500);
                if (changes.empty()) {
                    return text::Status();
                }
                after = changes.back().number;
                for (const auto& change : changes) {
                    const auto version = reader.read(change.version.key, store::Reach::all());
                    REQUIRE(version);
                    std::string json = version->json;
                    const std::size_t from = json.find("\"versionId\"");
                    const std::size_t to = json.find('}', from);
                    const std::size_t next = json.find(",\"", json.find("lastUpdated"));
                    json.erase(from, std::min(to, next) - from);
                    all[change.version.key.type + "/" + change.version.key.id] =
                        std::to_string(version->version) + " " + json;
                }
            }
        }));
        return all;
    }
    std::size_t count(const std::string& type) {
        std::size_t found = 0;
        for (const auto& [key, json] : content()) {
            found += key.starts_with(type + "/") ? 1 : 0;
        }
        return found;
    }

    store::Instant now = 1'700'000'000'000;
    std::vector<text::Issue> notes;
    Validate validate;
    Apply apply;

  private:
    tests::TemporaryFolder temporary_;
    fs::path root_;
    Options options_;
    Mappings mappings_{LINKWAY_SOURCE_DIR "/mappings"};
    std::unique_ptr<DataFolder> folder_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<Intake> intake_;
};

}  // namespace linkway::intake::test
