// Small files that must be whole after a power cut, and private ones.
#pragma once

#include <string>
#include <string_view>

#include "text/issue.h"

namespace linkway::access {

/// An open file descriptor, closed when it goes.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

  private:
    int release();
    int number_ = -1;
};

/// What the last system call said went wrong with a file ("no-store" for a full disk).
text::Issue system_issue(const std::string& what, const std::string& file);

/// Writes all of it at the file's place; false leaves errno.
bool write_all(int descriptor, std::string_view bytes);

/// Makes the entries of a folder durable: new and renamed files. Failure is left to the next sync.
void sync_folder(const std::string& folder);

/// The whole of a file of at most `most` bytes.
text::Result<std::string> read_small_file(const std::string& file, std::size_t most);

/// Writes a file as a whole, durably and readable by its owner only. When there is one it is
/// replaced, or stays as it is and false is returned.
enum class Existing { replace, keep };
text::Result<bool> write_private_file(const std::string& file, std::string_view bytes,
                                      Existing existing);

}  // namespace linkway::access
