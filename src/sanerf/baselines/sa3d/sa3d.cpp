#include "sanerf/baselines/sa3d/sa3d.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sanerf/baselines/object_masks.h"
#include "sanerf/baselines/sa3d/self_prompting.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/system_info.h"

namespace sanerf::baselines {
namespace {

int PositiveVisible(const mask_decoder::ViewDecision& decision) {
  return int(std::count_if(decision.points.begin(), decision.points.end(), [](const auto& point) {
    return point.label == 1 && point.state == mask_decoder::PointState::kVisible;
  }));
}

}  // namespace

double IouWithScores(const ImageU8& mask, const ImageF& scores) {
  const double mean = std::accumulate(scores.data.begin(), scores.data.end(), 0.0) / double(scores.data.size());
  int64_t both = 0, either = 0;
  for (size_t i = 0; i < scores.data.size(); ++i) {
    const bool is_rendered = scores.data[i] > 0 && scores.data[i] > mean, is_masked = mask.data[i] != 0;
    both += is_rendered && is_masked;
    either += is_rendered || is_masked;
  }
  return either > 0 ? double(both) / double(either) : 0;
}

Sa3d::Sa3d(const segmentation::SegmentationInput& input, const Sa3dOptions& options,
           const mask_decoder::MaskDecoderOptions& mask_options)
    : input_(input),
      options_(options),
      mask_options_(mask_options),
      // Contracted space reaches from -2 to 2 and is as finely divided.
      grid_((CheckOptions(options, "sa3d"), options.voxels * (input.nerf.contracted() ? 2 : 1))) {
  if (!options.first_view.empty()) input.scene->FindView(options.first_view);
}

// The training view that sees most of the object's points; of several the one with the highest predicted IoU.
Sa3d::Start Sa3d::FirstMask(const mask_decoder::ObjectPrompt& object, const Job& job) const {
  std::vector<int> views = input_.views;
  if (!options_.first_view.empty()) views = {input_.scene->FindView(options_.first_view)};
  mask_decoder::DecodedObject decoded =
      mask_decoder::DecodeMasks(object, input_.ForDecoding(mask_options_), views, nullptr, job);
  std::erase_if(decoded.views, [](const mask_decoder::ViewDecision& view) { return !view.used; });
  const auto best = std::max_element(decoded.views.begin(), decoded.views.end(), [](const auto& a, const auto& b) {
    return std::make_pair(PositiveVisible(a), a.predicted_iou) < std::make_pair(PositiveVisible(b), b.predicted_iou);
  });
  return {best->view_idx, std::move(best->mask)};
}

void Sa3d::Fit(const mask_decoder::Prompts& prompts, const Job& job) {
  double pixels = 0;
  for (const int view : input_.views) {
    const Camera camera = input_.features->WorkingCamera(view);
    pixels = std::max(pixels, double(camera.width) * camera.height);
  }
  CheckMemory("SA3D's scores of " + Counted(int64_t(prompts.objects.size()), "object"),
              VoxelScoreBytes(pixels, input_.views.size(), grid_.cells().cells_per_axis(), prompts.objects.size()),
              "use fewer voxels: --set sa3d.voxels=160", job);
  scores_.assign(prompts.objects.size(), {});
  courses_.assign(prompts.objects.size(), {});
  std::vector<Start> starts;
  for (const mask_decoder::ObjectPrompt& object : prompts.objects) starts.push_back(FirstMask(object, job));
  Task task(job, "sa3d", int64_t(input_.views.size() + starts.size()), "views");
  AddFirstViews(starts, job);
  for (size_t i = 0; i < input_.views.size(); ++i) {
    if (job.stop_requested()) throw InterruptedError("SA3D interrupted", "nothing was written");
    AddView(input_.views[i], starts, job);
    task.Update(int64_t(starts.size() + i + 1));
  }
  for (size_t o = 0; o < courses_.size(); ++o)
    job.Detail(fmt::format("sa3d  {}: from view {}; masks of {} used, {} rejected, {} without a point",
                           prompts.objects[o].name, input_.scene->views[size_t(courses_[o].first_view)].name,
                           Counted(courses_[o].num_used, "view"), courses_[o].num_rejected,
                           courses_[o].num_unprompted));
}

void Sa3d::AddFirstViews(const std::vector<Start>& starts, const Job& job) {
  for (size_t o = 0; o < starts.size(); ++o) {
    courses_[o].first_view = starts[o].view_idx;
    const Camera camera = input_.features->WorkingCamera(starts[o].view_idx);
    scores_[o].AddView(grid_.Trace(input_.nerf, camera, options_.min_weight, job), starts[o].mask,
                       options_.first_negative);
  }
}

// Every object once, in the views' own order; the one that an object began with has been seen.
void Sa3d::AddView(int view_idx, const std::vector<Start>& starts, const Job& job) {
  const VoxelPixels pixels =
      grid_.Trace(input_.nerf, input_.features->WorkingCamera(view_idx), options_.min_weight, job);
  const ImageF depth = input_.features->Depth(view_idx, job);
  const auto features = input_.features->Features(view_idx, job);
  ParallelFor(int64_t(starts.size()), [&](int64_t o) {
    if (starts[size_t(o)].view_idx == view_idx) return;
    const std::unique_ptr<sam::Sam> sam = input_.sam->Share();
    sam->SetFeatures(features);
    const ImageF scores = scores_[size_t(o)].Render(pixels);
    const ImageU8 mask = SelfPromptedMask(scores, depth, *sam, job);
    Course& course = courses_[size_t(o)];
    if (mask.empty()) {
      ++course.num_unprompted;
    } else if (IouWithScores(mask, scores) < options_.min_iou) {
      ++course.num_rejected;
    } else {
      scores_[size_t(o)].AddView(pixels, mask, options_.negative);
      ++course.num_used;
    }
  });
}

ImageU8 Sa3d::SelfPromptedMask(const ImageF& scores, const ImageF& depth, sam::Sam& sam, const Job& job) const {
  const auto decode = [&](const std::vector<sam::SamPrompt::Point>& points) {
    const std::vector<sam::SamMask> masks = sam.Predict({points, {}, {}}, /*multimask=*/false, job);
    const ImageF logits = sam.ToImageFrame(masks.at(0));
    ImageU8 mask(logits.width, logits.height, 1);
    for (size_t i = 0; i < mask.data.size(); ++i) mask.data[i] = logits.data[i] > 0 ? 255 : 0;
    return mask;
  };
  const std::vector<sam::SamPrompt::Point> points = SelfPrompts(scores, depth, options_.prompts, decode);
  return points.empty() ? ImageU8() : decode(points);
}

std::vector<ImageU8> Sa3d::MasksFor(int view_idx, const Job& job) {
  const auto add = [&](const float* position, float weight, float* sums) {
    for (size_t o = 0; o < scores_.size(); ++o) sums[o] += weight * scores_[o].At(grid_.cells(), position);
  };
  return MasksOfVoxels(input_.nerf, input_.scene->views.at(size_t(view_idx)).camera,
                       {scores_.size(), options_.min_weight, options_.threshold, add}, job);
}

}  // namespace sanerf::baselines
