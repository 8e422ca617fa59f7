#include "sanerf/experiments/ablate/ablate_runner.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/system_info.h"
#include "sanerf/eval/scores.h"
#include "sanerf/experiments/compare/methods.h"
#include "sanerf/experiments/eval/eval_stage.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/pipeline/encode_stage.h"
#include "sanerf/pipeline/segment_stage.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/run_folder.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {

using run::OpenRun;
using run::RunFolder;

namespace {

constexpr const char* kMark = "segmented.json";  // in a light run: which segmentation its objects are

bool IsOwn(const Variant& variant) { return variant.method == kOwnMethod; }

// The part of a segmentation that its masks depend on.
Json MasksOf(Json segmentation) {
  if (segmentation.is_object()) segmentation.erase("object");
  return segmentation;
}

// The scores of `folder`'s objects under the variant's method.
void Score(const fs::path& folder, const Variant& variant, const BaselineOptions& options, VariantResult* result,
           const Job& job) {
  EvalRequest request;
  request.run = folder;
  if (!IsOwn(variant)) request.baselines = {FindMethod(variant.method, options)};
  const EvalResult scores = Evaluate(request, run::RunLock(request.run), job);
  const std::vector<eval::ObjectScore>& objects = IsOwn(variant) ? scores.objects : scores.baselines[0].objects;
  result->score_seconds = IsOwn(variant) ? scores.own_seconds : scores.baselines[0].seconds;
  std::map<std::string, run::StoredObject> stored;
  for (run::StoredObject& object : run::ListObjects(RunFolder::Open(folder))) stored[object.name] = std::move(object);
  for (const eval::ObjectScore& object : objects) {
    const eval::MaskScore& score = object.score;
    const run::StoredObject& from = stored.at(object.name);
    result->objects.push_back({object.name, score.Iou(), score.BoundaryIou(), score.Accuracy(),
                               object.consistency.Iou(), from.views_used, from.views_total});
  }
}

}  // namespace

ExperimentSettings AblationRunner::SettingsFor(const AblationTrial& trial) const {
  ExperimentSettings settings = base_;
  // How the scene was loaded and trained is not the variant's to say.
  const RunFolder run = RunFolder::Open(trial.scene.run);
  Json trained = Json::object();
  for (const char* stage : {"scene", "nerf"}) trained[stage] = run.options().value(stage, Json::object());
  settings.Restore(trained, Json::object(), (trial.scene.run / "run.json").string());
  for (const std::string& assignment : trial.variant.assignments) settings.Assign(assignment, "ablate");
  if (IsOwn(trial.variant)) settings.object.seed += trial.seed;  // irrelevant to the others
  return settings;
}

mask_decoder::Prompts AblationRunner::PromptsFor(const AblationTrial& trial) const {
  return PromptsOf(trial.variant, trial.scene.prompts, uint64_t(trial.seed));
}

Json AblationRunner::SegmentationOf(const AblationTrial& trial) const {
  const RunFolder run = RunFolder::Open(trial.scene.run);
  Json json = {{"sanerf", VersionString()},
               {"scene", run.scene_hash()},
               {"radiance_field", run.record().at("stages").at("train")},
               {"prompts", mask_decoder::ToJson(PromptsFor(trial))}};
  const Json options = SettingsFor(trial).ToJson();
  for (const char* stage : {"encode", "masks", "segment", "object"}) json[stage] = options.at(stage);
  return json;
}

std::string AblationRunner::KeyOf(const AblationTrial& trial) const {
  Json json = SegmentationOf(trial);
  json["method"] = trial.variant.method;
  return Sha256(json.dump()).substr(0, 16);
}

// Leaves the trial's objects in the folder. Those that are there are kept when they are the same.
void AblationRunner::SegmentOnce(const AblationTrial& trial, const ExperimentSettings& settings, const fs::path& folder,
                                 VariantResult* result, const Job& job) const {
  const Json wanted = SegmentationOf(trial);
  Json seconds;
  if (fs::exists(folder / kMark)) {
    const Json found = ReadJsonFile(folder / kMark), segmentation = found.value("segmentation", Json());
    if (segmentation == wanted) seconds = found.at("seconds");
    if (seconds.is_null() && MasksOf(segmentation) == MasksOf(wanted)) {  // what takes longest is there
      fs::remove(folder / kMark);
      OpenRun run(folder, std::nullopt, OpenRun::Access::kWrite, job);
      seconds = {found.at("seconds").at(0), pipeline::RefitField("", settings, &run, job).field_seconds};
      WriteJsonFile(folder / kMark, {{"segmentation", wanted}, {"seconds", seconds}});
    }
  }
  if (seconds.is_null()) {
    fs::remove(folder / kMark);
    {
      const run::RunLock lock(folder);
      fs::remove_all(folder / "objects");  // objects of other prompts must not be scored
    }
    if (settings.encode.container == feature_container::FeatureStore::kField &&
        RunFolder::Open(folder).StageState("encode") != "complete")
      pipeline::Encode({folder, std::nullopt}, settings, job);  // distills it
    OpenRun run(folder, std::nullopt, OpenRun::Access::kWrite, job);
    const pipeline::SegmentResult segmented = pipeline::Segment({PromptsFor(trial)}, settings, &run, job);
    seconds = {segmented.mask_seconds, segmented.field_seconds};
    WriteJsonFile(folder / kMark, {{"segmentation", wanted}, {"seconds", seconds}});
  }
  result->encode_seconds = RunFolder::Open(folder).StageSeconds("encode");
  if (!IsOwn(trial.variant)) return;
  result->mask_seconds = seconds.at(0).get<double>();
  result->field_seconds = seconds.at(1).get<double>();
}

VariantResult AblationRunner::Run(const AblationTrial& trial, const Job& job) const {
  VariantResult result;
  const ExperimentSettings settings = SettingsFor(trial);
  const fs::path folder = LightRun(trial.scene, settings.encode, job);
  SegmentOnce(trial, settings, folder, &result, job);
  Score(folder, trial.variant, settings.baselines, &result, job);
  return result;
}

AblationRunner::Answer AblationRunner::ResultOf(const AblationTrial& trial, const std::string& key, const Job& job) {
  const bool is_first = seen_.insert(key).second;
  if (const VariantResult* found = results_.Find(key))
    return {*found, is_first ? Source::kEarlier : Source::kSameAsAnother};
  if (const auto failed = failed_.find(key); failed != failed_.end()) return {failed->second, Source::kSameAsAnother};
  VariantResult result;
  try {
    result = Run(trial, job);
  } catch (const InterruptedError&) {
    throw;
  } catch (const Error& error) {
    result = {};
    result.error = error.what();
    failed_[key] = result;
    job.Warn(fmt::format("{} on {}: {}", trial.variant.label, trial.scene.name, error.what()));
  }
  results_.Put(key, fmt::format("{} on {}, seed {}", trial.variant.label, trial.scene.name, trial.seed), result);
  return {result, Source::kRun};
}

}  // namespace sanerf::experiments
