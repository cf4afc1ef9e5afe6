#include "delivery/files.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <sstream>

#include "acknowledgement.h"
#include "delivery/outbox.h"
#include "durable_file.h"
#include "filed.h"
#include "loop/write.h"
#include "paperwork.h"

namespace linkway::delivery {

namespace {

namespace fs = std::filesystem;
using State = store::Delivery::State;

constexpr std::size_t most_in_file = 500;
constexpr std::size_t longest_saying = std::size_t{1} << 20;

/// "20261123T170528-00000042"
std::string name_of(const store::Delivery& first) {
    std::string name;
    for (const char c : store::to_instant(first.created).substr(0, 19)) {
        name += c == '-' || c == ':' ? "" : std::string(1, c);
    }
    std::string digits = std::to_string(first.id);
    constexpr std::size_t width = 8;
    digits.insert(0, digits.size() < width ? width - digits.size() : 0, '0');
    return name + "-" + digits;
}

/// "emis/A81001": names that are folders and lead nowhere else. ODS codes come with the data.
bool is_place(std::string_view destination) {
    const std::size_t slash = destination.find('/');
    const auto plain = [](std::string_view name) {
        return !name.empty() && name.size() <= 40 &&
               std::all_of(name.begin(), name.end(), [](char c) {
                   return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || c == '-';
               });
    };
    return slash != std::string_view::npos && plain(destination.substr(0, slash)) &&
           plain(destination.substr(slash + 1));
}

std::string content_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string content(longest_saying, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
    return content;
}

/// Milliseconds since 1970; 0 when it is not there.
store::Instant written_at(const fs::path& file) {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0
               ? static_cast<store::Instant>(status.st_mtim.tv_sec) * 1000 +
                     status.st_mtim.tv_nsec / 1'000'000
               : 0;
}

}  // namespace

/// A file in the making.
struct FileCourier::File {
    std::string name;     ///< with its ending
    std::string content;  ///< empty: nothing to write
    std::vector<store::Delivery> deliveries;
    std::vector<std::string> problems;  ///< of each, empty for none
};

/// What was said of a file.
struct FileCourier::Verdict {
    bool filed = true;
    Acknowledgement acknowledgement;
    std::string reason;  ///< why it was not
};

void FileCourier::note(const text::Issue& issue) const {
    if (parts_.note) {
        parts_.note(issue);
    }
}

bool FileCourier::turn() {
    bool any = false;
    for (const char* channel : {record_channel, message_channel}) {
        std::vector<std::string> due;
        if (parts_.store->read([&](store::Reader& reader) {
                due = reader.due_destinations(channel, parts_.now());
                return text::Status();
            })) {
            continue;
        }
        for (const std::string& destination : due) {
            any = true;
            if (auto failed = write(channel, destination)) {
                note(*failed);
                return false;
            }
        }
    }
    return any;
}

text::Status FileCourier::write(const char* channel, const std::string& destination) {
    const store::Instant now = parts_.now();
    File file;
    const bool is_entries = channel == std::string_view(record_channel);
    if (auto failed = parts_.store->write([&](store::Writer& writer) {
            file.deliveries =
                writer.claim(channel, destination, now + (is_entries ? gathering_time : 0),
                             now + options_.lease, is_entries ? most_in_file : 1);
            return text::Status();
        })) {
        return failed;
    }
    if (file.deliveries.empty()) {
        return {};
    }
    text::Status failed = fill(file, channel, destination);
    if (!failed && !file.content.empty()) {
        failed = write_durably(parts_.outbox / destination / file.name, file.content);
    }
    if (failed) {
        note(*failed);
    }
    return settle(file, destination, failed);
}

/// Makes what stands in the file.
text::Status FileCourier::fill(File& file, const char* channel, const std::string& destination) {
    file.problems.resize(file.deliveries.size());
    const bool is_message = channel == std::string_view(message_channel);
    file.name = name_of(file.deliveries.front()) + (is_message ? ".html" : ".csv");
    const auto mappings = parts_.mappings();
    const auto mapping =
        mappings->find(is_message ? "text" : destination.substr(0, destination.find('/')));
    std::string problem;
    if (mapping == mappings->end()) {
        problem = "there is no mapping for entries of this system";
    } else if (!is_place(destination)) {
        problem = "the practice's ods code is none";
    }
    if (!problem.empty()) {
        file.problems.assign(file.deliveries.size(), problem);
        return {};
    }
    std::vector<record::Entry> entries;
    if (auto failed = parts_.store->read([&](store::Reader& reader) {
            for (std::size_t i = 0; i < file.deliveries.size(); ++i) {
                const store::Delivery& each = file.deliveries[i];
                if (is_message) {
                    file.content = message_paper(reader, mapping->second, each.subject);
                    file.problems[i] =
                        file.content.empty() ? "there is nothing that could be told" : "";
                    continue;
                }
                EntryPaper paper = entry_paper(reader, mapping->second, each.subject, each.version);
                file.problems[i] = paper.entries.empty() && paper.problem.empty()
                                       ? "there is nothing in it to file"
                                       : std::move(paper.problem);
                std::move(paper.entries.begin(), paper.entries.end(), std::back_inserter(entries));
            }
            return text::Status();
        })) {
        return failed;
    }
    if (!entries.empty()) {
        file.content = record::to_csv(mapping->second.target, entries);
    }
    return {};
}

text::Status FileCourier::settle(File& file, const std::string& destination,
                                 const text::Status& failed) {
    const store::Instant now = parts_.now();
    const std::string place = destination + "/" + file.name;
    return parts_.store->write([&](store::Writer& writer) {
        for (std::size_t i = 0; i < file.deliveries.size(); ++i) {
            store::Delivery delivery = file.deliveries[i];
            ++delivery.attempts;
            delivery.error = failed ? failed->message : file.problems[i];
            if (failed && delivery.attempts < options_.retry.attempts) {
                delivery.due = now + delay(options_.retry, delivery.key, delivery.attempts);
            } else if (!delivery.error.empty()) {
                delivery.state = State::dead;
            } else {
                delivery.state = State::delivered;
                delivery.delivered = now;
                note_place(writer, delivery.id, place);
                if (delivery.channel == record_channel) {
                    loop::acknowledge(writer, referrals::EventKind::delivered, delivery.subject,
                                      now);
                }
            }
            writer.settle(delivery);
        }
        return text::Status();
    });
}

bool FileCourier::collect() {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& system : fs::directory_iterator(parts_.outbox, error)) {
        for (const auto& practice : fs::directory_iterator(system.path(), error)) {
            for (const auto& file : fs::directory_iterator(practice.path(), error)) {
                const fs::path extension = file.path().extension();
                if (extension == ".ack" || extension == ".nack") {
                    found.push_back(file.path());
                }
            }
        }
    }
    std::sort(found.begin(), found.end());
    bool any = false;
    for (const fs::path& said : found) {
        any = take_in(said) || any;
    }
    return any;
}

