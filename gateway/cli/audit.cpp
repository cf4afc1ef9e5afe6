#include "access/audit.h"

#include <iostream>

#include "command.h"
#include "text/json_writer.h"

namespace linkway::cli {

namespace {

void print_report(const access::AuditReport& report) {
    std::cout << report.folder << ": ";
    if (report.broken) {
        std::cout << "broken at " << report.broken->file;
        if (report.broken->line > 0) {
            std::cout << ':' << report.broken->line;
        }
        std::cout << ": " << report.broken->what << "; before it ";
    }
    std::cout << report.lines << " lines in " << report.files << " files";
    if (!report.first.empty()) {
        std::cout << ", " << report.first << " to " << report.last;
    }
    if (report.torn > 0) {
        std::cout << ", " << report.torn << " with a torn end";
    }
    std::cout << (report.broken ? "\n" : ", unbroken\n");
}

void write_report(text::JsonWriter& json, const access::AuditReport& report) {
    json.begin_object();
    json.member("folder", report.folder);
    json.member("files", report.files);
    json.member("lines", report.lines);
    json.member("first", report.first);
    json.member("last", report.last);
    json.member("torn", report.torn);
    if (report.broken) {
        json.name("broken");
        json.begin_object();
        json.member("file", report.broken->file);
        json.member("line", report.broken->line);
        json.member("what", report.broken->what);
        json.end_object();
    }
    json.end_object();
}

int run(const Arguments& arguments) {
    const auto reports = access::verify_audit(arguments.operands[0]);
    if (!reports) {
        print({reports.issue()});
        return failed;
    }
    bool unbroken = true;
    std::string out;
    text::JsonWriter json(out);
    json.begin_array();
    for (const access::AuditReport& report : *reports) {
        unbroken = unbroken && !report.broken;
        write_report(json, report);
        if (!arguments.has("json")) {
            print_report(report);
        }
    }
    json.end_array();
    if (arguments.has("json")) {
        std::cout << out << '\n';
    }
    return unbroken ? done : failed;
}

}  // namespace

Command audit_verify_command() {
    Command command;
    command.name = "audit verify";
    command.usage = "FOLDER";
    command.summary = "check that no line of the audit log was changed or removed";
    command.description =
        "FOLDER is the folder audit of the service's data, or that of one node in it. Each line "
        "holds the hash of the one before, over all\n"
        "days; the file head remembers the last line that was known to be on disk. Found are "
        "lines that were changed, removed, inserted or\n"
        "moved, with file and line of the first. A chain that was written anew to its end by "
        "somebody who may write there, head included,\n"
        "is found only with a copy of head from elsewhere: put it in place and run this again. "
        "The service may be running.";
    command.options = {
        {"json", "", "", "print the reports as JSON, a list with one for each node"}};
    command.examples = {"linkway audit verify linkway-data/audit",
                        "linkway audit verify --json linkway-data/audit | jq '.[].lines'"};
    command.min_operands = command.max_operands = 1;
    command.run = run;
    return command;
}

}  // namespace linkway::cli
