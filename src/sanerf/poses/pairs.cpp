#include "sanerf/poses/pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sanerf/core/phrases.h"

namespace sanerf::poses {
namespace {

constexpr int kNext = 10;
constexpr int kAnchors = 40;
constexpr double kMostAlike = 0.8;  // share of neighbors that are alike in a burst
constexpr int kFewPhotos = 40;      // all pairs of so few take minutes, and miss nothing

void AddPair(int a, int b, int num_photos, std::set<Pair>& seen, std::vector<Pair>* pairs) {
  if (a > b) std::swap(a, b);
  if (a != b && b < num_photos && seen.insert({a, b}).second) pairs->push_back({a, b});
}

}  // namespace

std::vector<Pair> AllPairs(int num_photos) {
  std::vector<Pair> pairs;
  for (int apart = 1; apart < num_photos; ++apart)
    for (int i = 0; i + apart < num_photos; ++i) pairs.push_back({i, i + apart});
  return pairs;
}

std::vector<Pair> SequencePairs(int num_photos) {
  std::vector<Pair> pairs;
  std::set<Pair> seen;
  for (int apart = 1; apart < num_photos; apart = apart < kNext ? apart + 1 : apart == kNext ? 16 : 2 * apart)
    for (int i = 0; i + apart < num_photos; ++i) AddPair(i, i + apart, num_photos, seen, &pairs);
  const int step = std::max(1, (num_photos + kAnchors - 1) / kAnchors);
  for (int apart = step; apart < num_photos; apart += step)
    for (int i = 0; i + apart < num_photos; i += step) AddPair(i, i + apart, num_photos, seen, &pairs);
  return pairs;
}

MatchingPlan PlanMatching(Matching matching, int num_photos, const SequenceSigns& signs) {
  MatchingPlan plan{matching, "as asked for", {}};
  if (matching == Matching::kAuto) {
    plan.matching = Matching::kSequential;
    if (signs.is_video) {
      plan.why = "they are frames of a video";
    } else if (num_photos > kManyPhotos) {
      plan.why = fmt::format("they are more than {}, too many to compare all with all", kManyPhotos);
    } else if (num_photos > kFewPhotos && signs.is_numbered && signs.share_alike >= kMostAlike) {
      plan.why = "they are numbered, and neighbors look alike";
    } else {
      plan.matching = Matching::kExhaustive;
      plan.why = Counted(num_photos, "photo is", "photos are") + " few enough to compare all with all";
    }
  }
  plan.pairs = plan.matching == Matching::kSequential ? SequencePairs(num_photos) : AllPairs(num_photos);
  return plan;
}

}  // namespace sanerf::poses
