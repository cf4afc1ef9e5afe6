#include "codes.h"

#include <array>

#include "words.h"

namespace linkway::sample {

namespace {

struct Known {
    std::string_view concept_id;
    std::string_view read;
    std::string_view term;
    std::string_view category;
    CodeUse use;
    std::string_view unit;
    int low;
    int high;
};

constexpr std::string_view findings = "Symptoms and Findings";
constexpr std::string_view measures = "Health management, screening and monitoring";
constexpr std::string_view social = "Personal Health and Social";
constexpr std::string_view referrals = "Referral";

// In the order of Named. Codes of social prescribing stand in several categories, as they do in
// life: whoever looks only at "Referral" misses some.
constexpr Known named[] = {
    {"75367002", "246", "Blood pressure", measures, CodeUse::named, "", 0, 0},
    {"271649006", "2469", "Systolic blood pressure", measures, CodeUse::named, "mmHg", 98000,
     178000},
    {"271650006", "246A", "Diastolic blood pressure", measures, CodeUse::named, "mmHg", 55000,
     104000},
    {"871731000000106", "8T09", "Referral to social prescribing service", referrals, CodeUse::named,
     "", 0, 0},
    {"871691000000100", "", "Social prescribing offered",
     "Administration, documents and attachments", CodeUse::named, "", 0, 0},
    {"871711000000103", "", "Social prescribing declined", "Referral rejected", CodeUse::named, "",
     0, 0},
    {"1084281000000109", "", "Signposting to social prescribing service", "Referral activity",
     CodeUse::named, "", 0, 0},
    {"1362931000000106", "", "Seen by social prescribing link worker", social, CodeUse::named, "",
     0, 0},
    {"1362721000000106", "", "Social prescribing case closed", "Discharged from service",
     CodeUse::named, "", 0, 0}};
static_assert(std::size(named) == static_cast<std::size_t>(Named::count));

constexpr Known known[] = {
    {"38341003", "G20", "Hypertensive disorder", findings, CodeUse::finding, "", 0, 0},
    {"44054006", "C10F", "Type 2 diabetes mellitus", findings, CodeUse::finding, "", 0, 0},
    {"195967001", "H33", "Asthma", findings, CodeUse::finding, "", 0, 0},
    {"13645005", "H3", "Chronic obstructive lung disease", findings, CodeUse::finding, "", 0, 0},
    {"35489007", "E2B", "Depressive disorder", findings, CodeUse::finding, "", 0, 0},
    {"48694002", "E200", "Anxiety", findings, CodeUse::finding, "", 0, 0},
    {"49727002", "171", "Cough", findings, CodeUse::finding, "", 0, 0},
    {"25064002", "1B1G", "Headache", findings, CodeUse::finding, "", 0, 0},
    {"161891005", "16C", "Backache", findings, CodeUse::finding, "", 0, 0},
    {"29857009", "182", "Chest pain", findings, CodeUse::finding, "", 0, 0},
    {"267036007", "173", "Dyspnea", findings, CodeUse::finding, "", 0, 0},
    {"21522001", "", "Abdominal pain", findings, CodeUse::finding, "", 0, 0},
    {"396275006", "N05", "Osteoarthritis", findings, CodeUse::finding, "", 0, 0},
    {"40930008", "C04", "Hypothyroidism", findings, CodeUse::finding, "", 0, 0},
    {"54150009", "H05z", "Upper respiratory infection", findings, CodeUse::finding, "", 0, 0},
    {"68566005", "K190", "Urinary tract infectious disease", findings, CodeUse::finding, "", 0, 0},
    {"37796009", "F26", "Migraine", findings, CodeUse::finding, "", 0, 0},
    {"193462001", "", "Insomnia", findings, CodeUse::finding, "", 0, 0},
    {"43116000", "M11", "Eczema", findings, CodeUse::finding, "", 0, 0},
    {"27113001", "22A", "Body weight", measures, CodeUse::measurement, "kg", 42000, 118000},
    {"50373000", "229", "Body height measure", measures, CodeUse::measurement, "cm", 148000,
     196000},
    {"60621009", "22K", "Body mass index", measures, CodeUse::measurement, "kg/m2", 18000, 39000},
    {"364075005", "242", "Heart rate", measures, CodeUse::measurement, "bpm", 52000, 104000},
    {"77176002", "137R", "Smoker", social, CodeUse::administration, "", 0, 0},
    {"8517006", "137S", "Ex-smoker", social, CodeUse::administration, "", 0, 0},
    {"266919005", "1371", "Never smoked tobacco", social, CodeUse::administration, "", 0, 0},
    {"105529008", "13F3", "Lives alone", social, CodeUse::social_need, "", 0, 0},
    {"267076002", "", "Feeling lonely", social, CodeUse::social_need, "", 0, 0},
    {"422650009", "", "Social isolation", social, CodeUse::social_need, "", 0, 0},
    {"3457005", "", "Patient referral", referrals, CodeUse::hospital_referral, "", 0, 0},
    {"276221000000100", "", "Referred for health coaching", referrals,
     CodeUse::near_social_prescribing, "", 0, 0},
    {"1078371000000100", "", "Referral for health coaching", referrals,
     CodeUse::near_social_prescribing, "", 0, 0},
    {"526151000000109", "", "Referral to exercise on referral programme", referrals,
     CodeUse::near_social_prescribing, "", 0, 0},
    {"390893007", "", "Referral to physical activity program", referrals,
     CodeUse::near_social_prescribing, "", 0, 0},
    {"306238000", "", "Referral to Social Services", referrals, CodeUse::near_social_prescribing,
     "", 0, 0}};

// Multiplication in the dihedral group D5: rotations 0-4, reflections 5-9.
constexpr int multiply(int a, int b) {
    if (a < 5) {
        return b < 5 ? (a + b) % 5 : 5 + (a + b - 5) % 5;
    }
    return b < 5 ? 5 + (a - 5 - b + 5) % 5 : (a - b + 5) % 5;
}

}  // namespace

char verhoeff_digit(std::string_view digits) {
    constexpr int permutation[] = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
    int check = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        int digit = digits[digits.size() - 1 - i] - '0';
        // The digit in place n from the right (the check digit's own is 0) is permuted n times.
        for (std::size_t times = 0; times < (i + 1) % 8; ++times) {
            digit = permutation[digit];
        }
        check = multiply(check, digit);
    }
    const int inverse = check < 5 ? (5 - check) % 5 : check;
    return static_cast<char>('0' + inverse);
}

