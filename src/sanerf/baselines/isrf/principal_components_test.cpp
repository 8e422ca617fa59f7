#include "sanerf/baselines/isrf/principal_components.h"

#include <gtest/gtest.h>

namespace sanerf::baselines {
namespace {

// Points +-3 along (0.6, 0.8, 0), +-1 along (-0.8, 0.6, 0), nothing along z, around (1, 2, 3). Each axis has one pair
// in four points: variances 2 * 3^2 / 4 and 2 * 1^2 / 4.
RowMatrix Cross() {
  RowMatrix rows(4, 3);
  rows << 1 + 1.8f, 2 + 2.4f, 3, 1 - 1.8f, 2 - 2.4f, 3, 1 - 0.8f, 2 + 0.6f, 3, 1 + 0.8f, 2 - 0.6f, 3;
  return rows;
}

TEST(PrincipalComponents, OfACross) {
  const PrincipalComponents found = PrincipalComponents::Of(MomentSums::Of(Cross()), 2);
  EXPECT_TRUE(found.mean.isApprox(Eigen::RowVector3f(1, 2, 3), 1e-6f));
  ASSERT_EQ(found.axes.cols(), 2);
  EXPECT_TRUE(found.axes.col(0).isApprox(Eigen::Vector3f(0.6f, 0.8f, 0), 1e-5f));
  EXPECT_TRUE(found.axes.col(1).isApprox(Eigen::Vector3f(0.8f, -0.6f, 0), 1e-5f));  // its largest entry is positive
  EXPECT_NEAR(found.variances[0], 4.5, 1e-6);
  EXPECT_NEAR(found.variances[1], 0.5, 1e-6);
}

TEST(PrincipalComponents, ProjectsAroundTheMean) {
  const PrincipalComponents found = PrincipalComponents::Of(MomentSums::Of(Cross()), 2);
  RowMatrix expected(4, 2);
  expected << 3, 0, -3, 0, 0, -1, 0, 1;
  EXPECT_TRUE(found.Project(Cross()).isApprox(expected, 1e-5f));
}

TEST(PrincipalComponents, BatchesAddUp) {
  MomentSums parts;
  parts.Add(MomentSums::Of(Cross().topRows(1)));
  parts.Add(MomentSums::Of(Cross().bottomRows(3)));
  const PrincipalComponents found = PrincipalComponents::Of(parts, 2);
  EXPECT_TRUE(found.variances.isApprox(PrincipalComponents::Of(MomentSums::Of(Cross()), 2).variances, 1e-9));
}

TEST(PrincipalComponents, NoMoreThanThereAreChannels) {
  EXPECT_EQ(PrincipalComponents::Of(MomentSums::Of(Cross()), 64).axes.cols(), 3);
}

}  // namespace
}  // namespace sanerf::baselines
