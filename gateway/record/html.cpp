// The message back as a page that a practice can file beside the record and anybody can read.
#include "text/html.h"

#include "record/record.h"

namespace linkway::record {

namespace {

/// An element with text in it. Text that changes the direction of writing does so for itself alone.
void element(std::string& out, std::string_view tag, std::string_view text) {
    out.append("<").append(tag).append(" dir=\"auto\">");
    text::append_html(out, text);
    out.append("</").append(tag).append(">");
}

constexpr std::string_view head =
    "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\""
    " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<style>\n"
    "body{font:1rem/1.5 Arial,sans-serif;color:#212b32;background:#fff;max-width:44rem;"
    "margin:0 auto;padding:1rem}\n"
    "dl{display:grid;grid-template-columns:max-content auto;gap:0 1rem}\n"
    "dt{font-weight:bold}dd{margin:0}\n"
    "h2{border-top:1px solid #4c6272;padding-top:.5rem}\n"
    "li{margin-bottom:.5rem}.text{white-space:pre-line}\n"
    "</style>\n<title>";

}  // namespace

std::string to_html(const Message& message) {
    std::string out(head);
    text::append_html(out, message.title);
    out += "</title>\n</head>\n<body>\n<main>\n";
    element(out, "h1", message.title);
    out += "\n<dl>\n";
    for (const auto& [label, value] : message.head) {
        element(out, "dt", label);
        element(out, "dd", value);
        out += "\n";
    }
    out += "</dl>\n";
    for (const Message::Part& part : message.parts) {
        out += "<section>\n";
        element(out, "h2", part.title);
        out += "\n";
        if (!part.said.empty()) {
            element(out, "p", part.said);
            out += "\n";
        }
        out += part.lines.empty() ? "" : "<ul>\n";
        for (const Message::Line& line : part.lines) {
            out += "<li>";
            if (!line.date.empty()) {
                element(out, "strong", line.date);
                out += ": ";
            }
            out += "<span class=\"text\" dir=\"auto\">";
            text::append_html(out, line.text);
            out += "</span> (";
            element(out, "bdi", line.by);
            out += ")</li>\n";
        }
        out += part.lines.empty() ? "" : "</ul>\n";
        out += "</section>\n";
    }
    return out + "</main>\n</body>\n</html>\n";
}

}  // namespace linkway::record
