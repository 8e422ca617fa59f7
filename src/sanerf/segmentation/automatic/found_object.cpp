#include "sanerf/segmentation/automatic/found_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/lift.h"
#include "sanerf/mask_decoder/seeds.h"
#include "sanerf/mask_decoder/view_decider.h"

namespace sanerf::segmentation {
namespace {

constexpr int kPointsPerMask = 4;
constexpr double kConfirmed = 0.75;  // of the views that see a point and have a mask

struct SurfacePoint {
  Vec3 p;
  double distance = std::numeric_limits<double>::infinity();  // to the nearest chosen one
};

// Whether the masks of the views that see the point hold it.
bool IsConfirmed(const Vec3& p, const std::vector<const FoundMask*>& masks, const std::vector<Camera>& cameras,
                 const std::vector<ImageF>& depths, const mask_decoder::DepthTolerance& tolerance) {
  int num_seen = 0, num_held = 0;
  for (size_t i = 0; i < masks.size(); ++i) {
    const mask_decoder::PointInView found = mask_decoder::FindInView(p, cameras[i], depths[i], tolerance);
    if (found.state != mask_decoder::PointState::kVisible) continue;
    ++num_seen;
    num_held += masks[i]->mask.At(int(found.px.x()), int(found.px.y()));
  }
  return num_held >= kConfirmed * num_seen;
}

// `count` of them, each far from those before; the first is the one nearest to the middle.
std::vector<Vec3> Spread(std::vector<SurfacePoint> points, int count) {
  std::vector<Vec3> chosen;
  if (points.empty()) return chosen;
  Vec3 middle = Vec3::Zero();
  for (const SurfacePoint& point : points) middle += point.p / double(points.size());
  size_t next = 0;
  for (size_t i = 0; i < points.size(); ++i)
    if ((points[i].p - middle).norm() < (points[next].p - middle).norm()) next = i;
  while (int(chosen.size()) < std::min(count, int(points.size()))) {
    chosen.push_back(points[next].p);
    for (SurfacePoint& point : points) point.distance = std::min(point.distance, (point.p - chosen.back()).norm());
    next = size_t(std::max_element(points.begin(), points.end(),
                                   [](const auto& a, const auto& b) { return a.distance < b.distance; }) -
                  points.begin());
  }
  return chosen;
}

// The one in this view, none when the object was not found there.
const FoundMask* MaskIn(int view_idx, const std::vector<const FoundMask*>& own) {
  const auto found = std::find_if(own.begin(), own.end(), [&](const auto* mask) { return mask->view_idx == view_idx; });
  return found != own.end() ? *found : nullptr;
}

mask_decoder::ViewDecision OwnDecision(const FoundMask& own, const std::vector<mask_decoder::LiftedPoint>& points,
                                       const mask_decoder::ViewDecider& decider, const Job& job) {
  mask_decoder::ViewDecision decision = decider.Begin(own.view_idx);
  decider.FindPrompt(points, decision, job);
  decision.candidate = own.candidate;
  decision.predicted_iou = own.predicted_iou;
  decision.mask = own.mask.ToImage();
  decision.area = double(own.mask.Count()) / double(decision.mask.num_pixels());
  decision.used = true;
  decision.outcome = mask_decoder::Outcome::kUsed;
  decision.reason = "found in this view without a prompt";
  return decision;
}

}  // namespace

mask_decoder::ObjectPrompt PromptOf(const FoundObject& object, const std::vector<FoundMask>& masks,
                                    const feature_container::FeatureContainer& container, const PointChoice& choice,
                                    const Job& job) {
  const std::vector<const FoundMask*> own = MasksOf(object, masks);
  std::vector<Camera> cameras;
  std::vector<ImageF> depths;
  for (const FoundMask* mask : own) {
    cameras.push_back(container.WorkingCamera(mask->view_idx));
    depths.push_back(container.Depth(mask->view_idx, job));
  }
  std::vector<SurfacePoint> points;
  for (size_t i = 0; i < own.size(); ++i) {
    for (const Vec2& px : mask_decoder::SpreadInteriorPoints(own[i]->mask.ToImage(), depths[i], kPointsPerMask)) {
      const auto z = mask_decoder::SurfaceDepth(depths[i], px);
      if (!z) continue;
      const Vec3 p = cameras[i].Lift(px, *z);
      if (IsConfirmed(p, own, cameras, depths, choice.tolerance)) points.push_back({p});
    }
  }
  mask_decoder::ObjectPrompt prompt;
  for (const Vec3& p : Spread(std::move(points), choice.count)) prompt.points.push_back({p, 1});
  return prompt;
}

std::vector<const FoundMask*> MasksOf(const FoundObject& object, const std::vector<FoundMask>& masks) {
  std::vector<const FoundMask*> own;
  for (const int m : object.masks) own.push_back(&masks[size_t(m)]);
  return own;
}

mask_decoder::DecodedObject DecodeFound(const mask_decoder::ObjectPrompt& prompt, const ViewsOfFound& where,
                                        const mask_decoder::DecodeContext& context, const Job& job) {
  const mask_decoder::ViewDecider decider = mask_decoder::MakeDecider(prompt, context);
  mask_decoder::DecodedObject decoded;
  decoded.name = prompt.name;
  decoded.points = mask_decoder::LiftPrompts(prompt, context.scene, context.container, job);
  const mask_decoder::VisibilityRule rule = mask_decoder::VisibilityRuleFor(prompt, decoded.points);
  decoded.views = decider.DecideViews(
      where.views.size(), fmt::format("decoding of '{}'", prompt.name),
      [&](const mask_decoder::ViewDecider& fork, size_t i) {
        const FoundMask* mask = MaskIn(where.views[i], where.own);
        return mask != nullptr ? OwnDecision(*mask, decoded.points, fork, job)
                               : fork.Decide(where.views[i], decoded.points, rule, job);
      },
      [&](int, const mask_decoder::ViewDecision&) { where.on_view(); }, job);
  return decoded;
}

}  // namespace sanerf::segmentation
