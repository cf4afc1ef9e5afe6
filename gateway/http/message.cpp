#include "http/message.h"

#include "ascii.h"
#include "http/server.h"

namespace linkway::http {

std::string_view Head::header(std::string_view name) const {
    for (const auto& [each, value] : headers) {
        if (same_word(each, name)) {
            return value;
        }
    }
    return {};
}

Response Service::refuse(int status, std::string_view reason) {
    return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::string(reason) + "\n"};
}

}  // namespace linkway::http
