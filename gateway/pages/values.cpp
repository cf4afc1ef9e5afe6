// Observations to values, each in words and, where it is a score, as a number.
#include <algorithm>

#include "element.h"
#include "entries.h"

namespace linkway::pages {

using text::Node;

namespace {

struct Title {
    std::string_view measure, title;
};
constexpr Title titles[] = {
    {"ons4-life-satisfaction", "Life satisfaction"},
    {"ons4-worthwhile", "Worthwhile"},
    {"ons4-happiness", "Happiness yesterday"},
    {"ons4-anxiety", "Anxiety yesterday"},
    {"swemwbs", "SWEMWBS"},
    {"wemwbs", "WEMWBS"},
};

std::string quantity(const Node& quantity) {
    std::string text = text_at(quantity, "comparator") + text_at(quantity, "value");
    std::string unit = text_at(quantity, "unit");
    unit = unit.empty() ? text_at(quantity, "code") : unit;
    // "{score}" and "1" are how a value is said to have no unit.
    if (!unit.empty() && unit != "1" && unit.front() != '{') {
        text += " " + unit;
    }
    return text;
}

std::string in_words(const Node& node) {
    if (at(node, "dataAbsentReason") != nullptr) {
        return "not given (" + concept_at(node, "dataAbsentReason") + ")";
    }
    for (const char* path : {"valueInteger", "valueString", "valueDateTime", "valueTime"}) {
        std::string text = text_at(node, path);
        if (!text.empty()) {
            return text;
        }
    }
    if (const Node* value = at(node, "valueQuantity")) {
        return quantity(*value);
    }
    if (at(node, "valueCodeableConcept") != nullptr) {
        return concept_at(node, "valueCodeableConcept");
    }
    if (const Node* value = at(node, "valueBoolean")) {
        return value->text == "true" ? "Yes" : "No";
    }
    if (const Node* value = at(node, "valueRange")) {
        return text_at(*value, "low.value") + " to " + text_at(*value, "high.value");
    }
    if (const Node* value = at(node, "valueRatio")) {
        return text_at(*value, "numerator.value") + "/" + text_at(*value, "denominator.value");
    }
    return {};
}

const Node* number_of(const Node& node) {
    for (const char* path : {"valueQuantity.value", "valueInteger"}) {
        const Node* value = at(node, path);
        if (value != nullptr && value->kind == text::NodeKind::number) {
            return value;
        }
    }
    return nullptr;
}

Value value_of(const Node& node, const referrals::Measures& measures) {
    Value value;
    value.node = &node;
    value.title = concept_at(node, "code");
    value.value = in_words(node);
    value.unit = text_at(node, "valueQuantity.unit");
    for (const Node* coding : all_at(node, "code.coding")) {
        value.measure = value.measure != nullptr ? value.measure
                                                 : measures.find(coding->string_or("system", ""),
                                                                 coding->string_or("code", ""));
    }
    if (value.measure != nullptr) {
        value.title = measure_title(*value.measure, value.title);
        value.unit.clear();
    }
    const Node* number = number_of(node);
    if (number == nullptr) {
        return value;
    }
    value.number = number->text;
    if (value.measure == nullptr) {
        return value;
    }
    if (const auto score = value.measure->score(number->text)) {
        value.metric = score->metric;
        value.value = std::string(number->text) +
                      (score->metric.empty() ? "" : " (metric " + score->metric + ")");
    } else {
        // A value that the measure cannot have is told as it is and goes into no chart.
        value.number.clear();
    }
    return value;
}

}  // namespace

std::string measure_title(const referrals::Measure& measure, std::string_view otherwise) {
    for (const Title& each : titles) {
        if (each.measure == measure.name) {
            return std::string(each.title);
        }
    }
    return std::string(otherwise.empty() ? std::string_view(measure.name) : otherwise);
}

std::vector<Value> values_of(const Node& observation, const referrals::Measures& measures) {
    std::vector<Value> values;
    Value own = value_of(observation, measures);
    if (!own.value.empty()) {
        values.push_back(std::move(own));
    }
    for (const Node* component : all_at(observation, "component")) {
        Value value = value_of(*component, measures);
        if (!value.value.empty()) {
            values.push_back(std::move(value));
        }
    }
    return values;
}

std::string effective(const Node& observation) {
    for (const char* path : {"effectiveDateTime", "effectivePeriod.start", "effectiveInstant"}) {
        std::string when = text_at(observation, path);
        if (!when.empty()) {
            return when;
        }
    }
    return {};
}

}  // namespace linkway::pages
