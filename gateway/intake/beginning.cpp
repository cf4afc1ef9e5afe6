#include "beginning.h"

#include <fstream>
#include <system_error>

namespace linkway::intake {

Beginning::Beginning(std::filesystem::path file) : file_(std::move(file)) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(file_, error);
    before_ = error ? 0 : size;
    std::ofstream(file_, std::ios::app | std::ios::binary) << '.';
}

Beginning::~Beginning() {
    std::error_code error;
    std::filesystem::remove(file_, error);
}

}  // namespace linkway::intake
