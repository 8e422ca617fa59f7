#include "sanerf/experiments/eval/eval_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/json.h"
#include "sanerf/eval/scores.h"
#include "sanerf/experiments/eval/method.h"
#include "sanerf/run/run_folder.h"

namespace sanerf::experiments {

using eval::MeanScores;
using eval::ObjectScore;

namespace {

Json ObjectJson(const ObjectScore& object) {
  return {{"name", object.name},
          {"iou", object.score.Iou()},
          {"accuracy", object.score.Accuracy()},
          {"boundary_iou", object.score.BoundaryIou()},
          {"consistency", object.consistency.Iou()},
          {"views", object.score.num_views}};
}

// "objects" and their means, null when there are none.
Json ObjectsJson(const std::vector<ObjectScore>& objects) {
  Json json = {{"objects", Json::array()}};
  for (const ObjectScore& object : objects) json["objects"].push_back(ObjectJson(object));
  const MeanScores means = eval::MeansOf(objects);
  const auto mean = [&](double value) { return objects.empty() ? Json() : Json(value); };
  json["miou"] = mean(means.iou);
  json["mean_accuracy"] = mean(means.accuracy);
  json["mean_boundary_iou"] = mean(means.boundary_iou);
  json["mean_consistency"] = mean(means.consistency);
  return json;
}

std::string Ahead(double ours, double other, const std::string& other_name) {
  return ours > other ? kOwnMethod : ours < other ? other_name : "equal";
}

Json AheadJson(const EvalResult& result) {
  Json json = Json::array();
  for (const MethodScores& baseline : result.baselines) {
    for (size_t i = 0; i < result.objects.size(); ++i) {
      const eval::MaskScore &ours = result.objects[i].score, &other = baseline.objects[i].score;
      json.push_back({{"object", result.objects[i].name},
                      {"baseline", baseline.method},
                      {"iou", Ahead(ours.Iou(), other.Iou(), baseline.method)},
                      {"boundary_iou", Ahead(ours.BoundaryIou(), other.BoundaryIou(), baseline.method)}});
    }
  }
  return json;
}

Json PerViewJson(const ObjectScore& object) {
  Json json = Json::array();
  for (const auto& [view, score] : object.views)
    json.push_back({{"view", view}, {"iou", score.Iou()}, {"boundary_iou", score.BoundaryIou()}});
  return json;
}

// One table: rows of objects, with a column for the method when there are several.
class ScoreRows {
 public:
  explicit ScoreRows(const EvalResult& result) : has_methods_(!result.baselines.empty()) {
    for (const ObjectScore& object : result.objects) object_width_ = std::max(object_width_, object.name.size());
    method_width_ = std::string(kOwnMethod).size();
    for (const MethodScores& baseline : result.baselines)
      method_width_ = std::max(method_width_, baseline.method.size());
    text_ = fmt::format("{:<{}}  {}{:>8}  {:>8}  {:>12}  {:>11}  {:>5}\n", "object", object_width_,
                        MethodCell("method"), "IoU", "accuracy", "boundary IoU", "consistency", "views");
  }

  void Row(const std::string& object, const std::string& method, const MeanScores& scores, const std::string& views) {
    text_ += fmt::format("{:<{}}  {}{:>7.2f}%  {:>7.2f}%  {:>11.2f}%  {:>10.2f}%  {:>5}\n", object, object_width_,
                         MethodCell(method), 100 * scores.iou, 100 * scores.accuracy, 100 * scores.boundary_iou,
                         100 * scores.consistency, views);
  }
  // By how many points ours is ahead of another method.
  void Difference(const MeanScores& ours, const MeanScores& other) {
    text_ += fmt::format("{:<{}}  {}{:>+7.2f}   {:>+7.2f}   {:>+11.2f}   {:>+10.2f}\n", "", object_width_,
                         MethodCell("ahead"), 100 * (ours.iou - other.iou), 100 * (ours.accuracy - other.accuracy),
                         100 * (ours.boundary_iou - other.boundary_iou), 100 * (ours.consistency - other.consistency));
  }
  const std::string& text() const { return text_; }

 private:
  std::string MethodCell(const std::string& method) const {
    return has_methods_ ? fmt::format("{:<{}}  ", method, method_width_) : "";
  }

