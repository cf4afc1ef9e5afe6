#include "chart.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <vector>

#include "dates.h"
#include "store/moment.h"

namespace linkway::pages {

namespace {

// In units of the drawing: it is as wide as the place it stands in.
constexpr double width = 210, height = 120;
constexpr double left = 26, right = 4, top = 20, bottom = 28;
constexpr double inset = 16;  // of the first and last dot, for their labels

struct Dot {
    double x = 0, y = 0;
    const Point* point = nullptr;
};

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::string one_decimal(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

std::string short_number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

struct Frame {
    store::Instant from = 0, to = 0;
    double lowest = 0, highest = 0;
};

struct Placed {
    store::Instant at;
    double value;
    const Point* point;
};

Frame frame_of(const Series& series, const std::vector<Placed>& placed) {
    Frame frame{placed.front().at, placed.back().at, series.lowest, series.highest};
    if (!series.known) {
        const auto [low, high] =
            std::minmax_element(placed.begin(), placed.end(),
                                [](const Placed& a, const Placed& b) { return a.value < b.value; });
        frame.lowest = low->value;
        frame.highest = high->value;
    }
    return frame;
}

std::vector<Dot> dots_of(const std::vector<Placed>& placed, const Frame& frame) {
    const auto share = [](double part, double whole) { return whole > 0 ? part / whole : 0.5; };
    std::vector<Dot> dots;
    for (const Placed& each : placed) {
        const double along = share(static_cast<double>(each.at - frame.from),
                                   static_cast<double>(frame.to - frame.from));
        const double up = share(each.value - frame.lowest, frame.highest - frame.lowest);
        dots.push_back({left + inset + along * (width - left - right - 2 * inset),
                        height - bottom - std::clamp(up, 0.0, 1.0) * (height - top - bottom),
                        each.point});
    }
    return dots;
}

void put_label(Html& html, double x, double y, std::string_view kind, std::string_view label) {
    html.put("text", {{"class", kind}, {"x", one_decimal(x)}, {"y", one_decimal(y)}}, label);
}

void put_axis(Html& html, double value, double y) {
    html.put("line",
             {{"class", "axis"},
              {"x1", one_decimal(left)},
              {"x2", one_decimal(width - right)},
              {"y1", one_decimal(y)},
              {"y2", one_decimal(y)}},
             "");
    put_label(html, left - 6, y + 4, "scale", short_number(value));
}

}  // namespace

const std::string& compared(const Series& series, const Point& point) {
    return series.has_metric && !point.metric.empty() ? point.metric : point.value;
}

void put_chart(Html& html, const Series& series, std::string_view id) {
    std::vector<Placed> placed;
    for (const Point& point : series.points) {
        const auto moments = store::moments_of(point.when);
        const auto value = number(compared(series, point));
        if (moments && value) {
            placed.push_back({moments->from, *value, &point});
        }
    }
    if (placed.size() < 2) {
        return;
    }
    const Frame frame = frame_of(series, placed);
    const std::vector<Dot> dots = dots_of(placed, frame);
    const std::string title = std::string(id) + "-title", about = std::string(id) + "-about";
    const std::string box = "0 0 " + short_number(width) + " " + short_number(height);
    html.in(
        "svg", {{"viewBox", box}, {"role", "img"}, {"aria-labelledby", title + " " + about}}, [&] {
            html.put("title", {{"id", title}}, series.title + " over time");
            std::string description = "A line of " + std::to_string(dots.size()) +
                                      " scores, from " + compared(series, *dots.front().point) +
                                      " to " + compared(series, *dots.back().point) +
                                      ". The table has all of them.";
            html.put("desc", {{"id", about}}, description);
            put_axis(html, frame.highest, top);
            put_axis(html, frame.lowest, height - bottom);
            std::string path;
            for (const Dot& dot : dots) {
                path += (path.empty() ? "" : " ") + one_decimal(dot.x) + "," + one_decimal(dot.y);
            }
            html.put("polyline", {{"class", "plot"}, {"points", path}}, "");
            for (const Dot& dot : dots) {
                html.put("circle",
                         {{"class", "dot"},
                          {"cx", one_decimal(dot.x)},
                          {"cy", one_decimal(dot.y)},
                          {"r", "4"}},
                         "");
            }
            for (const Dot* dot : {&dots.front(), &dots.back()}) {
                put_label(html, dot->x, dot->y - 9, "score", compared(series, *dot->point));
            }
            put_label(html, left - 6, height - 6, "first", day_in_words(dots.front().point->when));
            put_label(html, width - 2, height - 6, "last", day_in_words(dots.back().point->when));
        });
}

}  // namespace linkway::pages
