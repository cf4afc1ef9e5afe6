#include "sources/row.h"

#include <algorithm>
#include <cstring>

#include "fhir/identity.h"
#include "text/temporal.h"

namespace linkway::sources {

namespace {

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

bool is_integer(std::string_view text) {
    if (!text.empty() && text.front() == '-') {
        text.remove_prefix(1);
    }
    return !text.empty() && text.size() <= 18 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_decimal(std::string_view text) {
    bool digit = false;
    for (const char c : text) {
        digit = digit || (c >= '0' && c <= '9');
    }
    return digit && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
}

std::string_view as_boolean(std::string_view text) {
    if (text == "true" || text == "1" || text == "TRUE" || text == "True") {
        return "true";
    }
    if (text == "false" || text == "0" || text == "FALSE" || text == "False") {
        return "false";
    }
    return {};
}

/// The value in a cell that has something around it: a prefix before, text behind.
std::string_view bare_value(const Column& column, std::string_view content) {
    if (column.prefixes.empty() && column.until.empty()) {
        return content;
    }
    content = trim(content);
    for (const std::string& prefix : column.prefixes) {
        if (content.starts_with(prefix)) {
            content.remove_prefix(prefix.size());
            break;
        }
    }
    return column.until.empty() ? content : trim(content.substr(0, content.find(column.until)));
}

/// Whether two cells have a value in common; one of them may hold several.
bool agree(const Column& column, std::string_view cell, const Column& other_column,
           std::string_view other) {
    const char list = column.list != 0 ? column.list : other_column.list;
    if (list == 0) {
        return cell == other;
    }
    if (column.list == 0) {
        std::swap(cell, other);
    }
    for (std::size_t from = 0; from <= cell.size() && !other.empty();) {
        const std::size_t end = std::min(cell.find(list, from), cell.size());
        if (trim(cell.substr(from, end - from)) == other) {
            return true;
        }
        from = end + 1;
    }
    return false;
}

std::int64_t to_integer(std::string_view text) {
    const bool negative = !text.empty() && text.front() == '-';
    std::int64_t value = 0;
    for (const char c : text.substr(negative ? 1 : 0)) {
        value = value * 10 + (c - '0');
    }
    return negative ? -value : value;
}

/// A moment; the day alone where no time stands or one that means none. Systems that write both
/// leave out the seconds in one table and the time in another.
void read_moment(const Column& column, std::string_view content, std::string& out) {
    std::string_view format = column.format;
    auto moment = text::parse_date_time(content, format);
    if (const auto seconds = format.find(":ss"); !moment && seconds != format.npos) {
        moment = text::parse_date_time(content, format.substr(0, seconds));
    } else if (!moment && format.ends_with("mm")) {
        moment = text::parse_date_time(content, column.format + ":ss");
    }
    if (!moment) {
        const auto day = format.substr(0, format.find_last_not_of(" T", format.find('H') - 1) + 1);
        if (const auto date = text::parse_date(content, day)) {
            text::append_date(out, *date);
        }
        return;
    }
    std::string time;
    text::append_time(time, moment->time);
    if (time == column.no_time) {
        text::append_date(out, moment->date);
    } else {
        text::append_uk_date_time(out, moment->date, moment->time);
    }
}

}  // namespace

std::string_view to_string(Fate fate) {
    static constexpr std::string_view names[] = {
        "pending", "translated", "notRelevant", "superseded", "deleted", "held", "rejected"};
    return names[static_cast<std::size_t>(fate)];
}

std::string normal_guid(std::string_view text) {
    text = trim(text);
    if (!text.empty() && text.front() == '{') {
        text.remove_prefix(1);
    }
    // Extracts have been seen with junk behind the GUID; its 36 characters are what counts.
    std::string guid(text.substr(0, 36));
    if (guid.size() != 36) {
        return {};
    }
    for (std::size_t i = 0; i < guid.size(); ++i) {
        char& c = guid[i];
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (c != '-') {
                return {};
            }
            continue;
        }
        if (c >= 'a' && c <= 'f') {
            c = static_cast<char>(c - 'a' + 'A');
        } else if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'))) {
            return {};
        }
    }
    return guid;
}

