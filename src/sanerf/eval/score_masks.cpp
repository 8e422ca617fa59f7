#include "sanerf/eval/score_masks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/system_info.h"

namespace sanerf::eval {
namespace {

constexpr size_t kNamedInMessage = 12;  // ids, files, views

// masks[i] belongs to scores[i].
void AddView(const scene::View& view, const std::vector<ImageU8>& masks, const TruthOf& truth_of,
             std::vector<ObjectScore>& scores) {
  for (size_t i = 0; i < scores.size(); ++i) {
    const std::optional<ImageU8> expected = truth_of(view, i);
    if (!expected) {
      scores[i].unmatched.push_back(view.name);
      continue;
    }
    MaskScore in_view;
    in_view.Add(masks[i], *expected);
    scores[i].score += in_view;
    scores[i].views.emplace_back(view.name, in_view);
  }
}

}  // namespace

double SegmentViews(const SegmentView& segment, const std::string& name, const std::vector<int>& views,
                    const TakeMasks& take, const Job& job) {
  double seconds = 0;
  Task task(job, "eval " + name, int64_t(views.size()), "views");
  for (size_t v = 0; v < views.size(); ++v) {
    job.ThrowIfStopped("evaluation");
    const Stopwatch watch;
    std::vector<ImageU8> masks = segment(views[v]);
    seconds += watch.seconds();
    take(v, std::move(masks));
    task.Update(int64_t(v) + 1);
  }
  task.Finish();
  return seconds;
}

MaskScorer::MaskScorer(Scoring scoring, const Job& job) : scoring_(std::move(scoring)), scores_(scoring_.objects) {
  double largest_photo = 0, kept_bits = 0;
  for (size_t v = 0; v < scoring_.views.size(); ++v) {
    const Camera& photo = scoring_.scene.views[size_t(scoring_.views[v])].camera;
    largest_photo = std::max(largest_photo, double(photo.width) * photo.height);
    const Camera& small = scoring_.depths[v].camera;
    kept_bits += double(small.width) * small.height;
  }
  CheckMemory(fmt::format("the masks of {} in {}", Counted(int64_t(scores_.size()), "object"),
                          Counted(int64_t(scoring_.views.size()), "view")),
              double(scores_.size()) * (largest_photo + kept_bits / 8), "score fewer objects at a time", job);
}

void MaskScorer::Add(const std::vector<ImageU8>& masks) {
  const size_t v = small_masks_.size();
  AddView(scoring_.scene.views[size_t(scoring_.views.at(v))], masks, scoring_.truth_of, scores_);
  const Camera& camera = scoring_.depths[v].camera;
  small_masks_.emplace_back();
  for (size_t i = 0; i < scores_.size(); ++i) {
    const bool is_same = masks[i].width == camera.width && masks[i].height == camera.height;
    const ImageU8 small = is_same ? ImageU8() : ResizeNearest(masks[i], camera.width, camera.height);
    small_masks_.back().push_back(BitMask::Above<uint8_t>(is_same ? masks[i] : small, 0));
  }
}

std::vector<ObjectScore> MaskScorer::Scores() const {
  std::vector<ObjectScore> scores = scores_;
  const std::vector<ConsistencyScore> consistency = ScoreConsistency(scoring_.depths, small_masks_);
  for (size_t i = 0; i < consistency.size(); ++i) scores[i].consistency = consistency[i];
  return scores;
}

std::vector<int> ScoredViews(const scene::Scene& scene, const std::vector<int>& test, const GroundTruth& truth,
                             const Job& job) {
  const auto has_truth = [&](int v) { return truth.Has(scene.views[size_t(v)]); };
  if (!truth.from_folder() || std::any_of(test.begin(), test.end(), has_truth)) return test;
  std::vector<int> scored = scene.TrainViews();
  std::erase_if(scored, std::not_fn(has_truth));
  if (scored.empty()) return test;
  job.Warn(fmt::format("the masks belong to no held-out view; {} scored",
                       Counted(int64_t(scored.size()), "training view is", "training views are")));
  return scored;
}

std::optional<std::string> WhyNotShown(int instance, const GroundTruth& truth, const scene::Scene& scene,
                                       const std::vector<int>& views, const Job& job) {
  const auto has_truth = [&](int v) { return truth.Has(scene.views[size_t(v)]); };
  if (std::none_of(views.begin(), views.end(), has_truth)) return "no held-out view has ground truth";
  if (truth.Shows(instance, scene.views, views, job)) return std::nullopt;
  if (instance < 0) return "the masks of the held-out views are empty";
  const std::set<int> there = truth.InstancesIn(scene.views, views, job);
  if (there.empty()) return "the masks of the held-out views are empty";
  std::vector<std::string> ids;
  for (const int id : there) ids.push_back(std::to_string(id));
  return fmt::format("no mask of a held-out view has the instance {}; there are {}", instance,
                     FirstFew(ids, kNamedInMessage));
}

void ReportUnmatchedFiles(const GroundTruth& truth, const Job& job) {
  if (truth.unmatched_files().empty()) return;
  job.Warn(fmt::format("{} no view's name: {}",
                       Counted(int64_t(truth.unmatched_files().size()), "mask file has", "mask files have"),
                       FirstFew(truth.unmatched_files(), kNamedInMessage)));
}

void ReportUnmatched(const std::vector<ObjectScore>& scores, size_t num_views, const Job& job) {
  for (const ObjectScore& object : scores) {
    if (object.unmatched.empty()) continue;
    job.Warn(fmt::format("{}: ground truth matched {} of {}; unmatched: {}", object.name,
                         num_views - object.unmatched.size(), Counted(int64_t(num_views), "view"),
                         FirstFew(object.unmatched, kNamedInMessage)));
  }
  for (const ObjectScore& object : scores) {
    if (!object.views.empty()) continue;
    throw Error(fmt::format("object '{}' cannot be scored", object.name), "no test view has ground truth",
                "give a folder of masks: --masks DIR");
  }
}

}  // namespace sanerf::eval
