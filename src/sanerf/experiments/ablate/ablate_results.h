// What the ablation found: one result per variant, scene and seed.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/json_fwd.h"
#include "sanerf/experiments/ablate/ablate_studies.h"

namespace sanerf::experiments {

struct VariantResult {
  struct Object {
    std::string name;
    double iou = 0, boundary_iou = 0, accuracy = 0, consistency = 0;  // consistency: as in eval/consistency.h
    int views_used = 0, views_total = 0;                              // training views that gave a mask
    int views_without_object = 0;                                     // held-out ones, see eval/metrics.h
  };
  std::string error;  // why there is no result, else empty
  std::vector<Object> objects;
  // Encoding as long as it took when it was done; rows with the same encoding share it. masks and field: 0 for methods
  // that need none. score: to segment the held-out views.
  double encode_seconds = 0, mask_seconds = 0, field_seconds = 0, score_seconds = 0;

  bool ok() const { return error.empty(); }
  double Mean(double Object::*value) const;  // over objects
  double MeanViewsUsed() const;
};

Json ToJson(const VariantResult& result);
VariantResult VariantResultFrom(const JsonCursor& json);  // throws Error with file and key when something is missing

// Mean and sample standard deviation.
struct Spread {
  double mean = 0, deviation = 0;  // deviation 0 for a single value
  size_t count = 0;
};
Spread SpreadOf(const std::vector<double>& values);

// A whole ablation.
struct AblationRow {
  Variant variant;
  bool is_default = false;                          // nothing differs from the defaults
  std::vector<std::vector<VariantResult>> results;  // [scene][seed]
};
struct AblationStudy {
  std::string name, title;
  std::vector<AblationRow> rows;
};
struct AblationResult {
  std::vector<std::string> scenes;
  int seeds = 1;
  std::vector<AblationStudy> studies;
  double seconds = 0;  // since the command began
  int num_run = 0, num_reused = 0, num_failed = 0;
};

// What has no result, in the order of the tables: which row on which scene, and why.
struct FailedTrial {
  std::string name, why;
};
std::vector<FailedTrial> FailedTrials(const AblationResult& result);

// Of one quantity over the seeds, each seed's value being the mean over scenes; none when one of them failed.
std::optional<Spread> SpreadOverSeeds(const AblationRow& row, const std::vector<size_t>& scenes,
                                      const std::function<double(const VariantResult&)>& value);

}  // namespace sanerf::experiments
