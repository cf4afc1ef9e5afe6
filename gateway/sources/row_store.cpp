#include "row_store.h"

#include <algorithm>

namespace linkway::sources {

namespace {

/// FNV-1a, its bits then mixed: kept in files, so it must be the same everywhere and for ever.
/// Whatever is found by it is compared, so that two texts of one hash do no harm.
std::uint64_t continue_hash(std::uint64_t hash, std::string_view text) {
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }
    return hash;
}

std::int64_t finish_hash(std::uint64_t hash) {
    hash ^= hash >> 33U;
    hash *= 0xFF51AFD7ED558CCDULL;
    hash ^= hash >> 33U;
    return static_cast<std::int64_t>(hash);
}

void append_length(std::string& out, std::size_t length) {
    for (; length >= 0x80; length >>= 7U) {
        out += static_cast<char>((length & 0x7FU) | 0x80U);
    }
    out += static_cast<char>(length);
}

std::size_t take_length(std::string_view& bytes) {
    std::size_t length = 0;
    for (unsigned shift = 0; !bytes.empty() && shift < 63; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        length |= static_cast<std::size_t>(byte & 0x7FU) << shift;
        if (byte < 0x80) {
            break;
        }
    }
    return std::min(length, bytes.size());
}

constexpr char between_parts = '\x1F';

}  // namespace

