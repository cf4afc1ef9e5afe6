// Searches as SQL: one criterion drives (the one that fewest resources fit), the others are looked
// up resource by resource.
#include <algorithm>
#include <charconv>

#include "reads.h"

namespace linkway::store {

namespace {

/// SQL with the values of its parameters, in order.
struct Query {
    std::string sql;
    std::vector<std::int64_t> numbers;  // 0 stands for the next text
    std::vector<std::string> texts;
    std::vector<bool> is_text;

    void number(std::int64_t value) {
        numbers.push_back(value);
        is_text.push_back(false);
    }
    void text(std::string value) {
        texts.push_back(std::move(value));
        is_text.push_back(true);
    }
    void add(const Query& other) {
        sql += other.sql;
        std::size_t number_at = 0;
        std::size_t text_at = 0;
        for (const bool one : other.is_text) {
            if (one) {
                text(other.texts[text_at++]);
            } else {
                number(other.numbers[number_at++]);
            }
        }
    }
    sqlite::Statement& on(Connection& connection) const {
        auto& statement = connection.search_statement(sql).with();
        std::size_t number_at = 0;
        std::size_t text_at = 0;
        int position = 0;
        for (const bool one : is_text) {
            if (one) {
                statement.bind(++position, std::string_view(texts[text_at++]));
            } else {
                statement.bind(++position, numbers[number_at++]);
            }
        }
        return statement;
    }
};

/// One value of a date criterion, as a condition on columns `first` and `last`. Source: FHIR R4,
/// Search, Prefixes: the value is a range as the resource's is.
void date_condition(Query& query, const Wanted& wanted, const std::string& first,
                    const std::string& last) {
    const auto one = [&](const std::string& column, const char* compare, Instant value) {
        query.sql += column + compare + "?";
        query.number(value);
    };
    query.sql += '(';
    switch (wanted.compare) {
        case Compare::equal:
            one(first, " >= ", wanted.from);
            query.sql += " AND ";
            one(last, " <= ", wanted.to);
            break;
        case Compare::not_equal:
            one(first, " < ", wanted.from);
            query.sql += " OR ";
            one(last, " > ", wanted.to);
            break;
        case Compare::greater:
            one(last, " > ", wanted.to);
            break;
        case Compare::greater_or_equal:
            one(last, " >= ", wanted.from);
            break;
        case Compare::less:
            one(first, " < ", wanted.from);
            break;
        case Compare::less_or_equal:
            one(first, " <= ", wanted.to);
            break;
        case Compare::starts_after:
            one(first, " > ", wanted.to);
            break;
        case Compare::ends_before:
            one(last, " < ", wanted.from);
            break;
    }
    query.sql += ')';
}

/// One value of a token or reference criterion, as a condition on a row of value_of.
void value_condition(Connection& connection, Query& query, const Wanted& wanted) {
    query.sql += '(';
    bool any = true;
    if (!wanted.value.empty()) {
        query.sql += "v.value = ?";
        query.text(wanted.value);
        any = false;
    }
    if (wanted.system) {
        query.sql += any ? "v.system = ?" : " AND v.system = ?";
        // A system that stands nowhere has no number, and nothing has the number -1.
        const Name system = wanted.system->empty() ? 0 : connection.name(*wanted.system);
        query.number(system == 0 && !wanted.system->empty() ? -1 : system);
        any = false;
    }
    query.sql += any ? "1)" : ")";
}

template <class Each>
void any_of(Query& query, const std::vector<Wanted>& wanted, const Each& each) {
    query.sql += '(';
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        query.sql += i == 0 ? "" : " OR ";
        each(wanted[i]);
    }
    query.sql += wanted.empty() ? "0)" : ")";
}

/// The rows of the index that fit a criterion: FROM and WHERE, without a resource yet.
Query rows_of(Connection& connection, const Criterion& criterion) {
    Query query;
    if (criterion.kind == Criterion::Kind::date) {
        query.sql = " FROM date_of v WHERE v.parameter = ? AND ";
        query.number(connection.name(criterion.parameter));
        any_of(query, criterion.any_of,
               [&](const Wanted& one) { date_condition(query, one, "v.first", "v.last"); });
    } else {
        query.sql = " FROM value_of v WHERE v.parameter = ? AND ";
        query.number(connection.name(criterion.parameter));
        any_of(query, criterion.any_of,
               [&](const Wanted& one) { value_condition(connection, query, one); });
    }
    return query;
}

/// A criterion as a condition on resource r.
Query condition(Connection& connection, const Criterion& criterion) {
    Query query;
    switch (criterion.kind) {
        case Criterion::Kind::id:
            any_of(query, criterion.any_of, [&](const Wanted& one) {
                query.sql += "r.id = ?";
                query.text(one.value);
            });
            break;
        case Criterion::Kind::last_updated:
            any_of(query, criterion.any_of, [&](const Wanted& one) {
                date_condition(query, one, "r.updated", "r.updated");
            });
            break;
        case Criterion::Kind::missing: {
            query.sql = criterion.negated ? "" : "NOT ";
            query.sql +=
                "(EXISTS (SELECT 1 FROM value_of v WHERE v.parameter = ? AND v.resource = r.number)"
                " OR EXISTS (SELECT 1 FROM date_of v WHERE v.parameter = ?"
                " AND v.resource = r.number))";
            query.number(connection.name(criterion.parameter));
            query.number(connection.name(criterion.parameter));
            break;
        }
        case Criterion::Kind::value:
        case Criterion::Kind::date: {
            query.sql = criterion.negated ? "NOT EXISTS (SELECT 1" : "EXISTS (SELECT 1";
            query.add(rows_of(connection, criterion));
            query.sql += " AND v.resource = r.number)";
            break;
        }
    }
    return query;
}

bool can_drive(const Criterion& criterion) {
    return !criterion.negated &&
           (criterion.kind == Criterion::Kind::value || criterion.kind == Criterion::Kind::date);
}

/// The criterion that fewest rows fit, as far as a short look at each can tell.
const Criterion* driver(Connection& connection, const Search& search) {
    const Criterion* best = nullptr;
    std::int64_t fewest = INT64_MAX;
    for (const Criterion& one : search.all_of) {
        if (one.kind == Criterion::Kind::id) {
            return nullptr;  // the index by id is better than any
        }
    }
    const auto drivers = std::count_if(search.all_of.begin(), search.all_of.end(), can_drive);
    for (const Criterion& one : search.all_of) {
        if (!can_drive(one)) {
            continue;
        }
        if (drivers == 1) {
            return &one;
        }
        constexpr const char* look = " LIMIT 500)";
        Query query;
        query.sql = "SELECT count(*) FROM (SELECT 1";
        query.add(rows_of(connection, one));
        query.sql += look;
        auto& statement = query.on(connection);
        const std::int64_t rows = statement.next() ? statement.integer(0) : 0;
        statement.reset();
        if (rows < fewest) {
            fewest = rows;
            best = &one;
        }
        if (rows < 20) {
            break;  // looking on would take longer than going through these
        }
    }
    return best;
}

/// FROM and WHERE of the resources that a search finds.
Query found_by(Connection& connection, const Search& search, const Reach& reach) {
    Query query;
    const Criterion* const drives = driver(connection, search);
    if (drives != nullptr) {
        query.sql = " FROM (SELECT DISTINCT v.resource AS number";
        query.add(rows_of(connection, *drives));
        query.sql += ") d CROSS JOIN resource r ON r.number = d.number WHERE +r.type = ?";
    } else {
        query.sql = " FROM resource r WHERE r.type = ?";
    }
    query.number(connection.name(search.type));
    query.sql += " AND r.deleted = 0";
    for (const Criterion& one : search.all_of) {
        if (&one != drives) {
            query.sql += " AND ";
            query.add(condition(connection, one));
        }
    }
    query.sql += reach_condition(reach, numbers_of(connection, reach));
    return query;
}

/// What is sorted by. Resources without the date come last, whichever way is asked for.
std::string sort_value(Connection& connection, const SortKey& sort) {
    if (sort.parameter == "_lastUpdated") {
        return "r.updated";
    }
    if (sort.parameter == "_id") {
        return "r.id";
    }
    return std::string("coalesce((SELECT ") + (sort.descending ? "max(o.last)" : "min(o.first)") +
           " FROM date_of o WHERE o.resource = r.number AND o.parameter = " +
           std::to_string(connection.name(sort.parameter)) + "), " +
           (sort.descending ? "-9223372036854775807" : "9223372036854775807") + ")";
}

/// "<number>" or "<number>:<value sorted by>" of a page's last resource.
bool read_position(const std::string& text, bool sorted, std::int64_t& number, std::string& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) {
        return false;
    }
    const std::size_t colon = static_cast<std::size_t>(end - text.data());
    if (!sorted) {
        return colon == text.size();
    }
    if (colon >= text.size() || text[colon] != ':') {
        return false;
    }
    value = text.substr(colon + 1);
    return true;
}

