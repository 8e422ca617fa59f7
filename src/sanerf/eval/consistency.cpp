#include "sanerf/eval/consistency.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sanerf/core/check.h"
#include "sanerf/core/parallel.h"

namespace sanerf::eval {
namespace {

// Of `to`'s pixel that shows the place that `from` shows at (x, y).
int64_t Correspondence(const DepthView& from, const DepthView& to, int x, int y, double tolerance) {
  const double depth = from.depth.At(x, y);
  if (!(depth > 0)) return -1;
  const Vec3 p = from.camera.Lift({x + 0.5, y + 0.5}, depth);
  const auto px = to.camera.Project(p);
  if (!px || !to.camera.Contains(*px)) return -1;
  const int u = int(px->x()), v = int(px->y());
  const double shown = to.depth.At(u, v);
  if (!(shown > 0) || std::abs(to.camera.ZDepth(p) - shown) > tolerance * shown) return -1;
  return int64_t(v) * to.camera.width + u;
}

void CheckSizes(const DepthView& view, const std::vector<BitMask>& masks) {
  SANERF_CHECK_EQ(view.depth.width, view.camera.width);
  SANERF_CHECK_EQ(view.depth.height, view.camera.height);
  for (const BitMask& mask : masks) {
    SANERF_CHECK_EQ(mask.width(), view.camera.width);
    SANERF_CHECK_EQ(mask.height(), view.camera.height);
  }
}

}  // namespace

double ConsistencyScore::Iou() const {
  if (num_pairs == 0) return std::numeric_limits<double>::quiet_NaN();
  return union_ == 0 ? 0.0 : double(intersection) / double(union_);
}

std::vector<int> NeighborsOf(int view, const std::vector<DepthView>& views, int count) {
  const Pose& here = views.at(size_t(view)).camera.world_from_cam;
  std::vector<std::pair<double, int>> others;
  for (int i = 0; i < int(views.size()); ++i) {
    const Pose& there = views[size_t(i)].camera.world_from_cam;
    if (i == view || here.rotation.col(2).dot(there.rotation.col(2)) <= 0) continue;
    others.emplace_back((here.translation - there.translation).norm(), i);
  }
  std::sort(others.begin(), others.end());
  std::vector<int> nearest;
  for (int i = 0; i < std::min(count, int(others.size())); ++i) nearest.push_back(others[size_t(i)].second);
  return nearest;
}

std::vector<int64_t> Correspondences(const DepthView& from, const DepthView& to, double depth_tolerance) {
  std::vector<int64_t> pixels(size_t(from.depth.num_pixels()));
  const int width = from.depth.width;
  ParallelFor(from.depth.height, [&](int64_t y) {
    for (int x = 0; x < width; ++x)
      pixels[size_t(y * width + x)] = Correspondence(from, to, x, int(y), depth_tolerance);
  });
  return pixels;
}

std::vector<ConsistencyScore> ScoreConsistency(const std::vector<DepthView>& views,
                                               const std::vector<std::vector<BitMask>>& masks,
                                               const ConsistencyOptions& options) {
  SANERF_CHECK_EQ(views.size(), masks.size());
  for (size_t i = 0; i < views.size(); ++i) CheckSizes(views[i], masks[i]);
  std::vector<ConsistencyScore> scores(masks.empty() ? 0 : masks[0].size());
  for (int from = 0; from < int(views.size()); ++from) {
    for (const int to : NeighborsOf(from, views, options.neighbors)) {
      const std::vector<int64_t> pixels =
          Correspondences(views[size_t(from)], views[size_t(to)], options.depth_tolerance);
      for (size_t object = 0; object < scores.size(); ++object) {
        const BitMask &mask = masks[size_t(from)][object], &other = masks[size_t(to)][object];
        ConsistencyScore& score = scores[object];
        ++score.num_pairs;
        for (size_t i = 0; i < pixels.size(); ++i) {
          if (pixels[i] < 0) continue;
          const bool here = mask.AtIndex(i), there = other.AtIndex(size_t(pixels[i]));
          score.intersection += here && there;
          score.union_ += here || there;
        }
      }
    }
  }
  return scores;
}

}  // namespace sanerf::eval
