#include "sanerf/pipeline/train_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/temporary.h"
#include "sanerf/core/units.h"
#include "sanerf/nerf/field_check.h"
#include "sanerf/nerf/train_nerf.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/pipeline/flags_for.h"
#include "sanerf/pipeline/inside_masks.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/new_run.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/output_place.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/run/run_lock.h"
#include "sanerf/scene/check_scene.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/mask_meaning.h"

namespace fs = std::filesystem;

namespace sanerf::pipeline {

using run::RunFolder;
using run::StageState;
using scene::Scene;

namespace {

// What was guessed stays so for this run, whatever later versions would guess.
Json OptionsToRecord(const Settings& settings, const Scene& scene) {
  Json options = ToJson(settings);
  if (scene.masks_are) options["scene"]["masks_are"] = scene::NameOf(*scene.masks_are);
  return options;
}

// "nerf.iters (3000, now 5000)" for every option that training depends on.
std::vector<std::string> ChangedOptions(const RunFolder& run, const Scene& scene, const Settings& settings) {
  Settings recorded;
  Restore(recorded, run.options(), Json::object(), (run.path() / "run.json").string());
  const Json before = ToJson(recorded), wanted = OptionsToRecord(settings, scene);
  std::vector<std::string> changes;
  for (const char* stage : {"scene", "nerf"}) {
    for (const auto& [key, value] : wanted.at(stage).items()) {
      const Json& old = before.at(stage).at(key);
      const bool has_no_effect = key == "masks_are" && !scene.masks_are;
      if (old == value || has_no_effect || !nerf::ShapesTheField(key)) continue;
      changes.push_back(fmt::format("{}.{} ({}, now {})", stage, key, OptionValueText(old), OptionValueText(value)));
    }
  }
  return changes;
}

void CheckSameTraining(const RunFolder& run, const Scene& scene, const Settings& settings, const Job& job) {
  const std::string restart_hint = "choose another --out, or start over with --restart";
  if (const auto why = run.WhyOtherScene(scene, job)) {
    const fs::path own = run.LikelyScene();
    const bool has_changed = run::IsSamePlace(scene.root, fs::is_directory(own) ? own : own.parent_path());
    throw Error(run.path().string() + " belongs to another scene", *why,
                has_changed ? restart_hint : fmt::format("choose another --out: this run is of {}", own.string()));
  }
  const std::vector<std::string> changes = ChangedOptions(run, scene, settings);
  if (changes.empty()) return;
  throw Error(run.path().string() + " was trained with other options", fmt::format("{}", fmt::join(changes, ", ")),
              restart_hint);
}

void WarnAboutStaleStages(const RunFolder& run, const Job& job) {
  std::vector<std::string> stale;
  if (fs::exists(run.features())) stale.push_back("the encoded views");
  for (const run::StoredObject& object : run::ListObjects(run)) stale.push_back("object " + object.name);
  if (!stale.empty()) job.Warn(fmt::format("training anew makes these stale: {}", fmt::join(stale, ", ")));
}

void LogScene(const Scene& scene, const Job& job) {
  job.Info(fmt::format("scene  {}", scene.summary));
  for (const std::string& note : scene.notes) job.Info("scene  " + note);
  for (const std::string& warning : scene.warnings) job.Warn(warning);
  if (const std::string few = scene::FewPhotos(scene); !few.empty()) job.Warn(few);
}

// A complete training stays complete, also when a request to stop comes in between.
void CheckField(const nerf::NerfModel& model, const Scene& scene, const TrainRequest& request, const Settings& settings,
                const Job& job) try {
  if (fs::exists(RunFolder::Open(request.run).inside())) return;  // held-out photos show more than it has learned
  Task task(job, "compare with held-out photos");
  const auto psnr = nerf::CompareWithTrivialPictures(
      scene, [&](const Camera& camera) { return model.Render(camera, job).rgb; },
      nerf::LoadBackdrops(RunFolder::Open(request.run).nerf_views().parent_path()));
  task.Finish();
  Json options = ToJson(settings);  // --restart forgets them all
  options["nerf"]["iters"] = std::min(2 * settings.nerf.iters, 1'000'000);
  const std::string next = fmt::format("sanerf train {} --out {} --restart{}", ShellQuoted(request.scene.string()),
                                       ShellQuoted(request.run.string()), FlagsFor(options, {"scene", "nerf"}));
  if (psnr) nerf::WarnIfUseless(*psnr, scene, next, job);
} catch (const InterruptedError&) {
}

// The run as this training finds it: new, to be continued, or complete.
RunFolder PrepareRun(const TrainRequest& request, const Scene& scene, const Settings& settings, const Job& job) {
  if (!RunFolder::Exists(request.run)) return RunFolder::Create(request.run, request.scene, scene, job);
  RunFolder old = RunFolder::Open(request.run);
  if (!request.restart) {
    CheckSameTraining(old, scene, settings, job);
    return old;
  }
  WarnAboutStaleStages(old, job);
  return RunFolder::Create(request.run, request.scene, scene, job);
}

}  // namespace

TrainResult Train(const TrainRequest& request, const Settings& settings, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  TrainResult result;
  result.scene = scene::LoadScene(request.scene, settings.scene, job);
  const Scene& scene = result.scene;
  LogScene(scene, job);
  run::CheckPlaceOfNewRun(request.run, scene);
  const run::NewRun new_run(request.run);
  std::unique_ptr<run::RunLock> lock;  // of a run that is there before anything is made in it
  if (request.lock == nullptr && RunFolder::Exists(request.run)) lock = run::LockRun(request.run);
  EnsureWritableFolder(request.run / "nerf");
  if (request.lock == nullptr && !lock) lock = std::make_unique<run::RunLock>(request.run);
  // Made of the run as it was, and in its place once the training begins.
  std::optional<TemporaryFolder> inside;
  if (!request.inside.empty()) {
    inside.emplace(RunFolder::Open(request.run).inside());
    WriteInsideMasks(RunFolder::Open(request.run), request.inside, scene, inside->path(), job);
  }
  RunFolder run = PrepareRun(request, scene, settings, job);

  result.checkpoint = run.checkpoint();
  result.seconds = run.SecondsOf(run::Stage::kTrain);
  if (run.StateOf(run::Stage::kTrain) == StageState::kComplete && fs::exists(run.checkpoint())) {
    job.Info(fmt::format("train  complete already: {}", run.checkpoint().string()));
    result.reused = true;
    return result;
  }

  const double seconds_before = fs::exists(run.checkpoint()) ? result.seconds : 0;
  run.SetOptions(OptionsToRecord(settings, scene), settings.origins.ToJson());
  run.SetStage(run::Stage::kTrain, StageState::kRunning, seconds_before);
  const Stopwatch watch;
  // Until options and photos have proved good, an earlier training stays as it is.
  bool has_begun = false;
  const auto on_start = [&] {
    if (request.restart) fs::remove(run.checkpoint());
    if (inside) {
      inside->MoveIntoPlace();
    } else if (request.restart) {
      fs::remove_all(run.inside());
    }
    run.Save(job);
    has_begun = true;
  };
  nerf::NerfTrainFiles files{run.checkpoint(), run.nerf_log(), /*resume=*/!request.restart, on_start, request.hooks};
  files.views = run.nerf_views();
  if (inside) files.inside = inside->path();
  if (!request.restart && fs::exists(run.inside())) files.inside = run.inside();
  std::optional<nerf::NerfModel> model;
  try {
    model = nerf::TrainNerf(scene, settings.nerf, files, job);
    result.seconds = seconds_before + watch.seconds();
    run.SetStage(run::Stage::kTrain, StageState::kComplete, result.seconds,
                 {{"iters", settings.nerf.iters}, {"fingerprint", HexFingerprint(model->Fingerprint())}});
    run.Save(job);
  } catch (const InterruptedError& error) {
    if (!has_begun) throw;
    run.SetStage(run::Stage::kTrain, StageState::kInterrupted, seconds_before + watch.seconds());
    run.Save(job);
    throw InterruptedError(error.what(), "", "continue: sanerf train " + ShellQuoted(request.run.string()));
  }
  CheckField(*model, scene, request, settings, job);
  return result;
}

}  // namespace sanerf::pipeline
