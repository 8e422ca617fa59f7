#include "sanerf/segmentation/automatic/automatic_field.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <iterator>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/mask_decoder/view_decider.h"
#include "sanerf/sam/automatic_masks.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/segmentation/automatic/coplanar.h"
#include "sanerf/segmentation/automatic/found_object.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/segment_memory.h"

namespace sanerf::segmentation {

using mask_decoder::DecodedObject;

namespace {

// The objects on which the views agree best, at most `count`, in their old order.
int DropBeyond(int count, std::vector<FoundObject>* objects) {
  const int num_beyond = std::max(0, int(objects->size()) - count);
  for (int i = 0; i < num_beyond; ++i)
    objects->erase(std::min_element(objects->begin(), objects->end(),
                                    [](const auto& a, const auto& b) { return a.agreement < b.agreement; }));
  return num_beyond;
}

// One search at a time; the members are what every step needs.
class ObjectFinder {
 public:
  ObjectFinder(const SegmentationInput& input, size_t num_searched, std::vector<FoundMask> masks,
               const SegmentationOptions& options)
      : context_(input.ForDecoding(options.masks)),
        options_(options),
        masks_(std::move(masks)),
        num_searched_(num_searched) {}

  // Masks to objects, each with points on it; prompts()[i] belongs to objects()[i].
  void Find(AutomaticField* result, const Job& job) {
    const AutoOptions& options = options_.automatic;
    const Stopwatch watch;
    Task task(job, "tie masks together");
    const mask_decoder::DepthTolerance tolerance =
        mask_decoder::ToleranceOf(context_.options, context_.model_from_file);
    result->left_out =
        AssociateMasks(masks_, MaskOverlaps(masks_, context_.container, tolerance, options.associate.step, job),
                       options.associate, job);
    objects_ = std::move(result->left_out.objects);
    result->num_beyond_limit = DropBeyond(options.max_objects, &objects_);
    std::vector<FoundObject> with_points;
    for (const FoundObject& object : objects_) {
      mask_decoder::ObjectPrompt prompt =
          PromptOf(object, masks_, context_.container, {options.points, tolerance}, job);
      if (prompt.points.empty()) continue;
      prompt.name = fmt::format("{}{:02}", kAutomaticName, with_points.size() + 1);
      prompts_.objects.push_back(std::move(prompt));
      with_points.push_back(object);
    }
    result->num_without_point = int(objects_.size() - with_points.size());
    objects_ = std::move(with_points);
    task.Finish();
    result->associate_seconds = watch.seconds();
    if (objects_.empty()) FailWithoutObjects(*result);
  }

  std::vector<DecodedObject> Decode(const std::vector<int>& views, const Job& job) const {
    std::vector<DecodedObject> decoded;
    Task task(job, "decode objects", int64_t(objects_.size() * views.size()), "masks");
    int64_t num_done = 0;
    for (size_t i = 0; i < objects_.size(); ++i) {
      const auto on_view = [&] { task.Update(++num_done, prompts_.objects[i].name); };
      decoded.push_back(
          DecodeFound(prompts_.objects[i], {views, MasksOf(objects_[i], masks_), on_view}, context_, job));
    }
    task.Finish(
        fmt::format("{} in {}", Counted(int64_t(objects_.size()), "object"), Counted(int64_t(views.size()), "view")));
    SeparateMasks(&decoded);
    return decoded;
  }

  const std::vector<FoundObject>& objects() const { return objects_; }
  const mask_decoder::Prompts& prompts() const { return prompts_; }

 private:
  [[noreturn]] void FailWithoutObjects(const AutomaticField& result) const {
    throw Error("no object was found",
                fmt::format("of {} in {}, {} in too few views, {} without agreement, {} background",
                            Counted(int64_t(masks_.size()), "mask"), Counted(int64_t(num_searched_), "view"),
                            Counted(int64_t(result.left_out.num_rare), "group is", "groups are"),
                            result.left_out.num_unstable, result.left_out.num_background),
                fmt::format("search more views or more points: {}--set auto.max_views=0 --set auto.grid=24",
                            options_.segment.max_views > 0 ? "--max-views 0 " : ""));
  }

