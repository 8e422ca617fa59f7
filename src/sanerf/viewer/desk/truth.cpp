#include "sanerf/viewer/desk/truth.h"

#include <algorithm>
#include <map>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/eval/ground_truth.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/scene/instance_masks.h"

namespace sanerf::viewer {
namespace {

constexpr int kAskedViews = 3;      // for the instance
constexpr int kComparedViews = 6;   // for the score
constexpr int kComparedSize = 400;  // their longest side

std::vector<int> ViewsWithMasks(const scene::Scene& scene, std::vector<int> views, int count) {
  std::erase_if(views, [&](int view) { return scene.views[size_t(view)].mask_path.empty(); });
  return scene::ThinnedViews(views, count);
}

}  // namespace

bool HasTruth(const scene::Scene& scene) { return !ViewsWithMasks(scene, scene.TestViews(), 1).empty(); }

std::optional<int> InstanceOf(const segmentation::EditedObject& object, const scene::Scene& scene) {
  if (object.about.instance >= 0) return object.about.instance;
  if (!object.masks) return std::nullopt;
  std::vector<int> used;
  for (const mask_decoder::ViewDecision& view : object.masks->views)
    if (view.used) used.push_back(view.view_idx);
  std::map<int, int64_t> counts;
  for (const int view_idx : ViewsWithMasks(scene, used, kAskedViews)) {
    const ImageU16 ids = scene::LoadViewInstances(scene.views[size_t(view_idx)]);
    for (const mask_decoder::ViewDecision& view : object.masks->views) {
      if (view.view_idx != view_idx) continue;
      const ImageU8 mask = ResizeNearest(view.mask, ids.width, ids.height);
      for (size_t i = 0; i < mask.data.size(); ++i)
        if (mask.data[i] != 0) ++counts[ids.data[i]];
    }
  }
  const auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  // 0 is what the ground truth does not name: such a thing has no score.
  return most == counts.end() || most->first == 0 ? std::nullopt : std::optional(most->first);
}

std::optional<int> KnownInstances::Of(const segmentation::EditedObject& object, const scene::Scene& scene) {
  if (object.about.instance >= 0 || !object.masks) return InstanceOf(object, scene);
  const std::lock_guard lock(mutex_);
  std::erase_if(known_, [](const auto& entry) { return entry.second.masks.expired(); });
  const auto found = known_.find(object.id);
  if (found != known_.end() && found->second.masks.lock() == object.masks) return found->second.instance;
  const std::optional<int> instance = InstanceOf(object, scene);
  known_.insert_or_assign(object.id, Known{object.masks, instance});
  return instance;
}

std::optional<double> HeldOutIou(const mask_aggregator::ObjectModel& model, int label, int instance,
                                 const scene::Scene& scene, const Job& job) {
  int64_t both = 0, either = 0, true_pixels = 0;
  for (const int view_idx : ViewsWithMasks(scene, scene.TestViews(), kComparedViews)) {
    const scene::View& view = scene.views[size_t(view_idx)];
    const Camera camera = view.camera.ResizedToLongest(kComparedSize);
    const ImageU8 truth = ResizeNearest(*eval::TruthMask(view, instance), camera.width, camera.height);
    const ImageU8 labels = model.Render(camera, job).labels;
    for (size_t i = 0; i < truth.data.size(); ++i) {
      const bool is_true = truth.data[i] != 0, is_ours = labels.data[i] == label;
      true_pixels += is_true;
      both += is_true && is_ours;
      either += is_true || is_ours;
    }
  }
  return true_pixels == 0 ? std::nullopt : std::optional(double(both) / double(either));
}

}  // namespace sanerf::viewer
