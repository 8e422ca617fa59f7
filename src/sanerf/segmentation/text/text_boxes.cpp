#include "sanerf/segmentation/text/text_boxes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/seeds.h"
#include "sanerf/mask_decoder/view_decider.h"

namespace sanerf::segmentation {
namespace {

constexpr int kMinPoints = 3;  // fewer visible ones say nothing about a mask

bool IsOnMask(const ImageU8& mask, const Vec2& px) { return mask.At(int(px.x()), int(px.y())) > 0; }

}  // namespace

std::vector<BoxEvidence> DecodeBoxes(const std::vector<BoxInView>& boxes, int num_points,
                                     const mask_decoder::DecodeContext& context, const Job& job) {
  std::vector<BoxEvidence> evidence;
  Task task(job, "masks of boxes", int64_t(boxes.size()), "boxes");
  for (const BoxInView& box : boxes) {
    job.ThrowIfStopped("segmenting the detector's boxes");
    mask_decoder::ObjectPrompt alone;
    alone.name = "box";
    alone.boxes = {box.box};
    const mask_decoder::ViewDecider decider = mask_decoder::MakeDecider(alone, context);
    const mask_decoder::ViewDecision decision =
        decider.Decide(box.view_idx, {}, mask_decoder::VisibilityRuleFor(alone, {}), job);
    BoxEvidence found;
    if (decision.used) {
      const Camera camera = context.container.WorkingCamera(box.view_idx);
      const ImageF depth = context.container.Depth(box.view_idx, job);
      for (const Vec2& px : mask_decoder::SpreadInteriorPoints(decision.mask, depth, num_points))
        if (const auto z = mask_decoder::SurfaceDepth(depth, px)) found.points.push_back(camera.Lift(px, *z));
      if (int(found.points.size()) >= kMinPoints)
        found.mask = decision.mask;
      else
        found.why_not = "its mask shows too little surface";
    } else {
      found.why_not = decision.reason;
    }
    evidence.push_back(std::move(found));
    task.Update(int64_t(evidence.size()));
  }
  return evidence;
}

Sightings::Sightings(const std::vector<BoxInView>& boxes, const std::vector<BoxEvidence>& evidence,
                     const mask_decoder::DecodeContext& context, const Job& job)
    : num_boxes_(boxes.size()) {
  for (const BoxEvidence& box : evidence) seen_.emplace_back(box.points.size() * num_boxes_, Seen::kHidden);
  std::map<int, std::vector<size_t>> boxes_of_view;
  for (size_t i = 0; i < boxes.size(); ++i)
    if (!evidence[i].mask.empty()) boxes_of_view[boxes[i].view_idx].push_back(i);

  const mask_decoder::DepthTolerance tolerance = mask_decoder::ToleranceOf(context.options, context.model_from_file);
  for (const auto& [view_idx, in_view] : boxes_of_view) {
    const Camera camera = context.container.WorkingCamera(view_idx);
    const ImageF depth = context.container.Depth(view_idx, job);
    for (size_t i = 0; i < boxes.size(); ++i) {
      if (evidence[i].mask.empty() || boxes[i].view_idx == view_idx) continue;
      for (size_t p = 0; p < evidence[i].points.size(); ++p) {
        const mask_decoder::PointInView found =
            mask_decoder::FindInView(evidence[i].points[p], camera, depth, tolerance);
        if (found.state != mask_decoder::PointState::kVisible) continue;
        for (const size_t j : in_view)
          seen_[i][p * num_boxes_ + j] = IsOnMask(evidence[j].mask, found.px) ? Seen::kInside : Seen::kOutside;
      }
    }
  }
}

double Sightings::Share(size_t box, size_t in_box) const {
  int visible = 0, inside = 0;
  for (size_t p = 0; p * num_boxes_ < seen_[box].size(); ++p) {
    visible += Of(box, p, in_box) != Seen::kHidden;
    inside += Of(box, p, in_box) == Seen::kInside;
  }
  return visible >= kMinPoints ? double(inside) / visible : -1;
}

double Sightings::Agreement(size_t a, size_t b) const {
  const double there = Share(a, b), back = Share(b, a);
  if (there < 0) return back;
  return back < 0 ? there : std::min(there, back);
}

}  // namespace sanerf::segmentation
