#include "text/issue.h"

#include <algorithm>
#include <numeric>

namespace linkway::text {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Edit distance without regard to ASCII case in which two letters that changed places count as
/// one mistake, or `limit + 1` as soon as it must exceed `limit`. Element and column names are
/// ASCII in practice, so bytes stand for characters.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
    const std::size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
    if (difference > limit) {
        return limit + 1;
    }
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before.swap(last);
        last.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const char x = lower(a[i - 1]);
            const char y = lower(b[j - 1]);
            row[j] = std::min({last[j - 1] + (x == y ? 0 : 1), last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && y == lower(a[i - 2])) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
    }
    return std::min(row[b.size()], limit + 1);
}

}  // namespace

std::string_view to_code(Severity severity) {
    switch (severity) {
        case Severity::information:
            return "information";
        case Severity::warning:
            return "warning";
        case Severity::error:
            return "error";
        case Severity::fatal:
            return "fatal";
    }
    return "error";
}

std::string to_string(const Issue& issue) {
    std::string out;
    const Location& at = issue.location;
    if (!at.file.empty()) {
        out += at.file;
    }
    // A line without a file still helps ("line 3" of what was piped in), so it is kept.
    if (at.line != 0) {
        out += out.empty() ? "line " : ":";
        out += std::to_string(at.line);
        if (at.column != 0) {
            out += ':';
            out += std::to_string(at.column);
        }
    }
    if (!out.empty()) {
        out += ": ";
    }
    out += to_code(issue.severity);
    out += ": ";
    if (!at.field.empty()) {
        out += at.field;
        out += ": ";
    }
    out += issue.message;
    if (!issue.suggestion.empty()) {
        out += "; ";
        out += issue.suggestion;
    }
    return out;
}

std::optional<std::string> nearest(std::string_view name,
                                   const std::vector<std::string>& candidates) {
    // A third of the letters may be wrong (at least one): further off, a suggestion misleads.
    std::size_t limit = std::max<std::size_t>(1, name.size() / 3);
    const std::string* found = nullptr;
    for (const std::string& candidate : candidates) {
        const std::size_t d = distance(name, candidate, limit);
        // A candidate that shares no letter is not a misspelling of a short name.
        if (d > limit || d >= std::max(name.size(), candidate.size())) {
            continue;
        }
        found = &candidate;
        if (d == 0) {
            break;
        }
        limit = d - 1;
    }
    return found == nullptr ? std::nullopt : std::optional<std::string>(*found);
}

bool has_errors(const Issues& issues) {
    return std::any_of(issues.begin(), issues.end(),
                       [](const Issue& issue) { return issue.severity >= Severity::error; });
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
    const auto meant = nearest(name, candidates);
    return meant ? "did you mean \"" + *meant + "\"?" : "";
}

}  // namespace linkway::text
