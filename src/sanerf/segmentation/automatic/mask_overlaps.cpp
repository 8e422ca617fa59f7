#include "sanerf/segmentation/automatic/mask_overlaps.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/system_info.h"

namespace sanerf::segmentation {
namespace {

struct SeenView {
  Camera camera;
  ImageF depth;
  std::vector<int> masks;  // of this view
};

// Those of `masks` that cover the pixel.
void MasksAt(const std::vector<FoundMask>& all, const std::vector<int>& masks, int x, int y, std::vector<int>* at) {
  at->clear();
  for (const int m : masks)
    if (all[size_t(m)].mask.At(x, y)) at->push_back(m);
}

}  // namespace

// Counts of every pair of masks, and two of every mask in every view.
double OverlapBytes(size_t num_masks, size_t num_views) {
  return double(sizeof(uint32_t)) * double(num_masks) * (double(num_masks) + 2 * double(num_views));
}

MaskOverlaps::MaskOverlaps(const std::vector<FoundMask>& masks, const feature_container::FeatureContainer& container,
                           const mask_decoder::DepthTolerance& tolerance, int step, const Job& job) {
  for (const FoundMask& mask : masks) {
    const auto found = std::find(view_idxs_.begin(), view_idxs_.end(), mask.view_idx);
    view_of_.push_back(int(found - view_idxs_.begin()));
    if (found == view_idxs_.end()) view_idxs_.push_back(mask.view_idx);
  }
  CheckMemory(fmt::format("the overlaps of {} in {}", Counted(int64_t(masks.size()), "mask"),
                          Counted(int64_t(view_idxs_.size()), "view")),
              OverlapBytes(masks.size(), view_idxs_.size()),
              "search fewer views or points: --set auto.max_views=20, --set auto.grid=16", job);
  std::vector<SeenView> views(view_idxs_.size());
  for (size_t v = 0; v < views.size(); ++v)
    views[v] = {container.WorkingCamera(view_idxs_[v]), container.Depth(view_idxs_[v], job), {}};
  for (int m = 0; m < num_masks(); ++m) views[size_t(view_of(m))].masks.push_back(m);
  size_.assign(masks.size(), 0);
  seen_.assign(masks.size() * views.size(), 0);
  landed_.assign(masks.size() * views.size(), 0);
  both_.assign(masks.size() * masks.size(), 0);

  // Each view counts its own pixels: rows of its masks, columns of its own.
  ParallelFor(int64_t(views.size()), [&](int64_t from) {
    const SeenView& source = views[size_t(from)];
    std::vector<int> here, there;
    for (int y = step / 2; y < source.camera.height; y += step) {
      if (job.stop_requested()) return;
      for (int x = step / 2; x < source.camera.width; x += step) {
        if (source.depth.At(x, y) <= 0) continue;
        MasksAt(masks, source.masks, x, y, &here);
        for (const int m : here) ++size_[size_t(m)];
        const Vec3 p = source.camera.Lift({x + 0.5, y + 0.5}, source.depth.At(x, y));
        for (size_t to = 0; to < views.size(); ++to) {
          const SeenView& target = views[to];
          Vec2 px(x + 0.5, y + 0.5);
          if (int64_t(to) != from) {
            const mask_decoder::PointInView found = mask_decoder::FindInView(p, target.camera, target.depth, tolerance);
            if (found.state != mask_decoder::PointState::kVisible) continue;
            px = found.px;
          }
          MasksAt(masks, target.masks, int(px.x()), int(px.y()), &there);
          for (const int n : there) ++landed_[At(n, int(from))];
          for (const int m : here) {
            ++seen_[At(m, int(to))];
            for (const int n : there) ++both_[Pair(m, n)];
          }
        }
      }
    }
  });
  job.ThrowIfStopped("comparing the views' masks");
}

MaskOverlaps::Counts MaskOverlaps::Of(int first, int second) const {
  const int first_view = view_of(first), second_view = view_of(second);
  return {int64_t(both_[Pair(first, second)]) + both_[Pair(second, first)],
          int64_t(seen_[At(first, second_view)]) + landed_[At(first, second_view)],
          int64_t(seen_[At(second, first_view)]) + landed_[At(second, first_view)]};
}

}  // namespace sanerf::segmentation
