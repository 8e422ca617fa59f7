#include "sanerf/run/run_folder.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "sanerf/core/content_hash.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/system_info.h"
#include "sanerf/run/photo_hashes.h"
#include "sanerf/scene/decoded_frames.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/mask_meaning.h"

namespace fs = std::filesystem;

namespace sanerf::run {

using scene::Scene;

namespace {

constexpr const char* kRecord = "run.json";
constexpr const char* kIgnoreMasks = "ignore_masks";  // how many the scene has; only where there are some

// The rotation as three rows; a checkpoint has nine numbers (nerf/nerf_checkpoint.cpp).
Json RowsToJson(const Similarity& similarity) {
  Json rotation = Json::array();
  for (int row = 0; row < 3; ++row) {
    rotation.push_back({similarity.rotation(row, 0), similarity.rotation(row, 1), similarity.rotation(row, 2)});
  }
  const Vec3& t = similarity.translation;
  return {{"scale", similarity.scale}, {"rotation", rotation}, {"translation", {t.x(), t.y(), t.z()}}};
}

std::string Now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

int NumIgnoreMasks(const Scene& scene) {
  int count = 0;
  for (const scene::View& view : scene.views) count += int(view.ignored.size());
  return count;
}

}  // namespace

std::string NameOfPath(const fs::path& path) {
  const fs::path absolute = fs::absolute(path).lexically_normal();
  return (absolute.has_filename() ? absolute : absolute.parent_path()).filename().string();
}

bool RunFolder::Exists(const fs::path& path) { return ExistsAsFile(path / kRecord); }

std::vector<std::string> RunFolder::PartsIn(const fs::path& path) {
  std::vector<std::string> parts;
  std::error_code none;
  for (const char* file : {"nerf/model.ckpt", "features/index.json", "features_test/index.json"})
    if (fs::exists(path / file, none)) parts.push_back(fs::path(file).parent_path().string() + "/");
  for (const fs::directory_entry& entry : fs::directory_iterator(ObjectsFolder(path), none)) {
    if (!fs::exists(entry.path() / "object.json", none)) continue;
    parts.push_back("objects/");
    break;
  }
  return parts;
}

RunFolder RunFolder::Open(const fs::path& path) {
  if (!fs::exists(path))
    throw Error(path.string(), "no such folder", "train first: sanerf train SCENE --out " + ShellQuoted(path.string()));
  if (!fs::is_directory(path))
    throw Error(path.string(), "not a run folder but a file", "name the folder that sanerf train made");
  if (!Exists(path)) {
    const std::vector<std::string> parts = PartsIn(path);
    if (fs::exists(path / kRecord))
      throw Error((path / kRecord).string(), "it is not a file", "put the run's own run.json in its place");
    if (parts.empty())
      throw Error(path.string(), "not a run folder (it has no run.json)", "train first: sanerf train SCENE --out RUN");
    throw Error((path / kRecord).string(),
                fmt::format("it is missing, though {} of a run {} there", fmt::join(parts, ", "),
                            parts.size() == 1 ? "is" : "are"),
                "put it back from a copy of the run, or train into another folder: sanerf train SCENE --out RUN");
  }
  RunFolder run(path);
  *run.record_ = ReadRunRecord(path / kRecord);
  return run;
}

RunFolder RunFolder::Create(const fs::path& path, const fs::path& scene_path, const Scene& scene, const Job& job) {
  RunFolder run(path);
  Json& record = *run.record_;
  record = {{"format", kRunFormat}, {"sanerf", VersionString()}, {"created", Now()}};
  record["scene"] = {{"path", ""}, {"absolute_path", ""}, {"hash", SceneHash(scene)}, {"summary", scene.summary}};
  if (const int count = NumIgnoreMasks(scene); count > 0) record["scene"][kIgnoreMasks] = count;
  run.RecordScenePath(scene_path);
  record["model_from_file"] = RowsToJson(scene.model_from_file);
  run.SetOptions(Json::object(), Json::object());
  record["stages"] = Json::object();
  KnownHashes().Recall(run.known_hashes(), job);
  record["photos"] = PhotoHashes(scene, job);
  record["cameras"] = CameraHashes(scene);
  return run;
}

fs::path RunFolder::recorded_scene() const {
  return PathIn(JsonCursor(*record_, (path_ / kRecord).string())["scene"], "absolute_path");
}

std::string RunFolder::scene_hash() const { return record_->at("scene").at("hash").get<std::string>(); }

double RunFolder::SecondsOf(Stage stage) const {
  const Json stages = record_->value("stages", Json::object());
  const char* name = NameOf(stage);
  return stages.contains(name) ? stages.at(name).value("seconds", 0.0) : 0;
}

Json RunFolder::options() const { return record_->value("options", Json::object()); }

Json RunFolder::origins() const { return record_->value("origins", Json::object()); }

void RunFolder::SetOptions(const Json& options, const Json& origins) {
  (*record_)["options"] = options;
  (*record_)["origins"] = origins;
}

void RunFolder::SetStage(Stage stage, StageState state, double seconds, const Json& details) {
  Json entry = {{"state", NameOf(state)}, {"seconds", seconds}, {"when", Now()}, {"sanerf", VersionString()}};
  entry.update(details);
  (*record_)["stages"][NameOf(stage)] = entry;
}

void RunFolder::SetStage(Stage stage, StageState state, double seconds) {
  SetStage(stage, state, seconds, Json::object());
}

void RunFolder::Save(const Job& job) {
  WriteJsonFile(path_ / kRecord, *record_);
  KnownHashes().Keep(known_hashes(), job);
}

void RunFolder::RecordScenePath(const fs::path& scene) {
  const fs::path absolute = fs::weakly_canonical(fs::absolute(scene));
  PutPath("path", absolute.lexically_relative(fs::weakly_canonical(fs::absolute(path_))).string(),
          &(*record_)["scene"]);
  PutPath("absolute_path", absolute.string(), &(*record_)["scene"]);
}

fs::path RunFolder::FindScene() const {
  const JsonCursor scene = JsonCursor(*record_, (path_ / kRecord).string())["scene"];
  const std::string relative = PathIn(scene, "path");
  const fs::path beside = relative.empty() ? "" : (fs::absolute(path_) / relative).lexically_normal();
  const fs::path absolute = recorded_scene();
  // Another folder may have come to where the relative path leads since the run was moved.
  for (const fs::path& place : {beside, absolute})
    if (!place.empty() && (ExistsAsFile(place) || scene::HoldsScene(place))) return place;
  for (const fs::path& place : {beside, absolute})
    if (!place.empty() && fs::exists(place)) return place;  // loading says what is wrong with it
  throw Error("the scene of " + path_.string() + " is gone",
              fmt::format("looked in {} and {}", beside.string(), absolute.string()),
              fmt::format("say once where it is now: sanerf train {} --scene DIR", ShellQuoted(path_.string())));
}

fs::path RunFolder::LikelyScene() const {
  try {
    return FindScene();
  } catch (const Error&) {  // it is gone
    return recorded_scene();
  }
}

std::optional<std::string> RunFolder::WhyOtherScene(const Scene& scene, const Job& job) const {
  KnownHashes().Recall(known_hashes(), job);
  const Json photos = record_->value("photos", Json::object()), cameras = record_->value("cameras", Json::object());
  if (const auto why = WhyOtherPhotos(photos, cameras, scene, path_.string(), job)) return why;
  if (SceneHash(scene) == scene_hash()) return std::nullopt;
  const bool ignores = record_->at("scene").contains(kIgnoreMasks) || NumIgnoreMasks(scene) > 0;
  return fmt::format("{} that {} was trained on",
                     cameras.empty() ? "its photos or cameras are not those"
                     : ignores ? "its format, its masks of what to ignore, or the choice of held-out photos, is not "
                                 "the one"
                               : "its format, or the choice of held-out photos, is not the one",
                     path_.string());
}

Scene RunFolder::OpenSceneWith(const std::optional<fs::path>& moved_to, const PrepareFrames& prepare,
                               const Job& job) const {
  scene::SceneOptions recorded;
  OptionRegistry registry;
  registry.Add("scene", recorded);
  scene::MeanAsBefore(options(), &recorded);
  registry.FromJson(options(), (path_ / kRecord).string());
  const fs::path place = moved_to ? *moved_to : FindScene();
  Scene scene = scene::LoadScene(place, recorded, job);
  prepare(&scene, recorded);
  if (const auto why = WhyOtherScene(scene, job)) {
    throw Error("the scene in " + place.string(), *why,
                "train again: sanerf train " + ShellQuoted(place.string()) + " --out NEW_RUN");
  }
  return scene;
}

Scene RunFolder::OpenScene(const std::optional<fs::path>& moved_to, const Job& job) const {
  return OpenSceneWith(
      moved_to, [&](Scene* scene, const scene::SceneOptions&) { scene::UseDecodedVideos(scene, frames()); }, job);
}

Scene RunFolder::OpenScene(const std::optional<fs::path>& moved_to, const RunLock&, const Job& job) {
  Scene scene = OpenSceneWith(
      moved_to,
      [&](Scene* opened, const scene::SceneOptions& recorded) {
        scene::DecodeVideos(opened, frames(), recorded.frames_gb, job);
      },
      job);
  if (!record_->contains("photos")) (*record_)["photos"] = PhotoHashes(scene, job);
  if (!record_->contains("cameras")) (*record_)["cameras"] = CameraHashes(scene);
  if (moved_to) {
    RecordScenePath(*moved_to);
    Save(job);
  }
  return scene;
}

nerf::NerfModel RunFolder::OpenNerf() const {
  if (StateOf(Stage::kTrain) != StageState::kComplete || !fs::exists(checkpoint())) {
    throw Error("the radiance field of " + path_.string() + " is not finished",
                fmt::format("its training is {}", NameOf(StateOf(Stage::kTrain))),
                fmt::format("sanerf train {} --resume", ShellQuoted(path_.string())));
  }
  return nerf::NerfModel::Load(checkpoint());
}

}  // namespace sanerf::run
