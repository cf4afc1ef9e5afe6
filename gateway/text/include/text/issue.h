// The one way Linkway says that something is wrong: on a terminal, in an OperationOutcome, in a
// count.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace linkway::text {

enum class Severity : std::uint8_t { information, warning, error, fatal };

/// Where in the input. Lines and columns count from 1; 0 means "not known" and is not printed.
struct Location {
    std::string file;          ///< as the user named it, never an absolute path of our own making
    std::uint64_t line = 0;    ///< physical line of the file
    std::uint32_t column = 0;  ///< Unicode code point within the line
    std::string field;  ///< name of a table column or path of a FHIR element, when there is one

    friend bool operator==(const Location&, const Location&) = default;
};

/// One finding. `message` and `suggestion` never carry patient data: they name files, lines,
/// columns, elements and what was expected, not what a cell held.
struct Issue {
    Severity severity = Severity::error;
    std::string code;     ///< FHIR IssueType code: structure, required, value, invariant,
                          ///< code-invalid, not-found, ...
    std::string message;  ///< a sentence that says what is wrong and what was expected
    Location location;
    std::string suggestion;  ///< what to do or the nearest right name; empty when there is none

    friend bool operator==(const Issue&, const Issue&) = default;
};

using Issues = std::vector<Issue>;

/// Whether one of them is an error or worse.
bool has_errors(const Issues& issues);

/// "file:line:column: error: message; suggestion" with the parts that are known.
std::string to_string(const Issue& issue);

/// FHIR IssueSeverity code of a severity.
std::string_view to_code(Severity severity);

/// The candidate that a person most likely meant by `name` (edit distance, case ignored), or
/// nothing when none is near enough. Ties go to the first candidate.
std::optional<std::string> nearest(std::string_view name,
                                   const std::vector<std::string>& candidates);

/// `did you mean "x"?` with the nearest candidate, or nothing: what goes into Issue::suggestion.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

/// A value or the reason why there is none. For what is expected to fail; exceptions are for broken
/// programs.
template <class T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
    Result(Issue issue) : state_(std::move(issue)) {}  // NOLINT(google-explicit-constructor)

    bool ok() const { return std::holds_alternative<T>(state_); }
    explicit operator bool() const { return ok(); }

    T& value() & { return std::get<T>(state_); }
    const T& value() const& { return std::get<T>(state_); }
    T&& value() && { return std::get<T>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Issue& issue() const& { return std::get<Issue>(state_); }
    Issue&& issue() && { return std::get<Issue>(std::move(state_)); }

  private:
    std::variant<T, Issue> state_;
};

/// Nothing, or what went wrong; true when something did. One pointer, null when all is well: it is
/// returned by millions of calls in which nothing goes wrong.
class [[nodiscard]] Status {
  public:
    Status() = default;
    Status(std::nullopt_t) {}  // NOLINT(google-explicit-constructor)
    Status(Issue issue)        // NOLINT(google-explicit-constructor)
        : issue_(std::make_unique<Issue>(std::move(issue))) {}
    Status(const Status& other)
        : issue_(other.issue_ ? std::make_unique<Issue>(*other.issue_) : nullptr) {}
    Status(Status&&) noexcept = default;
    Status& operator=(const Status& other) { return *this = Status(other); }
    Status& operator=(Status&&) noexcept = default;
    ~Status() = default;

    explicit operator bool() const { return issue_ != nullptr; }
    bool has_value() const { return issue_ != nullptr; }
    Issue& operator*() & { return *issue_; }
    const Issue& operator*() const& { return *issue_; }
    Issue&& operator*() && { return std::move(*issue_); }
    Issue* operator->() { return issue_.get(); }
    const Issue* operator->() const { return issue_.get(); }

  private:
    std::unique_ptr<Issue> issue_;
};

}  // namespace linkway::text
