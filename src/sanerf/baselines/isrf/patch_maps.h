// What is lifted to 3D: one map of patch features per training view, reduced to the principal components of all views
// together (extract.py of the authors' release).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/feature_container/feature_container.h"

namespace sanerf::baselines {

// Patches over a photo, row by row. Only those whose middle lies on the photo: an encoder's square may be padded.
struct PatchMap {
  int cols = 0, rows = 0, channels = 0;
  double photo_cols = 0, photo_rows = 0;  // size of the photo in patches, cut ones included
  std::vector<float> values;              // [row][col][channel], of length 1

  // Of a place of the photo, both coordinates in [0, 1]; bilinear between the patches' middles, scaled to length 1.
  void At(double x, double y, float* feature) const;
};

// Scales to length 1; a zero feature stays as it is.
void Normalize(float* feature, int channels);

struct PatchMaps {
  std::string name;  // what the features are: "sam2-hiera-tiny", "dino_vitb8.onnx"
  int channels = 0;
  std::vector<PatchMap> maps;  // of the views, in their order
};

struct PatchMapOptions {
  std::optional<std::filesystem::path> model;  // DINO, say; none = the main map of what the container was encoded with
  int components = 1;                          // that are kept, at most
};
// Throws Error for a model file that does not fit, UsageError for options out of range, InterruptedError.
PatchMaps MakePatchMaps(const feature_container::FeatureContainer& container, const sam::Sam& sam,
                        const std::vector<int>& views, const PatchMapOptions& options, const Job& job);

}  // namespace sanerf::baselines
