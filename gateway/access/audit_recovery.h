// Finding the end of a chain again when its log is opened.
#pragma once

#include <string>

#include "audit_chain.h"
#include "text/issue.h"

namespace linkway::access {

/// Where a log goes on.
struct Recovered {
    ChainEnd end;
    std::string file;        ///< day file to append to; empty when there is none yet
    std::uint64_t size = 0;  ///< of it
    std::string notice;      ///< what the chain is to say of it; empty when all was well
};

/// Finds the end of the chain in a node's folder. What was written after the checkpoint and does
/// not hang together, which is what a power cut leaves, is moved to the file's .torn. When the
/// checkpoint knows of more lines than there are, the chain goes on from the checkpoint.
text::Result<Recovered> recover_chain(const std::string& folder);

}  // namespace linkway::access