Row::Row(const RowSet& set) : Record(*set.type_), set_(&set) {}

std::string_view Row::raw(int column) const {
    if (column < 0) {
        return {};
    }
    const std::size_t count = set_->column_count_;
    std::uint32_t ends[2] = {0, 0};
    if (column == 0) {
        std::memcpy(&ends[1], cells_, sizeof(std::uint32_t));
    } else {
        std::memcpy(ends, cells_ + (static_cast<std::size_t>(column) - 1) * sizeof(std::uint32_t),
                    sizeof(ends));
    }
    const char* bytes = cells_ + count * sizeof(std::uint32_t);
    return {bytes + ends[0], ends[1] - ends[0]};
}

bool Row::is_deleted() const {
    const Table& table = set_->definition();
    return table.deleted_column >= 0 && cell(table.deleted_column) == table.deleted_value;
}

std::string_view Row::organisation() const {
    return cell(set_->definition().organisation_column);
}

std::string Row::key() const {
    std::string key;
    for (const int column : set_->definition().key) {
        key += key.empty() ? "" : "|";
        key += cell(column);
    }
    return key;
}

std::string Row::derived_id() const {
    return fhir::derived_id(
        {set_->graph().package().system, organisation(), set_->definition().name, key()});
}

void Row::field(std::size_t index, fhirpath::Collection& out,
                std::pmr::memory_resource& arena) const {
    using fhirpath::Value;
    const std::size_t columns = set_->column_count_;
    if (index >= columns) {
        for (const Row* row : set_->follow(*this, index - columns)) {
            Value& value = out.add(arena);
            value.kind = fhirpath::ValueKind::record;
            value.record = row;
        }
        return;
    }
    const std::string_view text = cell(static_cast<int>(index));
    if (text.empty()) {
        return;
    }
    Value& value = out.add(arena);
    value.kind = type().fields[index].kind;
    value.text = text;
    if (value.kind == fhirpath::ValueKind::boolean) {
        value.boolean = text == "true";
    } else if (value.kind == fhirpath::ValueKind::integer) {
        value.integer = to_integer(text);
    }
}

RowSet::RowSet(const TableGraph& graph, int table)
    : graph_(graph),
      table_(table),
      definition_(&graph.package().tables[static_cast<std::size_t>(table)]),
      type_(&graph.type(table)),
      column_count_(definition_->columns.size()),
      scratch_(definition_->columns.size()),
      views_(definition_->columns.size()) {}

/// Puts a cell's converted content into `out`; a cell that breaks its column's type stays as it is
/// and is marked.
void RowSet::convert(Row& row, std::size_t column, std::string_view content, std::string& out) {
    const Column& definition_of = definition().columns[column];
    out.clear();
    const auto& missing = definition_of.missing;
    if (!missing.empty() &&
        std::find(missing.begin(), missing.end(), trim(content)) != missing.end()) {
        return;
    }
    content = bare_value(definition_of, content);
    if (definition_of.type == ColumnType::string) {
        out = content;
        if (definition_of.upper) {
            std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
                return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
            });
        }
        return;
    }
    content = trim(content);
    if (content.empty()) {
        return;
    }
    switch (definition_of.type) {
        case ColumnType::guid:
            out = normal_guid(content);
            break;
        case ColumnType::integer:
            out = is_integer(content) ? content : std::string_view{};
            break;
        case ColumnType::number:
            out = is_decimal(content) ? content : std::string_view{};
            break;
        case ColumnType::boolean:
            out = as_boolean(content);
            break;
        case ColumnType::date:
            if (const auto date = text::parse_date(content, definition_of.format)) {
                text::append_date(out, *date);
            }
            break;
        case ColumnType::time:
            if (const auto time = text::parse_time(content, definition_of.format)) {
                text::append_time(out, *time);
            }
            break;
        case ColumnType::date_time:
            read_moment(definition_of, content, out);
            break;
        case ColumnType::string:
            break;
    }
    if (out.empty()) {
        out = content;
        if (column < 64) {
            row.broken |= std::uint64_t{1} << column;
        }
    }
}

