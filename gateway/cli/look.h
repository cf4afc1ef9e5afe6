// Looking at the store of a service, whether it runs or not.
#pragma once

#include <filesystem>
#include <memory>

#include "store/store.h"

namespace linkway::cli {

/// Nothing can be written through it. Issue: there is no store in that data folder.
text::Result<std::unique_ptr<store::Store>> look_at_store(const std::filesystem::path& data);

}  // namespace linkway::cli
