#include "sanerf/run/run_folder.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "sanerf/core/content_hash.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/temporary.h"
#include "sanerf/run/photo_hashes.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/mask_meaning.h"

namespace fs = std::filesystem;

namespace sanerf::run {

using scene::Scene;

namespace {

constexpr int kFormat = 1;
constexpr const char* kRecord = "run.json";
constexpr const char* kLock = ".lock";
constexpr const char* kIgnoreMasks = "ignore_masks";  // how many the scene has; only where there are some
constexpr std::array<const char*, 4> kStageNames = {"synth", "train", "encode", "segment"};         // by Stage
constexpr std::array<const char*, 4> kStateNames = {"none", "running", "interrupted", "complete"};  // by StageState

Json ToJson(const Similarity& similarity) {
  Json rotation = Json::array();
  for (int row = 0; row < 3; ++row) {
    rotation.push_back({similarity.rotation(row, 0), similarity.rotation(row, 1), similarity.rotation(row, 2)});
  }
  const Vec3& t = similarity.translation;
  return {{"scale", similarity.scale}, {"rotation", rotation}, {"translation", {t.x(), t.y(), t.z()}}};
}

// What readers say of a pipe or a device, to name a file, is of no use here.
Json ReadRecord(const fs::path& file) {
  try {
    return ReadJsonFile(file);
  } catch (const Error& error) {
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored)) throw;
    throw Error(std::string(error.summary()), std::string(error.why()), "put the run's own run.json in its place");
  }
}

// JSON holds text, a path any bytes: those that are no UTF-8 are kept as numbers as well.
void PutPath(const std::string& key, const std::string& path, Json* json) {
  (*json)[key] = path;
  json->erase(key + "_bytes");
  if (!IsUtf8(path)) (*json)[key + "_bytes"] = std::vector<uint8_t>(path.begin(), path.end());
}

std::string PathIn(const JsonCursor& json, const std::string& key) {
  if (!json.Has(key + "_bytes")) return json.StringOr(key, "");
  const JsonCursor bytes = json[key + "_bytes"];
  std::string path;
  for (size_t i = 0; i < bytes.size(); ++i) path += char(bytes[i].IntegerIn(0, 255));
  return path;
}

std::string Now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

// Changes when views, cameras, split or image sizes on disk change. What the photos hold: photo_hashes.h.
std::string SceneHash(const Scene& scene) {
  std::string text = scene.format + "\n";
  for (const scene::View& view : scene.views) {
    const Camera& c = view.camera;
    std::error_code missing;
    const auto bytes = fs::file_size(view.image_path, missing);
    text += fmt::format("{} {} {}x{} {} {} {} {} {} {} {} {} {}", view.name, view.is_test, c.width, c.height,
                        missing ? 0 : bytes, c.fx, c.fy, c.cx, c.cy, c.lens.terms().k1, c.lens.terms().k2,
                        c.lens.terms().p1, c.lens.terms().p2);
    text += c.lens.TextBeyondFour();
    for (int i = 0; i < 9; ++i) text += fmt::format(" {}", c.world_from_cam.rotation(i / 3, i % 3));
    for (int i = 0; i < 3; ++i) text += fmt::format(" {}", c.world_from_cam.translation[i]);
    // Only where there are some: the hashes of older runs stay what they are.
    for (const scene::IgnoreMask& mask : view.ignored)
      text += fmt::format(" {} {}", mask.where_black ? "black" : "bright", KnownHashes().Of(mask.path));
    text += '\n';
  }
  return Sha256(text).substr(0, 32);
}

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

const char* NameOf(Stage stage) { return kStageNames[size_t(stage)]; }