Row& RowSet::append() {
    Row& row = rows_.emplace_back(*this);
    row.index_ = static_cast<std::uint32_t>(rows_.size() - 1);
    return row;
}

/// Copies the cells to where they stay.
void RowSet::place(Row& row, std::span<const std::string_view> cells) {
    std::size_t bytes = 0;
    for (const std::string_view cell : cells) {
        bytes += cell.size();
    }
    const std::size_t head = cells.size() * sizeof(std::uint32_t);
    char* at = static_cast<char*>(arena_.allocate(head + bytes, alignof(std::uint32_t)));
    std::uint32_t end = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        std::copy(cells[i].begin(), cells[i].end(), at + head + end);
        end += static_cast<std::uint32_t>(cells[i].size());
        std::memcpy(at + i * sizeof(std::uint32_t), &end, sizeof(end));
    }
    row.cells_ = at;
    const int version = definition().version_column;
    if (version >= 0 && is_integer(row.cell(version))) {
        row.version = to_integer(row.cell(version));
    }
}

Row& RowSet::restore(std::span<const std::string_view> cells, std::uint64_t broken) {
    Row& row = append();
    row.broken = broken;
    place(row, cells);
    return row;
}

Row& RowSet::add(const ScannedRow& scanned, std::span<const int> columns) {
    const auto& definitions = definition().columns;
    Row& row = append();
    row.number = scanned.number;
    row.line = scanned.line;
    row.repaired_encoding = scanned.repaired_encoding;
    for (std::size_t i = 0; i < definitions.size(); ++i) {
        scratch_[i].clear();
        if (columns[i] >= 0) {
            convert(row, i, scanned.cells[static_cast<std::size_t>(columns[i])], scratch_[i]);
        }
    }
    for (std::size_t i = 0; i < definitions.size(); ++i) {
        const int precision = definitions[i].precision_column;
        if (precision >= 0 && !row.is_broken(static_cast<int>(i))) {
            const std::string_view code = trim(scratch_[static_cast<std::size_t>(precision)]);
            const std::size_t keep = code == "U" ? 0 : code == "Y" ? 4 : code == "YM" ? 7 : 10;
            scratch_[i].resize(std::min(scratch_[i].size(), keep));
        }
        views_[i] = scratch_[i];
    }
    place(row, views_);
    return row;
}

void RowSet::clear() {
    rows_.clear();
    living_.clear();
    arena_.release();
}

std::string RowSet::key_of(const Row& row) const {
    std::string key;
    for (const int column : definition().key) {
        key += row.cell(column);
        key += '\x1f';
    }
    return key;
}

void RowSet::settle() {
    struct Keyed {
        std::string key;
        Row* row;
    };
    std::vector<Keyed> keyed;
    keyed.reserve(rows_.size());
    for (Row& row : rows_) {
        if (row.fate == Fate::pending) {
            keyed.push_back({key_of(row), &row});
        }
    }
    std::sort(keyed.begin(), keyed.end(), [](const Keyed& a, const Keyed& b) {
        return std::tie(a.key, a.row->batch, a.row->version, a.row->file, a.row->number) <
               std::tie(b.key, b.row->batch, b.row->version, b.row->file, b.row->number);
    });
    living_.clear();
    for (std::size_t i = 0; i < keyed.size();) {
        std::size_t end = i + 1;
        while (end < keyed.size() && keyed[end].key == keyed[i].key) {
            ++end;
        }
        Row* living = keyed[end - 1].row;
        const bool gone = living->is_deleted();
        for (std::size_t k = i; k < end; ++k) {
            keyed[k].row->fate = keyed[k].row->is_deleted() ? Fate::deleted : Fate::superseded;
        }
        if (gone && definition().deletion_is_out_of_scope) {
            const auto last = std::find_if(
                std::make_reverse_iterator(keyed.begin() + static_cast<std::ptrdiff_t>(end)),
                std::make_reverse_iterator(keyed.begin() + static_cast<std::ptrdiff_t>(i)),
                [&](const Keyed& each) { return !each.row->is_deleted(); });
            living =
                last.base() == keyed.begin() + static_cast<std::ptrdiff_t>(i) ? nullptr : last->row;
            if (living != nullptr) {
                living->no_longer_fed = true;
            }
        } else if (gone) {
            living = nullptr;
        }
        if (living != nullptr) {
            living->fate = Fate::pending;
            living_.push_back(living);
        }
        i = end;
    }
}