/// Adds that resources come behind the last one of the page before; false when that is none of
/// ours.
bool go_on(Query& query, const Search& search, const std::string& by) {
    std::int64_t number = 0;
    std::string value;
    if (!read_position(search.after, search.sort.has_value(), number, value)) {
        return false;
    }
    if (!search.sort) {
        query.sql += " AND r.number > ?";
        query.number(number);
        return true;
    }
    query.sql += " AND (" + by + ", r.number)" + (search.sort->descending ? " < (" : " > (");
    if (search.sort->parameter == "_id") {
        query.sql += "?, ?)";
        query.text(std::move(value));
    } else {
        std::int64_t at = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), at);
        if (error != std::errc() || end != value.data() + value.size()) {
            return false;
        }
        query.sql += "?, ?)";
        query.number(at);
    }
    query.number(number);
    return true;
}

}  // namespace

Page search(Connection& connection, const Search& search, const Reach& reach) {
    Page page;
    const std::string by = search.sort ? sort_value(connection, *search.sort) : "0";
    Query query;
    query.sql = "SELECT r.number, r.id, r.version, r.updated, r.json, " + by + " AS sorted_by";
    query.add(found_by(connection, search, reach));
    if (!search.after.empty() && !go_on(query, search, by)) {
        page.valid = false;
        return page;
    }
    const char* const way = search.sort && search.sort->descending ? " DESC" : "";
    query.sql += std::string(" ORDER BY ") + (search.sort ? "sorted_by" : "r.number") + way +
                 (search.sort ? std::string(", r.number") + way : "") + " LIMIT ?";
    // One more than asked for tells whether there is a next page.
    query.number(static_cast<std::int64_t>(search.count) + 1);

    auto& find = query.on(connection);
    std::string last;
    while (find.next()) {
        if (page.matches.size() == search.count) {
            page.next = last;
            break;
        }
        Version version{
            {search.type, std::string(find.text(1))}, find.integer(2), find.integer(3), false, {}};
        version.json = with_meta(version.key, find.text(4), version.version, version.updated);
        last = std::to_string(find.integer(0));
        if (search.sort) {
            last += ':' + std::string(find.text(5));
        }
        page.matches.push_back(std::move(version));
    }
    find.reset();
    return page;
}

std::uint64_t count(Connection& connection, const Search& search, const Reach& reach) {
    Query query;
    query.sql = "SELECT count(*)";
    query.add(found_by(connection, search, reach));
    auto& find = query.on(connection);
    const std::int64_t found = find.next() ? find.integer(0) : 0;
    find.reset();
    return static_cast<std::uint64_t>(found);
}

}  // namespace linkway::store