  mask_decoder::DecodeContext context_;
  SegmentationOptions options_;
  std::vector<FoundMask> masks_;
  size_t num_searched_;
  std::vector<FoundObject> objects_;
  mask_decoder::Prompts prompts_;
};

}  // namespace

std::vector<int> ViewsToSearch(const scene::Scene& scene, const std::vector<int>& views, const AutoOptions& options) {
  return scene::SpreadViews(scene, views, options.max_views);
}

// One bit per pixel of every mask; with the pairs that will be compared. A view gives some fifty masks; twenty are
// counted on, so that no search is refused that would have fit.
double SearchBytes(double pixels_of_view, size_t num_views) {
  constexpr double kMasksPerView = 20;
  const double masks = kMasksPerView * double(num_views);
  return masks * pixels_of_view / 8 + OverlapBytes(size_t(masks), num_views);
}

std::vector<FoundMask> SearchViews(const std::vector<int>& views, const feature_container::FeatureContainer& container,
                                   const sam::Sam& sam, const sam::AutomaticMaskOptions& options, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  if (!views.empty()) {
    const Camera camera = container.WorkingCamera(views[0]);
    CheckMemory("the masks of a search in " + Counted(int64_t(views.size()), "view"),
                SearchBytes(double(camera.width) * camera.height, views.size()),
                "search fewer views: --set auto.max_views=20", job);
  }
  std::vector<std::vector<FoundMask>> found(views.size());
  std::atomic<int64_t> num_points = 0;
  std::atomic<size_t> num_masks = 0;
  WorkerPool<sam::Sam> predictors;
  Task task(job, "search", int64_t(views.size()) * options.grid * options.grid, "points");
  ParallelForChunks(int64_t(views.size()), 1, [&](int64_t i, int64_t) {
    const auto predictor = predictors.Take([&] { return sam.Share(); });
    const Camera camera = container.WorkingCamera(views[size_t(i)]);
    const ImageF depth = container.Depth(views[size_t(i)], job);
    predictor->SetFeatures(container.Features(views[size_t(i)], job));
    const auto on_point = [&](int) { task.Update(++num_points, Counted(int64_t(num_masks.load()), "mask")); };
    for (sam::AutomaticMask& mask :
         sam::GenerateMasks(*predictor, camera.width, camera.height, options, on_point, job)) {
      const bool is_coplanar = IsCoplanar(mask.mask, depth);
      found[size_t(i)].push_back(
          {views[size_t(i)], std::move(mask.mask), mask.predicted_iou, mask.candidate, is_coplanar});
    }
    num_masks += found[size_t(i)].size();
  });
  std::vector<FoundMask> all;
  for (std::vector<FoundMask>& masks : found) std::move(masks.begin(), masks.end(), std::back_inserter(all));
  task.Finish(fmt::format("{} in {}", Counted(int64_t(all.size()), "mask"), Counted(int64_t(views.size()), "view")));
  return all;
}

void SeparateMasks(std::vector<DecodedObject>* decoded) {
  for (size_t view = 0; view < decoded->at(0).views.size(); ++view) {
    std::vector<mask_decoder::ViewDecision*> claims;
    for (DecodedObject& object : *decoded)
      if (object.views[view].used) claims.push_back(&object.views[view]);
    std::stable_sort(claims.begin(), claims.end(), [](const auto* a, const auto* b) { return a->area < b->area; });
    std::vector<bool> is_taken(claims.empty() ? 0 : claims[0]->mask.data.size(), false);
    for (mask_decoder::ViewDecision* claim : claims)
      for (size_t i = 0; i < is_taken.size(); ++i) {
        if (claim->mask.data[i] == 0) continue;
        if (is_taken[i]) claim->mask.data[i] = 0;
        is_taken[i] = true;
      }
  }
}

AutomaticField TieTogether(const SegmentationInput& input, size_t num_searched, std::vector<FoundMask> masks,
                           const SegmentationOptions& options, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  AutomaticField result;
  const size_t num_masks = masks.size();
  ObjectFinder finder(input, num_searched, std::move(masks), options);
  finder.Find(&result, job);
  job.Info(fmt::format("found  {} from {} in {}", Counted(int64_t(finder.objects().size()), "object"),
                       Counted(int64_t(num_masks), "mask"), Counted(int64_t(num_searched), "view")));

  CheckSegmentMemory(LoadOf(int64_t(finder.objects().size()), *input.features, input.views), options.object,
                     RayLoadOf(input.nerf, *input.scene, input.views, job), job);
  const Stopwatch watch;
  result.decoded = finder.Decode(input.views, job);
  result.prompts = finder.prompts();
  result.found = finder.objects();
  result.mask_seconds = watch.seconds();
  return result;
}

}  // namespace sanerf::segmentation
