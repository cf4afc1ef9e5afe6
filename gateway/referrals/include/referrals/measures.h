// Outcome measures, read from mappings/referrals/measures.yaml: what a score may be, which way is
// better, and how raw values are made comparable.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "referrals/event.h"
#include "terminology/terminology.h"
#include "text/node.h"

namespace linkway::referrals {

struct Measure {
    std::string name;    ///< "ons4-anxiety"
    std::string system;  ///< of its code
    std::string code;
    std::optional<std::pair<int, int>> range;  ///< whole numbers, both ends included
    bool lower_is_better = false;
    bool panel = false;  ///< of others: a value of its own is refused
    std::map<std::string, std::string, std::less<>> metric;  ///< by raw value; empty for none

    /// The score of a value as written, or why it is none.
    text::Result<Score> score(std::string_view value) const;
};

/// Immutable once loaded; safe from any thread.
class Measures {
  public:
    const Measure* find(std::string_view system, std::string_view code) const;
    const Measure* named(std::string_view name) const;
    const std::vector<Measure>& all() const { return all_; }

  private:
    friend class MeasuresReader;
    std::vector<Measure> all_;
};

/// Reads `folder`/measures.yaml, as load_rules does.
std::unique_ptr<const Measures> load_measures(const std::string& folder, text::Issues& issues);
std::unique_ptr<const Measures> parse_measures(std::string_view content, const std::string& file,
                                               text::Issues& issues);

}  // namespace linkway::referrals
