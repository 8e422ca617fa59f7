#include "sanerf/run/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
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

ObjectDescription DescribeObject(const StoredObject& object, const std::string& nerf_fingerprint) {
  ObjectDescription described;
  described.name = object.name;
  described.folder = object.folder;
  described.instance = object.prompt.instance;
  described.views_used = object.views_used;
  described.views_total = object.views_total;
  described.is_stale = object.nerf_fingerprint != nerf_fingerprint;
  if (const fs::path metrics = object.folder / "metrics.json"; fs::exists(metrics)) {
    const Json json = ReadJsonFile(metrics);
    const Json& iou = JsonCursor(json, metrics.string())["iou"].json();
    described.iou = iou.is_number() ? iou.get<double>() : NAN;
  }
  return described;
}

Json ToJson(const ObjectDescription& object) {
  Json json = {{"name", object.name},
               {"folder", object.folder.string()},
               {"views_used", object.views_used},
               {"views_total", object.views_total},
               {"stale", object.is_stale}};
  if (object.instance >= 0) json["instance"] = object.instance;
  if (object.iou) json["iou"] = OrNull(*object.iou);
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

// What is now where the scene was, whatever the record says of it.
void AddScene(RunDescription* described, const Job& job) {
  described->scene_path = described->run.recorded_scene().string();
  try {
    described->scene = described->run.OpenScene(std::nullopt, job);
    described->scene_path = fs::absolute(described->scene->root).string();
  } catch (const InterruptedError&) {
    throw;
  } catch (const Error& error) {
    described->problem = error.what();
    described->hint = error.hint();
  }
}

void AddStages(RunDescription* described) {
  const RunFolder& run = described->run;
  const Json stages = run.record().value("stages", Json::object());
  for (const auto& [name, entry] : stages.items())
    described->stages.push_back(
        {name, entry.at("state").get<std::string>(), entry.value("when", ""), entry.value("seconds", 0.0)});
  if (run.StateOf(Stage::kTrain) != StageState::kComplete || fs::exists(run.checkpoint())) return;
  for (StageDescription& stage : described->stages)
    if (stage.name == NameOf(Stage::kTrain)) stage.state = "missing";
}

std::string FingerprintOf(const RunFolder& run) {
  if (run.StateOf(Stage::kTrain) != StageState::kComplete) return "";
  return run.record().at("stages").at("train").value("fingerprint", "");
}

void AddObjects(RunDescription* described) {
  const RunFolder& run = described->run;
  const std::string fingerprint = FingerprintOf(run);
  ReadWholeSet(run.path(), [&](const fs::path&) {
    described->objects.clear();
    described->set_aside.clear();
    for (const StoredObject& object : ListObjects(run))
      described->objects.push_back(DescribeObject(object, fingerprint));
    for (const StoredObject& object : ListSetAside(run))
      described->set_aside.push_back(DescribeObject(object, fingerprint));
  });
  described->no_objects = FoldersOfNoObject(run);
}

void AddViews(RunDescription* described) {
  const RunFolder& run = described->run;
  const std::string fingerprint = FingerprintOf(run);
  if (fingerprint.empty()) return;
  if (auto views = nerf::ReadViewResiduals(run.nerf_views(), fingerprint)) described->views = std::move(*views);
}

Json ToJson(const nerf::StoredResidual& view) {
  Json json = {{"view", view.view}, {"held_out", view.is_held_out}, {"psnr", view.psnr}, {"deviation", view.deviation}};
  if (view.agreement >= 0) json["agreement"] = view.agreement;
  if (view.is_held_out) return json;
  json["bad"] = view.is_bad;
  json["weight"] = view.weight;
  return json;
}

void AddOptions(RunDescription* described) {
  const Json origins = described->run.origins(), values = ValuesOf(origins, described->run.options());
  for (const auto& [name, origin] : origins.items())
    described->changed.push_back(
        {name, values.contains(name) ? OptionValueText(values.at(name)) : "", origin.get<std::string>()});
}

}  // namespace

