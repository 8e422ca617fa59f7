#include "sanerf/experiments/eval/match_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "sanerf/core/assignment.h"
#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/text_table.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/open_run.h"
#include "sanerf/scene/instance_masks.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {

using scene::Scene;

namespace {

constexpr double kMinShare = 0.0005;  // of all test pixels; of less no IoU can be computed

// The name of an object of the field with the most labels.
std::string OfLargestField(const run::RunFolder& run, const nerf::NerfModel& nerf) {
  const run::StoredObject* best = nullptr;
  const std::vector<run::StoredObject> objects = ListObjects(run);
  for (const run::StoredObject& object : objects) {
    if (object.nerf_fingerprint != HexFingerprint(nerf.Fingerprint())) continue;
    if (best == nullptr || object.labels.size() > best->labels.size()) best = &object;
  }
  if (best == nullptr)
    throw Error("there is nothing to match", "the run has no objects of its radiance field",
                "find some: sanerf segment " + ShellQuoted(run.path().string()) + " --auto");
  return best->name;
}

// The object whose field is matched, and the field.
run::LoadedObject FieldOwner(const run::RunFolder& run, const std::string& name, const nerf::NerfModel& nerf) {
  std::optional<run::LoadedObject> owner;
  run::ReadWholeSet(run.path(), [&](const fs::path&) {
    owner.emplace(LoadObject(run, name.empty() ? OfLargestField(run, nerf) : name, nerf));
  });
  return *std::move(owner);
}

struct Naming {
  std::string name, category;
};

// What scene.json says about instances; empty for scenes without one, or with one of another kind.
std::map<int, Naming> NamesOf(const Scene& scene) {
  std::map<int, Naming> names;
  const fs::path path = scene.root / "scene.json";
  if (!ExistsAsFile(path)) return names;
  const Json json = ReadJsonFile(path);
  if (!json.is_object() || !json.contains("instances") || !json["instances"].is_array()) return names;
  for (const Json& instance : json["instances"]) {
    if (!instance.is_object() || !instance.contains("id") || !instance["id"].is_number_integer()) continue;
    const auto text = [&](const char* key) {
      return instance.contains(key) && instance[key].is_string() ? instance[key].get<std::string>() : std::string();
    };
    names[instance["id"].get<int>()] = {text("name"), text("category")};
  }
  return names;
}

using PixelCounts = std::vector<std::vector<int64_t>>;

// [instance id][label], over all test views with ground truth.
PixelCounts CountPixels(const Scene& scene, const std::vector<int>& test, const mask_aggregator::ObjectModel& field,
                        int* num_views, const Job& job) {
  PixelCounts counts(2, std::vector<int64_t>(size_t(field.num_labels()), 0));
  Task task(job, "match", int64_t(test.size()), "views");
  int done = 0;
  for (const int view_idx : test) {
    job.ThrowIfStopped("matching");
    const scene::View& view = scene.views[size_t(view_idx)];
    task.Update(++done);
    if (view.mask_path.empty()) continue;
    const ImageU16 ids = scene::LoadViewInstances(view);
    const size_t largest = *std::max_element(ids.data.begin(), ids.data.end());
    if (largest >= counts.size()) counts.resize(largest + 1, std::vector<int64_t>(size_t(field.num_labels()), 0));
    const ImageU8 labels = field.Render(view.camera, job).labels;
    for (size_t i = 0; i < labels.data.size(); ++i) ++counts[ids.data[i]][labels.data[i]];
    ++*num_views;
  }
  task.Finish();
  return counts;
}

int64_t Sum(const std::vector<int64_t>& row) {
  int64_t sum = 0;
  for (const int64_t count : row) sum += count;
  return sum;
}

std::vector<std::vector<double>> IouTable(const PixelCounts& pixels) {
  std::vector<int64_t> in_object(pixels[0].size(), 0);
  for (const auto& row : pixels)
    for (size_t o = 0; o < row.size(); ++o) in_object[o] += row[o];
  std::vector<std::vector<double>> iou(pixels.size() - 1, std::vector<double>(in_object.size() - 1, 0));
  for (size_t i = 1; i < pixels.size(); ++i)
    for (size_t o = 1; o < in_object.size(); ++o) {
      const int64_t either = Sum(pixels[i]) + in_object[o] - pixels[i][o];
      iou[i - 1][o - 1] = either > 0 ? double(pixels[i][o]) / double(either) : 0;
    }
  return iou;
}

}  // namespace

std::vector<TrueInstance> InstancesIn(const Scene& scene, const std::vector<int>& views, const Job& job) {
  std::map<int, int64_t> pixels;  // by id
  int64_t total = 0;
  for (const int view_idx : views) {
    job.ThrowIfStopped("reading the true masks");
    const scene::View& view = scene.views[size_t(view_idx)];
    if (view.mask_path.empty()) continue;
    const ImageU16 ids = scene::LoadViewInstances(view);
    for (const uint16_t id : ids.data) ++pixels[id];
    total += ids.num_pixels();
  }
  std::map<int, Naming> names = NamesOf(scene);
  std::vector<TrueInstance> instances;
  for (const auto& [id, count] : pixels) {
    if (id == 0 || double(count) < kMinShare * double(total)) continue;
    if (names[id].category != "support") instances.push_back({id, names[id].name});
  }
  return instances;
}

