#include "sanerf/poses/choose_frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace sanerf::poses {
namespace {

using ::testing::ElementsAre;

TEST(ChooseFrames, OfEvenMotionAreEvenlySpread) {
  const std::vector<Candidate> even(12, {5, 1});
  EXPECT_THAT(ChooseFrames(even, 4), ElementsAre(1, 4, 7, 10));
  const std::vector<int> many = ChooseFrames(std::vector<Candidate>(1000, {1, 0.3}), 100);
  ASSERT_EQ(many.size(), 100u);
  for (size_t i = 1; i < many.size(); ++i) EXPECT_NEAR(many[i] - many[i - 1], 10, 2);
}

TEST(ChooseFrames, TheSharpestOfEachPart) {
  std::vector<Candidate> candidates(12, {5, 1});
  candidates[2].sharpness = 9;
  candidates[6].sharpness = 9;
  const std::vector<int> chosen = ChooseFrames(candidates, 3);
  EXPECT_TRUE(std::count(chosen.begin(), chosen.end(), 2) == 1 && std::count(chosen.begin(), chosen.end(), 6) == 1);
}

TEST(ChooseFrames, WhereTheCameraStandsStillFewAreTaken) {
  std::vector<Candidate> candidates(100, {5, 1});
  for (int i = 0; i < 50; ++i) candidates[size_t(i)].motion = 0;
  const std::vector<int> chosen = ChooseFrames(candidates, 20);
  const auto while_still = std::count_if(chosen.begin(), chosen.end(), [](int i) { return i < 50; });
  EXPECT_GE(while_still, 1);
  EXPECT_LE(while_still, 4);
  EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
}

TEST(ChooseFrames, AllOfFewAndAlwaysAsManyAsAskedFor) {
  EXPECT_THAT(ChooseFrames(std::vector<Candidate>(3, {1, 1}), 150), ElementsAre(0, 1, 2));
  EXPECT_THAT(ChooseFrames({}, 5), ElementsAre());
  // A cut: all of the way in one step.
  std::vector<Candidate> jump(10, {1, 0});
  jump[9].motion = 50;
  EXPECT_EQ(ChooseFrames(jump, 5).size(), 5u);
  std::vector<Candidate> early(10, {1, 0});
  early[1].motion = 50;
  std::vector<int> chosen = ChooseFrames(early, 5);
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  EXPECT_EQ(chosen.size(), 5u);
  EXPECT_EQ(ChooseFrames(std::vector<Candidate>(10, {0, 0}), 5).size(), 5u) << "nothing moves at all";
}

}  // namespace
}  // namespace sanerf::poses
