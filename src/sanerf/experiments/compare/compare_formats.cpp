#include "sanerf/experiments/compare/compare_formats.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/json.h"

namespace sanerf::experiments {

using eval::ObjectScore;

namespace {

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

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
          {"consistency", object.consistency.Iou()},
          {"views", views},
          {"warped", {object.consistency.intersection, object.consistency.union_, object.consistency.num_pairs}},
          {"unmatched", object.unmatched}};
}

ObjectScore ObjectFrom(const Json& json) {
  ObjectScore object;
  object.name = json.at("name");
  object.instance = json.at("instance");
  for (const Json& row : json.at("views")) {
    const eval::MaskScore view{row.at("intersection"),
                               row.at("union"),
                               row.at("correct"),
                               row.at("total"),
                               row.at("boundary_intersection"),
                               row.at("boundary_union"),
                               1};
    object.score.intersection += view.intersection;
    object.score.union_ += view.union_;
    object.score.correct += view.correct;
    object.score.total += view.total;
    object.score.boundary_intersection += view.boundary_intersection;
    object.score.boundary_union += view.boundary_union;
    ++object.score.num_views;
    object.views.emplace_back(row.at("view"), view);
  }
  object.consistency = {json.at("warped").at(0), json.at("warped").at(1), json.at("warped").at(2)};
  object.unmatched = json.at("unmatched").get<std::vector<std::string>>();
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
          text += fmt::format("{},{},{},{},{:.6f},{:.6f},{:.6f},{:.6f},{},{:.2f},{:.2f},{}\n", CsvCell(scene.scene),
                              method.method, run.seed, CsvCell(object.name), object.score.Iou(),
                              object.score.Accuracy(), object.score.BoundaryIou(), object.consistency.Iou(),
                              object.score.num_views, run.fit_seconds, run.view_seconds, run.peak_rss_bytes / 1000000);
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
    json.update({{"miou", means.iou},
                 {"mean_accuracy", means.accuracy},
                 {"mean_boundary_iou", means.boundary_iou},
                 {"mean_consistency", means.consistency},
                 {"miou_deviation", result.Deviations().iou},
                 {"seconds", result.Seconds()},
                 {"peak_rss_mib", double(result.PeakRssBytes()) / (1 << 20)}});
  json["runs"] = std::move(runs);
  return json;
}

MethodResult MethodResultFrom(const Json& json) {
  MethodResult result{json.at("method"), json.at("title"), json.at("remarks"), {}, json.at("error")};
  for (const Json& row : json.at("runs")) {
    MethodRun run{row.at("seed"),          {}, row.at("spurious"), row.at("fit_seconds"), row.at("view_seconds"),
                  row.at("peak_rss_bytes")};
    for (const Json& object : row.at("objects")) run.objects.push_back(ObjectFrom(object));
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
