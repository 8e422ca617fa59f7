#include "sanerf/nerf/depth_agreement.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sanerf/core/parallel.h"

namespace sanerf::nerf {
namespace {

enum class Verdict { kAgrees, kLooksThrough, kCannotTell };

// The nearest match in a window of 3 x 3 pixels counts: a projection falls between pixel centers, and beside an
// outline.
Verdict Ask(const DepthView& view, const Vec3& p, double tolerance) {
  const auto px = view.camera.Project(p);
  if (!px || !view.camera.Contains(*px)) return Verdict::kCannotTell;
  const double z = view.camera.ZDepth(p);
  const int x = int(px->x()), y = int(px->y());
  bool is_hidden = false;
  for (int v = std::max(0, y - 1); v <= std::min(view.depth.height - 1, y + 1); ++v)
    for (int u = std::max(0, x - 1); u <= std::min(view.depth.width - 1, x + 1); ++u) {
      const double shown = double(view.depth.At(u, v));
      if (shown <= 0) continue;
      if (std::abs(shown - z) <= tolerance * z) return Verdict::kAgrees;
      is_hidden = is_hidden || shown < z;
    }
  return is_hidden ? Verdict::kCannotTell : Verdict::kLooksThrough;
}

}  // namespace

// By distance, in the largest that there is, and by the angle between the looks.
std::vector<size_t> NearestViews(const std::vector<Camera>& cameras, size_t view, int count) {
  const auto look = [](const Camera& camera) { return Vec3(camera.world_from_cam.rotation * Vec3(0, 0, -1)); };
  const Camera& here = cameras[view];
  double spread = 0;
  for (const Camera& other : cameras) spread = std::max(spread, (other.center() - here.center()).norm());
  std::vector<std::pair<double, size_t>> others;
  for (size_t i = 0; i < cameras.size(); ++i) {
    if (i == view) continue;
    const double away = spread > 0 ? (cameras[i].center() - here.center()).norm() / spread : 0;
    others.emplace_back(away + 1 - look(here).dot(look(cameras[i])), i);
  }
  std::sort(others.begin(), others.end());
  others.resize(std::min(others.size(), size_t(std::max(0, count))));
  std::vector<size_t> nearest;
  for (const auto& [distance, i] : others) nearest.push_back(i);
  return nearest;
}

ImageF DepthAgreement(const std::vector<DepthView>& views, size_t view, const DepthAgreementOptions& options) {
  std::vector<Camera> cameras;
  for (const DepthView& one : views) cameras.push_back(one.camera);
  std::vector<const DepthView*> others;
  for (const size_t i : NearestViews(cameras, view, options.neighbors)) others.push_back(&views[i]);
  return DepthAgreement(views[view], others, options);
}

ImageF DepthAgreement(const DepthView& own, const std::vector<const DepthView*>& others,
                      const DepthAgreementOptions& options) {
  ImageF agreement(own.depth.width, own.depth.height, 1, -1);
  ParallelFor(own.depth.height, [&](int64_t row) {
    const int y = int(row);
    for (int x = 0; x < own.depth.width; ++x) {
      const double depth = double(own.depth.At(x, y));
      if (!(depth > 0)) continue;
      const Vec3 p = own.camera.Lift(Vec2(x + 0.5, y + 0.5), depth);
      int agree = 0, asked = 0;
      for (const DepthView* other : others) {
        const Verdict verdict = Ask(*other, p, options.tolerance);
        agree += verdict == Verdict::kAgrees;
        asked += verdict != Verdict::kCannotTell;
      }
      if (asked > 0) agreement.At(x, y) = float(agree) / float(asked);
    }
  });
  return agreement;
}

double MeanAgreement(const ImageF& agreement) {
  double sum = 0;
  int64_t count = 0;
  for (const float value : agreement.data) {
    if (value < 0) continue;
    sum += double(value);
    ++count;
  }
  return count > 0 ? sum / double(count) : -1;
}

}  // namespace sanerf::nerf