RowStore::RowStore(sqlite::Database& database, const SystemMapping& mapping)
    : mapping_(mapping),
      database_(database),
      find_target_(database, "SELECT record FROM target WHERE hash = ?"),
      find_referrer_(database, "SELECT record FROM referrer WHERE hash = ?"),
      add_target_(database, "INSERT OR IGNORE INTO target VALUES (?, ?)"),
      drop_target_(database, "DELETE FROM target WHERE hash = ? AND record = ?"),
      add_referrer_(database, "INSERT OR IGNORE INTO referrer VALUES (?, ?)"),
      drop_referrer_(database, "DELETE FROM referrer WHERE hash = ? AND record = ?"),
      load_(database,
            "SELECT layout, file, row, version, deleted, source, source_row, source_line, "
            "repaired, broken,"
            " cells FROM record WHERE id = ?"),
      insert_(database,
              "INSERT INTO record (layout, file, row, version, deleted, source, source_row,"
              " source_line, repaired, broken, cells) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      last_(database, "SELECT last_insert_rowid()"),
      update_(database,
              "UPDATE record SET layout = ?, file = ?, row = ?, version = ?, deleted = ?,"
              " source = ?, source_row = ?, source_line = ?, repaired = ?, broken = ?, cells = ? "
              "WHERE id = ?"),
      reorder_(database,
               "UPDATE record SET file = ?, row = ?, version = ?, deleted = ? WHERE id = ?"),
      add_event_(database, "INSERT OR IGNORE INTO event VALUES (?)"),
      events_(database, "SELECT record FROM event"),
      population_(database, "SELECT living FROM population WHERE organisation = ?") {
    plan_columns();
    read_layouts();
}

/// Which columns are kept (all that anything uses) and which are indexed (those links lead to).
void RowStore::plan_columns() {
    const auto& tables = mapping_.package().tables;
    kept_.resize(tables.size());
    targets_.resize(tables.size());
    seeds_.resize(tables.size());
    for (std::size_t t = 0; t < tables.size(); ++t) {
        const auto& columns = tables[t].columns;
        for (std::size_t c = 0; c < columns.size(); ++c) {
            if (columns[c].omitted.empty()) {
                kept_[t].push_back(static_cast<int>(c));
            }
            seeds_[t].push_back(
                continue_hash(0xCBF29CE484222325ULL,
                              tables[t].name + between_parts + columns[c].name + between_parts));
        }
        seeds_[t].push_back(continue_hash(0xCBF29CE484222325ULL, tables[t].name + between_parts));
        for (const int index : mapping_.navigations()[t]) {
            const Navigation& way =
                mapping_.graph().navigations(static_cast<int>(t))[static_cast<std::size_t>(index)];
            auto& targets = targets_[static_cast<std::size_t>(way.table)];
            const int column = way.columns.front().second;
            if (std::find(targets.begin(), targets.end(), column) == targets.end()) {
                targets.push_back(column);
            }
        }
    }
}

void RowStore::read_layouts() {
    const auto& tables = mapping_.package().tables;
    sqlite::Statement find(database_, "SELECT id FROM layout WHERE tbl = ? AND columns = ?");
    sqlite::Statement add(database_, "INSERT INTO layout (tbl, columns) VALUES (?, ?)");
    for (std::size_t t = 0; t < tables.size(); ++t) {
        std::string names;
        for (const int column : kept_[t]) {
            names += tables[t].columns[static_cast<std::size_t>(column)].name + '\n';
        }
        const std::string_view table = tables[t].name;
        if (!find.with(table, std::string_view(names)).next()) {
            add.with(table, std::string_view(names)).run();
            find.with(table, std::string_view(names)).next();
        }
        current_.push_back(database_.failed() ? 0 : find.integer(0));
    }
    sqlite::Statement all(database_, "SELECT id, tbl, columns FROM layout");
    while (all.next()) {
        Layout& layout = layouts_[all.integer(0)];
        layout.table = mapping_.package().find(all.text(1));
        std::string_view names = all.text(2);
        while (layout.table >= 0 && !names.empty()) {
            const std::size_t end = std::min(names.find('\n'), names.size());
            layout.columns.push_back(
                tables[static_cast<std::size_t>(layout.table)].find(names.substr(0, end)));
            names.remove_prefix(std::min(end + 1, names.size()));
        }
    }
}

void RowStore::begin(std::int64_t first, std::vector<std::uint32_t> batches) {
    first_file_ = first;
    batches_ = std::move(batches);
    any_referrers_ = database_.ask("SELECT 1 FROM referrer LIMIT 1") == 1;
    changed_events_.clear();
    touched_.clear();
    counts_.clear();
    renew();
}

/// Brings the index to today's mapping where the rows came under another.
void RowStore::renew() {
    const auto& tables = mapping_.package().tables;
    std::string links = mapping_.package().version;
    for (std::size_t t = 0; t < tables.size(); ++t) {
        for (const int column : targets_[t]) {
            links += '\n' + tables[t].name + '.' +
                     tables[t].columns[static_cast<std::size_t>(column)].name;
        }
    }
    sqlite::Statement last(database_, "SELECT links FROM mapping");
    const bool fresh = !last.with().next();
    renewed_ = fresh || last.text(0) != links;
    if (!renewed_) {
        return;
    }
    sqlite::Statement all(database_, "SELECT id FROM record");
    for (all.with(); !fresh && all.next();) {
        const std::int64_t id = all.integer(0);
        if (!load(id, scratch_)) {
            continue;
        }
        for (const int column : targets_[static_cast<std::size_t>(scratch_.table)]) {
            const std::string_view value = scratch_.cells[static_cast<std::size_t>(column)];
            if (!value.empty()) {
                add_target_.with(hash(scratch_.table, column, value), id).run();
            }
        }
    }
    events_.with();
    while (events_.next()) {
        changed_events_.push_back(events_.integer(0));
    }
    database_.execute("DELETE FROM mapping");
    sqlite::Statement(database_, "INSERT INTO mapping VALUES (?)")
        .with(std::string_view(links))
        .run();
}

std::int64_t RowStore::hash(int table, int column, std::string_view value) const {
    return finish_hash(continue_hash(
        seeds_[static_cast<std::size_t>(table)][static_cast<std::size_t>(column)], value));
}

std::string RowStore::key(const Row& row) const {
    std::string key;
    for (const int column : row.set().definition().key) {
        key += row.cell(column);
        key += between_parts;
    }
    return key;
}

bool RowStore::is_after(const RowOrder& a, const RowOrder& b) const {
    const auto order = [&](const RowOrder& each) {
        const std::uint32_t batch =
            each.file < first_file_
                ? 0
                : batches_[static_cast<std::size_t>(each.file - first_file_)] + 1;
        return std::tuple(batch, each.version, each.file, each.row);
    };
    // Whatever an earlier run left comes first.
    return a.file >= first_file_ && order(a) > order(b);
}

std::vector<std::int64_t> RowStore::find(int table, int column, std::string_view value) {
    std::vector<std::int64_t> found;
    find_target_.with(hash(table, column, value));
    while (find_target_.next()) {
        found.push_back(find_target_.integer(0));
    }
    return found;
}

std::int64_t RowStore::find_key(const Row& row) {
    const int table = row.set().table();
    const auto& columns = row.set().definition().key;
    for (const std::int64_t id :
         find(table, static_cast<int>(row.set().definition().columns.size()), key(row))) {
        if (load(id, scratch_) && scratch_.table == table &&
            std::all_of(columns.begin(), columns.end(), [&](int column) {
                return scratch_.cells[static_cast<std::size_t>(column)] == row.cell(column);
            })) {
            return id;
        }
    }
    return 0;
}

bool RowStore::is_living(std::int64_t id) {
    return load(id, scratch_) && !scratch_.deleted;
}

bool RowStore::load(std::int64_t id, StoredRow& into) {
    if (!load_.with(id).next()) {
        return false;
    }
    const auto layout = layouts_.find(load_.integer(0));
    if (layout == layouts_.end() || layout->second.table < 0) {
        return false;
    }
    const auto& columns = layout->second.columns;
    into.id = id;
    into.table = layout->second.table;
    into.order = {load_.integer(1), load_.integer(2), load_.integer(3)};
    into.deleted = load_.integer(4) == 1;
    into.absent = load_.integer(4) == 2;
    into.source = load_.integer(5);
    into.number = static_cast<std::uint64_t>(load_.integer(6));
    into.line = static_cast<std::uint64_t>(load_.integer(7));
    into.repaired_encoding = load_.integer(8) != 0;
    const auto broken = static_cast<std::uint64_t>(load_.integer(9));
    into.broken = 0;
    into.bytes = load_.text(10);
    into.cells.assign(
        mapping_.package().tables[static_cast<std::size_t>(into.table)].columns.size(), {});
    std::string_view rest = into.bytes;
    for (std::size_t i = 0; i < columns.size() && !rest.empty(); ++i) {
        const std::size_t length = take_length(rest);
        if (columns[i] >= 0) {
            into.cells[static_cast<std::size_t>(columns[i])] = rest.substr(0, length);
            if (i < 64 && columns[i] < 64 && (broken >> i & 1U) != 0) {
                into.broken |= std::uint64_t{1} << static_cast<unsigned>(columns[i]);
            }
        }
        rest.remove_prefix(length);
    }
    return true;
}

void RowStore::each_event(const std::function<void(const StoredRow&)>& visit) {
    StoredRow row;
    events_.with();
    while (events_.next()) {
        if (load(events_.integer(0), row)) {
            visit(row);
        }
    }
}

std::int64_t RowStore::events() {
    return database_.ask("SELECT count(*) FROM event");
}

std::uint64_t RowStore::broken_in_layout(const Row& row) const {
    const auto& columns = kept_[static_cast<std::size_t>(row.set().table())];
    std::uint64_t broken = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(columns.size(), 64); ++i) {
        broken |= static_cast<std::uint64_t>(row.is_broken(columns[i])) << i;
    }
    return broken;
}

