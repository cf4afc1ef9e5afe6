#include <algorithm>
#include <filesystem>

#include "access/audit.h"
#include "audit_chain.h"
#include "text/node.h"

namespace linkway::access {

namespace {

namespace fs = std::filesystem;

/// "recorded" of an event; empty when there is none.
std::string recorded(std::string_view event) {
    const auto parsed = text::parse_json(event, "event");
    return parsed ? std::string(parsed->root().string_or("recorded", "")) : std::string();
}

std::string range(std::uint64_t first, std::uint64_t last) {
    return first == last ? "line " + std::to_string(first)
                         : "lines " + std::to_string(first) + " to " + std::to_string(last);
}

/// Why a whole line does not follow the one before; the numbers are those of "seq".
std::string why(const ChainLine& line, const ChainEnd& before) {
    if (line.end.seq > before.seq + 1) {
        return (before.seq == 0 ? "missing at the chain's beginning: "
                                : "removed or moved from here: ") +
               range(before.seq + 1, line.end.seq - 1);
    }
    if (line.end.seq <= before.seq) {
        return "a line was inserted, repeated or moved here: it is line " +
               std::to_string(line.end.seq) + " of the chain, after line " +
               std::to_string(before.seq);
    }
    return "the line does not follow the one before it: one of them was replaced";
}

class Verification {
  public:
    explicit Verification(const std::string& folder) : head_(read_head(folder)) {
        report_.folder = folder;
    }

    text::Result<AuditReport> run() {
        const auto files = day_files(report_.folder);
        for (const std::string& name : files) {
            ++report_.files;
            LineReader reader(report_.folder + '/' + name, 0);
            std::uint64_t number = 0;
            while (const auto line = reader.next()) {
                ++number;
                check(name, number, *line, name == files.back());
                if (report_.broken) {
                    return std::move(report_);
                }
            }
            if (reader.failed()) {
                return *reader.failed();
            }
            last_file_ = name;
            last_line_ = number;
        }
        report_.last = recorded(last_event_);
        compare_with_head();
        return std::move(report_);
    }

  private:
    void check(const std::string& file, std::uint64_t number, const LineReader::Line& line,
               bool is_last_file) {
        if (!line.finished && is_last_file) {
            ++report_.torn;  // being written, or cut short: the next start moves it aside
            return;
        }
        const auto parsed = line.finished ? parse_line(line.text) : std::nullopt;
        if (!parsed) {
            stop(file, number, "the line was changed: it is not what its hash was made of");
            return;
        }
        if (!parsed->follows(end_)) {
            stop(file, number, why(*parsed, end_));
            return;
        }
        end_ = parsed->end;
        ++report_.lines;
        if (report_.lines == 1) {
            report_.first = recorded(parsed->event);
        }
        last_event_ = parsed->event;
        if (head_ && head_->end.seq == end_.seq && head_->end != end_) {
            stop(file, number,
                 "the chain was written anew: the checkpoint \"head\" knows another line here");
        }
    }

    void compare_with_head() {
        if (!head_) {
            stop("head", 0,
                 "the checkpoint \"head\" is missing or damaged: whether lines were removed from "
                 "the end can't be told");
        } else if (end_.seq < head_->end.seq) {
            stop(last_file_.empty() ? head_->file : last_file_, last_line_,
                 "removed from the end, as the checkpoint \"head\" tells: " +
                     range(end_.seq + 1, head_->end.seq));
        }
    }

    void stop(const std::string& file, std::uint64_t line, std::string what) {
        report_.broken = AuditBreak{file, line, std::move(what)};
        report_.last = recorded(last_event_);
    }

    std::optional<Head> head_;  // read first: a log in use only grows after it
    AuditReport report_;
    ChainEnd end_;
    std::string last_event_;
    std::string last_file_;
    std::uint64_t last_line_ = 0;
};

bool is_node_folder(const fs::path& folder) {
    std::error_code error;
    return fs::exists(folder / "head", error) || !day_files(folder.string()).empty();
}

std::uint64_t torn_files(const std::string& folder) {
    std::error_code error;
    return static_cast<std::uint64_t>(
        std::count_if(fs::directory_iterator(folder, error), fs::directory_iterator(),
                      [](const auto& entry) { return entry.path().extension() == ".torn"; }));
}

}  // namespace

text::Result<std::vector<AuditReport>> verify_audit(const std::string& folder) {
    std::vector<std::string> nodes;
    std::error_code error;
    if (is_node_folder(folder)) {
        nodes.push_back(folder);
    } else {
        for (const auto& entry : fs::directory_iterator(folder, error)) {
            if (entry.is_directory(error) && is_node_folder(entry.path())) {
                nodes.push_back(entry.path().string());
            }
        }
    }
    if (nodes.empty()) {
        return text::Issue{text::Severity::error,
                           "not-found",
                           "the folder holds no audit log",
                           {folder, 0, 0, {}},
                           "it is the folder audit of the service's data, or a node's in it"};
    }
    std::sort(nodes.begin(), nodes.end());
    std::vector<AuditReport> reports;
    for (const std::string& node : nodes) {
        auto report = Verification(node).run();
        if (!report) {
            return report.issue();
        }
        report->torn += torn_files(node);
        reports.push_back(std::move(*report));
    }
    return reports;
}

}  // namespace linkway::access
