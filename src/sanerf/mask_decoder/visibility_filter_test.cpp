#include "sanerf/mask_decoder/visibility_filter.h"

#include <gtest/gtest.h>

namespace sanerf::mask_decoder {
namespace {

TEST(VisibilityFilter, KIsAQuarterOfThePositivePointsUnlessGiven) {
  const auto k = [](int num_points) { return VisibilityRuleFor({}, std::vector<LiftedPoint>(num_points)).needed; };
  EXPECT_EQ(k(1), 1);
  EXPECT_EQ(k(4), 1);
  EXPECT_EQ(k(5), 2);
  EXPECT_EQ(k(11), 3);

  std::vector<LiftedPoint> clicks(9);
  clicks[0].label = 0;
  EXPECT_EQ(VisibilityRuleFor({}, clicks).needed, 2);  // a quarter of 8
  EXPECT_TRUE(VisibilityRuleFor({}, clicks).positives_only);
  ObjectPrompt object;
  object.min_visible = 4;
  EXPECT_EQ(VisibilityRuleFor(object, clicks).needed, 4);
  EXPECT_FALSE(VisibilityRuleFor(object, clicks).positives_only);
}

TEST(VisibilityFilter, SaysWhatIsMissing) {
  ViewDecision decision;
  decision.points = {{1, 1, 1, 1, PointState::kOccluded}, {2, 2, 1, 1, PointState::kOutside}, {3, 3, 1, 0}};
  EXPECT_FALSE(SeesEnough({1, true}, decision));
  EXPECT_EQ(decision.outcome, Outcome::kHidden);
  EXPECT_EQ(decision.reason, "no positive point is visible (1 negative, 1 occluded, 1 outside)");
  decision.points[0].state = PointState::kVisible;
  decision.num_visible = 1;
  EXPECT_TRUE(SeesEnough({1, true}, decision));
  EXPECT_FALSE(SeesEnough({2, true}, decision));
  EXPECT_EQ(decision.outcome, Outcome::kTooFew);
  EXPECT_EQ(decision.reason, "1 of 2 positive points visible, 2 needed");
  EXPECT_FALSE(SeesEnough({2, false}, decision));
  EXPECT_EQ(decision.reason, "1 of 3 points visible, 2 needed");
  decision.has_box = true;  // shows the object by itself
  EXPECT_TRUE(SeesEnough({2, false}, decision));
}

}  // namespace
}  // namespace sanerf::mask_decoder
