// SHA-256 of what comes in pieces.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace linkway::fhir {

class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(std::string_view bytes);
    /// 64 letters, lower case. Ends it.
    std::string hex();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace linkway::fhir
