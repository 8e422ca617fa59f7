#include "sanerf/experiments/ablate/ablate_scene.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/experiments/eval/method.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/pipeline/segment_stage.h"
#include "sanerf/pipeline/train_stage.h"
#include "sanerf/run/open_run.h"
#include "sanerf/run/output_place.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/run/run_lock.h"
#include "sanerf/scene/load_scene.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {
namespace {

mask_decoder::Prompts ReadPromptsToScore(const fs::path& path) {
  mask_decoder::Prompts prompts = mask_decoder::ReadPrompts(path);
  std::erase_if(prompts.objects, [](const mask_decoder::ObjectPrompt& object) { return object.instance < 0; });
  if (prompts.objects.empty()) {
    throw Error(path.string() + ": no object can be scored", "none has an instance id",
                "add \"instance\": ID, its value in the ground-truth masks");
  }
  return prompts;
}

// One file per scene, or a name that each scene's folder has; for a single scene also a path.
fs::path PromptsPath(const AblateRequest& request, size_t i, const fs::path& scene_root) {
  if (request.prompts.size() > 1) return request.prompts[i];
  const fs::path folder = fs::is_directory(scene_root) ? scene_root : scene_root.parent_path();
  if (request.prompts.empty()) return folder / "prompts.json";
  const fs::path& given = request.prompts[0];
  const bool is_path = request.scenes.size() == 1 && fs::exists(given);
  return is_path || given.is_absolute() ? given : folder / given;
}

void CheckRequest(const AblateRequest& request) {
  if (request.prompts.size() > 1 && request.prompts.size() != request.scenes.size()) {
    throw UsageError(
        fmt::format("{} for {}", Counted(int64_t(request.prompts.size()), "prompts file"),
                    Counted(int64_t(request.scenes.size()), "scene")),
        "", "give --prompts once per scene in the same order, or once with a name that each scene's folder has");
  }
  std::set<std::string> names;
  for (const fs::path& path : request.scenes) {
    if (run::IsSamePlace(request.out, path) || run::IsSamePlace(request.out / run::NameOfPath(path), path))
      throw UsageError("--out " + request.out.string(), "the results would go into the folder of " + path.string(),
                       "choose a folder of its own");
    if (!names.insert(run::NameOfPath(path)).second)
      throw UsageError("two scenes are named '" + run::NameOfPath(path) + "'", "", "rename one of the folders");
  }
}

// Folders in request.out that are written to.
std::vector<std::string> FoldersOfResults(const AblateRequest& request) {
  std::vector<std::string> folders = {"results"};
  for (const fs::path& path : request.scenes) folders.push_back(run::NameOfPath(path));
  return folders;
}

AblationScene ReadGiven(const AblateRequest& request, size_t i, const ExperimentSettings& settings, const Job& job) {
  AblationScene scene;
  scene.given = request.scenes[i];
  scene.name = run::NameOfPath(scene.given);
  scene.work = request.out / scene.name;
  scene::Scene photos;
  if (run::RunFolder::Exists(scene.given)) {
    const run::RunFolder run = run::RunFolder::Open(scene.given);
    scene.run = scene.given;
    photos = run.OpenScene(std::nullopt, job);
    run.OpenNerf();  // throws when it is not finished
    run::CheckPlaceOfResults("--out", request.out, FoldersOfResults(request), run, photos);
  } else {
    scene.run = scene.work / "run";
    photos = scene::LoadScene(scene.given, settings.scene, job);
    run::CheckPlaceOfResults("--out", request.out, FoldersOfResults(request), photos);
  }
  scene.prompts = ReadPromptsToScore(PromptsPath(request, i, scene.run == scene.given ? photos.root : scene.given));
  pipeline::CheckSegmentable(scene.prompts, photos);  // what would fail in every row alike
  return scene;
}

// Files of one folder, without subfolders.
void LinkFiles(const fs::path& from, const fs::path& to) {
  fs::create_directories(to);
  if (!fs::is_directory(from)) return;
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    if (entry.is_regular_file()) LinkOrCopy(entry.path(), to / entry.path().filename());
  }
}

// All but the lock, which is held. run.json goes first: without it, nothing that is left passes for a run.
void ClearLightRun(const fs::path& folder) {
  RemoveFile(folder / "run.json");
  std::vector<fs::path> entries;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
  for (const fs::path& entry : entries)
    if (entry.filename() != ".lock") fs::remove_all(entry);
}

bool IsOf(const fs::path& folder, const run::RunFolder& run) {
  if (!run::RunFolder::Exists(folder)) return false;
  const Json mine = run::RunFolder::Open(folder).record(), theirs = run.record();
  return mine.at("stages").at("train") == theirs.at("stages").at("train") &&
         mine.at("scene").at("hash") == theirs.at("scene").at("hash");
}

// encode: as the views of `folder` are to be encoded.
void MakeLightRun(const run::RunFolder& run, const Json& encode, const fs::path& folder, const run::RunLock& lock,
                  const Job& job) {
  ClearLightRun(folder);
  LinkFiles(run.checkpoint().parent_path(), folder / "nerf");
  const Json stages = run.record().at("stages");
  Json record = run.record();
  record["stages"] = {{"train", stages.at("train")}};
  const Json encoded = run.options().value("encode", Json());
  if (stages.contains("encode") && HasSameMaps(encoded, encode)) {
    LinkFiles(run.features(), folder / "features");
    LinkFiles(run.test_features(), folder / "features_test");
    if (encoded == encode) record["stages"]["encode"] = stages.at("encode");
  }
  const scene::Scene photos = run.OpenScene(std::nullopt, job);
  WriteJsonFile(folder / "run.json", record);
  // The recorded path is relative to the other folder.
  run::RunFolder::Open(folder).OpenScene(photos.root, lock, job);
}

}  // namespace

std::vector<AblationScene> ReadScenes(const AblateRequest& request, const ExperimentSettings& settings,
                                      const Job& job) {
  CheckRequest(request);
  std::vector<AblationScene> scenes;
  for (size_t i = 0; i < request.scenes.size(); ++i) scenes.push_back(ReadGiven(request, i, settings, job));
  return scenes;
}

void TrainScenes(const std::vector<AblationScene>& scenes, const ExperimentSettings& settings, const Job& job) {
  for (const AblationScene& scene : scenes) {
    if (scene.run == scene.given) continue;
    job.Info(fmt::format("ablate  the radiance field of {}", scene.name));
    Train({scene.given, scene.run, /*restart=*/false}, settings, job);
  }
}

LightRun OpenLightRun(const AblationScene& scene, const feature_container::EncodeOptions& encode, const Job& job) {
  const Json wanted = OptionsToJson(encode);
  const fs::path folder = scene.work / ("encoded_" + Sha256(wanted.dump()).substr(0, 8));
  const run::RunFolder run = run::RunFolder::Open(scene.run);
  EnsureWritableFolder(folder);
  auto lock = std::make_unique<run::RunLock>(folder);
  if (!IsOf(folder, run)) MakeLightRun(run, wanted, folder, *lock, job);
  return {std::move(lock), run::RunFolder::Open(folder)};
}

}  // namespace sanerf::experiments
