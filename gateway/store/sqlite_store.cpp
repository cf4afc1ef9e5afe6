#include "store/sqlite_store.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "schema.h"
#include "writes.h"

namespace linkway::store {

namespace {

/// A write that waits for the writer's thread; it lives on the stack of the one who asked for it.
struct Waiting {
    const std::function<text::Status(Writer&)>* change = nullptr;
    text::Status result;
    bool done = false;
};

text::Status guarded(const std::function<text::Status()>& run) {
    try {
        return run();
    } catch (const std::exception& thrown) {
        return text::Issue{
            text::Severity::fatal,
            "exception",
            std::string("the store was asked for something broken: ") + thrown.what(),
            {},
            {}};
    }
}

class SqliteStore final : public Store {
  public:
    static text::Result<std::unique_ptr<Store>> open(const SqliteOptions& options);
    ~SqliteStore() override;

    text::Status read(const std::function<text::Status(Reader&)>& look) override;
    text::Status write(const std::function<text::Status(Writer&)>& change) override;

  private:
    SqliteStore() = default;
    text::Status open_writer(const SqliteOptions& options);
    void work();
    void run_group(std::deque<Waiting*>& group);
    text::Status run_one(const std::function<text::Status(Writer&)>& change);

    std::unique_ptr<Connection> writer_;

    std::mutex queue_mutex_;
    std::condition_variable asked_;
    std::condition_variable answered_;
    std::deque<Waiting*> queue_;
    bool stopping_ = false;
    std::thread thread_;

    std::mutex readers_mutex_;
    std::condition_variable reader_free_;
    std::vector<std::unique_ptr<Connection>> readers_;
};

text::Result<std::unique_ptr<Store>> SqliteStore::open(const SqliteOptions& options) {
    std::unique_ptr<SqliteStore> store(new SqliteStore);
    if (!options.look_only) {
        if (auto failed = store->open_writer(options)) {
            return *std::move(failed);
        }
    }
    for (std::size_t i = 0; i < options.readers; ++i) {
        auto reader = sqlite::Database::open(options.path,
                                             {sqlite::Use::reader, "store", options.cache_kib / 8});
        if (!reader) {
            return std::move(reader).issue();
        }
        store->readers_.push_back(std::make_unique<Connection>(std::move(*reader)));
    }
    if (store->writer_) {
        store->thread_ = std::thread([&self = *store] { self.work(); });
    }
    return std::unique_ptr<Store>(std::move(store));
}

text::Status SqliteStore::open_writer(const SqliteOptions& options) {
    auto writer =
        sqlite::Database::open(options.path, {sqlite::Use::writer, "store", options.cache_kib});
    if (!writer) {
        return std::move(writer).issue();
    }
    if (auto failed = migrate(**writer)) {
        failed->location.file = options.path;
        return failed;
    }
    writer_ = std::make_unique<Connection>(std::move(*writer));
    return {};
}

SqliteStore::~SqliteStore() {
    {
        const std::lock_guard lock(queue_mutex_);
        stopping_ = true;
    }
    asked_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
    readers_.clear();  // the writer closes last: whoever does so checkpoints
}

text::Status SqliteStore::read(const std::function<text::Status(Reader&)>& look) {
    std::unique_ptr<Connection> connection;
    {
        std::unique_lock lock(readers_mutex_);
        reader_free_.wait(lock, [&] { return !readers_.empty(); });
        connection = std::move(readers_.back());
        readers_.pop_back();
    }
    connection->database().execute("BEGIN");
    Reads<Reader> reader(*connection);
    text::Status result = guarded([&] { return look(reader); });
    connection->database().execute("COMMIT");
    if (auto failed = connection->database().recover()) {
        result = std::move(failed);
    }
    {
        const std::lock_guard lock(readers_mutex_);
        readers_.push_back(std::move(connection));
    }
    reader_free_.notify_one();
    return result;
}

text::Status SqliteStore::write(const std::function<text::Status(Writer&)>& change) {
    if (!writer_) {
        return text::Issue{text::Severity::error,
                           "not-supported",
                           "the store was opened for looking only",
                           {},
                           {}};
    }
    Waiting waiting;
    waiting.change = &change;
    std::unique_lock lock(queue_mutex_);
    queue_.push_back(&waiting);
    asked_.notify_one();
    answered_.wait(lock, [&] { return waiting.done; });
    return std::move(waiting.result);
}

void SqliteStore::work() {
    constexpr std::size_t most = 256;  // a group no larger, so that none waits long for its flush
    for (;;) {
        std::deque<Waiting*> group;
        {
            std::unique_lock lock(queue_mutex_);
            asked_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) {
                return;
            }
            while (!queue_.empty() && group.size() < most) {
                group.push_back(queue_.front());
                queue_.pop_front();
            }
        }
        run_group(group);
        {
            const std::lock_guard lock(queue_mutex_);
            for (Waiting* one : group) {
                one->done = true;
            }
        }
        answered_.notify_all();
    }
}

text::Status SqliteStore::run_one(const std::function<text::Status(Writer&)>& change) {
    sqlite::Database& database = writer_->database();
    database.execute("SAVEPOINT one");
    SqliteWriter writer(*writer_);
    const std::size_t names = writer_->names_given();
    text::Status result = guarded([&] { return change(writer); });
    if (database.failed() || result) {
        text::Status failed = database.recover_to("one");
        if (writer_->names_given() != names) {
            writer_->forget_names();
        }
        if (failed) {
            result = std::move(failed);
        }
    }
    database.execute("RELEASE one");
    return result;
}

void SqliteStore::run_group(std::deque<Waiting*>& group) {
    sqlite::Database& database = writer_->database();
    database.execute("BEGIN IMMEDIATE");
    for (Waiting* one : group) {
        one->result = run_one(*one->change);
    }
    database.execute("COMMIT");
    if (auto failed = database.recover()) {
        writer_->forget_names();
        // What was not flushed did not happen, whatever each of them thought.
        for (Waiting* one : group) {
            if (!one->result) {
                one->result = failed;
            }
        }
    }
}

}  // namespace

text::Result<std::unique_ptr<Store>> open_sqlite(const SqliteOptions& options) {
    return SqliteStore::open(options);
}

}  // namespace linkway::store
