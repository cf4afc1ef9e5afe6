// Writes compact JSON piece by piece; commas come by themselves.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "text/node.h"

namespace linkway::text {

/// Appends to a string of the caller's. Brackets must be closed by whoever opened them.
class JsonWriter {
  public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }

    /// The name of the member whose value comes next.
    void name(std::string_view name) {
        value(name);
        out_ += ':';
        comma_ = false;
    }

    void value(std::string_view text) {
        separate();
        append_json_string(out_, text);
    }
    void value(const char* text) { value(std::string_view(text)); }
    void value(const std::string& text) { value(std::string_view(text)); }
    void value(bool flag) { raw(flag ? "true" : "false"); }
    template <std::integral Number>
    void value(Number number) {
        raw(std::to_string(number));
    }
    /// A value that is JSON already.
    void raw(std::string_view json) {
        separate();
        out_ += json;
    }

    template <typename Value>
    void member(std::string_view member_name, const Value& member_value) {
        name(member_name);
        value(member_value);
    }

  private:
    void open(char bracket) {
        separate();
        out_ += bracket;
        comma_ = false;
    }
    void close(char bracket) {
        out_ += bracket;
        comma_ = true;
    }
    void separate() {
        if (comma_) {
            out_ += ',';
        }
        comma_ = true;
    }

    std::string& out_;
    bool comma_ = false;  // before the next value
};

}  // namespace linkway::text
