#include "sanerf/experiments/eval/eval_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/units.h"
#include "sanerf/eval/ground_truth.h"
#include "sanerf/eval/score_masks.h"
#include "sanerf/eval/scores.h"
#include "sanerf/experiments/eval/eval_output.h"
#include "sanerf/experiments/eval/held_out_views.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/run_folder.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {

using eval::ObjectScore;
using run::StoredObject;

namespace {

// The objects that can be scored, with their instances and no scores yet; and the others.
struct Scorable {
  std::vector<StoredObject> objects;
  std::vector<ObjectScore> scores;
  std::vector<NotScored> not_scored;
};

ObjectScore NewScore(const StoredObject& object, int instance) {
  ObjectScore score;
  score.name = object.name;
  score.instance = instance;
  return score;
}

// The ground truth, and where it is looked for.
struct Truth {
  const eval::GroundTruth& masks;
  const scene::Scene& scene;
  const std::vector<int>& views;

  std::optional<std::string> WhyNotShown(int instance, const Job& job) const {
    return eval::WhyNotShown(instance, masks, scene, views, job);
  }
};

Scorable NamedObject(const EvalRequest& request, const run::RunFolder& run, const nerf::NerfModel& nerf,
                     const Truth& truth, const Job& job) {
  Scorable chosen;
  chosen.objects = {run::FindObject(run, request.object, nerf)};
  int instance = request.instance;
  if (instance < 0 && !truth.masks.from_folder()) instance = chosen.objects[0].prompt.instance;
  if (instance < 0 && !truth.masks.from_folder())
    throw UsageError(fmt::format("object '{}' has no instance id", request.object),
                     "its masks in the ground truth are unknown", "say which: --instance ID, or --masks DIR");
  if (const auto why = truth.WhyNotShown(instance, job))
    throw UsageError(fmt::format("object '{}' cannot be scored", request.object), *why,
                     truth.masks.from_folder() || truth.masks.InstancesIn(truth.scene.views, truth.views, job).empty()
                         ? "give a folder of masks: --masks DIR"
                         : "give one of these: --instance ID");
  chosen.scores = {NewScore(chosen.objects[0], instance)};
  return chosen;
}

Scorable AllObjects(const run::RunFolder& run, const nerf::NerfModel& nerf, const Truth& truth, const Job& job) {
  Scorable chosen;
  for (const StoredObject& object : run::ListObjects(run)) {
    NotScored reason{object.name, "", ""};
    if (object.nerf_fingerprint != HexFingerprint(nerf.Fingerprint())) {
      reason.why = "it belongs to an earlier radiance field";
      reason.how = "segment it again";
    } else if (object.prompt.instance < 0) {
      reason.why = "no instance id says which true masks are its own";
      reason.how = fmt::format("sanerf eval {} --object {} --instance ID, or --masks DIR",
                               ShellQuoted(run.path().string()), ShellQuoted(object.name));
    } else {
      reason.why = truth.WhyNotShown(object.prompt.instance, job).value_or("");
    }
    if (!reason.why.empty()) {
      chosen.not_scored.push_back(std::move(reason));
    } else {
      chosen.objects.push_back(object);
      chosen.scores.push_back(NewScore(object, object.prompt.instance));
    }
  }
  for (const std::string& name : run::FoldersOfNoObject(run))
    chosen.not_scored.push_back({name, "no object.json in its folder", "segment it again, or remove the folder"});
  return chosen;
}

// A sentence for each reason.
void ReportNotScored(const std::vector<NotScored>& not_scored, const Job& job) {
  constexpr size_t kMostNames = 8;
  std::set<std::string> said;
  for (const NotScored& first : not_scored) {
    if (!said.insert(first.why).second) continue;
    std::vector<std::string> names;
    for (const NotScored& other : not_scored)
      if (other.why == first.why) names.push_back(other.object);
    job.Warn(fmt::format("{} {} not scored: {}{}", FirstFew(names, kMostNames), IsAre(int64_t(names.size())), first.why,
                         first.how.empty() ? "" : fmt::format(" ({})", first.how)));
  }
}

MethodScores ScoreMethod(const Method& method, const MethodInput& input, const eval::Scoring& scoring, const Job& job) {
  MethodScores result{method.name, scoring.objects, 0};
  if (scoring.objects.empty()) return result;
  eval::MaskScorer scorer(scoring, job);
  const Stopwatch watch;
  const std::unique_ptr<segmentation::Segmenter> segmenter = method.make(input, job);
  segmenter->Fit(input.prompts, job);
  const double fit_seconds = watch.seconds();
  result.seconds =
      fit_seconds + eval::SegmentViews([&](int view) { return segmenter->MasksFor(view, job); }, method.name,
                                       input.test, [&](size_t, const auto& masks) { scorer.Add(masks); }, job);
  result.objects = scorer.Scores();
  return result;
}

// Over the views of which something counts; 0 without views.
double MeanOverViews(const std::vector<eval::ViewQuality>& views, double eval::ViewQuality::*figure) {
  double sum = 0;
  int64_t count = 0;
  for (const eval::ViewQuality& view : views) {
    if (std::isnan(view.*figure)) continue;  // its masks ignore all of it
    sum += view.*figure;
    ++count;
  }
  return views.empty() ? 0 : sum / double(count);
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
  const eval::GroundTruth truth(request.masks, scene.views);
  const std::vector<int> scored = eval::ScoredViews(scene, test, truth, job);
  if (scored.empty())
    throw Error(
        "there is nothing to score on", "the scene has no test views",
        "train with --test-every 8, or score an object with masks of training photos: --object NAME --masks DIR");
  const nerf::NerfModel& nerf = run->nerf(job);
  pipeline::Settings settings;
  pipeline::Restore(settings, folder.options(), folder.origins(), (folder.path() / "run.json").string());
  const Truth shown{truth, scene, scored};
  const auto has_truth = [&](int v) { return truth.Has(scene.views[size_t(v)]); };
  if (request.object.empty() && std::none_of(scored.begin(), scored.end(), has_truth))
    job.Info(
        "eval   the held-out views have no masks: there is nothing to compare objects with, only the pictures are "
        "scored (of your own masks: --object NAME --masks DIR)");
  const Scorable chosen =
      request.object.empty() ? AllObjects(folder, nerf, shown, job) : NamedObject(request, folder, nerf, shown, job);
  ReportNotScored(chosen.not_scored, job);

  const Stopwatch watch;
  EvalResult result;
  result.not_scored = chosen.not_scored;
  RenderedTestViews rendered;
  const std::vector<nerf::Backdrop> backdrops = nerf::LoadBackdrops(folder.nerf_views().parent_path());
  if (!test.empty()) rendered = RenderTestViews(scene, nerf, test, backdrops, job);
  result.views = std::move(rendered.quality);
  result.psnr = MeanOverViews(result.views, &eval::ViewQuality::psnr);
  result.ssim = MeanOverViews(result.views, &eval::ViewQuality::ssim);
  result.on_training_views = scored != test;
  if (result.on_training_views) rendered.depths = RenderTestViews(scene, nerf, scored, backdrops, job).depths;
  mask_decoder::Prompts prompts;
  for (const StoredObject& object : chosen.objects) prompts.objects.push_back(object.prompt);
  SharedInputs shared(run, settings, {folder.features(), folder.features(), folder.test_features()}, prompts, job);
  const MethodInput input{shared, prompts, scored, 1, &chosen.objects};
  const eval::TruthOf truth_of = [&](const scene::View& view, size_t i) {
    return truth.MaskOf(view, chosen.scores[i].instance);
  };
  const eval::Scoring scoring{scene, scored, rendered.depths, truth_of, chosen.scores};
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
  return result;
}

}  // namespace sanerf::experiments
