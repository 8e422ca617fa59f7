#include "sanerf/segmentation/first_views.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/per_view_decoder.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/mask_decoder/view_decider.h"

namespace sanerf::segmentation {

using mask_decoder::LiftedPoint;
using mask_decoder::PointState;

namespace {

// Sides that differ by more than this (radians, 60 degrees) have little in common: turning further adds nothing.
constexpr double kQuiteDifferent = 1.05;

struct Sight {
  int view_idx = -1;
  Vec3 direction = Vec3::Zero();  // from the points to the camera
  double framed = 0;              // share of the points inside the image
  double distance = 0;
  double turned = kQuiteDifferent;  // from the nearest of the views before it
};

Sight LookFrom(int view_idx, const Camera& camera, const std::vector<Vec3>& points, const Vec3& center) {
  Sight sight;
  sight.view_idx = view_idx;
  const Vec3 to_camera = camera.center() - center;
  sight.distance = std::max(to_camera.norm(), 1e-9);
  sight.direction = to_camera / sight.distance;
  for (const Vec3& point : points) {
    const auto px = camera.Project(point);
    sight.framed += px && camera.Contains(*px) ? 1.0 / double(points.size()) : 0;
  }
  return sight;
}

void TurnFrom(const Vec3& direction, std::vector<Sight>* sights) {
  for (Sight& sight : *sights)
    sight.turned = std::min(sight.turned, std::acos(std::clamp(sight.direction.dot(direction), -1.0, 1.0)));
}

// Whether the ray to one of the points ends there: without the view's depth, which comes with its encoding.
bool SeesAny(const scene::View& view, const std::vector<Vec3>& points, const nerf::NerfModel& nerf,
             const mask_decoder::DepthTolerance& tolerance, const Job& job) {
  return std::any_of(points.begin(), points.end(), [&](const Vec3& point) {
    const auto px = view.camera.Project(point);
    if (!px || !view.camera.Contains(*px)) return false;
    Camera pixel = view.camera;
    pixel.cx -= px->x() - 0.5;
    pixel.cy -= px->y() - 0.5;
    pixel.width = pixel.height = 1;
    const double depth = nerf.Render(pixel, job).depth.data[0];
    return depth > 0 && std::abs(view.camera.ZDepth(point) - depth) <= tolerance.At(depth);
  });
}

}  // namespace

std::vector<int> BestAndMostDifferent(const ViewsToOrder& request, const SeesPoints& sees) {
  const size_t count = request.count > 0 ? size_t(request.count) : request.views.size() + request.first.size();
  std::vector<int> chosen(request.first.begin(), request.first.begin() + long(std::min(count, request.first.size())));
  if (request.points.empty()) return chosen;
  Vec3 center = Vec3::Zero();
  for (const Vec3& point : request.points) center += point / double(request.points.size());

  std::vector<Sight> sights;
  double nearest = 0;
  for (const int view_idx : request.views) {
    if (std::find(chosen.begin(), chosen.end(), view_idx) != chosen.end()) continue;
    const Sight sight = LookFrom(view_idx, request.scene.views[size_t(view_idx)].camera, request.points, center);
    if (sight.framed == 0) continue;
    nearest = sights.empty() ? sight.distance : std::min(nearest, sight.distance);
    sights.push_back(sight);
  }
  for (const int view_idx : chosen)
    TurnFrom(LookFrom(view_idx, request.scene.views[size_t(view_idx)].camera, request.points, center).direction,
             &sights);

  const auto worth = [&](const Sight& sight) { return sight.framed * (nearest / sight.distance) * sight.turned; };
  while (chosen.size() < count && !sights.empty()) {
    const auto best = std::max_element(sights.begin(), sights.end(),
                                       [&](const Sight& a, const Sight& b) { return worth(a) < worth(b); });
    const Sight sight = *best;
    sights.erase(best);
    if (!sees(sight.view_idx)) continue;
    chosen.push_back(sight.view_idx);
    TurnFrom(sight.direction, &sights);
  }
  return chosen;
}

std::vector<int> FirstViews(const mask_decoder::ObjectPrompt& object, const mask_decoder::DecodeContext& context,
                            const std::vector<int>& views, int count, const Job& job) {
  const std::vector<LiftedPoint> points = mask_decoder::PointsOnObject(object, context, job);
  ViewsToOrder request{context.scene, {}, {}, {}, count};
  for (const LiftedPoint& point : points)
    if (point.label == 1) request.points.push_back(point.p_file);
  for (const int view_idx : views)
    if (context.container.Has(view_idx)) request.views.push_back(view_idx);
  for (const int view_idx : mask_decoder::PromptedViews({{object}}, context.scene))
    if (std::find(request.views.begin(), request.views.end(), view_idx) != request.views.end())
      request.first.push_back(view_idx);

  const mask_decoder::VisibilityRule rule = mask_decoder::VisibilityRuleFor(object, points);
  const mask_decoder::DepthTolerance tolerance = mask_decoder::ToleranceOf(context.options, context.model_from_file);
  return BestAndMostDifferent(request, [&](int view_idx) {
    job.ThrowIfStopped("choosing the first views");
    const Camera camera = context.container.WorkingCamera(view_idx);
    const ImageF depth = context.container.Depth(view_idx, job);
    int num_positive = 0, num_visible = 0;
    for (const LiftedPoint& point : points) {
      if (FindInView(point.p_file, camera, depth, tolerance).state != PointState::kVisible) continue;
      num_positive += point.label;
      num_visible += point.label == 1 || !rule.positives_only;
    }
    return num_positive > 0 && num_visible >= rule.needed;
  });
}

OrderedViews OrderToDecode(const mask_decoder::Prompts& prompts, const mask_decoder::DecodeContext& context,
                           const std::vector<int>& views, const nerf::NerfModel& nerf, const Job& job) {
  ViewsToOrder request{context.scene, {}, mask_decoder::PromptedViews(prompts, context.scene), views, 0};
  for (const mask_decoder::ObjectPrompt& object : prompts.objects)
    for (const LiftedPoint& point : mask_decoder::PointsOnObject(object, context, job))
      if (point.label == 1) request.points.push_back(point.p_file);
  const mask_decoder::DepthTolerance tolerance = mask_decoder::ToleranceOf(context.options, context.model_from_file);
  OrderedViews ordered;
  ordered.views = BestAndMostDifferent(request, [&](int view) {
    job.ThrowIfStopped("choosing views");
    return SeesAny(context.scene.views[size_t(view)], request.points, nerf, tolerance, job);
  });
  const auto others = std::stable_partition(ordered.views.begin(), ordered.views.end(),
                                            [&](int view) { return context.container.Has(view); });
  ordered.num_encoded = size_t(others - ordered.views.begin());
  return ordered;
}

}  // namespace sanerf::segmentation
