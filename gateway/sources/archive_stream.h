// Zip files through libarchive. Private to sources.
#pragma once

#include <memory>
#include <string>

#include "sources/input.h"

namespace linkway::sources {

/// The regular entries of a zip, in name order, and what is wrong with others. `display` is the
/// entry's name.
Input list_archive(const std::string& path);

/// Opens an entry that list_archive gave.
text::Result<std::unique_ptr<ByteStream>> open_archive_entry(const InputFile& file);

}  // namespace linkway::sources