std::string RowStore::encode(const Row& row) const {
    std::string out;
    for (const int column : kept_[static_cast<std::size_t>(row.set().table())]) {
        const std::string_view cell = row.raw(column);
        append_length(out, cell.size());
        out += cell;
    }
    return out;
}

/// Whether both say the same, their places in the order of application aside.
bool RowStore::same_content(const StoredRow& old, const Row& row) const {
    const Table& table = row.set().definition();
    const auto& columns = kept_[static_cast<std::size_t>(row.set().table())];
    return std::all_of(columns.begin(), columns.end(), [&](int column) {
        const bool broken = column < 64 && (old.broken >> static_cast<unsigned>(column) & 1U) != 0;
        return column == table.version_column || column == table.deleted_column ||
               (old.cells[static_cast<std::size_t>(column)] == row.raw(column) &&
                broken == row.is_broken(column));
    });
}

Put RowStore::put(const Row& row, std::int64_t file) {
    Put result;
    const std::int64_t id = find_key(row);
    if (id == 0) {
        insert(row, file);
        return result;
    }
    const StoredRow& old = scratch_;  // what find_key() compared
    const RowOrder order{file, static_cast<std::int64_t>(row.number), row.version};
    const bool deleted = row.is_deleted();
    const bool stays = row.set().definition().deletion_is_out_of_scope;
    const bool counts = old.source >= first_file_ && (!old.deleted || stays);
    if (is_after(old.order, order)) {
        if (deleted || old.source != 0) {
            result.stale = true;
            return result;
        }
        result.stale = !stays;  // the deletion came first; this is what it took away
        replace(old, row, file, true, old.order);
        return result;
    }
    if (deleted) {
        if (!old.deleted) {
            note_change(old, row);
            count(old.table, row.organisation(), old.absent ? 0 : -1);
            if (counts && !stays) {
                result.displaced = old.source;
            }
        }
        reorder_.with(order.file, order.row, order.version, std::int64_t{1}, id).run();
        return result;
    }
    if (counts) {
        result.displaced = old.source;
    }
    if (!old.deleted && !old.absent && same_content(old, row)) {
        result.unchanged = !counts;
        if (counts) {
            replace(old, row, file, false, order);
        } else {
            reorder_.with(order.file, order.row, order.version, std::int64_t{0}, id).run();
        }
        return result;
    }
    note_change(old, row);
    count(old.table, row.organisation(), old.deleted || old.absent ? 1 : 0);
    replace(old, row, file, false, order);
    return result;
}

