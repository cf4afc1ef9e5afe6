// The parts of a record page. Private to this folder.
#pragma once

#include <string>
#include <vector>

#include "html.h"
#include "pages/story.h"

namespace linkway::pages {

/// From here on it is said that nothing was heard: a referral that went silent is not completed.
inline constexpr std::int64_t silence_days = 30;

/// A heading of a level: "h2".
std::string heading(int level);

/// "Ben Sample, Social prescribing link worker"; the organisation where nothing else is known.
std::string in_short(const Person& person);
/// The same and ", Testford Social Prescribing".
std::string in_words(const Person& person);

/// Whether no person is known to act, so that whoever is named is who was asked to.
bool is_addressed_only(const Episode& episode);

void put_actions(Html& html, const Story& story);
void put_unfiled(Html& html, const Story& story);

/// One referral, its own headings one level below `level`. `id` is unique on the page.
void put_episode(Html& html, const Episode& episode, int level, const std::string& id);
/// Entries one below the other, the way a timeline has them.
void put_entries(Html& html, const std::vector<Entry>& entries);
void put_scores(Html& html, const std::vector<Instrument>& scores, int level,
                const std::string& id);

}  // namespace linkway::pages
