// The message back: entries of one referral under the headings of text.yaml.
#include <algorithm>

#include "entries.h"
#include "text/temporal.h"

namespace linkway::record {

namespace {

using EntryList = std::vector<const Entry*>;

/// "20 Nov 2025", or as much of it as is known.
std::string date_of(const Entry& entry) {
    std::string date;
    if (const auto moment = text::parse_uk_moment(cell(entry, "date"))) {
        const text::Precision known = moment->date.precision;
        text::append_as(date, moment->date, {},
                        known == text::Precision::year    ? "yyyy"
                        : known == text::Precision::month ? "MMM yyyy"
                                                          : "dd MMM yyyy");
    }
    return date;
}

/// Life satisfaction: 4. What was said; by Ben Sample, Link Worker.
Message::Line line_of(const Entry& entry) {
    Message::Line line;
    line.date = date_of(entry);
    line.text = cell(entry, "term");
    if (!cell(entry, "value").empty()) {
        line.text += ": " + cell(entry, "value");
        line.text += cell(entry, "unit").empty() ? "" : " " + cell(entry, "unit");
    }
    for (const char* column : {"consultation", "narrative"}) {
        if (!cell(entry, column).empty()) {
            line.text += ". " + cell(entry, column);
        }
    }
    const std::string& name = cell(entry, "author.name");
    const std::string& role = cell(entry, "author.role");
    line.by = (name.empty() ? "author not stated" : name) + ", " +
              (role.empty() ? "role not stated" : role);
    return line;
}

/// Of each code (or term) the first and the last, one measure after the other.
EntryList first_and_last(const EntryList& entries) {
    std::vector<std::pair<const Entry*, const Entry*>> measures;
    for (const Entry* each : entries) {
        const auto known = std::find_if(measures.begin(), measures.end(), [&](const auto& measure) {
            return cell(*measure.first, "code") == cell(*each, "code") &&
                   cell(*measure.first, "term") == cell(*each, "term");
        });
        if (known == measures.end()) {
            measures.emplace_back(each, nullptr);
        } else {
            known->second = each;
        }
    }
    EntryList result;
    for (const auto& [first, last] : measures) {
        result.push_back(first);
        if (last != nullptr) {
            result.push_back(last);
        }
    }
    return result;
}

/// Whether the section may lack something of the episode that `any` is an entry of.
bool lacks_any(const Section& section, const Entry& any, const std::vector<Withheld>& withheld) {
    const auto may_be = [](const std::string& known, const std::string& wanted) {
        return known.empty() || known == wanted;
    };
    return std::any_of(withheld.begin(), withheld.end(), [&](const Withheld& each) {
        const bool of_kind =
            each.kind.empty() ||
            std::find(section.kinds.begin(), section.kinds.end(), each.kind) != section.kinds.end();
        return of_kind && may_be(each.patient, cell(any, "patient")) &&
               may_be(each.episode, cell(any, "episode"));
    });
}

/// The entries that belong under a heading.
EntryList chosen_for(const Section& section, const EntryList& entries) {
    EntryList chosen;
    std::copy_if(
        entries.begin(), entries.end(), std::back_inserter(chosen), [&](const Entry* each) {
            return cell(*each, "action") != "remove" &&
                   std::find(section.kinds.begin(), section.kinds.end(), cell(*each, "kind")) !=
                       section.kinds.end();
        });
    return section.first_and_last ? first_and_last(chosen) : chosen;
}

Message message_of(const Target& target, const EntryList& entries,
                   const std::vector<Withheld>& withheld) {
    const Entry& any = *entries.front();
    const auto known = [&](std::string_view column) {
        const std::string& value = cell(any, column);
        return value.empty() ? "not known" : value;
    };
    Message message;
    message.episode = cell(any, "episode");
    message.title = target.title;
    message.head = {{"Name", known("patient.name")},
                    {"Born", known("patient.birth_date")},
                    {"NHS number", known("patient.nhs_number")},
                    {"To", known("patient.practice") + ", ODS code " + known("patient.ods_code")}};
    for (const Section& section : target.sections) {
        const EntryList chosen = chosen_for(section, entries);
        if (chosen.empty() && section.none.empty()) {
            continue;
        }
        Message::Part& part = message.parts.emplace_back();
        part.title = section.title;
        const bool lacking = !section.withheld.empty() && lacks_any(section, any, withheld);
        if (lacking || chosen.empty()) {
            part.said = lacking ? section.withheld : section.none;
        }
        for (const Entry* each : chosen) {
            part.lines.push_back(line_of(*each));
        }
    }
    return message;
}

}  // namespace

std::vector<Message> make_messages(const Target& target, const Entries& entries) {
    std::map<std::pair<std::string, std::string>, EntryList> episodes;
    for (const MadeEntry& each : entries.made) {
        episodes[{cell(each.cells, "episode"), cell(each.cells, "patient")}].push_back(&each.cells);
    }
    std::vector<Message> made;
    for (const auto& [episode, of] : episodes) {
        made.push_back(message_of(target, of, entries.withheld));
    }
    return made;
}

std::vector<Message> messages(const RecordMapping& mapping, const Resources& resources,
                              Report& report) {
    report.target = mapping.target.name;
    report.issues = resources.issues();
    return make_messages(mapping.target, make_entries(mapping, resources, report));
}

std::string to_text(const Message& message) {
    std::string text = message.title + "\n";
    for (const auto& [label, value] : message.head) {
        text.append(label).append(": ").append(value).append("\n");
    }
    for (const Message::Part& part : message.parts) {
        text += "\n" + part.title + "\n" + part.said + (part.said.empty() ? "" : "\n");
        for (const Message::Line& each : part.lines) {
            std::string line = "- " + each.date + (each.date.empty() ? "" : ": ") + each.text +
                               " (" + each.by + ")";
            // A line break of the text goes on under its line, so that no text can look like a
            // heading.
            for (std::size_t at = line.find('\r'); at != std::string::npos;
                 at = line.find('\r', at)) {
                line.replace(at, line.compare(at, 2, "\r\n") == 0 ? 2 : 1, "\n");
            }
            for (std::size_t at = line.find('\n'); at != std::string::npos;
                 at = line.find('\n', at + 1)) {
                line.insert(at + 1, "  ");
            }
            text += line + "\n";
        }
    }
    return text;
}

}  // namespace linkway::record
