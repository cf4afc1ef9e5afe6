// Everything a replay says, as YAML that a person can read.
#pragma once

#include <string>

#include "referrals/replay.h"

std::string summary(const linkway::referrals::Replayed& replayed);
