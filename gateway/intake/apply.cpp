// Resources from the output of a translation to the store.
#include <algorithm>
#include <array>
#include <fstream>

#include "account.h"
#include "fhir/operation_outcome.h"
#include "intake/intake.h"
#include "rejected.h"

namespace linkway::intake {

namespace fs = std::filesystem;
using text::Issue;
using text::Issues;
using text::Severity;
using text::Status;

namespace {

/// What is referred to comes before what refers to it, where that is known.
int rank(const std::string& type) {
    constexpr std::array first = {"Organization", "Practitioner",   "PractitionerRole",
                                  "Patient",      "ServiceRequest", "Task"};
    const auto found = std::find(first.begin(), first.end(), type);
    return type == "Provenance" ? 100 : static_cast<int>(found - first.begin());
}

/// The output's files with resources to store, in the order of application.
std::vector<fs::path> resource_files(const fs::path& output) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(output, error)) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() == ".ndjson" && name != "rejected.ndjson" &&
            name != "warnings.ndjson") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
        const int first = rank(a.stem().string());
        const int second = rank(b.stem().string());
        return first != second ? first < second : a < b;
    });
    return files;
}

/// The lines of all attempts' resources, one after the other.
class Lines {
  public:
    explicit Lines(const std::vector<fs::path>& outputs) {
        for (const fs::path& output : outputs) {
            for (fs::path& file : resource_files(output)) {
                files_.push_back(std::move(file));
            }
        }
    }

    bool next(std::string& line) {
        for (;;) {
            if (in_.is_open() && std::getline(in_, line)) {
                ++number_;
                return true;
            }
            if (next_ == files_.size()) {
                return false;
            }
            in_ = std::ifstream(files_[next_++], std::ios::binary);
            number_ = 0;
        }
    }
    std::string file() const { return files_[next_ - 1].filename().string(); }
    std::uint64_t number() const { return number_; }

  private:
    std::vector<fs::path> files_;
    std::size_t next_ = 0;
    std::ifstream in_;
    std::uint64_t number_ = 0;
};

/// A transaction's worth of resources, and those that can't be stored.
struct Batch {
    std::vector<store::Prepared> resources;
    std::vector<std::string> texts;  // of the resources, for quarantine
    std::vector<store::Quarantined> bad;
    std::uint64_t lines = 0;
};

}  // namespace

text::Result<store::Prepared> check_and_prepare(const std::string& json, const std::string& file,
                                                const Validate& validate, Issues& issues) {
    const auto document = text::parse_json(json, file);
    if (!document) {
        return document.issue();
    }
    if (validate) {
        issues = validate(document->root());
        std::erase_if(issues, [](const Issue& issue) {
            return issue.severity != Severity::error && issue.severity != Severity::fatal;
        });
        if (!issues.empty()) {
            return issues.front();
        }
    }
    return store::prepare(document->root(), document->root().string_or("id", ""));
}

Status Intake::apply(store::Intake& entry) {
    const store::Change::Origin origin{"intake", entry.id, parts_.now()};
    Lines lines(attempts(parts_.folder->work() / entry.id));
    std::string line;
    for (std::uint64_t i = 0; i < entry.resources && lines.next(line); ++i) {
        // Stored before this process began.
    }
    const auto refuse = [&](const std::string& text, const Issues& issues) {
        return rejected_resource(entry, lines.file(), lines.number(), text, issues);
    };
    const auto write = [&](std::span<const store::Prepared> resources,
                           const std::vector<store::Quarantined>& bad, std::uint64_t done) {
        store::Intake after = entry;
        after.resources += done;
        after.changed = parts_.now();
        Status failed = parts_.store->write([&](store::Writer& writer) {
            if (Status refused = parts_.apply(writer, resources, origin)) {
                return refused;
            }
            for (const store::Quarantined& item : bad) {
                put_once(writer, item, after.changed);
            }
            writer.put_intake(after);
            return Status();
        });
        if (!failed) {
            entry = std::move(after);
        }
        return failed;
    };
    for (bool more = true; more;) {
        if (stopping_) {
            return {};
        }
        Batch batch;
        while (batch.lines < options_.batch && (more = lines.next(line))) {
            ++batch.lines;
            Issues issues;
            auto prepared = check_and_prepare(line, lines.file(), parts_.validate, issues);
            if (prepared) {
                batch.resources.push_back(std::move(*prepared));
                batch.texts.push_back(line);
            } else {
                batch.bad.push_back(
                    refuse(line, issues.empty() ? Issues{prepared.issue()} : issues));
            }
        }
        Status failed = write(batch.resources, batch.bad, batch.lines);
        if (failed && failed->code != "no-store" && failed->code != "exception") {
            // One of them can't be kept: the others can. How far it came counts when all are tried.
            for (std::size_t i = 0; i < batch.resources.size(); ++i) {
                failed = write({&batch.resources[i], 1}, {}, 0);
                if (failed && failed->code != "no-store" && failed->code != "exception") {
                    batch.bad.push_back(refuse(batch.texts[i], {*failed}));
                } else if (failed) {
                    return failed;
                }
            }
            failed = write({}, batch.bad, batch.lines);
        }
        if (failed) {
            return failed;
        }
    }
    return finish(entry);
}

}  // namespace linkway::intake
