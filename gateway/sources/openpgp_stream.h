// OpenPGP files through GnuPG (GPGME). Private to sources.
#pragma once

#include <memory>
#include <string>

#include "sources/input.h"

namespace linkway::sources {

/// Decrypts `encrypted` as it is read; nothing decrypted touches the disk. Before the end is
/// reported the signature must have proved good: made by a key of the keyring, over exactly these
/// bytes. Trust in the key is the keyring's business: put only the keys of your suppliers there.
text::Result<std::unique_ptr<ByteStream>> open_openpgp(std::unique_ptr<ByteStream> encrypted,
                                                       const std::string& display,
                                                       const InputOptions& options);

}  // namespace linkway::sources
