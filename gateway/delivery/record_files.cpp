#include "delivery/record_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <set>

#include "delivery/router.h"
#include "loop/write.h"
#include "record/record.h"
#include "text/json_writer.h"

namespace linkway::delivery {

namespace {

namespace fs = std::filesystem;

/// Group of the store's notes that say which deliveries a file holds; name:
/// "<system>/<ods>/<file>".
constexpr std::string_view file_group = "record-file";

/// "20261123T170528-00000042.csv"
std::string file_name(store::Instant at, std::int64_t number) {
    std::string name;
    for (const char c : store::to_instant(at).substr(0, 19)) {
        name += c == '-' || c == ':' ? "" : std::string(1, c);
    }
    std::string digits = std::to_string(number);
    digits.insert(0, digits.size() < 8 ? 8 - digits.size() : 0, '0');
    return name + "-" + digits + ".csv";
}

void sync_folder(const fs::path& folder) {
    if (const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY); opened >= 0) {
        ::fsync(opened);
        ::close(opened);
    }
}

/// The resources that deliveries are about, and beside them all that those refer to.
record::Resources gather(store::Reader& reader, const std::vector<store::Delivery>& deliveries) {
    record::Resources resources;
    std::set<store::Key> known;
    std::vector<store::Key> referred;
    const auto add = [&](const store::Version& version, bool context) {
        const auto document = text::parse_json(version.json, version.key.type);
        if (!document || !known.insert(version.key).second) {
            return;
        }
        resources.add(document->root(), {version.key.type + "/" + version.key.id, 0, 0, {}}, {},
                      context);
        if (const auto prepared = store::prepare(document->root(), version.key.id)) {
            referred.insert(referred.end(), prepared->references.begin(),
                            prepared->references.end());
        }
    };
    for (const store::Delivery& delivery : deliveries) {
        if (auto version =
                reader.read_version(delivery.subject, delivery.version, store::Reach::all())) {
            add(*version, false);
        }
    }
    // Twice: the person behind a role, the practice behind a patient.
    for (int depth = 0; depth < 2; ++depth) {
        const std::vector<store::Key> next = std::move(referred);
        referred.clear();
        for (const store::Key& key : next) {
            const auto version = reader.read(key, store::Reach::all());
            if (version && !version->deleted) {
                add(*version, true);
            }
        }
    }
    return resources;
}

/// What became of a file.
struct WrittenFile {
    std::uint64_t entries = 0;                    ///< none: there is no file
    std::map<std::string, std::string> rejected;  ///< why, by reference of the resource
};

text::Result<WrittenFile> write_file(const record::RecordMapping& mapping,
                                     const record::Resources& resources, const fs::path& file) {
    const fs::path making = file.parent_path() / ("." + file.filename().string() + ".making");
    auto report = record::write(mapping, resources, making.string(), true);
    if (!report) {
        return std::move(report).issue();
    }
    WrittenFile written;
    written.entries = report->entries;
    for (const text::Issue& issue : report->issues) {
        if (issue.severity == text::Severity::error) {
            written.rejected.emplace(issue.location.file, issue.message);
        }
    }
    std::error_code error;
    if (report->entries != 0) {
        fs::rename(making / "entries.csv", file, error);
    }
    if (error) {
        return text::Issue{text::Severity::error,
                           "exception",
                           "the file cannot be put in place",
                           {file.filename().string(), 0, 0, {}},
                           {}};
    }
    sync_folder(file.parent_path());
    fs::remove_all(making, error);
    return written;
}

text::Status settle_file(store::Store& store, const std::string& destination,
                         const std::string& name, std::vector<store::Delivery>& deliveries,
                         const WrittenFile& file, store::Instant now) {
    return store.write([&](store::Writer& writer) {
        std::string ids;
        text::JsonWriter json(ids);
        json.begin_array();
        for (store::Delivery& delivery : deliveries) {
            ++delivery.attempts;
            const auto rejected =
                file.rejected.find(delivery.subject.type + "/" + delivery.subject.id);
            if (rejected != file.rejected.end()) {
                delivery.state = store::Delivery::State::dead;
                delivery.error = "no entry can be made of it: " + rejected->second;
                writer.settle(delivery);
                continue;
            }
            // What has nothing to file has nothing to wait for.
            delivery.delivered = now;
            delivery.state = store::Delivery::State::delivered;
            writer.settle(delivery);
            json.value(delivery.id);
            if (file.entries != 0) {
                loop::acknowledge(writer, referrals::EventKind::delivered, delivery.subject, now);
            }
        }
        json.end_array();
        if (file.entries != 0) {
            writer.put_note(file_group, {destination + "/" + name, ids});
        }
        return text::Status();
    });
}

text::Status put_off(store::Store& store, std::vector<store::Delivery>& deliveries,
                     const text::Issue& why, store::Instant now) {
    constexpr store::Instant wait = 60'000;
    return store.write([&](store::Writer& writer) {
        for (store::Delivery& delivery : deliveries) {
            ++delivery.attempts;
            delivery.error = why.message;
            delivery.due = now + wait;
            writer.settle(delivery);
        }
        return text::Status();
    });
}

/// First line of a small file.
std::string first_line(const fs::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    constexpr std::size_t most = 500;
    return line.substr(0, most);
}

text::Status settle_acknowledged(store::Store& store, const std::string& name, bool filed,
                                 const std::string& reason, store::Instant now, bool& known) {
    return store.write([&](store::Writer& writer) {
        known = false;
        for (const store::Note& note : writer.notes(file_group)) {
            if (note.name != name) {
                continue;
            }
            known = true;
            const auto ids = text::parse_json(note.content, "record file");
            for (const text::Node& id : ids->root().items) {
                store::DeliveryQuery query;
                query.id = std::stoll(std::string(id.text));
                for (store::Delivery& delivery : writer.deliveries(query)) {
                    if (delivery.state == store::Delivery::State::filed) {
                        continue;  // acknowledged twice
                    }
                    delivery.state =
                        filed ? store::Delivery::State::filed : store::Delivery::State::dead;
                    delivery.filed = filed ? now : 0;
                    delivery.error = filed ? "" : "the practice did not file it: " + reason;
                    writer.settle(delivery);
                    if (filed) {
                        loop::acknowledge(writer, referrals::EventKind::filed, delivery.subject,
                                          now);
                    }
                }
            }
        }
        return text::Status();
    });
}

}  // namespace