const RowSet::Index& RowSet::index_by(int column) {
    const auto [found, fresh] = indices_.try_emplace(column);
    if (fresh) {
        for (Row* row : living_) {
            if (const std::string_view key = row->cell(column); !key.empty()) {
                found->second[key].push_back(row);
            }
        }
    }
    return found->second;
}

/// Appends the rows that a navigation leads to.
void RowSet::find_linked(const Row& row, const Navigation& navigation, const RowSet& there,
                         const Index& index, std::vector<const Row*>& linked) const {
    const auto found = index.find(row.cell(navigation.columns.front().first));
    if (found == index.end()) {
        return;
    }
    const auto all_agree = [&](const Row& other, const std::vector<std::pair<int, int>>& columns) {
        return std::all_of(columns.begin(), columns.end(), [&](const auto& pair) {
            return agree(definition().columns[static_cast<std::size_t>(pair.first)],
                         row.cell(pair.first),
                         there.definition().columns[static_cast<std::size_t>(pair.second)],
                         other.cell(pair.second));
        });
    };
    const Row* match = nullptr;
    for (const Row* other : found->second) {
        if (!all_agree(*other, navigation.columns)) {
            continue;
        }
        if (navigation.many) {
            linked.push_back(other);
        } else if (match == nullptr || (!all_agree(*match, navigation.prefer) &&
                                        all_agree(*other, navigation.prefer))) {
            match = other;
        }
    }
    if (match != nullptr) {
        linked.push_back(match);
    }
}

void RowSet::link(std::span<const int> navigations, std::span<RowSet* const> sets) {
    const auto& all = graph_.navigations(table_);
    links_.assign(all.size(), {});
    for (const int each : navigations) {
        const Navigation& navigation = all[static_cast<std::size_t>(each)];
        RowSet* there = sets[static_cast<std::size_t>(navigation.table)];
        if (there == nullptr) {
            continue;
        }
        Links& links = links_[static_cast<std::size_t>(each)];
        links.ends.reserve(rows_.size());
        const Index& index = there->index_by(navigation.columns.front().second);
        for (const Row& row : rows_) {
            if (row.fate == Fate::pending) {
                find_linked(row, navigation, *there, index, links.rows);
            }
            links.ends.push_back(static_cast<std::uint32_t>(links.rows.size()));
        }
    }
    for (Row* row : living_) {
        const std::string id = row->derived_id();
        char* copy = static_cast<char*>(arena_.allocate(id.size(), 1));
        id.copy(copy, id.size());
        row->id = {copy, id.size()};
    }
}

const Acquaintance& RowSet::acquaintance(const Row& row) const {
    static const Acquaintance none;
    const auto found = acquaintances_.find(row.index());
    return found == acquaintances_.end() ? none : found->second;
}

std::span<const Row* const> RowSet::follow(const Row& row, std::size_t navigation) const {
    const Links& links = links_[navigation];
    if (links.ends.empty()) {
        return {};
    }
    const std::uint32_t from = row.index() == 0 ? 0 : links.ends[row.index() - 1];
    return std::span(links.rows).subspan(from, links.ends[row.index()] - from);
}

}  // namespace linkway::sources
