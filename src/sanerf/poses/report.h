// How good the poses are, as a person wants to know it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/json.h"
#include "sanerf/poses/photos.h"
#include "sanerf/poses/sparse_model.h"
#include "sanerf/scene/capture_shape.h"
#include "sanerf/scene/scene.h"

namespace sanerf::poses {

struct PosesReport {
  int num_photos = 0, num_posed = 0;
  std::vector<std::string> without_pose;  // names, as all below
  std::vector<std::string> blurred;       // far less sharp than their neighbors
  std::vector<std::string> loose;         // posed, but by so few points that the pose may be wrong
  double reprojection_error = 0;          // pixels, mean over the observations
  double track_length = 0;                // photos that see a point, mean over the points
  double observations = 0;                // points that a photo sees, mean over the photos
  int64_t num_points = 0;
  int num_models = 1, num_joined = 0;  // what COLMAP found, and how many of them were added to the largest
  std::vector<std::string> cameras;    // "OPENCV 1920x1080, focal length 1432 px, 149 photos"
  scene::CaptureShape coverage;
  std::string matching;  // "sequential, 2345 pairs: they are frames of a video"
  bool is_undistorted = false;
  std::vector<scene::Oddity> advice;  // what costs quality, and what to do about it; the worst first
};

// What only the steps before know.
struct FoundPoses {
  int num_models = 1, num_joined = 0;
  std::string matching;
  bool is_undistorted = false;
  bool is_sequence = false;  // the photos' order is that in which they were taken
};
// scene: of the model, with its photos in place; image names of the model are the photos' names.
PosesReport MakeReport(const std::vector<Photo>& photos, const SparseModel& model, const scene::Scene& scene,
                       const FoundPoses& found);
Json ToJson(const PosesReport& report);
std::string ToText(const PosesReport& report);  // some lines

}  // namespace sanerf::poses
