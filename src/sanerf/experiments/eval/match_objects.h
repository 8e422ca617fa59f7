// Scores of objects that have no names: which of them is which instance of the ground truth.
#pragma once

#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/experiments/eval/eval_output.h"

namespace sanerf::experiments {

struct MatchRequest {
  std::filesystem::path run;
  std::optional<std::filesystem::path> scene;  // where it moved to
  std::string object;  // the field that this object belongs to; empty = that of the latest automatic segmentation
};

struct InstanceMatch {
  int instance = 0;      // id in the ground-truth masks
  std::string name;      // from the scene's scene.json; empty when it has none
  std::string category;  // likewise
  int64_t pixels = 0;    // in all test views
  std::string object;    // empty: no object is left for it, or none touches it
  double iou = 0;
};

struct MatchResult {
  std::vector<InstanceMatch> instances;  // by id
  std::vector<std::pair<std::string, double>>
      spurious;  // objects that match none, and the IoU with what they match best
  int num_objects = 0, num_views = 0, num_ignored = 0;
  double seconds = 0;

  int Found(double min_iou) const;  // instances matched at least so well
};

constexpr double kFoundIou = 0.8, kMatchedIou = 0.5;

// Every label of the field against every instance: intersections and unions summed over the test views, then the
// assignment of the largest sum of IoUs (Hungarian method). An object that no instance is assigned to with an IoU of
// 0.5 is spurious. Instances that cover less than 0.05 % of the test views' pixels are left out and counted: at 400
// pixels square that is 80 pixels per view.
MatchResult MatchObjects(const MatchRequest& request, const Job& job);

// What of the ground truth is to be found: ids in the views' masks, by id. Those of a few pixels are left out, and
// those that scene.json calls a support: what the objects stand on is background.
struct TrueInstance {
  int id = 0;
  std::string name;  // from scene.json; empty when it has none
};
std::vector<TrueInstance> InstancesIn(const scene::Scene& scene, const std::vector<int>& views, const Job& job);

// The assignment alone. pixels[i][o]: test pixels of instance i and object o; row and column 0 stand for neither.
struct InstanceToObject {
  int object = -1;  // column - 1
  double iou = 0;
};
std::vector<InstanceToObject> MatchByOverlap(const std::vector<std::vector<int64_t>>& pixels);

Json ToJson(const MatchResult& result);
std::string ToTable(const MatchResult& result);  // for people

}  // namespace sanerf::experiments
