#include "sanerf/experiments/ablate_runner.h"

#include <fmt/format.h>

#include "sanerf/core/console_sink.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/interrupt.h"
#include "sanerf/core/log.h"
#include "sanerf/core/system_info.h"
#include "sanerf/eval/scores.h"
#include "sanerf/experiments/methods.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/pipeline/encode_stage.h"
#include "sanerf/pipeline/eval_stage.h"
#include "sanerf/pipeline/segment_stage.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/run_folder.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

constexpr const char* kMark = "segmented.json";  // in a light run: which segmentation its objects are

bool IsOwn(const Variant& variant) { return variant.method == kOwnMethod; }

// The part of a segmentation that its masks depend on.
Json MasksOf(Json segmentation) {
  if (segmentation.is_object()) segmentation.erase("object");
  return segmentation;
}

// The scores of `folder`'s objects under the variant's method.
void Score(const fs::path& folder, const Variant& variant, const BaselineOptions& options, VariantResult* result) {
  EvalRequest request;
  request.run = folder;
  if (!IsOwn(variant)) request.baselines = {FindMethod(variant.method, options)};
  const EvalResult scores = Evaluate(request);
  const std::vector<ObjectScore>& objects = IsOwn(variant) ? scores.objects : scores.baselines[0].objects;
  result->score_seconds = IsOwn(variant) ? scores.own_seconds : scores.baselines[0].seconds;
  std::map<std::string, StoredObject> stored;
  for (StoredObject& object : ListObjects(RunFolder::Open(folder))) stored[object.name] = std::move(object);
  for (const ObjectScore& object : objects) {
    const MaskScore& score = object.score;
    const StoredObject& from = stored.at(object.name);
    result->objects.push_back({object.name, score.Iou(), score.BoundaryIou(), score.Accuracy(),
                               object.consistency.Iou(), from.views_used, from.views_total});
  }
}

}  // namespace

ExperimentSettings AblationRunner::SettingsFor(const AblationJob& job) const {
  ExperimentSettings settings = base_;
  // How the scene was loaded and trained is not the variant's to say.
  const RunFolder run = RunFolder::Open(job.scene.run);
  Json trained = Json::object();
  for (const char* stage : {"scene", "nerf"}) trained[stage] = run.options().value(stage, Json::object());
  settings.Restore(trained, Json::object(), (job.scene.run / "run.json").string());
  for (const std::string& assignment : job.variant.assignments) settings.Assign(assignment, "ablate");
  if (IsOwn(job.variant)) settings.object.seed += job.seed;  // of no matter to the others
  return settings;
}

Prompts AblationRunner::PromptsFor(const AblationJob& job) const {
  return PromptsOf(job.variant, job.scene.prompts, uint64_t(job.seed));
}

Json AblationRunner::SegmentationOf(const AblationJob& job) const {
  const RunFolder run = RunFolder::Open(job.scene.run);
  Json json = {{"sanerf", VersionString()},
               {"scene", run.scene_hash()},
               {"radiance_field", run.record().at("stages").at("train")},
               {"prompts", ToJson(PromptsFor(job))}};
  const Json options = SettingsFor(job).ToJson();
  for (const char* stage : {"encode", "masks", "segment", "object"}) json[stage] = options.at(stage);
  return json;
}

std::string AblationRunner::KeyOf(const AblationJob& job) const {
  Json json = SegmentationOf(job);
  json["method"] = job.variant.method;
  return Sha256(json.dump()).substr(0, 16);
}

// Leaves the job's objects in the folder. Those that are there are kept when they are the same.
void AblationRunner::SegmentOnce(const AblationJob& job, const ExperimentSettings& settings, const fs::path& folder,
                                 VariantResult* result) const {
  const Json wanted = SegmentationOf(job);
  ConsoleSink console(static_cast<Verbosity>(GetLogLevel()));
  const Job to_console(console, InterruptToken());
  Json seconds;
  if (fs::exists(folder / kMark)) {
    const Json found = ReadJsonFile(folder / kMark), segmentation = found.value("segmentation", Json());
    if (segmentation == wanted) seconds = found.at("seconds");
    if (seconds.is_null() && MasksOf(segmentation) == MasksOf(wanted)) {  // what takes longest is there
      fs::remove(folder / kMark);
      OpenRun run(folder, std::nullopt, OpenRun::Access::kWrite, to_console);
      seconds = {found.at("seconds").at(0), RefitField("", settings, &run, to_console).field_seconds};
      WriteJsonFile(folder / kMark, {{"segmentation", wanted}, {"seconds", seconds}});
    }
  }
  if (seconds.is_null()) {
    fs::remove(folder / kMark);
    {
      const RunLock lock(folder);
      fs::remove_all(folder / "objects");  // objects of other prompts must not be scored
    }
    if (settings.encode.container == "field" && RunFolder::Open(folder).StageState("encode") != "complete")
      Encode({folder, std::nullopt}, settings);  // distils it
    OpenRun run(folder, std::nullopt, OpenRun::Access::kWrite, to_console);
    const SegmentResult segmented = Segment({PromptsFor(job)}, settings, &run, to_console);
    seconds = {segmented.mask_seconds, segmented.field_seconds};
    WriteJsonFile(folder / kMark, {{"segmentation", wanted}, {"seconds", seconds}});
  }
  result->encode_seconds = RunFolder::Open(folder).StageSeconds("encode");
  if (!IsOwn(job.variant)) return;
  result->mask_seconds = seconds.at(0).get<double>();
  result->field_seconds = seconds.at(1).get<double>();
}

VariantResult AblationRunner::Run(const AblationJob& job) const {
  VariantResult result;
  const ExperimentSettings settings = SettingsFor(job);
  const fs::path folder = LightRun(job.scene, settings.encode);
  SegmentOnce(job, settings, folder, &result);
  Score(folder, job.variant, settings.baselines, &result);
  return result;
}

AblationRunner::Answer AblationRunner::ResultOf(const AblationJob& job, const std::string& key) {
  const bool is_first = seen_.insert(key).second;
  if (const VariantResult* found = results_.Find(key))
    return {*found, is_first ? Source::kEarlier : Source::kSameAsAnother};
  if (const auto failed = failed_.find(key); failed != failed_.end()) return {failed->second, Source::kSameAsAnother};
  VariantResult result;
  try {
    result = Run(job);
  } catch (const InterruptedError&) {
    throw;
  } catch (const Error& error) {
    result = {};
    result.error = error.what();
    failed_[key] = result;
    LogWarning("{} on {}: {}", job.variant.label, job.scene.name, error.what());
  }
  results_.Put(key, fmt::format("{} on {}, seed {}", job.variant.label, job.scene.name, job.seed), result);
  return {result, Source::kRun};
}

}  // namespace sanerf