text::Result<bool> write_entries(store::Store& store, const RecordFiles& files,
                                 store::Instant now) {
    constexpr store::Instant lease = 300'000;
    constexpr std::size_t most = 1000;
    std::vector<store::Delivery> claimed;
    if (!is_due(store, record, now)) {
        return false;
    }
    if (auto failed = store.write([&](store::Writer& writer) {
            claimed = writer.claim(record, now, now + lease, most);
            return text::Status();
        })) {
        return *std::move(failed);
    }
    std::map<std::string, std::vector<store::Delivery>> by_destination;
    for (store::Delivery& delivery : claimed) {
        by_destination[delivery.destination].push_back(std::move(delivery));
    }
    for (auto& each : by_destination) {
        const std::string& destination = each.first;
        std::vector<store::Delivery>& deliveries = each.second;
        const std::string system = destination.substr(0, destination.find('/'));
        text::Issues issues;
        const auto mapping = record::load(files.mappings + "/record", system, issues);
        record::Resources resources;
        text::Status failed = store.read([&](store::Reader& reader) {
            resources = gather(reader, deliveries);
            return text::Status();
        });
        // The time of the first change in it: another attempt gives the file the same name.
        const std::string name = file_name(deliveries.front().created, deliveries.front().id);
        const fs::path folder = files.outbox / destination;
        std::error_code error;
        fs::create_directories(folder, error);
        WrittenFile file;
        if (!mapping) {
            failed = issues.front();
        } else if (!failed) {
            auto written = write_file(*mapping, resources, folder / name);
            if (written) {
                file = std::move(*written);
            } else {
                failed = std::move(written).issue();
            }
        }
        if (failed) {
            if (files.note) {
                files.note(*failed);
            }
            failed = put_off(store, deliveries, *failed, now);
        } else {
            failed = settle_file(store, destination, name, deliveries, file, now);
        }
        if (failed) {
            return *std::move(failed);
        }
    }
    return !claimed.empty();
}

text::Result<bool> take_acknowledgements(store::Store& store, const RecordFiles& files,
                                         store::Instant now) {
    bool any = false;
    std::error_code error;
    std::vector<fs::path> found;
    for (fs::recursive_directory_iterator at(files.outbox, error), end; at != end && !error;
         at.increment(error)) {
        const std::string extension = at->path().extension().string();
        if ((extension == ".ack" || extension == ".nack") &&
            at->path().parent_path().filename() != "done") {
            found.push_back(at->path());
        }
    }
    for (const fs::path& file : found) {
        const bool filed = file.extension() == ".ack";
        const fs::path entries = file.parent_path() / file.stem();
        bool known = false;
        const std::string name = fs::relative(entries, files.outbox, error).generic_string();
        if (auto failed = settle_acknowledged(store, name, filed, filed ? "" : first_line(file),
                                              now, known)) {
            return *std::move(failed);
        }
        if (!known && files.note) {
            files.note({text::Severity::warning,
                        "not-found",
                        "an acknowledgement of entries that were not sent",
                        {name, 0, 0, {}},
                        "it was put aside in done/"});
        }
        const fs::path done = file.parent_path() / "done";
        fs::create_directories(done, error);
        fs::rename(file, done / file.filename(), error);
        fs::rename(entries, done / entries.filename(), error);
        any = true;
    }
    return any;
}

}  // namespace linkway::delivery
