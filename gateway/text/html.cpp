#include "text/html.h"

namespace linkway::text {

void append_html(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            case '\r':
                break;
            default: {
                const auto byte = static_cast<unsigned char>(c);
                const bool forbidden = (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
                out += forbidden ? std::string_view("\xEF\xBF\xBD") : std::string_view(&c, 1);
            }
        }
    }
}

}  // namespace linkway::text
