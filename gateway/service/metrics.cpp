#include "service/metrics.h"

#include <cstdio>

namespace linkway::service {

namespace {

std::string number(double value) {
    std::array<char, 32> digits{};
    const int size = std::snprintf(digits.data(), digits.size(), "%.15g", value);
    return {digits.data(), static_cast<std::size_t>(size)};
}

std::string with(std::string_view labels, std::string_view more = {}) {
    if (labels.empty() && more.empty()) {
        return {};
    }
    std::string out = "{" + std::string(labels);
    out += labels.empty() || more.empty() ? "" : ",";
    out += more;
    return out + "}";
}

}  // namespace

void Metrics::describe(std::string name, Kind kind, std::string help) {
    const std::lock_guard lock(mutex_);
    families_[std::move(name)] = {kind, std::move(help), {}};
}

Metrics::Series* Metrics::find(std::string_view name, std::string_view labels) {
    const auto family = families_.find(name);
    if (family == families_.end()) {
        return nullptr;
    }
    auto& all = family->second.series;
    auto found = all.find(labels);
    if (found == all.end()) {
        found = all.emplace(std::string(labels), Series{}).first;
    }
    return &found->second;
}

void Metrics::add(std::string_view name, std::string_view labels, double amount) {
    const std::lock_guard lock(mutex_);
    if (Series* series = find(name, labels)) {
        series->value += amount;
    }
}

void Metrics::set(std::string_view name, std::string_view labels, double value) {
    const std::lock_guard lock(mutex_);
    if (Series* series = find(name, labels)) {
        series->value = value;
    }
}

void Metrics::observe(std::string_view name, std::string_view labels, double seconds) {
    const std::lock_guard lock(mutex_);
    if (Series* series = find(name, labels)) {
        series->value += seconds;
        ++series->count;
        for (std::size_t i = 0; i < bounds.size(); ++i) {
            if (seconds <= bounds[i]) {
                ++series->buckets[i];
                break;
            }
        }
    }
}

std::string Metrics::text() const {
    constexpr std::array<const char*, 3> kinds = {"counter", "gauge", "histogram"};
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const auto& [name, family] : families_) {
        out += "# HELP " + name + " " + family.help + "\n# TYPE " + name + " " +
               kinds[static_cast<std::size_t>(family.kind)] + "\n";
        for (const auto& [labels, series] : family.series) {
            if (family.kind != Kind::histogram) {
                out += name + with(labels) + " " + number(series.value) + "\n";
                continue;
            }
            std::uint64_t so_far = 0;
            for (std::size_t i = 0; i < bounds.size(); ++i) {
                so_far += series.buckets[i];
                out += name + "_bucket" + with(labels, "le=\"" + number(bounds[i]) + "\"") + " " +
                       std::to_string(so_far) + "\n";
            }
            out += name + "_bucket" + with(labels, "le=\"+Inf\"") + " " +
                   std::to_string(series.count) + "\n";
            out += name + "_sum" + with(labels) + " " + number(series.value) + "\n";
            out += name + "_count" + with(labels) + " " + std::to_string(series.count) + "\n";
        }
    }
    return out;
}

}  // namespace linkway::service
