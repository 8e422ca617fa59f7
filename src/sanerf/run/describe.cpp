#include "sanerf/run/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/run/object_store.h"
#include "sanerf/scene/capture_shape.h"
#include "sanerf/scene/mask_meaning.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

int64_t BytesIn(const fs::path& folder) {
  int64_t bytes = 0;
  if (!fs::is_directory(folder)) return bytes;
  for (const auto& entry : fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied)) {
    std::error_code gone;
    const bool counts_once = entry.is_regular_file(gone) && entry.hard_link_count(gone) >= 1;
    if (counts_once && !gone)
      bytes += int64_t(entry.file_size(gone) / std::max<uintmax_t>(1, entry.hard_link_count(gone)));
  }
  return bytes;
}

Json DescribeObject(const StoredObject& object, const std::string& nerf_fingerprint) {
  Json json = {{"name", object.name},
               {"folder", object.folder.string()},
               {"views_used", object.views_used},
               {"views_total", object.views_total},
               {"stale", object.nerf_fingerprint != nerf_fingerprint}};
  if (object.prompt.instance >= 0) json["instance"] = object.prompt.instance;
  if (const fs::path metrics = object.folder / "metrics.json"; fs::exists(metrics))
    json["iou"] = JsonCursor(ReadJsonFile(metrics), metrics.string())["iou"].json();
  return json;
}

// By name, what each of the options is that somebody has set.
Json ValuesOf(const Json& origins, const Json& options) {
  Json values = Json::object();
  for (const auto& [name, origin] : origins.items()) {
    const size_t point = std::min(name.find('.'), name.size());
    const Json stage = options.value(name.substr(0, point), Json());
    const std::string key = name.substr(std::min(point + 1, name.size()));
    if (stage.is_object() && stage.contains(key)) values[name] = stage.at(key);
  }
  return values;
}

std::vector<std::string> HeldOutViews(const scene::Scene& scene) {
  std::vector<std::string> names;
  for (const int view : scene.TestViews()) names.push_back(scene.views[size_t(view)].name);
  return names;
}

// What is now where the scene was, in the place of what a record may say of it.
std::optional<scene::Scene> AddSceneOf(const RunFolder& run, Json* json, const Job& job) {
  for (const char* key : {"problem", "hint"}) json->erase(key);
  (*json)["absolute_path"] = run.recorded_scene().string();
  try {
    scene::Scene scene = run.OpenScene(std::nullopt, job);
    (*json)["absolute_path"] = fs::absolute(scene.root).string();
    (*json)["train_views"] = scene.TrainViews().size();
    (*json)["held_out"] = HeldOutViews(scene);
    return scene;
  } catch (const InterruptedError&) {
    throw;
  } catch (const Error& error) {
    (*json)["problem"] = error.what();
    (*json)["hint"] = error.hint();
    return std::nullopt;
  }
}

}  // namespace

Json DescribeScene(const scene::Scene& scene) {
  std::map<std::string, int> sizes;
  int num_masks = 0, num_ignoring = 0;
  bool is_distorted = false;
  for (const scene::View& view : scene.views) {
    ++sizes[fmt::format("{}x{}", view.camera.width, view.camera.height)];
    num_masks += !view.mask_path.empty();
    num_ignoring += !view.ignored.empty();
    is_distorted = is_distorted || !view.camera.lens.IsStraight();
  }
  Json json = {{"kind", "scene"},
               {"path", scene.root.string()},
               {"format", scene.format},
               {"summary", scene.summary},
               {"views", scene.views.size()},
               {"train_views", scene.TrainViews().size()},
               {"test_views", scene.TestViews().size()},
               {"held_out", HeldOutViews(scene)},
               {"sizes", sizes},
               {"masks", num_masks},
               {"ignore_masks", num_ignoring},
               {"distortion", is_distorted},
               {"alpha", scene.has_alpha},
               {"extent", scene.extent},
               {"cameras", scene::Description(scene::ShapeOf(scene))},
               {"notes", scene.notes},
               {"warnings", scene.warnings}};
  if (scene.masks_are) json["masks_are"] = scene::NameOf(*scene.masks_are);
  json["odd"] = Json::array();
  for (const scene::Oddity& odd : scene::OdditiesOf(scene))
    json["odd"].push_back({{"what", odd.what}, {"advice", odd.advice}});
  return json;
}

RunDescription DescribeRun(const RunFolder& run, const Job& job) {
  const Json& record = run.record();
  RunDescription described;
  Json& json = described.json;
  json = {{"kind", "run"},
          {"path", run.path().string()},
          {"sanerf", record.value("sanerf", "")},
          {"scene", record.at("scene")}};
  described.scene = AddSceneOf(run, &json["scene"], job);
  const std::string fingerprint = run.StateOf(Stage::kTrain) == StageState::kComplete
                                      ? record.at("stages").at("train").value("fingerprint", "")
                                      : std::string();
  json["stages"] = record.value("stages", Json::object());
  if (run.StateOf(Stage::kTrain) == StageState::kComplete && !fs::exists(run.checkpoint()))
    json["stages"]["train"]["state"] = "missing";
  json["objects"] = Json::array();
  json["set_aside"] = Json::array();
  ReadWholeSet(run.path(), [&](const fs::path&) {
    json["objects"].clear();
    json["set_aside"].clear();
    for (const StoredObject& object : ListObjects(run)) json["objects"].push_back(DescribeObject(object, fingerprint));
    for (const StoredObject& object : ListSetAside(run))
      json["set_aside"].push_back(DescribeObject(object, fingerprint));
  });
  json["changed_options"] = run.origins();
  json["changed_values"] = ValuesOf(run.origins(), run.options());
  json["no_objects"] = FoldersOfNoObject(run);
  json["bytes"] = BytesIn(run.path());
  return described;
}

}  // namespace sanerf::run