const char* NameOf(StageState state) { return kStateNames[size_t(state)]; }

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
  run.record_ = ReadRecord(path / kRecord);
  const JsonCursor root(run.record_, (path / kRecord).string());
  const int64_t format = root["format"].Integer();
  if (format > kFormat) {
    throw Error(root.where(), fmt::format("run format {}, this program reads {} and older", format, kFormat),
                "update sanerf or train again");
  }
  root["scene"]["hash"].String();
  root["scene"]["path"].String();
  root.StringOr("sanerf", "");
  for (const char* key : {"absolute_path", "summary"}) root["scene"].StringOr(key, "");
  for (const char* key : {"options", "origins", "stages", "photos", "cameras"}) {
    if (root.Has(key) && !root[key].json().is_object()) root[key].Fail("expected an object");
  }
  if (root.Has("stages")) {
    for (const auto& [stage, entry] : root["stages"].json().items()) {
      const JsonCursor state = root["stages"][stage]["state"];
      const bool is_ours = std::find(kStageNames.begin(), kStageNames.end(), stage) != kStageNames.end();
      if (std::find(kStateNames.begin(), kStateNames.end(), state.String()) == kStateNames.end() && is_ours)
        state.Fail(fmt::format("expected one of {}", fmt::join(kStateNames, ", ")));
      root["stages"][stage].NumberOr("seconds", 0);
      for (const char* key : {"when", "fingerprint"}) root["stages"][stage].StringOr(key, "");
    }
  }
  if (root.Has("origins"))
    for (const auto& [option, origin] : root["origins"].json().items()) root["origins"][option].String();
  return run;
}

RunFolder RunFolder::Create(const fs::path& path, const fs::path& scene_path, const Scene& scene, const Job& job) {
  RunFolder run(path);
  run.record_ = {{"format", kFormat}, {"sanerf", VersionString()}, {"created", Now()}};
  run.record_["scene"] = {{"path", ""}, {"absolute_path", ""}, {"hash", SceneHash(scene)}, {"summary", scene.summary}};
  if (const int count = NumIgnoreMasks(scene); count > 0) run.record_["scene"][kIgnoreMasks] = count;
  run.RecordScenePath(scene_path);
  run.record_["model_from_file"] = ToJson(scene.model_from_file);
  run.SetOptions(Json::object(), Json::object());
  run.record_["stages"] = Json::object();
  KnownHashes().Recall(run.known_hashes(), job);
  run.record_["photos"] = PhotoHashes(scene, job);
  run.record_["cameras"] = CameraHashes(scene);
  return run;
}

fs::path RunFolder::recorded_scene() const {
  return PathIn(JsonCursor(record_, (path_ / kRecord).string())["scene"], "absolute_path");
}

std::string RunFolder::scene_hash() const { return record_.at("scene").at("hash").get<std::string>(); }

StageState RunFolder::StateOf(Stage stage) const {
  const Json stages = record_.value("stages", Json::object());
  if (!stages.contains(NameOf(stage))) return StageState::kNone;
  const std::string state = stages.at(NameOf(stage)).at("state").get<std::string>();
  return StageState(std::find(kStateNames.begin(), kStateNames.end(), state) - kStateNames.begin());
}

double RunFolder::SecondsOf(Stage stage) const {
  const Json stages = record_.value("stages", Json::object());
  const char* name = NameOf(stage);
  return stages.contains(name) ? stages.at(name).value("seconds", 0.0) : 0;
}

void RunFolder::SetOptions(const Json& options, const Json& origins) {
  record_["options"] = options;
  record_["origins"] = origins;
}

void RunFolder::SetStage(Stage stage, StageState state, double seconds, const Json& details) {
  Json entry = {{"state", NameOf(state)}, {"seconds", seconds}, {"when", Now()}, {"sanerf", VersionString()}};
  entry.update(details);
  record_["stages"][NameOf(stage)] = entry;
}

void RunFolder::Save(const Job& job) {
  WriteJsonFile(path_ / kRecord, record_);
  KnownHashes().Keep(known_hashes(), job);
}

void RunFolder::RecordScenePath(const fs::path& scene) {
  const fs::path absolute = fs::weakly_canonical(fs::absolute(scene));
  PutPath("path", absolute.lexically_relative(fs::weakly_canonical(fs::absolute(path_))).string(), &record_["scene"]);
  PutPath("absolute_path", absolute.string(), &record_["scene"]);
}

