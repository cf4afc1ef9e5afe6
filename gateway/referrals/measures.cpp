#include "referrals/measures.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "entry_reader.h"

namespace linkway::referrals {

using text::Node;

namespace {

/// A whole number as written: "7", "7.0" too, since some systems write every value so.
std::optional<int> whole(std::string_view text) {
    const std::size_t point = text.find('.');
    if (point != std::string_view::npos) {
        const std::string_view decimals = text.substr(point + 1);
        if (decimals.empty() || decimals.find_first_not_of('0') != std::string_view::npos) {
            return {};
        }
        text = text.substr(0, point);
    }
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        return {};
    }
    return value;
}

text::Issue refused(std::string message) {
    return {text::Severity::error, "value", std::move(message), {}, {}};
}

}  // namespace

text::Result<Score> Measure::score(std::string_view value) const {
    if (panel) {
        return refused(name +
                       " is a panel: its parts are scores, added up or averaged they are none");
    }
    Score score{name, std::string(value), {}};
    if (!range) {
        return score;
    }
    const auto number = whole(value);
    if (!number || *number < range->first || *number > range->second) {
        return refused("a score of " + name + " is a whole number from " +
                       std::to_string(range->first) + " to " + std::to_string(range->second));
    }
    const auto converted = metric.find(std::to_string(*number));
    if (converted != metric.end()) {
        score.metric = converted->second;
    }
    return score;
}

const Measure* Measures::find(std::string_view system, std::string_view code) const {
    for (const Measure& measure : all_) {
        if (measure.code == code && measure.system == system) {
            return &measure;
        }
    }
    return nullptr;
}

const Measure* Measures::named(std::string_view name) const {
    for (const Measure& measure : all_) {
        if (measure.name == name) {
            return &measure;
        }
    }
    return nullptr;
}

class MeasuresReader : EntryReader {
  public:
    MeasuresReader(const text::Document& document, text::Issues& issues)
        : EntryReader(document, issues), measures_(std::make_unique<Measures>()) {}

    std::unique_ptr<const Measures> read() {
        const Node& root = document().root();
        if (!root.is_object() || root.members.empty()) {
            fail(document().at(root), "", "measures by name are expected");
        }
        for (const text::Member& member : root.members) {
            read_measure(member);
        }
        return sound() ? std::move(measures_) : nullptr;
    }

  private:
    void read_measure(const text::Member& member) {
        const Node& node = member.value;
        known(node, {"code", "range", "better", "panel", "metric"});
        Measure measure;
        measure.name = member.name;
        const Node& code = section(node, "code");
        known(code, {"system", "code"});
        measure.system = words(code, "system");
        measure.code = words(code, "code");
        measure.lower_is_better = choice(node, "better", {"higher", "lower"}) == "lower";
        measure.panel = flag(node, "panel");
        if (measures_->find(measure.system, measure.code) != nullptr) {
            fail(document().at(code), "code", "another measure has this code already");
        }
        if (const Node* range = node.find("range")) {
            read_range(*range, measure);
        }
        if (node.find("metric") != nullptr) {
            read_metric(section(node, "metric"), measure);
        }
        measures_->all_.push_back(std::move(measure));
    }

    void read_range(const Node& node, Measure& measure) {
        const auto end = [&](std::size_t i) {
            return node.is_array() && node.items.size() == 2 ? whole(node.items[i].text)
                                                             : std::nullopt;
        };
        const auto low = end(0);
        const auto high = end(1);
        if (!low || !high || *low > *high || *high - *low > 1000) {
            return fail(document().at(node), "range",
                        "\"range\" is two whole numbers, the lower first, such as [0, 10]");
        }
        measure.range = {*low, *high};
    }

    /// A value for each of the range, and for no other.
    void read_metric(const Node& node, Measure& measure) {
        for (const text::Member& member : node.members) {
            const auto raw = whole(member.name);
            const bool inside = raw && measure.range && *raw >= measure.range->first &&
                                *raw <= measure.range->second;
            if (!inside || member.value.kind != text::NodeKind::number) {
                fail(document().at(member), "metric",
                     "a number for a value of \"range\" is expected");
            }
            measure.metric[std::string(member.name)] = member.value.text;
        }
        for (int raw = measure.range ? measure.range->first : 0;
             measure.range && raw <= measure.range->second; ++raw) {
            if (measure.metric.count(std::to_string(raw)) == 0) {
                fail(document().at(node), "metric",
                     "\"metric\" lacks the value " + std::to_string(raw));
            }
        }
    }

    std::unique_ptr<Measures> measures_;
};

std::unique_ptr<const Measures> parse_measures(std::string_view content, const std::string& file,
                                               text::Issues& issues) {
    const auto document = text::parse_yaml(content, file, rule_limits);
    if (!document) {
        issues.push_back(document.issue());
        return nullptr;
    }
    return MeasuresReader(*document, issues).read();
}

std::unique_ptr<const Measures> load_measures(const std::string& folder, text::Issues& issues) {
    const auto file = (std::filesystem::path(folder) / "measures.yaml").string();
    const auto content = content_of(file, "what a score may be", issues);
    return content ? parse_measures(*content, file, issues) : nullptr;
}

}  // namespace linkway::referrals
