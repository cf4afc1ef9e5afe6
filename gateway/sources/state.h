// What outlives a run: `linkway translate --state DIR`. One SQLite file a system, and one for what
// systems know in common; everything of a run is committed at once or not at all. Private to
// sources.
#pragma once

#include <memory>
#include <string>

#include "identity.h"
#include "ledger.h"
#include "put_out.h"
#include "row_store.h"

namespace linkway::sources {

class State {
  public:
    /// Opens or makes `folder`/<system>.sqlite, brings an older one to today's tables and begins a
    /// transaction. Nothing is read but what is asked for.
    static text::Result<std::unique_ptr<State>> open(const std::string& folder,
                                                     const SystemMapping& mapping);

    /// The same for a store that must be there.
    static text::Result<std::unique_ptr<State>> open_existing(const std::string& folder,
                                                              const SystemMapping& mapping);

    /// The file in which the systems of a folder know of each other.
    static std::string identity_file(const std::string& folder);

    Ledger& ledger() { return *ledger_; }
    RowStore& rows() { return *rows_; }
    PutOut& put_out() { return *put_out_; }
    Identity& identity() { return *identity_; }
    sqlite::Database& database() { return *database_; }

    /// Forgets what was written since the last commit.
    void begin_again(const SystemMapping& mapping);
    text::Status commit();

  private:
    State() = default;
    void prepare(const SystemMapping& mapping);

    std::unique_ptr<sqlite::Database> database_;
    std::unique_ptr<Ledger> ledger_;
    std::unique_ptr<RowStore> rows_;
    std::unique_ptr<PutOut> put_out_;
    std::unique_ptr<Identity> identity_;
};

}  // namespace linkway::sources
