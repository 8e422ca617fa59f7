#include "sanerf/segmentation/weigh_views.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/pixel_window.h"
#include "sanerf/mask_aggregator/label_vote.h"

namespace sanerf::segmentation {
namespace {

using mask_aggregator::ViewTrust;
using mask_decoder::ViewDecision;

const ViewDecision* UsedMask(const mask_decoder::DecodedObject& object, int view_idx) {
  const auto found = std::find_if(object.views.begin(), object.views.end(),
                                  [&](const ViewDecision& view) { return view.view_idx == view_idx && view.used; });
  return found != object.views.end() && !found->mask.empty() ? &*found : nullptr;
}

// The mask's box and half of it again on every side: both sides of the outline, and where a wrong pose has put the
// object.
PixelWindow SurroundingsOf(const ImageU8& mask) {
  const PixelWindow box = WindowOf(mask);
  return box.Grown((box.width() + 1) / 2, (box.height() + 1) / 2, mask.width, mask.height);
}

PixelWindow Scaled(const PixelWindow& window, int width, int height, const Camera& camera) {
  const double by_x = double(camera.width) / width, by_y = double(camera.height) / height;
  const PixelWindow scaled{int(std::floor(window.x0 * by_x)), int(std::floor(window.y0 * by_y)),
                           std::min(camera.width, int(std::ceil(window.x1 * by_x))),
                           std::min(camera.height, int(std::ceil(window.y1 * by_y)))};
  return scaled;
}

// One view, whose photo is read and shrunk once for all objects.
class ComparedView {
 public:
  ComparedView(const SegmentationInput& input, int view_idx, const ImageU8& ignored, const Job& job)
      : nerf_(input.nerf),
        camera_(input.features->WorkingCamera(view_idx).ResizedToLongest(mask_aggregator::VoteOptions().size)),
        photo_(input.features->Rgb(view_idx, job)) {
    if (!photo_.empty()) photo_ = Resize(photo_, camera_.width, camera_.height);
    if (!ignored.empty()) counts_ = ResizeNearest(ignored, camera_.width, camera_.height);
    for (uint8_t& value : counts_.data) value = value == 0 ? 1 : 0;
  }

  double UnexplainedIn(const PixelWindow& of_mask, int width, int height, const Job& job) const {
    const PixelWindow window = Scaled(of_mask, width, height, camera_);
    if (photo_.empty() || window.empty()) return -1;
    const nerf::PartOfView part(camera_, {window.x0, window.y0, window.x1, window.y1});
    const ImageF rendered = nerf_.RenderPart(part, {}, job).rgb;
    const ImageU8 counts = counts_.empty() ? ImageU8() : Cut(counts_, window);
    return mask_aggregator::UnexplainedShare(Cut(photo_, window), rendered, counts.data);
  }

 private:
  const nerf::NerfModel& nerf_;
  Camera camera_;
  ImageF photo_;
  ImageU8 counts_;  // 1 where the photo shows the scene; empty: everywhere
};

}  // namespace

std::vector<ViewTrust> WeighViews(const SegmentationInput& input, const mask_decoder::ObjectMasks& objects,
                                  const std::vector<ImageU8>& ignored, double power, const Job& job) {
  const size_t num_views = input.views.size();
  std::vector<std::vector<double>> shares(objects.size(), std::vector<double>(num_views, -1));
  std::vector<ViewTrust> trust(num_views);
  std::vector<std::vector<size_t>> of_places(num_views);  // the objects
  Task task(job, "compare the field with the photos", int64_t(num_views), "views");
  for (size_t v = 0; v < num_views; ++v) {
    std::optional<ComparedView> view;
    for (size_t o = 0; o < objects.size(); ++o) {
      const ViewDecision* decision = UsedMask(objects[o], input.views[v]);
      if (decision == nullptr) continue;
      if (!view) view.emplace(input, input.views[v], ignored.empty() ? ImageU8() : ignored[v], job);
      const ImageU8& mask = decision->mask;
      const PixelWindow window = SurroundingsOf(mask);
      shares[o][v] = view->UnexplainedIn(window, mask.width, mask.height, job);
      trust[v].width = mask.width;
      trust[v].height = mask.height;
      trust[v].places.push_back({window});
      of_places[v].push_back(o);
    }
    job.ThrowIfStopped("comparing the field with the photos");
    task.Update(int64_t(v) + 1);
  }
  std::vector<std::vector<float>> weights;
  for (const std::vector<double>& of_object : shares)
    weights.push_back(mask_aggregator::TrustFromShares(of_object, power));
  for (size_t v = 0; v < num_views; ++v)
    for (size_t i = 0; i < of_places[v].size(); ++i) trust[v].places[i].weight = weights[of_places[v][i]][v];
  task.Finish();
  return trust;
}

}  // namespace sanerf::segmentation
