// Writes HTML in which nothing that comes from a resource can be anything but text. Private to this
// folder.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace linkway::pages {

using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class Html {
  public:
    /// An element with whatever `body` writes; closed when that is done.
    template <class Body>
    void in(std::string_view tag, Attributes attributes, const Body& body) {
        open(tag, attributes);
        body();
        close(tag);
    }
    template <class Body>
    void in(std::string_view tag, const Body& body) {
        in(tag, {}, body);
    }

    /// An element that holds text only.
    void put(std::string_view tag, Attributes attributes, std::string_view content);
    void put(std::string_view tag, std::string_view content) { put(tag, {}, content); }
    /// An element that holds nothing and is not closed in HTML, such as meta.
    void mark(std::string_view tag, Attributes attributes) { open(tag, attributes); }

    /// Text, escaped. Characters that HTML does not allow become U+FFFD; one that turns the
    /// direction of writing does so for this text alone.
    void text(std::string_view content);
    /// What is HTML already: of this program, never of a resource.
    void trusted(std::string_view html) { out_ += html; }

    std::string take() { return std::move(out_); }

  private:
    void open(std::string_view tag, Attributes attributes);
    void close(std::string_view tag);

    std::string out_;
};

}  // namespace linkway::pages