  bool has_methods_;
  size_t object_width_ = 6, method_width_ = 6;
  std::string text_;
};

void AddRows(const std::string& object, const std::string& views, const MeanScores& ours,
             const std::vector<std::pair<std::string, MeanScores>>& others, ScoreRows& table) {
  table.Row(object, kOwnMethod, ours, views);
  for (const auto& [method, scores] : others) {
    table.Row("", method, scores, "");
    table.Difference(ours, scores);
  }
}

// "sanerf against sam: ahead on IoU for 3 of 3 objects, on boundary IoU for 2 of 3 (behind: mug)"
std::string WhoIsAhead(const EvalResult& result, const MethodScores& baseline) {
  const auto count = [&](double (eval::MaskScore::*value)() const) {
    int ahead = 0;
    std::vector<std::string> behind;
    for (size_t i = 0; i < result.objects.size(); ++i) {
      const double ours = (result.objects[i].score.*value)(), other = (baseline.objects[i].score.*value)();
      ahead += ours > other;
      if (ours < other) behind.push_back(result.objects[i].name);
    }
    std::string text = fmt::format("{} of {} objects", ahead, result.objects.size());
    if (!behind.empty()) text += fmt::format(" (behind: {})", fmt::join(behind, ", "));
    return text;
  };
  return fmt::format("{} is ahead of {} on IoU for {}, on boundary IoU for {}\n", kOwnMethod, baseline.method,
                     count(&eval::MaskScore::Iou), count(&eval::MaskScore::BoundaryIou));
}

}  // namespace

double MeanIou(const EvalResult& result) { return eval::MeansOf(result.objects).iou; }

Json ToJson(const EvalResult& result) {
  Json json = {{"psnr", result.psnr}, {"ssim", result.ssim}};
  json.update(ObjectsJson(result.objects));
  if (!result.baselines.empty()) {
    json["own_seconds"] = result.own_seconds;
    json["baselines"] = Json::array();
    for (const MethodScores& baseline : result.baselines) {
      Json entry = {{"method", baseline.method}};
      entry.update(ObjectsJson(baseline.objects));
      entry["seconds"] = baseline.seconds;
      json["baselines"].push_back(entry);
    }
    json["ahead"] = AheadJson(result);
  }
  json["seconds"] = result.seconds;
  return json;
}

void WriteMetrics(const run::RunFolder& run, const EvalResult& result) {
  for (size_t i = 0; i < result.objects.size(); ++i) {
    const ObjectScore& object = result.objects[i];
    Json json = ObjectJson(object);
    json["instance"] = object.instance;
    json["unmatched"] = object.unmatched;
    json["per_view"] = PerViewJson(object);
    for (const MethodScores& baseline : result.baselines) {
      json["baselines"][baseline.method] = ObjectJson(baseline.objects[i]);
      json["baselines"][baseline.method]["per_view"] = PerViewJson(baseline.objects[i]);
    }
    WriteJsonFile(run.objects() / object.name / "metrics.json", json);
  }
  Json json = ToJson(result);
  for (const eval::ViewQuality& view : result.views)
    json["per_view"].push_back({{"view", view.view}, {"psnr", view.psnr}, {"ssim", view.ssim}});
  WriteJsonFile(run.metrics(), json);
}

std::string ToTable(const EvalResult& result) {
  std::string text = fmt::format("views  PSNR {:.2f} dB   SSIM {:.4f}   ({} held-out views)\n", result.psnr,
                                 result.ssim, result.views.size());
  if (result.objects.empty()) return text;
  ScoreRows table(result);
  const auto others = [&](const auto& scores_of) {
    std::vector<std::pair<std::string, MeanScores>> rows;
    for (const MethodScores& baseline : result.baselines) rows.emplace_back(baseline.method, scores_of(baseline));
    return rows;
  };
  for (size_t i = 0; i < result.objects.size(); ++i) {
    const ObjectScore& object = result.objects[i];
    AddRows(object.name, std::to_string(object.score.num_views), eval::MeansOf({object}),
            others([&](const MethodScores& baseline) { return eval::MeansOf({baseline.objects[i]}); }), table);
  }
  if (result.objects.size() > 1) {
    AddRows("mean", "", eval::MeansOf(result.objects),
            others([](const MethodScores& baseline) { return eval::MeansOf(baseline.objects); }), table);
  }
  text += '\n' + table.text();
  for (const MethodScores& baseline : result.baselines) text += '\n' + WhoIsAhead(result, baseline);
  return text;
}

}  // namespace sanerf::experiments