std::vector<InstanceToObject> MatchByOverlap(const std::vector<std::vector<int64_t>>& pixels) {
  std::vector<std::vector<double>> iou = IouTable(pixels), cost = iou;
  for (auto& row : cost)
    for (double& value : row) value = -value;
  const std::vector<int> object_of = MinCostAssignment(cost);
  std::vector<InstanceToObject> matches(iou.size());
  for (size_t i = 0; i < iou.size(); ++i)
    if (object_of[i] >= 0 && iou[i][size_t(object_of[i])] > 0)
      matches[i] = {object_of[i], iou[i][size_t(object_of[i])]};
  return matches;
}

int MatchResult::Found(double min_iou) const {
  return int(std::count_if(instances.begin(), instances.end(), [&](const auto& i) { return i.iou >= min_iou; }));
}

MatchResult MatchObjects(const MatchRequest& request, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  run::OpenRun run(request.run, request.scene, run::OpenRun::Access::kRead, job);
  const Scene& scene = run.scene();
  const std::vector<int> test = scene.TestViews();
  const run::LoadedObject loaded = FieldOwner(run.folder(), request.object, run.nerf(job));
  const run::StoredObject& owner = loaded.stored;
  const mask_aggregator::ObjectModel& field = loaded.field;

  const Stopwatch watch;
  MatchResult result;
  result.num_objects = int(owner.labels.size());
  const PixelCounts all = CountPixels(scene, test, field, &result.num_views, job);
  if (result.num_views == 0)
    throw Error("there is nothing to match with", "no test view has ground-truth masks",
                "scenes with instance masks are needed: docs/data_formats.md");

  // Instances of a sensible size; the others stay as pixels that belong to none.
  int64_t total = 0;
  for (const auto& row : all) total += Sum(row);
  PixelCounts pixels = {all[0]};
  const std::map<int, Naming> names = NamesOf(scene);
  for (int id = 1; id < int(all.size()); ++id) {
    const auto& row = all[size_t(id)];
    if (Sum(row) == 0) continue;
    if (double(Sum(row)) < kMinShare * double(total)) {
      ++result.num_ignored;
      for (size_t o = 0; o < row.size(); ++o) pixels[0][o] += row[o];
      continue;
    }
    const auto naming = names.find(id);
    const Naming named = naming == names.end() ? Naming{} : naming->second;
    result.instances.push_back({id, named.name, named.category, Sum(row), "", 0});
    pixels.push_back(row);
  }
  const std::vector<InstanceToObject> matches = MatchByOverlap(pixels);
  const std::vector<std::vector<double>> iou = IouTable(pixels);
  std::vector<bool> is_matched(owner.labels.size(), false);
  for (size_t i = 0; i < matches.size(); ++i) {
    if (matches[i].object < 0) continue;
    result.instances[i].object = owner.labels[size_t(matches[i].object)];
    result.instances[i].iou = matches[i].iou;
    is_matched[size_t(matches[i].object)] = matches[i].iou >= kMatchedIou;
  }
  for (size_t o = 0; o < owner.labels.size(); ++o) {
    if (is_matched[o]) continue;
    double best = 0;
    for (const auto& row : iou) best = std::max(best, row[o]);
    result.spurious.emplace_back(owner.labels[o], best);
  }
  result.seconds = watch.seconds();
  return result;
}

Json ToJson(const MatchResult& result) {
  Json instances = Json::array(), spurious = Json::array();
  for (const InstanceMatch& match : result.instances)
    instances.push_back({{"instance", match.instance},
                         {"name", match.name},
                         {"category", match.category},
                         {"pixels", match.pixels},
                         {"object", match.object.empty() ? Json() : Json(match.object)},
                         {"iou", match.iou}});
  for (const auto& [name, iou] : result.spurious) spurious.push_back({{"object", name}, {"best_iou", iou}});
  return {{"instances", instances},
          {"spurious", spurious},
          {"num_instances", result.instances.size()},
          {"num_objects", result.num_objects},
          {"found_80", result.Found(kFoundIou)},
          {"found_50", result.Found(kMatchedIou)},
          {"num_spurious", result.spurious.size()},
          {"num_ignored", result.num_ignored},
          {"views", result.num_views},
          {"seconds", result.seconds}};
}

std::string ToTable(const MatchResult& result) {
  TextTable table{{{"instance", "object", "pixels", "IoU"}}};
  table.num_left = 2;
  for (const InstanceMatch& match : result.instances) {
    std::string name = fmt::format("{} {}", match.instance, match.name);
    if (!match.category.empty() && match.category != "object") name += " (" + match.category + ")";
    table.cells.push_back(
        {name, match.object.empty() ? "-" : match.object, std::to_string(match.pixels), Percent(match.iou) + "%"});
  }
  std::string text = ToText(table);
  text += fmt::format("\n{} of {} found at IoU 80%, {} at 50%; {} of {} {} none", result.Found(kFoundIou),
                      Counted(int64_t(result.instances.size()), "instance"), result.Found(kMatchedIou),
                      result.spurious.size(), Counted(int64_t(result.num_objects), "object"),
                      IsAre(int64_t(result.spurious.size()), "matches", "match"));
  std::string which;
  for (const auto& [name, iou] : result.spurious)
    which += fmt::format("{}{} (best {:.0f}%)", which.empty() ? ": " : ", ", name, 100 * iou);
  text += which + "\n";
  if (result.num_ignored > 0) text += Counted(int64_t(result.num_ignored), "instance") + " of a few pixels left out\n";
  return text;
}

}  // namespace sanerf::experiments
