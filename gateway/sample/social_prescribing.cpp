// Episodes of social prescribing: offered, declined, signposted, referred, seen, closed, in the
// order and with the gaps that records show, and mostly with pieces missing.
#include <algorithm>

#include "calendar.h"
#include "history.h"
#include "words.h"

namespace linkway::sample {

namespace {

/// First release in which link workers could code that they saw someone or closed a case: older
/// records lack both.
constexpr int contact_codes_since = day_number(2023, 4, 1);

/// People in 10,000 with any of the codes. Over all ages this gives the 3.5% that a study of EMIS
/// records found.
std::uint32_t people_in_ten_thousand(int age) {
    return age < 18 ? 40 : age < 40 ? 330 : age < 65 ? 450 : 830;
}

class Story {
  public:
    Story(const World& world, const Dictionary& dictionary, const Patient& patient, Random& random,
          History& history)
        : world_(world),
          dictionary_(dictionary),
          patient_(patient),
          random_(random),
          history_(history) {
        first_ = std::max(history.first_day, link_workers_since);
        last_ = history.last_day;
    }

    bool has_room() const { return last_ - first_ >= 30; }

    void tell() {
        // Recent years are busier: the later of two draws.
        int day = std::max(random_.between(first_, last_), random_.between(first_, last_));
        day = episode(day);
        if (random_.chance(1200) && day + 60 < last_) {
            episode(random_.between(day + 60, last_));
        }
    }

  private:
    int episode(int day);
    bool refer(int day, std::uint32_t staff);
    int seen(int day, int times);
    void need(int day, std::uint32_t staff);
    int contact(int day, std::uint32_t staff);
    Entry& entry(Named code, int day, std::uint32_t staff, Words words);

    const World& world_;
    const Dictionary& dictionary_;
    const Patient& patient_;
    Random& random_;
    History& history_;
    int first_ = 0;
    int last_ = 0;
};

int Story::contact(int day, std::uint32_t staff) {
    Contact made;
    made.day = day;
    made.minute = random_.between(9 * 60, 17 * 60);
    made.staff = staff;
    const auto& kinds = dictionary_.of(CodeUse::contact_kind);
    made.kind = kinds[random_.below(static_cast<std::uint32_t>(kinds.size()))];
    history_.contacts.push_back(made);
    return static_cast<int>(history_.contacts.size() - 1);
}

Entry& Story::entry(Named code, int day, std::uint32_t staff, Words words) {
    const int during = random_.chance(8000) ? contact(day, staff) : -1;
    Entry& made = history_.entries.emplace_back();
    made.code = static_cast<int>(code);
    made.day = day;
    made.staff = staff;
    made.entered_by = random_.chance(2000) ? World::pick(StaffGroup::office, random_) : staff;
    made.entered_day =
        std::min(extract_day - 1, day + (made.entered_by == staff ? 0 : random_.between(0, 5)));
    made.contact = during;
    made.entered_second = during >= 0
                              ? history_.contacts.back().minute * 60 + random_.between(0, 599)
                              : random_.between(9 * 3600, 17 * 3600);
    made.text = !words.empty() && random_.chance(6000)
                    ? add_text(history_, pick_word(words, random_))
                    : Text();
    history_.has_social_prescribing = true;
    return made;
}

void Story::need(int day, std::uint32_t staff) {
    const auto& needs = dictionary_.of(CodeUse::social_need);
    Entry& made = entry(Named::referral, day, staff, {});
    made.code = needs[random_.below(static_cast<std::uint32_t>(needs.size()))];
}

/// True when the code has a referral with it.
bool Story::refer(int day, std::uint32_t staff) {
    if (random_.chance(3500)) {
        need(day, staff);
    }
    entry(Named::referral, day, staff, social_notes());
    if (!random_.chance(5000)) {
        return false;  // a code and no more, as half of them are
    }
    Referral referral;
    referral.entry = static_cast<int>(history_.entries.size() - 1);
    referral.target = world_.serving(
        random_.chance(8500) ? OrganisationKind::link_worker_service : OrganisationKind::network,
        patient_.practice);
    referral.urgency = random_.chance(8500)   ? Urgency::routine
                       : random_.chance(3000) ? Urgency::soon
                                              : Urgency::none;
    referral.service_type =
        random_.chance(6000) ? 8 : static_cast<int>(random_.below(14));  // 8: community care
    referral.mode = static_cast<int>(random_.below(6));
    referral.booking = random_.chance(300) ? 1 + random_.next() % 999999999999ULL : 0;
    history_.referrals.push_back(referral);
    return true;
}

/// Meetings from `day` on; the day of the last one.
int Story::seen(int day, int times) {
    const std::uint32_t worker = World::pick(StaffGroup::link_worker, random_);
    for (int i = 0; i < times && day <= last_; ++i) {
        if (day >= contact_codes_since) {
            entry(Named::seen, day, worker, contact_notes());
        } else if (random_.chance(3000)) {
            // Before there was a code for it, some used the referral code at every meeting.
            entry(Named::referral, day, worker, contact_notes());
        }
        day += random_.between(7, 35);
    }
    return std::min(day, last_);
}

int Story::episode(int day) {
    const std::uint32_t roll = random_.below(100);
    const std::uint32_t referrer = World::pick(roll % 10 < 6   ? StaffGroup::doctor
                                               : roll % 10 < 8 ? StaffGroup::nurse
                                                               : StaffGroup::office,
                                               random_);
    const bool declines = roll < 14;
    const bool only_signposted = roll >= 14 && roll < 24;
    if (declines || random_.chance(2500)) {
        entry(Named::offered, day, referrer, {});
        day = std::min(last_, day + (random_.chance(6000) ? 0 : random_.between(1, 21)));
    }
    if (declines) {
        entry(Named::declined, day, referrer, {});
        return day;
    }
    if (only_signposted) {
        entry(Named::signposted, day, referrer, {});
        return day;
    }
    const bool has_referral =
        refer(day, random_.chance(1500) ? World::pick(StaffGroup::link_worker, random_) : referrer);
    if (random_.chance(800)) {  // changed their mind
        day = std::min(last_, day + random_.between(3, 40));
        entry(Named::declined, day, World::pick(StaffGroup::link_worker, random_), {});
        return day;
    }
    if (!random_.chance(6000)) {
        return day;  // nothing more was ever coded
    }
    day += random_.between(5, 45);
    if (day > last_) {
        return last_;
    }
    day = seen(day, random_.between(1, 6));
    if (random_.chance(5000) && day >= contact_codes_since && day < last_) {
        const int end = std::min(last_, day + random_.between(0, 40));
        entry(Named::closed, end, World::pick(StaffGroup::link_worker, random_), closing_notes());
        if (has_referral) {
            history_.referrals.back().closing = static_cast<int>(history_.entries.size() - 1);
        }
    }
    return day;
}

}  // namespace

void add_social_prescribing(const World& world, const Dictionary& dictionary,
                            const Patient& patient, Random& random, History& history) {
    Story story(world, dictionary, patient, random, history);
    if (!random.chance(people_in_ten_thousand(patient.age_on(extract_day))) || !story.has_room()) {
        return;
    }
    story.tell();
}

}  // namespace linkway::sample
