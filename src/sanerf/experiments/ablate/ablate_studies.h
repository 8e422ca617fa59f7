// What the ablation compares (paper 4.4, tables 1 to 3 and more): studies, each a list of variants of the method.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/prompts.h"

namespace sanerf::experiments {

inline constexpr int kAllPositives = std::numeric_limits<int>::max();

// k of the visibility filter.
enum class MinVisible {
  kAsGiven,  // what the prompts file says
  kOne,      // any visible point
  kQuarter,  // of the positive points
  kRelease   // floor(0.8 P) + 1 of all P points
};

// Which part of the method is scored, see compare/methods.h.
enum class ScoredPart { kField, kVote, kSam };
const char* NameOf(ScoredPart scored);  // of the method: "sanerf"

// Everything in which a row differs from the defaults.
struct Variant {
  std::string label;
  std::vector<std::string> assignments = {};  // "object.rgb_weight=0", as --set takes them
  int positives = 0;                          // positive points and clicks per object, no others; 0 = the file as it is
  MinVisible min_visible = MinVisible::kAsGiven;
  ScoredPart scored = ScoredPart::kField;
};

struct Study {
  std::string name, title;
  std::vector<Variant> variants;
};

// extra_models: rows beside those of the catalogue, as `encode --model` takes them.
std::vector<Study> AllStudies(const std::vector<std::string>& extra_models);
// In the order of AllStudies; empty = all. Throws UsageError with the nearest names.
std::vector<Study> ChooseStudies(const std::vector<std::string>& names, const std::vector<std::string>& extra_models);
// Former names are replaced, each with a warning.
std::vector<std::string> CurrentStudyNames(std::vector<std::string> names, const Job& job);

// The prompts of a variant. Of fewer positives than the file has, seed 0 takes the first in the file's order (points
// before clicks), other seeds draw them. Objects without a positive point or click (boxes only) stay as they are.
mask_decoder::Prompts PromptsOf(const Variant& variant, const mask_decoder::Prompts& prompts, uint64_t seed);

}  // namespace sanerf::experiments
