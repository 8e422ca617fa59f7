#include "sanerf/experiments/compare/compare_formats.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/json.h"
#include "sanerf/experiments/text_table.h"

namespace sanerf::experiments {

using eval::ObjectScore;

namespace {

Json ObjectToJson(const ObjectScore& object) {
  const eval::MaskScore& s = object.score;
  Json views = Json::array();
  for (const auto& [view, score] : object.views)
    views.push_back({{"view", view},
                     {"intersection", score.intersection},
                     {"union", score.union_},
                     {"boundary_intersection", score.boundary_intersection},
                     {"boundary_union", score.boundary_union},
                     {"correct", score.correct},
                     {"total", score.total}});
  return {{"name", object.name},
          {"instance", object.instance},
          {"iou", s.Iou()},
          {"accuracy", s.Accuracy()},
          {"boundary_iou", s.BoundaryIou()},
          {"consistency", OrNull(object.consistency.Iou())},
          {"views_without_object", s.views_without_object},
          {"views", views},
          {"warped", {object.consistency.intersection, object.consistency.union_, object.consistency.num_pairs}},
          {"unmatched", object.unmatched}};
}

constexpr int64_t kMaxCount = int64_t{1} << 40;  // of pixels: sums of them stay far from overflow

int64_t CountOf(const JsonCursor& number) { return number.IntegerIn(0, kMaxCount); }

ObjectScore ObjectFrom(const JsonCursor& json) {
  ObjectScore object;
  object.name = json["name"].String();
  object.instance = int(json["instance"].IntegerIn(-1, 65535));
  const JsonCursor views = json["views"], warped = json["warped"], unmatched = json["unmatched"];
  for (size_t i = 0; i < views.size(); ++i) {
    const JsonCursor row = views[i];
    eval::MaskScore view;
    view.intersection = CountOf(row["intersection"]);
    view.union_ = CountOf(row["union"]);
    view.correct = CountOf(row["correct"]);
    view.total = CountOf(row["total"]);
    view.boundary_intersection = CountOf(row["boundary_intersection"]);
    view.boundary_union = CountOf(row["boundary_union"]);
    view.num_views = 1;
    view.views_without_object = view.has_iou() ? 0 : 1;
    object.score += view;
    object.views.emplace_back(row["view"].String(), view);
  }
  object.consistency = {CountOf(warped[0]), CountOf(warped[1]), int(warped[2].IntegerIn(0, 1 << 30))};
  for (size_t i = 0; i < unmatched.size(); ++i) object.unmatched.push_back(unmatched[i].String());
  return object;
}

}  // namespace

std::string ToCsv(const std::vector<CompareResult>& scenes) {
  std::string text =
      "scene,method,seed,object,iou,accuracy,boundary_iou,consistency,views,fit_seconds,view_seconds,peak_mb\n";
  for (const CompareResult& scene : scenes)
    for (const MethodResult& method : scene.methods)
      for (const MethodRun& run : method.runs)
        for (const ObjectScore& object : run.objects)
          text += fmt::format("{},{},{},{},{:.6f},{:.6f},{:.6f},{},{},{:.2f},{:.2f},{}\n", CsvCell(scene.scene),
                              method.method, run.seed, CsvCell(object.name), object.score.Iou(),
                              object.score.Accuracy(), object.score.BoundaryIou(), CsvNumber(object.consistency.Iou()),
                              object.score.num_views, run.fit_seconds, run.view_seconds,
                              run.peak_rss_bytes > 0 ? std::to_string(run.peak_rss_bytes / 1000000) : "");
  return text;
}

Json ToJson(const MethodResult& result) {
  Json runs = Json::array();
  for (const MethodRun& run : result.runs) {
    Json objects = Json::array();
    for (const ObjectScore& object : run.objects) objects.push_back(ObjectToJson(object));
    runs.push_back({{"seed", run.seed},
                    {"fit_seconds", run.fit_seconds},
                    {"view_seconds", run.view_seconds},
                    {"peak_rss_bytes", run.peak_rss_bytes},
                    {"spurious", run.num_spurious},
                    {"objects", objects}});
  }
  const eval::MeanScores means = result.Means();
  Json json = {
      {"method", result.method}, {"title", result.title}, {"remarks", result.remarks}, {"error", result.error}};
  if (!result.runs.empty())
    json.update(
        {{"miou", means.iou},
         {"mean_accuracy", means.accuracy},
         {"mean_boundary_iou", means.boundary_iou},
         {"mean_consistency", OrNull(means.consistency)},
         {"miou_deviation", result.Deviations().iou},
         {"seconds", result.Seconds()},
         {"peak_rss_mib", result.PeakRssBytes() > 0 ? Json(double(result.PeakRssBytes()) / (1 << 20)) : Json()}});
  json["runs"] = std::move(runs);
  return json;
}

MethodResult MethodResultFrom(const JsonCursor& json) {
  MethodResult result{
      json["method"].String(), json["title"].String(), json["remarks"].String(), {}, json["error"].String()};
  const JsonCursor runs = json["runs"];
  for (size_t r = 0; r < runs.size(); ++r) {
    const JsonCursor row = runs[r], objects = row["objects"];
    MethodRun run{uint64_t(row["seed"].IntegerIn(0, int64_t{1} << 53)),
                  {},
                  int(row["spurious"].IntegerIn(0, 1 << 30)),
                  row["fit_seconds"].Number(),
                  row["view_seconds"].Number(),
                  row["peak_rss_bytes"].IntegerIn(0, int64_t{1} << 53)};
    for (size_t o = 0; o < objects.size(); ++o) run.objects.push_back(ObjectFrom(objects[o]));
    result.runs.push_back(std::move(run));
  }
  return result;
}

Json ToJson(const CompareResult& result) {
  Json methods = Json::array();
  for (const MethodResult& method : result.methods) methods.push_back(ToJson(method));
  return {{"scene", result.scene},    {"objects", result.objects},
          {"views", result.views},    {"encode_seconds", result.encode_seconds},
          {"methods", methods},       {"folder", result.folder.string()},
          {"seconds", result.seconds}};
}

}  // namespace sanerf::experiments
