#include "sanerf/experiments/ablate/ablate_runner.h"

#include <fmt/format.h>

#include "sanerf/core/byte_text.h"
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
#include "sanerf/run/open_run.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/run/run_lock.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {

using run::OpenRun;
using run::RunFolder;

namespace {

constexpr const char* kMark = "segmented.json";  // in a light run: which segmentation its objects are
struct Mark {
  Json segmentation;
  double mask_seconds = 0, field_seconds = 0;
};

// None where there is no segmentation, or nobody can say which.
std::optional<Mark> ReadMark(const fs::path& folder, const Job& job) {
  if (!fs::exists(folder / kMark)) return std::nullopt;
  try {
    const Json json = ReadJsonFile(folder / kMark);
    const JsonCursor root(json, (folder / kMark).string());
    return Mark{root["segmentation"].json(), root["seconds"][0].Number(), root["seconds"][1].Number()};
  } catch (const Error& error) {
    job.Warn(fmt::format("the objects in {} are segmented again: {}", folder.string(), error.what()));
    return std::nullopt;
  }
}

void WriteMark(const fs::path& folder, const Mark& mark) {
  WriteJsonFile(folder / kMark, {{"segmentation", mark.segmentation},
                                 {"seconds", Json::array({mark.mask_seconds, mark.field_seconds})}});
}

bool IsOwn(const Variant& variant) { return variant.scored == ScoredPart::kField; }

// The part of a segmentation that its masks depend on.
Json MasksOf(Json segmentation) {
  if (segmentation.is_object()) segmentation.erase("object");
  return segmentation;
}

// The scores of the run's objects under the variant's method.
void Score(const Variant& variant, const BaselineOptions& options, OpenRun* run, VariantResult* result,
           const Job& job) {
  EvalRequest request;
  if (!IsOwn(variant)) request.baselines = {FindMethod(NameOf(variant.scored), options)};
  const EvalResult scores = Evaluate(request, run, job);
  const std::vector<eval::ObjectScore>& objects = IsOwn(variant) ? scores.objects : scores.baselines[0].objects;
  result->score_seconds = IsOwn(variant) ? scores.own_seconds : scores.baselines[0].seconds;
  std::map<std::string, run::StoredObject> stored;
  for (run::StoredObject& object : run::ListObjects(run->folder())) stored[object.name] = std::move(object);
  for (const eval::ObjectScore& object : objects) {
    const eval::MaskScore& score = object.score;
    const run::StoredObject& from = stored.at(object.name);
    result->objects.push_back({object.name, score.Iou(), score.BoundaryIou(), score.Accuracy(),
                               object.consistency.Iou(), from.views_used, from.views_total,
                               score.views_without_object});
  }
}

}  // namespace

ExperimentSettings AblationRunner::SettingsFor(const AblationTrial& trial) const {
  ExperimentSettings settings = base_;
  // How the scene was loaded and trained is not the variant's to say.
  const RunFolder run = RunFolder::Open(trial.scene.run);
  Json trained = Json::object();
  for (const char* stage : {"scene", "nerf"}) trained[stage] = run.options().value(stage, Json::object());
  pipeline::Restore(settings, trained, Json::object(), (trial.scene.run / "run.json").string());
  settings.segment.until_stable = false;  // variants are compared in the same views
  for (const std::string& assignment : trial.variant.assignments) pipeline::Assign(settings, assignment, "ablate");
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
  const Json options = pipeline::ToJson(SettingsFor(trial));
  for (const char* stage : {"encode", "masks", "segment", "object"}) json[stage] = options.at(stage);
  return json;
}

std::string AblationRunner::KeyOf(const AblationTrial& trial) const {
  Json json = SegmentationOf(trial);
  json["method"] = NameOf(trial.variant.scored);
  return Sha256(json.dump()).substr(0, 16);
}

// Leaves the trial's objects in the run. Those that are there are kept when they are the same.
void AblationRunner::SegmentOnce(const AblationTrial& trial, const ExperimentSettings& settings, OpenRun* run,
                                 VariantResult* result, const Job& job) const {
  const Json wanted = SegmentationOf(trial);
  const fs::path& folder = run->folder().path();
  std::optional<Mark> mark = ReadMark(folder, job);
  if (mark && mark->segmentation != wanted) {
    RemoveFile(folder / kMark);
    if (MasksOf(mark->segmentation) == MasksOf(wanted)) {  // what takes longest is there
      mark = Mark{wanted, mark->mask_seconds, pipeline::RefitField("", settings, run, job).field_seconds};
      WriteMark(folder, *mark);
    } else {
      mark.reset();
    }
  }
  if (!mark) {
    RemoveFile(folder / kMark);
    fs::remove_all(run->folder().objects());  // objects of other prompts must not be scored
    if (settings.encode.container == feature_container::FeatureStore::kField &&
        run->folder().StateOf(run::Stage::kEncode) != run::StageState::kComplete)
      pipeline::Encode(settings, run, job);  // distills it
    const pipeline::SegmentResult segmented = pipeline::Segment({PromptsFor(trial)}, settings, run, job);
    mark = Mark{wanted, segmented.mask_seconds, segmented.field_seconds};
    WriteMark(folder, *mark);
  }
  result->encode_seconds = run->folder().SecondsOf(run::Stage::kEncode);
  if (!IsOwn(trial.variant)) return;
  result->mask_seconds = mark->mask_seconds;
  result->field_seconds = mark->field_seconds;
}

VariantResult AblationRunner::Run(const AblationTrial& trial, const Job& job) const {
  VariantResult result;
  const ExperimentSettings settings = SettingsFor(trial);
  const LightRun light = OpenLightRun(trial.scene, settings.encode, job);
  run::RunFolder folder = light.folder;
  auto scene = std::make_shared<const scene::Scene>(folder.OpenScene(std::nullopt, *light.lock, job));
  OpenRun run(folder, *light.lock, std::move(scene), folder.OpenNerf());
  SegmentOnce(trial, settings, &run, &result, job);
  Score(trial.variant, settings.baselines, &run, &result, job);
  return result;
}

const VariantResult* AblationRunner::Known(const std::string& key, const Job& job) {
  if (const auto known = known_.find(key); known != known_.end()) return &known->second;
  VariantResult kept;
  if (!results_.Read(
          key, key, [&](const JsonCursor& json) { kept = VariantResultFrom(json); }, job))
    return nullptr;
  return &known_.emplace(key, std::move(kept)).first->second;
}

AblationRunner::Answer AblationRunner::ResultOf(const AblationTrial& trial, const std::string& key,
                                                const std::function<void()>& on_run, const Job& job) {
  const bool is_first = seen_.insert(key).second;
  if (const VariantResult* known = Known(key, job))
    return {*known, is_first ? Source::kEarlier : Source::kSameAsAnother};
  on_run();
  VariantResult result;
  try {
    result = Run(trial, job);
  } catch (const InterruptedError&) {
    throw;
  } catch (const WriteError&) {
    throw;
  } catch (const Error& error) {
    result = {};
    result.error = error.what();
    job.Warn(fmt::format("{} on {}: {}", trial.variant.label, trial.scene.name, error.what()));
  }
  known_[key] = result;
  if (result.ok()) {
    Json json = {{"what", fmt::format("{} on {}, seed {}", trial.variant.label, trial.scene.name, trial.seed)}};
    json.update(ToJson(result));
    results_.Keep(key, key, json);
  }
  return {result, Source::kRun};
}

}  // namespace sanerf::experiments
