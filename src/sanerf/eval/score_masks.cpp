#include "sanerf/eval/score_masks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/stopwatch.h"

namespace sanerf::eval {
namespace {

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

std::vector<std::vector<ImageU8>> SegmentViews(const SegmentView& segment, const std::string& name,
                                               const std::vector<int>& views, double* seconds, const Job& job) {
  const Stopwatch watch;
  std::vector<std::vector<ImageU8>> masks;
  Task task(job, "eval " + name, int64_t(views.size()), "views");
  for (const int view_idx : views) {
    job.ThrowIfStopped("evaluation");
    masks.push_back(segment(view_idx));
    task.Update(int64_t(masks.size()));
  }
  task.Finish();
  *seconds = watch.seconds();
  return masks;
}

std::vector<ObjectScore> ScoreMasks(const std::vector<std::vector<ImageU8>>& masks, const Scoring& scoring,
                                    const Job& job) {
  std::vector<ObjectScore> scores = scoring.objects;
  std::vector<std::vector<ImageU8>> small_masks;
  for (size_t v = 0; v < scoring.views.size(); ++v) {
    job.ThrowIfStopped("evaluation");
    AddView(scoring.scene.views[size_t(scoring.views[v])], masks[v], scoring.truth_of, scores);
    const Camera& camera = scoring.depths[v].camera;
    small_masks.emplace_back();
    for (size_t i = 0; i < scores.size(); ++i) {
      const bool is_same = masks[v][i].width == camera.width && masks[v][i].height == camera.height;
      small_masks.back().push_back(is_same ? masks[v][i] : ResizeNearest(masks[v][i], camera.width, camera.height));
    }
  }
  const std::vector<ConsistencyScore> consistency = ScoreConsistency(scoring.depths, small_masks);
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
  job.Warn(fmt::format("the masks belong to no held-out view; {} training {} scored", scored.size(),
                       scored.size() == 1 ? "view is" : "views are"));
  return scored;
}

std::optional<std::string> WhyNotShown(int instance, const GroundTruth& truth, const scene::Scene& scene,
                                       const std::vector<int>& views) {
  const auto has_truth = [&](int v) { return truth.Has(scene.views[size_t(v)]); };
  if (std::none_of(views.begin(), views.end(), has_truth)) return "no held-out view has ground truth";
  if (truth.Shows(instance, scene.views, views)) return std::nullopt;
  if (instance < 0) return "the masks of the held-out views are empty";
  const std::set<int> there = truth.InstancesIn(scene.views, views);
  if (there.empty()) return "the masks of the held-out views are empty";
  return fmt::format("no mask of a held-out view has the instance {}; there are {}", instance, fmt::join(there, ", "));
}

void ReportUnmatchedFiles(const GroundTruth& truth, const Job& job) {
  if (truth.unmatched_files().empty()) return;
  job.Warn(fmt::format("{} {} no view's name: {}", truth.unmatched_files().size(),
                       truth.unmatched_files().size() == 1 ? "mask file has" : "mask files have",
                       fmt::join(truth.unmatched_files(), ", ")));
}

void ReportUnmatched(const std::vector<ObjectScore>& scores, size_t num_views, const Job& job) {
  for (const ObjectScore& object : scores) {
    if (object.unmatched.empty()) continue;
    job.Warn(fmt::format("{}: ground truth matched {}/{} views; unmatched: {}", object.name,
                         num_views - object.unmatched.size(), num_views, fmt::join(object.unmatched, ", ")));
  }
  for (const ObjectScore& object : scores) {
    if (!object.views.empty()) continue;
    throw Error(fmt::format("object '{}' cannot be scored", object.name), "no test view has ground truth",
                "give a folder of masks: --masks DIR");
  }
}

}  // namespace sanerf::eval
