#include "sanerf/experiments/eval/eval_output.h"

#include <fmt/format.h>

#include <cmath>

#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/eval/scores.h"
#include "sanerf/experiments/eval/method.h"
#include "sanerf/experiments/text_table.h"
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
          {"consistency", OrNull(object.consistency.Iou())},
          {"views", object.score.num_views},
          {"views_without_object", object.score.views_without_object}};
}

// "objects" and their means, null when there are none.
Json ObjectsJson(const std::vector<ObjectScore>& objects) {
  Json json = {{"objects", Json::array()}};
  for (const ObjectScore& object : objects) json["objects"].push_back(ObjectJson(object));
  const MeanScores means = eval::MeansOf(objects);
  const auto mean = [&](double value) { return objects.empty() ? Json() : OrNull(value); };
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

// Null where the object is neither there nor said to be.
Json PerViewJson(const ObjectScore& object) {
  Json json = Json::array();
  for (const auto& [view, score] : object.views) {
    const auto ratio = [&, has_iou = score.has_iou()](double value) { return has_iou ? Json(value) : Json(); };
    json.push_back({{"view", view}, {"iou", ratio(score.Iou())}, {"boundary_iou", ratio(score.BoundaryIou())}});
  }
  return json;
}

// Rows of objects, with a column for the method when there are several.
class ScoreRows {
 public:
  explicit ScoreRows(const EvalResult& result) : has_methods_(!result.baselines.empty()) {
    table_.num_left = has_methods_ ? 2 : 1;
    Add("object", "method", {"IoU", "accuracy", "boundary IoU", "consistency", "views"});
  }

  void Row(const std::string& object, const std::string& method, const MeanScores& scores, const std::string& views) {
    const auto cell = [](double share) { return std::isnan(share) ? "-" : Percent(share) + "%"; };
    Add(object, method,
        {cell(scores.iou), cell(scores.accuracy), cell(scores.boundary_iou), cell(scores.consistency), views});
  }
  // By how many points ours is ahead of another method.
  void Difference(const MeanScores& ours, const MeanScores& other) {
    const auto cell = [](double a, double b) { return std::isnan(a) ? "-" : fmt::format("{:+.2f} ", 100 * (a - b)); };
    Add("", "ahead",
        {cell(ours.iou, other.iou), cell(ours.accuracy, other.accuracy), cell(ours.boundary_iou, other.boundary_iou),
         cell(ours.consistency, other.consistency), ""});
  }
  std::string text() const { return ToText(table_); }

 private:
  void Add(const std::string& object, const std::string& method, const std::vector<std::string>& scores) {
    std::vector<std::string> row = {object};
    if (has_methods_) row.push_back(method);
    row.insert(row.end(), scores.begin(), scores.end());
    table_.cells.push_back(std::move(row));
  }

  bool has_methods_;
  TextTable table_;
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
    std::string text = fmt::format("{} of {}", ahead, Counted(int64_t(result.objects.size()), "object"));
    if (!behind.empty()) text += fmt::format(" (behind: {})", fmt::join(behind, ", "));
    return text;
  };
  return fmt::format("{} is ahead of {} on IoU for {}, on boundary IoU for {}\n", kOwnMethod, baseline.method,
                     count(&eval::MaskScore::Iou), count(&eval::MaskScore::BoundaryIou));
}

}  // namespace

std::string ViewsWithoutObject(const ObjectScore& object) {
  return fmt::format("{}: in {} of {} it is neither there nor found; their pixels count for the accuracy alone",
                     object.name, object.score.views_without_object, Counted(object.score.num_views, "view"));
}

double MeanIou(const EvalResult& result) { return eval::MeansOf(result.objects).iou; }

Json ToJson(const EvalResult& result) {
  Json json = {{"psnr", nullptr}, {"ssim", nullptr}};
  if (!result.views.empty()) json = {{"psnr", result.psnr}, {"ssim", result.ssim}};
  if (result.look != nerf::HeldOutLook::kMean) json["look"] = nerf::NameOf(result.look);
  json.update(ObjectsJson(result.objects));
  json["not_scored"] = Json::array();
  for (const auto& [object, why, how] : result.not_scored)
    json["not_scored"].push_back({{"object", object}, {"why", why}, {"how", how}});
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
  const std::string light = nerf::Described(result.look), in_light = light.empty() ? "" : ", " + light;
  std::string text = result.views.empty()
                         ? "views  none is held out\n"
                         : fmt::format("views  PSNR {:.2f} dB   SSIM {:.4f}   ({}{})\n", result.psnr, result.ssim,
                                       Counted(int64_t(result.views.size()), "held-out view"), in_light);
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
  for (const ObjectScore& object : result.objects)
    if (object.score.views_without_object > 0) text += ViewsWithoutObject(object) + '\n';
  for (const MethodScores& baseline : result.baselines) text += '\n' + WhoIsAhead(result, baseline);
  return text;
}

}  // namespace sanerf::experiments
