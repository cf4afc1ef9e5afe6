// FHIR resources as commands take them: a JSON or XML file, NDJSON, a Bundle, a folder of NDJSON
// files, or standard input.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "text/issue.h"
#include "text/node.h"

namespace linkway::cli {

using ResourceVisitor = std::function<void(const text::Node& resource, const text::Location& at,
                                           std::string_view full_url)>;

/// Calls `visit` for each resource of the input with its place and the fullUrl it has in a Bundle,
/// a Bundle's entries one by one unless `bundles` says that Bundles themselves are wanted. What is
/// broken goes to `refuse`, with file and line, and the rest goes on. Lines of NDJSON are read one
/// at a time, so memory does not grow with the file. An issue when the input can't be read at all.
text::Status read_resources(const std::string& input, bool bundles, const ResourceVisitor& visit,
                            const std::function<void(text::Issue)>& refuse);

}  // namespace linkway::cli
