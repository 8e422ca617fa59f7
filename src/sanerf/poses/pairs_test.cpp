#include "sanerf/poses/pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace sanerf::poses {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Pairs, AllWithAll) {
  EXPECT_THAT(AllPairs(4), ElementsAre(Pair(0, 1), Pair(1, 2), Pair(2, 3), Pair(0, 2), Pair(1, 3), Pair(0, 3)));
  EXPECT_EQ(AllPairs(150).size(), 150u * 149u / 2);
  EXPECT_TRUE(AllPairs(1).empty());
}

TEST(Pairs, OfASequenceReachNeighborsAndCloseLoops) {
  const std::vector<Pair> pairs = SequencePairs(200);
  const std::set<Pair> found(pairs.begin(), pairs.end());
  EXPECT_EQ(found.size(), pairs.size()) << "none twice";
  for (int i = 0; i + 10 < 200; ++i)
    for (int apart = 1; apart <= 10; ++apart) EXPECT_EQ(found.count({i, i + apart}), 1u);
  EXPECT_EQ(found.count({3, 3 + 64}), 1u);
  // A round of any length that comes back: of the first and the last ten some are compared.
  for (int end = 40; end <= 200; end += 10) {
    int closing = 0;
    for (const auto& [a, b] : pairs) closing += a < 10 && b >= end - 10 && b < end;
    EXPECT_GE(closing, 4) << end;
  }
  EXPECT_LT(pairs.size(), 200u * 199u / 4);
  for (const auto& [a, b] : pairs) EXPECT_TRUE(0 <= a && a < b && b < 200);
  EXPECT_EQ(SequencePairs(12).size(), AllPairs(12).size()) << "of few all are compared";
}

TEST(Pairs, GrowWithTheNumberOfPhotosOnly) { EXPECT_LT(SequencePairs(2000).size(), 2000u * 20); }

TEST(Plan, FollowsTheInput) {
  EXPECT_EQ(PlanMatching(Matching::kAuto, 60, {.is_video = true}).matching, Matching::kSequential);
  EXPECT_EQ(PlanMatching(Matching::kAuto, 60, {}).matching, Matching::kExhaustive);
  EXPECT_EQ(PlanMatching(Matching::kAuto, 150, {}).matching, Matching::kExhaustive);
  EXPECT_EQ(PlanMatching(Matching::kAuto, 151, {}).matching, Matching::kSequential);
  EXPECT_EQ(PlanMatching(Matching::kAuto, 60, {.is_numbered = true, .share_alike = 0.9}).matching,
            Matching::kSequential);
  EXPECT_EQ(PlanMatching(Matching::kAuto, 60, {.is_numbered = true, .share_alike = 0.5}).matching,
            Matching::kExhaustive);
  EXPECT_EQ(PlanMatching(Matching::kAuto, 20, {.is_numbered = true, .share_alike = 1}).matching, Matching::kExhaustive);
  const MatchingPlan asked = PlanMatching(Matching::kExhaustive, 30, {.is_video = true});
  EXPECT_EQ(asked.matching, Matching::kExhaustive);
  EXPECT_EQ(asked.pairs.size(), AllPairs(30).size());
  EXPECT_THAT(PlanMatching(Matching::kAuto, 1, {}).why, HasSubstr("1 photo is few enough"));
}

}  // namespace
}  // namespace sanerf::poses
