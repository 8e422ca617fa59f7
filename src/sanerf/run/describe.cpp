#include "sanerf/run/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/units.h"
#include "sanerf/kernels/isa.h"
#include "sanerf/models/model_catalogue.h"
#include "sanerf/run/object_store.h"
#include "sanerf/scene/capture_shape.h"
#include "sanerf/scene/mask_meaning.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

constexpr int64_t kComfortableMemory = int64_t{3} << 29;  // 1.5 GB: the demo's peak

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

// Leaves nothing there: of a folder that does not exist yet, the nearest one above is tried.
DoctorRow WritableRow(const std::string& what, const fs::path& folder) {
  try {
    fs::path there = fs::absolute(folder).lexically_normal();
    while (!fs::exists(there) && there.has_relative_path()) there = there.parent_path();
    EnsureWritableFolder(there);
    return {what, folder.string(), true, ""};
  } catch (const Error& error) {
    return {what, error.what(), false, error.hint()};
  }
}

DoctorRow ModelRow(const models::ModelEntry& entry) {
  int64_t bytes = 0;
  for (const models::ModelFile& file : entry.files) bytes += file.bytes;
  switch (models::CheckModel(entry, /*hash_contents=*/true)) {
    case models::ModelState::kPresent:
      return {"model " + entry.name, FormatBytes(double(bytes)), true, ""};
    case models::ModelState::kCorrupt:
      return {"model " + entry.name, "damaged", false, "sanerf models fetch " + ShellQuoted(entry.name)};
    case models::ModelState::kMissing:
      break;
  }
  // Detectors are extras: nothing is wrong without one.
  if (entry.kind == models::ModelKind::kDetector)
    return {"model " + entry.name, "not installed (only segment --text uses it)", true, ""};
  return {"model " + entry.name, "not installed", false, "sanerf models fetch " + ShellQuoted(entry.name)};
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

void AddModelRows(std::vector<DoctorRow>* rows) {
  try {
    const models::Catalogue catalogue = models::LoadCatalogue();
    for (const models::ModelEntry& entry : catalogue.models) rows->push_back(ModelRow(entry));
    for (const models::UnusableEntry& entry : catalogue.unusable)
      rows->push_back({"model " + entry.name, "unusable: " + entry.why, false, "mend its entry, or update sanerf"});
  } catch (const Error& error) {
    rows->push_back({"models", error.what(), false, error.hint()});
  }
}

bool IsOnPath(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const size_t colon = std::min(rest.find(':'), rest.size());
    std::error_code ignored;
    if (fs::exists(fs::path(rest.substr(0, colon)) / program, ignored)) return true;
    rest.erase(0, colon + 1);
  }
  return false;
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
    is_distorted = is_distorted || !view.camera.distortion.IsZero();
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

std::vector<DoctorRow> Diagnose() {
  std::vector<DoctorRow> rows;
  rows.push_back({"sanerf", VersionString(), true, ""});
  rows.push_back({"processor", CpuModelName(), true, ""});
  try {
    rows.push_back({"instruction set", kernels::Kernels().name, true, ""});
  } catch (const Error& error) {
    rows.push_back({"instruction set", error.what(), false, error.hint()});
  }
  rows.push_back({"threads", std::to_string(NumThreads()), true, ""});
  const int64_t memory = AvailableMemoryBytes();
  rows.push_back({"free memory", FormatBytes(double(memory)), memory >= kComfortableMemory,
                  "close other programs, or train with --downscale 2"});
  rows.push_back(WritableRow("writable: this folder", fs::current_path()));
  rows.push_back(WritableRow("writable: temporary files", fs::temp_directory_path()));
  rows.push_back(WritableRow("writable: models", models::ModelFolder()));
  AddModelRows(&rows);
  const bool can_fetch = IsOnPath("npm") || IsOnPath("curl");
  rows.push_back({"npm or curl", can_fetch ? "found" : "not found (only models fetch uses them)", true, ""});
  return rows;
}

}  // namespace sanerf::run
