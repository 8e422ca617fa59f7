#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/interrupt.h"
#include "sanerf/core/log.h"
#include "sanerf/core/progress.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/pipeline/stages.h"
#include "sanerf/pipeline/stopwatch.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

// "nerf.iters (3000, now 5000)" for every option that training depends on.
std::vector<std::string> ChangedOptions(const Json& recorded, const Json& wanted) {
  std::vector<std::string> changes;
  for (const char* stage : {"scene", "nerf"}) {
    const Json before = recorded.value(stage, Json::object());
    for (const auto& [key, value] : wanted.at(stage).items()) {
      if (key == "save_seconds" || key == "eval_fraction" || !before.contains(key) || before.at(key) == value) continue;
      changes.push_back(fmt::format("{}.{} ({}, now {})", stage, key, before.at(key).dump(), value.dump()));
    }
  }
  return changes;
}

void CheckSameTraining(const RunFolder& run, const Scene& scene, const Settings& settings) {
  const std::string restart_hint = "choose another --out, or start over with --restart";
  if (run.scene_hash() != SceneHash(scene)) {
    throw Error(run.path().string() + " belongs to another scene", run.record().at("scene").value("absolute_path", ""),
                restart_hint);
  }
  const std::vector<std::string> changes = ChangedOptions(run.options(), settings.ToJson());
  if (changes.empty()) return;
  throw Error(run.path().string() + " was trained with other options", fmt::format("{}", fmt::join(changes, ", ")),
              restart_hint);
}

void WarnAboutStaleStages(const RunFolder& run) {
  std::vector<std::string> stale;
  if (fs::exists(run.features())) stale.push_back("the encoded views");
  for (const StoredObject& object : ListObjects(run)) stale.push_back("object " + object.name);
  if (!stale.empty()) LogWarning("training anew makes these stale: {}", fmt::join(stale, ", "));
}

void LogScene(const Scene& scene) {
  LogInfo("scene  {}", scene.summary);
  LogInfo("       {} views to train on, {} held out", scene.TrainViews().size(), scene.TestViews().size());
  for (const std::string& warning : scene.warnings) LogWarning("{}", warning);
}

// The run as this training finds it: new, to be continued, or complete.
RunFolder PrepareRun(const TrainRequest& request, const Scene& scene, const Settings& settings) {
  if (!RunFolder::Exists(request.run)) return RunFolder::Create(request.run, request.scene, scene, settings);
  RunFolder old = RunFolder::Open(request.run);
  if (!request.restart) {
    CheckSameTraining(old, scene, settings);
    return old;
  }
  WarnAboutStaleStages(old);
  fs::remove(old.checkpoint());
  return RunFolder::Create(request.run, request.scene, scene, settings);
}

}  // namespace

void StopIfInterrupted(const std::string& what) {
  if (InterruptRequested()) throw InterruptedError(what + " interrupted", "", "run the same command again");
}

TrainResult Train(const TrainRequest& request, const Settings& settings) {
  const Scene scene = LoadScene(request.scene, settings.scene);
  LogScene(scene);
  EnsureWritableFolder(request.run / "nerf");
  const RunLock lock(request.run);
  RunFolder run = PrepareRun(request, scene, settings);

  TrainResult result;
  result.checkpoint = run.checkpoint();
  result.seconds = run.StageSeconds("train");
  if (run.StageState("train") == "complete" && fs::exists(run.checkpoint())) {
    LogInfo("train  complete already: {}", run.checkpoint().string());
    result.reused = true;
    return result;
  }

  const double seconds_before = fs::exists(run.checkpoint()) ? result.seconds : 0;
  run.SetOptions(settings);
  run.SetStage("train", "running", seconds_before);
  run.Save();
  const Stopwatch watch;
  try {
    const NerfModel model = TrainNerf(scene, settings.nerf, {run.checkpoint(), run.nerf_log(), /*resume=*/true});
    result.seconds = seconds_before + watch.seconds();
    run.SetStage("train", "complete", result.seconds,
                 {{"iters", settings.nerf.iters}, {"fingerprint", HexFingerprint(model.Fingerprint())}});
    run.Save();
  } catch (const InterruptedError&) {
    run.SetStage("train", "interrupted", seconds_before + watch.seconds());
    run.Save();
    throw;
  }
  return result;
}

}  // namespace sanerf
