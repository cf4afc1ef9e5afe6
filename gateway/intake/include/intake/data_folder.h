// The folder that holds all a service keeps, and the lock that says whose it is:
//
//   inbox/<system>/    where extracts land (inbox.h)
//   inbox/failed/      those that could not be used, each beside its <name>.reason.json
//   raw/<id>/          what came, as it came, until it is worked off; id: SHA-256
//   work/<id>/         what was made of it, until it is stored
//   state/             staging stores (sources/translate.h)
//   outbox/<system>/   entries for a practice's record
//   audit/             the chain of audit events
//   store.sqlite       resources, ledger, journal (store/store.h)
//   lock               held by the one process that works here
#pragma once

#include <filesystem>
#include <string>

#include "text/issue.h"

namespace linkway::intake {

class DataFolder {
  public:
    /// Makes what is missing and takes the lock until destroyed. `who` is what others are told who
    /// ask in vain: "linkway serve". Issue: the folder cannot be made, or another process has it
    /// (code "conflict").
    static text::Result<DataFolder> open(const std::string& path, const std::string& who);
    ~DataFolder();
    DataFolder(DataFolder&& other) noexcept;
    DataFolder& operator=(DataFolder&& other) noexcept;

    const std::filesystem::path& root() const { return root_; }
    std::filesystem::path inbox() const { return root_ / "inbox"; }
    std::filesystem::path failed() const { return root_ / "inbox" / "failed"; }
    std::filesystem::path raw() const { return root_ / "raw"; }
    std::filesystem::path work() const { return root_ / "work"; }
    std::filesystem::path state() const { return root_ / "state"; }
    std::filesystem::path outbox() const { return root_ / "outbox"; }
    std::filesystem::path audit() const { return root_ / "audit"; }
    std::filesystem::path store() const { return root_ / "store.sqlite"; }

  private:
    DataFolder() = default;

    std::filesystem::path root_;
    int lock_ = -1;
};

}  // namespace linkway::intake