void RowStore::insert(const Row& row, std::int64_t file) {
    const int table = row.set().table();
    const bool deleted = row.is_deleted();
    const std::string cells = encode(row);
    insert_
        .with(current_[static_cast<std::size_t>(table)], file,
              static_cast<std::int64_t>(row.number), row.version, std::int64_t{deleted},
              deleted ? std::int64_t{0} : file, static_cast<std::int64_t>(row.number),
              static_cast<std::int64_t>(row.line), std::int64_t{row.repaired_encoding},
              static_cast<std::int64_t>(broken_in_layout(row)), sqlite::Blob{cells})
        .run();
    last_.with().next();
    const std::int64_t id = database_.failed() ? 0 : last_.integer(0);
    const std::string whole = key(row);
    add_target_
        .with(hash(table, static_cast<int>(row.set().definition().columns.size()), whole), id)
        .run();
    for (const int column : targets_[static_cast<std::size_t>(table)]) {
        if (const std::string_view value = row.cell(column); !value.empty()) {
            const std::int64_t at = hash(table, column, value);
            add_target_.with(at, id).run();
            touch(at);
        }
    }
    if (table == mapping_.events().table) {
        add_event_.with(id).run();
        changed_events_.push_back(id);
    }
    count(table, row.organisation(), deleted ? 0 : 1);
}

/// Puts the row's content in the place of the old one.
void RowStore::replace(const StoredRow& old, const Row& row, std::int64_t file, bool deleted,
                       const RowOrder& order) {
    const int table = row.set().table();
    const std::string cells = encode(row);
    update_
        .with(current_[static_cast<std::size_t>(table)], order.file, order.row, order.version,
              std::int64_t{deleted}, file, static_cast<std::int64_t>(row.number),
              static_cast<std::int64_t>(row.line), std::int64_t{row.repaired_encoding},
              static_cast<std::int64_t>(broken_in_layout(row)), sqlite::Blob{cells}, old.id)
        .run();
    for (const int column : targets_[static_cast<std::size_t>(table)]) {
        const std::string_view before = old.cells[static_cast<std::size_t>(column)];
        const std::string_view after = row.cell(column);
        if (before != after) {
            drop_target_.with(hash(table, column, before), old.id).run();
            if (!after.empty()) {
                add_target_.with(hash(table, column, after), old.id).run();
            }
        }
    }
}

}  // namespace linkway::sources