fs::path RunFolder::FindScene() const {
  const JsonCursor scene = JsonCursor(record_, (path_ / kRecord).string())["scene"];
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
  const Json photos = record_.value("photos", Json::object()), cameras = record_.value("cameras", Json::object());
  if (const auto why = WhyOtherPhotos(photos, cameras, scene, path_.string(), job)) return why;
  if (SceneHash(scene) == scene_hash()) return std::nullopt;
  const bool ignores = record_.at("scene").contains(kIgnoreMasks) || NumIgnoreMasks(scene) > 0;
  return fmt::format("{} that {} was trained on",
                     cameras.empty() ? "its photos or cameras are not those"
                     : ignores ? "its format, its masks of what to ignore, or the choice of held-out photos, is not "
                                 "the one"
                               : "its format, or the choice of held-out photos, is not the one",
                     path_.string());
}

Scene RunFolder::OpenScene(const std::optional<fs::path>& moved_to, const Job& job) const {
  scene::SceneOptions recorded;
  OptionRegistry registry;
  registry.Add("scene", recorded);
  scene::MeanAsBefore(options(), &recorded);
  registry.FromJson(options(), (path_ / kRecord).string());
  const fs::path place = moved_to ? *moved_to : FindScene();
  Scene scene = scene::LoadScene(place, recorded, job);
  if (const auto why = WhyOtherScene(scene, job)) {
    throw Error("the scene in " + place.string(), *why,
                "train again: sanerf train " + ShellQuoted(place.string()) + " --out NEW_RUN");
  }
  return scene;
}

Scene RunFolder::OpenScene(const std::optional<fs::path>& moved_to, const RunLock&, const Job& job) {
  Scene scene = OpenScene(moved_to, job);
  if (!record_.contains("photos")) record_["photos"] = PhotoHashes(scene, job);
  if (!record_.contains("cameras")) record_["cameras"] = CameraHashes(scene);
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

namespace {

constexpr std::string_view kWindowMark = " view";  // in the lock of a window, after the number of its process

[[noreturn]] void FailInUse(const fs::path& run, std::string_view holder) {
  if (holder.ends_with(kWindowMark)) {
    holder.remove_suffix(kWindowMark.size());
    throw Error(run.string() + " is in use", fmt::format("sanerf view has it open (process {})", holder),
                "do it in that page, or end it first: Ctrl-C where it runs");
  }
  throw Error(run.string() + " is in use", fmt::format("process {} is writing to it", holder),
              "wait for it or stop it");
}

}  // namespace

RunLock::RunLock(const fs::path& run, Holder holder) {
  const fs::path file = run / kLock;
  CheckCanHoldFile(file);
  // Not through a link: what it leads to would be overwritten.
  descriptor_ = open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (descriptor_ < 0 && errno == ELOOP)
    throw Error("cannot write " + file.string(), "it is a link to another place", "remove the link");
  if (descriptor_ < 0)
    throw Error("cannot write " + file.string(), std::strerror(errno), "choose a folder that you may write to");
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    if (why != EWOULDBLOCK) {
      close(descriptor_);
      throw Error("cannot lock " + file.string(), std::strerror(why), "keep the run on a file system with locks");
    }
    char text[32] = "";
    const ssize_t size = pread(descriptor_, text, sizeof(text) - 1, 0);
    close(descriptor_);
    FailInUse(run, {text, size_t(std::max<ssize_t>(0, size))});
  }
  // Nobody else works here now: what is left is a killed process's.
  RemoveLeftoversBelow(run);
  std::error_code ignored;
  for (const fs::path& log : {run / ".object_log.jsonl", run / "objects" / ".log.jsonl"}) fs::remove(log, ignored);
  const std::string text = std::to_string(getpid()) + std::string(holder == Holder::kWindow ? kWindowMark : "");
  if (ftruncate(descriptor_, 0) == 0) [[maybe_unused]]
    const ssize_t written = pwrite(descriptor_, text.data(), text.size(), 0);
  try {
    RecoverObjects(run);
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

RunLock::~RunLock() { close(descriptor_); }

std::unique_ptr<RunLock> LockRun(const fs::path& run, RunLock::Holder holder) {
  if (!RunFolder::Exists(run)) RunFolder::Open(run);  // says what is there instead
  const bool is_new = !fs::exists(run / kLock);
  auto lock = std::make_unique<RunLock>(run, holder);
  if (!is_new) return lock;
  try {
    RunFolder::Open(run);
  } catch (...) {
    std::error_code ignored;
    fs::remove(run / kLock, ignored);
    throw;
  }
  return lock;
}

}  // namespace sanerf::run
