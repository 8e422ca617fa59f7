#include "sanerf/experiments/ablate/ablate_results.h"

#include <cmath>

#include "sanerf/core/json.h"

namespace sanerf::experiments {
namespace {

VariantResult::Object VariantObjectFrom(const JsonCursor& json) {
  VariantResult::Object object;
  object.name = json["name"].String();
  object.iou = json["iou"].Number();
  object.boundary_iou = json["boundary_iou"].Number();
  object.accuracy = json["accuracy"].Number();
  object.consistency = json["consistency"].json().is_null() ? NAN : json["consistency"].Number();
  object.views_used = int(json["views_used"].Integer());
  object.views_total = int(json["views_total"].Integer());
  object.views_without_object = int(json.IntegerOr("views_without_object", 0));
  return object;
}

}  // namespace

double VariantResult::Mean(double Object::*value) const {
  double sum = 0;
  for (const Object& object : objects) sum += object.*value;
  return objects.empty() ? 0 : sum / double(objects.size());
}

double VariantResult::MeanViewsUsed() const {
  double sum = 0;
  for (const Object& object : objects) sum += object.views_used;
  return objects.empty() ? 0 : sum / double(objects.size());
}

Json ToJson(const VariantResult& result) {
  if (!result.ok()) return {{"error", result.error}};
  Json json = {{"objects", Json::array()}};
  for (const VariantResult::Object& object : result.objects) {
    json["objects"].push_back({{"name", object.name},
                               {"iou", object.iou},
                               {"boundary_iou", object.boundary_iou},
                               {"accuracy", object.accuracy},
                               {"consistency", OrNull(object.consistency)},
                               {"views_used", object.views_used},
                               {"views_total", object.views_total},
                               {"views_without_object", object.views_without_object}});
  }
  json["seconds"] = {{"encode", result.encode_seconds},
                     {"masks", result.mask_seconds},
                     {"field", result.field_seconds},
                     {"score", result.score_seconds}};
  return json;
}

VariantResult VariantResultFrom(const JsonCursor& json) {
  VariantResult result;
  result.error = json.StringOr("error", "");
  if (!result.ok()) return result;
  for (size_t i = 0; i < json["objects"].size(); ++i) result.objects.push_back(VariantObjectFrom(json["objects"][i]));
  result.encode_seconds = json["seconds"]["encode"].Number();
  result.mask_seconds = json["seconds"]["masks"].Number();
  result.field_seconds = json["seconds"]["field"].Number();
  result.score_seconds = json["seconds"]["score"].Number();
  return result;
}

Spread SpreadOf(const std::vector<double>& values) {
  Spread spread;
  spread.count = values.size();
  if (values.empty()) return spread;
  for (const double value : values) spread.mean += value / double(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  if (values.size() > 1) spread.deviation = std::sqrt(squares / double(values.size() - 1));
  return spread;
}

std::vector<FailedTrial> FailedTrials(const AblationResult& result) {
  std::vector<FailedTrial> failed;
  for (const AblationStudy& study : result.studies) {
    for (const AblationRow& row : study.rows) {
      for (size_t scene = 0; scene < row.results.size(); ++scene) {
        for (const VariantResult& one : row.results[scene]) {
          if (!one.ok()) failed.push_back({row.variant.label + " on " + result.scenes[scene], one.error});
        }
      }
    }
  }
  return failed;
}

std::optional<Spread> SpreadOverSeeds(const AblationRow& row, const std::vector<size_t>& scenes,
                                      const std::function<double(const VariantResult&)>& value) {
  std::vector<double> by_seed(row.results.at(scenes.at(0)).size(), 0.0);
  for (const size_t scene : scenes) {
    for (size_t seed = 0; seed < by_seed.size(); ++seed) {
      const VariantResult& result = row.results[scene][seed];
      if (!result.ok()) return std::nullopt;
      by_seed[seed] += value(result) / double(scenes.size());
    }
  }
  return SpreadOf(by_seed);
}

}  // namespace sanerf::experiments
