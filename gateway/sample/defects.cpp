#include "defects.h"

#include "sample/sample.h"

namespace linkway::sample {

namespace {

constexpr std::string_view names[] = {"misspelt-header",
                                      "missing-final-line-end",
                                      "identical-row",
                                      "code-row-per-parent",
                                      "code-with-blanks",
                                      "code-not-in-dictionary",
                                      "empty-code",
                                      "read-code-with-synonym",
                                      "read-only-code",
                                      "emis-local-code",
                                      "user-never-arrives",
                                      "location-never-arrives",
                                      "patient-never-arrives",
                                      "parent-never-arrives",
                                      "slot-of-unknown-patient",
                                      "issue-without-course",
                                      "session-without-user",
                                      "session-user-twice",
                                      "target-blank",
                                      "target-is-person",
                                      "target-is-own-practice",
                                      "referral-without-observation",
                                      "urgency-two-week-wait",
                                      "urgency-dated",
                                      "urgency-unknown",
                                      "transport-in-words",
                                      "nhs-number-wrong-check-digit",
                                      "nhs-number-blank",
                                      "leading-blank-in-name",
                                      "leading-blank-in-patient-type",
                                      "dummy-patient",
                                      "confidential-patient",
                                      "confidential-entry",
                                      "spine-sensitive",
                                      "partial-postcode",
                                      "mobile-of-twelve-digits",
                                      "department-as-user",
                                      "start-date-1899",
                                      "date-30-february",
                                      "date-2099",
                                      "own-commissioner",
                                      "ods-code-with-suffix",
                                      "windows-1252-text",
                                      "newline-in-text",
                                      "quote-in-text",
                                      "backslash-in-text",
                                      "long-qualifiers",
                                      "decimal-with-exponent",
                                      "lower-case-guid",
                                      "processing-ids-out-of-order",
                                      "several-versions",
                                      "deleted-row",
                                      "short-row",
                                      "long-row",
                                      "stray-quote"};
static_assert(std::size(names) == static_cast<std::size_t>(Defect::count));

}  // namespace

std::string_view to_string(Defect defect) {
    return names[static_cast<std::size_t>(defect)];
}

std::map<std::string, std::uint64_t> Defects::counts() const {
    std::map<std::string, std::uint64_t> result;
    for (std::size_t i = 0; on_ && i < size; ++i) {
        result.emplace(names[i], made_[i]);
    }
    return result;
}

std::vector<std::string> defect_names() {
    return {std::begin(names), std::end(names)};
}

}  // namespace linkway::sample
