#include "sanerf/experiments/eval/eval_stage.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/eval/ground_truth.h"
#include "sanerf/eval/score_masks.h"
#include "sanerf/eval/scores.h"
#include "sanerf/experiments/eval/eval_output.h"
#include "sanerf/experiments/eval/held_out_views.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/run_folder.h"

namespace sanerf::experiments {

using eval::ObjectScore;
using run::StoredObject;

namespace {

std::vector<StoredObject> ObjectsToScore(const run::RunFolder& run, const nerf::NerfModel& nerf,
                                         const EvalRequest& request, const Job& job) {
  if (!request.object.empty()) return {run::FindObject(run, request.object, nerf)};
  std::vector<StoredObject> selected;
  for (const StoredObject& object : run::ListObjects(run)) {
    if (object.prompt.instance < 0) continue;
    if (object.nerf_fingerprint == run::HexFingerprint(nerf.Fingerprint())) {
      selected.push_back(object);
    } else {
      job.Warn(
          fmt::format("object {} belongs to an earlier radiance field and is left out; segment it again", object.name));
    }
  }
  return selected;
}

std::vector<ObjectScore> NewScores(const std::vector<StoredObject>& objects, const eval::GroundTruth& truth,
                                   const EvalRequest& request) {
  std::vector<ObjectScore> scores;
  for (const StoredObject& object : objects) {
    ObjectScore score;
    score.name = object.name;
    score.instance = request.instance >= 0 ? request.instance : object.prompt.instance;
    if (truth.from_folder()) score.instance = request.instance;
    if (score.instance < 0 && !truth.from_folder()) {
      throw UsageError(fmt::format("object '{}' has no instance id", score.name),
                       "its masks in the ground truth are unknown", "say which: --instance ID");
    }
    scores.push_back(score);
  }
  return scores;
}

MethodScores ScoreMethod(const Method& method, const MethodInput& input, const eval::Scoring& scoring, const Job& job) {
  MethodScores result{method.name, scoring.objects, 0};
  if (scoring.objects.empty()) return result;
  const Stopwatch watch;
  const std::unique_ptr<segmentation::Segmenter> segmenter = method.make(input, job);
  segmenter->Fit(input.prompts, job);
  const double fit_seconds = watch.seconds();
  const auto masks = eval::SegmentViews([&](int view) { return segmenter->MasksFor(view, job); }, method.name,
                                        input.test, &result.seconds, job);
  result.seconds += fit_seconds;
  result.objects = eval::ScoreMasks(masks, scoring, job);
  return result;
}

}  // namespace

EvalResult Evaluate(const EvalRequest& request, run::OpenRun* run, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  if (request.object.empty() && (request.instance >= 0 || !request.masks.empty())) {
    throw UsageError("--instance and --masks need the object they belong to", "", "add --object NAME");
  }
  const run::RunFolder& folder = run->folder();
  const scene::Scene& scene = run->scene();
  const std::vector<int> test = scene.TestViews();
  if (test.empty())
    throw Error("there is nothing to score on", "the scene has no test views", "train with --test-every 8");
  const eval::GroundTruth truth(request.masks, scene.views);
  const std::vector<int> scored = eval::ScoredViews(scene, test, truth, job);
  const nerf::NerfModel& nerf = run->nerf(job);
  pipeline::Settings settings;
  settings.Restore(folder.options(), folder.origins(), (folder.path() / "run.json").string());
  const std::vector<StoredObject> objects = ObjectsToScore(folder, nerf, request, job);
  const std::vector<ObjectScore> scores = NewScores(objects, truth, request);

  const Stopwatch watch;
  EvalResult result;
  RenderedTestViews rendered = RenderTestViews(scene, nerf, test, job);
  result.views = std::move(rendered.quality);
  for (const eval::ViewQuality& view : result.views) {
    result.psnr += view.psnr / double(test.size());
    result.ssim += view.ssim / double(test.size());
  }
  if (scored != test) rendered.depths = RenderTestViews(scene, nerf, scored, job).depths;
  mask_decoder::Prompts prompts;
  for (const StoredObject& object : objects) prompts.objects.push_back(object.prompt);
  SharedInputs shared(run, settings, {folder.features(), folder.features()}, job);
  const MethodInput input{shared, prompts, scored, 1, &objects};
  const eval::TruthOf truth_of = [&](const scene::View& view, size_t i) {
    return truth.MaskOf(view, scores[i].instance);
  };
  const eval::Scoring scoring{scene, scored, rendered.depths, truth_of, scores};
  const Method own_method{
      kOwnMethod, "", "", {}, false, true, [](const MethodInput& i, const Job& j) { return MakeOwn(i, false, j); }};
  MethodScores own = ScoreMethod(own_method, input, scoring, job);
  result.objects = std::move(own.objects);
  result.own_seconds = own.seconds;
  eval::ReportUnmatched(result.objects, scored.size(), job);
  eval::ReportUnmatchedFiles(truth, job);
  for (const Method& baseline : request.baselines)
    result.baselines.push_back(ScoreMethod(baseline, input, scoring, job));
  result.seconds = watch.seconds();
  WriteMetrics(folder, result);
  return result;
}

}  // namespace sanerf::experiments
