// Which photos are compared with which.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sanerf/poses/options.h"

namespace sanerf::poses {

using Pair = std::pair<int, int>;  // the smaller index first

inline constexpr int kManyPhotos = 150;  // beyond, comparing all with all takes hours on a processor

// Every photo with every other one, nearby ones first.
std::vector<Pair> AllPairs(int num_photos);

// Of a sequence: each photo with its ten next, with those 16, 32, 64, … behind it, and, so that a round closes wherever
// it comes back, every k-th photo with every other k-th: forty of these. Without repetition, nearby ones first.
std::vector<Pair> SequencePairs(int num_photos);

// What is known of the photos without any matching.
struct SequenceSigns {
  bool is_video = false;
  bool is_numbered = false;  // names end in numbers
  double share_alike = 0;    // share of the photos that look much like the one before
};

// What `matching` comes to, and why, as a sentence has it: "they are frames of a video".
struct MatchingPlan {
  Matching matching = Matching::kExhaustive;  // never kAuto
  std::string why;
  std::vector<Pair> pairs;
};
MatchingPlan PlanMatching(Matching matching, int num_photos, const SequenceSigns& signs);

}  // namespace sanerf::poses