std::string local_sctid(std::uint32_t item, std::string_view partition) {
    std::string result = std::to_string(item) + "9999999";
    result += partition;
    result += verhoeff_digit(result);
    return result;
}

void Dictionary::add(Code code) {
    // Descriptions are always local ones: real description ids are of no use to a sample.
    code.id = std::stoll(local_sctid(static_cast<std::uint32_t>(codes.size() + 1000), "11"));
    by_use_[static_cast<std::size_t>(code.use)].push_back(static_cast<int>(codes.size()));
    codes.push_back(std::move(code));
}

void Dictionary::add_local(int count, CodeUse use, std::string_view category,
                           std::string_view what) {
    static constexpr std::string_view units[] = {"mmol/L", "g/L", "10*9/L", "U/L", "%"};
    for (int i = 0; i < count; ++i) {
        Code code;
        code.concept_id = local_sctid(static_cast<std::uint32_t>(codes.size() + 1000), "10");
        const Words plants = given_names();
        const Words colours = surnames();
        const auto at = static_cast<std::size_t>(i);
        code.term = "Sample " + std::string(what) + " " + std::to_string(i + 1) + ": " +
                    std::string(plants[at % plants.size()]) + " " +
                    std::string(colours[at / plants.size() % colours.size()]) +
                    " (local sample code)";
        code.category = category;
        code.use = use;
        code.is_local = true;
        if (use == CodeUse::measurement) {
            code.unit = units[at % std::size(units)];
            code.low = 1000 + i % 40 * 500;
            code.high = code.low * 3;
        }
        add(std::move(code));
    }
}

Dictionary::Dictionary() {
    const auto add_known = [this](const Known& each) {
        Code code;
        code.concept_id = each.concept_id;
        code.read = each.read;
        code.term = each.term;
        code.category = each.category;
        code.use = each.use;
        code.unit = each.unit;
        code.low = each.low;
        code.high = each.high;
        add(std::move(code));
    };
    for (const Known& each : named) {
        add_known(each);
    }
    for (const Known& each : known) {
        add_known(each);
    }
    add_local(900, CodeUse::finding, findings, "finding");
    add_local(700, CodeUse::measurement, measures, "test");
    add_local(500, CodeUse::procedure, "Procedure code", "procedure");
    add_local(500, CodeUse::administration, "Administration, documents and attachments", "note");
    add_local(120, CodeUse::hospital_referral, referrals, "referral to clinic");
    add_local(6, CodeUse::contact_kind, "EMIS Qualifier", "kind of contact");
    add_local(274, CodeUse::named, "Unset", "unused code");
}

std::string drug_name(int index) {
    const Words plants = given_names();
    const auto at = static_cast<std::size_t>(index);
    return "Sample " + std::string(plants[at % plants.size()]) + " " +
           std::to_string(5 * (1 + index % 20)) + "mg tablets";
}

}  // namespace linkway::sample
