// Names of members, each kept once for all documents: what is compared all the time stays in the
// processor's cache, while a document's own text is far away. Private to text.
#pragma once

#include <string_view>

namespace linkway::text {

/// The same name where it stays for the life of the process; the name given, when the table has no
/// room for it: a document with names of its own making must not fill memory. Any thread.
std::string_view well_known(std::string_view name);

}  // namespace linkway::text
