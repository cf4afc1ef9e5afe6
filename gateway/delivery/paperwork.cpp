#include "paperwork.h"

#include <algorithm>
#include <array>
#include <deque>
#include <set>

#include "fhir/digest.h"
#include "loop/write.h"
#include "store/searchable.h"
#include "text/json_writer.h"

namespace linkway::delivery {

namespace {

using text::Node;

/// Resources with all that they refer to, and what that refers to in turn, as far as an entry
/// needs.
class Gathering {
  public:
    explicit Gathering(store::Reader& reader) : reader_(reader) {}

    /// A resource to make entries of; what is only referred to is there for it.
    void add(const store::Version& version, record::Use use) {
        if (known_.insert(version.key).second) {
            roots_.emplace_back(version, use);
        }
    }

    const record::Resources& run() {
        for (const auto& [root, use] : roots_) {
            take(root, use, 0);
        }
        while (!wanted_.empty()) {
            const auto [key, depth] = wanted_.front();
            wanted_.pop_front();
            if (const auto version = reader_.read(key, store::Reach::all());
                version && !version->deleted) {
                take(*version, record::Use::context, depth);
            }
        }
        return gathered_;
    }

  private:
    static constexpr int deepest = 6;
    static constexpr std::size_t most = 500;

    void want(const store::Key& key, int depth) {
        if (depth <= deepest && known_.size() < most && store::is_served(key.type) &&
            known_.insert(key).second) {
            wanted_.emplace_back(key, depth);
        }
    }

    void take(const store::Version& version, record::Use use, int depth) {
        const auto document = text::parse_json(version.json, version.key.type);
        if (document) {
            gathered_.add(document->root(), {version.key.type, 0, 0, {}}, {}, use);
            follow(document->root(), depth + 1);
        }
    }

    void follow(const Node& node, int depth) {
        for (const text::Member& member : node.members) {
            if (member.name == "reference" && member.value.is_string()) {
                if (const auto key = store::local_key(member.value.text)) {
                    want(*key, depth);
                }
            }
            follow(member.value, depth);
        }
        for (const Node& item : node.items) {
            follow(item, depth);
        }
    }

    store::Reader& reader_;
    std::set<store::Key> known_;
    std::vector<std::pair<store::Version, record::Use>> roots_;
    std::deque<std::pair<store::Key, int>> wanted_;
    record::Resources gathered_;
};

/// Entries of one version, as `use` has it.
EntryPaper paper_of(store::Reader& reader, const record::RecordMapping& mapping,
                    const store::Version& version, record::Use use) {
    Gathering gathering(reader);
    gathering.add(version, use);
    record::Report report;
    EntryPaper paper;
    paper.entries = record::make(mapping, gathering.run(), report);
    for (const text::Issue& issue : report.issues) {
        if (paper.entries.empty() && text::has_errors({issue})) {
            paper.problem = issue.message;
        }
    }
    return paper;
}

}  // namespace

EntryPaper entry_paper(store::Reader& reader, const record::RecordMapping& mapping,
                       const store::Key& key, std::int64_t version) {
    const auto stored = reader.read_version(key, version, store::Reach::all());
    if (!stored || stored->deleted) {
        return {};
    }
    EntryPaper paper = paper_of(reader, mapping, *stored, record::Use::entry);
    if (!paper.entries.empty() || !paper.problem.empty()) {
        return paper;
    }
    // What came from the record is filed for what has been said of it since.
    const auto before = reader.read_version(key, version - 1, store::Reach::all());
    if (before && !before->deleted) {
        EntryPaper news = paper_of(reader, mapping, *stored, record::Use::news);
        if (paper_of(reader, mapping, *before, record::Use::news).entries != news.entries) {
            return news;
        }
    }
    return paper;
}

bool is_entry_type(const record::RecordMapping& mapping, std::string_view type) {
    return std::any_of(mapping.entries.begin(), mapping.entries.end(),
                       [&](const mapping::View& view) { return view.resource() == type; });
}

std::string to_content(const record::RecordMapping& mapping, const EntryPaper& paper) {
    std::string json;
    text::JsonWriter out(json);
    out.begin_object();
    out.name("entries");
    out.begin_array();
    for (const record::Entry& entry : paper.entries) {
        out.value(entry.find("key")->second);
    }
    out.end_array();
    fhir::Sha256 digest;
    digest.add(record::to_csv(mapping.target, paper.entries));
    out.member("digest", digest.hex());
    out.end_object();
    return json;
}

std::vector<std::string> keys_in(std::string_view content) {
    std::vector<std::string> keys;
    const auto document = text::parse_json(content, "delivery");
    const Node* entries = document ? document->root().find("entries") : nullptr;
    for (std::size_t i = 0; entries != nullptr && i < entries->items.size(); ++i) {
        keys.emplace_back(entries->items[i].text);
    }
    return keys;
}

std::string message_paper(store::Reader& reader, const record::RecordMapping& mapping,
                          const store::Key& task) {
    Gathering gathering(reader);
    const std::string episode = loop::episode_of(reader, task);
    std::vector<store::Key> members = loop::members_of(reader, episode);
    members.push_back(task);
    for (const store::Key& member : members) {
        if (const auto version = reader.read(member, store::Reach::all());
            version && !version->deleted) {
            gathering.add(*version, record::Use::entry);
        }
    }
    record::Report report;
    const auto messages = record::messages(mapping, gathering.run(), report);
    const auto size = [](const record::Message& message) {
        std::size_t lines = 0;
        for (const record::Message::Part& part : message.parts) {
            lines += part.lines.size();
        }
        return lines;
    };
    // What is gathered may touch another referral of the same person; the one that it is about says
    // the most.
    const auto largest =
        std::max_element(messages.begin(), messages.end(), [&](const auto& a, const auto& b) {
            return std::pair(a.episode == episode, size(a)) <
                   std::pair(b.episode == episode, size(b));
        });
    return largest == messages.end() ? std::string() : record::to_html(*largest);
}

bool has_just_ended(store::Reader& reader, const store::Key& task, std::int64_t version) {
    const auto status_of = [&](std::int64_t of) -> std::string {
        const auto stored = reader.read_version(task, of, store::Reach::all());
        const auto document =
            stored && !stored->deleted
                ? text::parse_json(stored->json, "Task")
                : text::Result<text::Document>(text::Issue{text::Severity::error, "", "", {}, ""});
        if (!document) {
            return {};
        }
        bool fulfils = false;
        const Node* code = document->root().find("code");
        const Node* codings = code == nullptr ? nullptr : code->find("coding");
        for (std::size_t i = 0; codings != nullptr && i < codings->items.size(); ++i) {
            fulfils = fulfils || codings->items[i].string_or("code", "") == "fulfill";
        }
        return fulfils ? std::string(document->root().string_or("status", "")) : std::string();
    };
    constexpr std::array<std::string_view, 4> ended = {"completed", "rejected", "cancelled",
                                                       "failed"};
    const std::string now = status_of(version);
    return std::find(ended.begin(), ended.end(), now) != ended.end() &&
           status_of(version - 1) != now;
}

}  // namespace linkway::delivery