std::vector<std::string> HeldOutViews(const scene::Scene& scene) {
  std::vector<std::string> names;
  for (const int view : scene.TestViews()) names.push_back(scene.views[size_t(view)].name);
  return names;
}

SceneDescription DescribeScene(const scene::Scene& scene) {
  SceneDescription described;
  described.path = scene.root.string();
  described.format = scene.format;
  described.summary = scene.summary;
  described.num_train = scene.TrainViews().size();
  described.held_out = HeldOutViews(scene);
  for (const scene::View& view : scene.views) {
    ++described.sizes[fmt::format("{}x{}", view.camera.width, view.camera.height)];
    described.num_masks += !view.mask_path.empty();
    described.num_ignoring += !view.ignored.empty();
    described.is_distorted = described.is_distorted || !view.camera.lens.IsStraight();
  }
  described.has_alpha = scene.has_alpha;
  described.extent = scene.extent;
  described.cameras = scene::Description(scene::ShapeOf(scene));
  if (scene.masks_are) described.masks_are = scene::NameOf(*scene.masks_are);
  described.notes = scene.notes;
  described.warnings = scene.warnings;
  described.odd = scene::OdditiesOf(scene);
  return described;
}

Json ToJson(const std::vector<scene::Oddity>& odd) {
  Json json = Json::array();
  for (const scene::Oddity& one : odd) json.push_back({{"what", one.what}, {"advice", one.advice}});
  return json;
}

Json ToJson(const SceneDescription& scene) {
  Json json = {{"kind", "scene"},
               {"path", scene.path},
               {"format", scene.format},
               {"summary", scene.summary},
               {"views", scene.num_train + scene.held_out.size()},
               {"train_views", scene.num_train},
               {"test_views", scene.held_out.size()},
               {"held_out", scene.held_out},
               {"sizes", scene.sizes},
               {"masks", scene.num_masks},
               {"ignore_masks", scene.num_ignoring},
               {"distortion", scene.is_distorted},
               {"alpha", scene.has_alpha},
               {"extent", scene.extent},
               {"cameras", scene.cameras},
               {"notes", scene.notes},
               {"warnings", scene.warnings},
               {"odd", ToJson(scene.odd)}};
  if (!scene.masks_are.empty()) json["masks_are"] = scene.masks_are;
  return json;
}

RunDescription DescribeRun(const RunFolder& run, const Job& job) {
  RunDescription described{run};
  AddScene(&described, job);
  AddStages(&described);
  AddObjects(&described);
  AddViews(&described);
  AddOptions(&described);
  described.bytes = BytesIn(run.path());
  return described;
}

Json ToJson(const RunDescription& described) {
  const Json& record = described.run.record();
  Json scene = record.at("scene");
  for (const char* key : {"problem", "hint"}) scene.erase(key);
  scene["absolute_path"] = described.scene_path;
  if (described.scene) {
    scene["train_views"] = described.scene->TrainViews().size();
    scene["held_out"] = HeldOutViews(*described.scene);
  } else {
    scene["problem"] = described.problem;
    scene["hint"] = described.hint;
  }
  Json stages = record.value("stages", Json::object());
  for (const StageDescription& stage : described.stages) stages[stage.name]["state"] = stage.state;
  Json objects = Json::array(), set_aside = Json::array();
  for (const ObjectDescription& object : described.objects) objects.push_back(ToJson(object));
  for (const ObjectDescription& object : described.set_aside) set_aside.push_back(ToJson(object));
  const Json origins = described.run.origins();
  Json views = Json::array();
  for (const nerf::StoredResidual& view : described.views) views.push_back(ToJson(view));
  return {{"kind", "run"},
          {"path", described.run.path().string()},
          {"sanerf", record.value("sanerf", "")},
          {"scene", scene},
          {"stages", stages},
          {"objects", objects},
          {"set_aside", set_aside},
          {"views", views},
          {"changed_options", origins},
          {"changed_values", ValuesOf(origins, described.run.options())},
          {"no_objects", described.no_objects},
          {"bytes", described.bytes}};
}

}  // namespace sanerf::run
