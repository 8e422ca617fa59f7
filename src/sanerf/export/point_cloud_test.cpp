#include "sanerf/export/point_cloud.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_aggregator/object_trainer.h"

namespace sanerf::exports {
namespace {

constexpr int kPoints = 6000;

class PointCloudTest : public mask_aggregator::AggregatorTest {
 protected:
  static PointCloud Make() { return MakePointCloud(*nerf_, *scene_, kPoints, Job()); }
};

TEST_F(PointCloudTest, LiesOnSurfacesAndIsTheSameEveryTime) {
  SetNumThreads(2);
  const PointCloud cloud = Make();
  ASSERT_GT(cloud.points.size(), size_t(kPoints / 3));
  ASSERT_LE(cloud.points.size(), size_t(kPoints));
  ASSERT_EQ(cloud.colors.size(), cloud.points.size());

  // What a view sees of them is where it sees something.
  std::vector<std::pair<Camera, ImageF>> depths;
  for (const int v : scene_->TrainViews()) {
    const Camera& camera = scene_->views[size_t(v)].camera;
    depths.emplace_back(camera, nerf_->Render(camera, Job()).depth);
  }
  int64_t on_surface = 0;
  for (const Vec3& p : cloud.points) {
    bool is_seen = false;
    for (const auto& [camera, depth] : depths) {
      const auto px = camera.Project(p);
      if (!px || !camera.Contains(*px)) continue;
      const double z = camera.ZDepth(p);
      is_seen |= std::fabs(depth.At(int(px->x()), int(px->y())) - z) < 0.05 * z;
    }
    on_surface += is_seen;
  }
  EXPECT_GT(double(on_surface), 0.97 * double(cloud.points.size()));

  SetNumThreads(1);
  const PointCloud again = Make();
  ASSERT_EQ(again.points.size(), cloud.points.size());
  for (size_t i = 0; i < cloud.points.size(); ++i) ASSERT_EQ(again.points[i], cloud.points[i]) << i;
  EXPECT_EQ(again.colors, cloud.colors);
}

TEST_F(PointCloudTest, AnyFirstPartIsAnEvenSample) {
  const PointCloud cloud = Make();
  const size_t part = cloud.points.size() / 4;
  Vec3 mean = Vec3::Zero(), mean_of_part = Vec3::Zero(), low = cloud.points[0], high = low;
  for (size_t i = 0; i < cloud.points.size(); ++i) {
    mean += cloud.points[i] / double(cloud.points.size());
    if (i < part) mean_of_part += cloud.points[i] / double(part);
    low = low.cwiseMin(cloud.points[i]);
    high = high.cwiseMax(cloud.points[i]);
  }
  // The mean of some thousand points of a box strays by less than 2 % of its size.
  for (int a = 0; a < 3; ++a) EXPECT_NEAR(mean_of_part[a], mean[a], 0.05 * (high[a] - low[a]));
}

TEST_F(PointCloudTest, LabelsAreThoseOfTheObjectField) {
  const mask_aggregator::ObjectModel objects =
      mask_aggregator::TrainObjectModel(*nerf_, views_, 2, Options(), nullptr, Job());
  const PointCloud cloud = Make();
  const std::vector<uint8_t> labels = exports::LabelsOf(cloud, objects, Job());
  ASSERT_EQ(labels.size(), cloud.points.size());
  // Points in front of a view's mask are what the mask says.
  const scene::View& view = scene_->views[size_t(scene_->TestViews()[0])];
  const ImageU8 truth = scene::LoadViewMask(view);
  const ImageF depth = nerf_->Render(view.camera, Job()).depth;
  int64_t seen = 0, right = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto px = view.camera.Project(cloud.points[i]);
    if (!px || !view.camera.Contains(*px)) continue;
    const int x = int(px->x()), y = int(px->y());
    if (std::fabs(depth.At(x, y) - view.camera.ZDepth(cloud.points[i])) > 0.03 * depth.At(x, y)) continue;
    ++seen;
    right += (truth.At(x, y) == 2) == (labels[i] == 1);
  }
  ASSERT_GT(seen, 200);
  EXPECT_GT(double(right), 0.93 * double(seen));
}

TEST_F(PointCloudTest, Stops) {
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(MakePointCloud(*nerf_, *scene_, kPoints, Job().With(stop.token())), InterruptedError);
}

}  // namespace
}  // namespace sanerf::exports