bool FileCourier::take_in(const fs::path& said) {
    const fs::path file = said.parent_path() / said.stem();
    const std::string place = file.lexically_relative(parts_.outbox).generic_string();
    const auto refuse = [&](text::Issue issue) {
        if (noted_.insert(said.string()).second) {
            issue.location.file = said.lexically_relative(parts_.outbox).generic_string();
            note(issue);
        }
        return false;
    };
    const store::Instant written = written_at(said);
    if (written == 0) {
        return false;
    }
    const std::string content = content_of(said);
    const std::size_t hash = std::hash<std::string>()(content);
    if (const auto seen = seen_.find(said.string()); seen != seen_.end() && seen->second == hash) {
        return false;
    }
    const bool empty = content.find_first_not_of(" \t\r\n") == std::string::npos;
    if (empty && parts_.now() - written < options_.quiet) {
        return false;  // perhaps it is being written
    }
    Verdict verdict;
    verdict.filed = said.extension() == ".ack";
    if (verdict.filed) {
        auto read = read_acknowledgement(content, written);
        if (!read) {
            return refuse(std::move(read).issue());
        }
        verdict.acknowledgement = std::move(*read);
    } else {
        verdict.reason = content;
    }
    bool complete = false;
    if (auto failed = apply(place, verdict, complete)) {
        return refuse(*std::move(failed));
    }
    if (!complete) {
        seen_[said.string()] = hash;  // another one may follow under its name
        return true;
    }
    seen_.erase(said.string());
    for (const fs::path& each : {file, said}) {
        if (auto failed = move_into(each, "done")) {
            note(*failed);
        }
    }
    return true;
}

/// Settles the deliveries of a file. `complete`: nothing of it is open any more.
text::Status FileCourier::apply(const std::string& place, const Verdict& verdict, bool& complete) {
    return parts_.store->write([&](store::Writer& writer) -> text::Status {
        complete = true;
        const std::vector<store::Delivery> deliveries = deliveries_at(writer, place);
        if (deliveries.empty()) {
            return text::Issue{text::Severity::warning,
                               "not-found",
                               "nothing of that name was sent",
                               {},
                               "take it away"};
        }
        for (store::Delivery delivery : deliveries) {
            if (delivery.state == State::filed || delivery.state == State::discarded) {
                continue;  // said twice
            }
            if (!verdict.filed) {
                if (delivery.state != State::dead) {
                    delivery.state = State::dead;
                    delivery.error = "the practice will not file it";
                    note_saying(writer, delivery.id, "reason", verdict.reason);
                    writer.settle(delivery);
                }
                continue;
            }
            if (!note_filed(writer, delivery, verdict.acknowledgement)) {
                complete = false;
                continue;
            }
            loop::acknowledge(writer, referrals::EventKind::filed, delivery.subject,
                              delivery.filed);
        }
        return {};
    });
}

}  // namespace linkway::delivery
