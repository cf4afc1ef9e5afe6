// Why the server itself answers with an error.
#pragma once

#include <string_view>

namespace linkway::http {

struct Refusal {
    int status = 0;           ///< 0: none
    std::string_view reason;  ///< a sentence that quotes nothing of the request
};

}  // namespace linkway::http
