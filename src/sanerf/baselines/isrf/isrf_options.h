// Every constant of ISRF. Sources are files of its authors' release (github.com/rahul-goel/isrf_code).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sanerf/core/option_values.h"

namespace sanerf::baselines {

// What the authors' users set by hand in the window, here by rule (see select_region.h).
struct SelectOptions {
  int clusters = 11;         // segment_3d.py
  int cluster_iters = 100;   // segment_3d.py
  float threshold = 0;       // the window's slider goes from 0 to 2 and starts at 0.4
  bool unit_voxels = true;   // segment_3d.py: false
  int rings = 30;            // as often as the user presses the button
  float sigma_distance = 1;  // gui.py (region_grower.py's own default is 5)
  float sigma_feature = 10;  // gui.py (region_grower.py's own default is 0.5)
  float grow_above = 0.1f;   // region_grower.py

  template <class V>
  void Visit(V&& v) {
    v("clusters", clusters, "k of the k-means over the features under the strokes", Range(1, 1000));
    v("cluster_iters", cluster_iters, "iterations of k-means, at most", Range(1, 10'000));
    v("threshold", threshold,
      "squared distance to the nearest centroid below which a voxel is taken (0 = the one whose voxels look most like "
      "the object in the views with strokes)",
      Range(0, 1000));
    v("unit_voxels", unit_voxels, "voxel features are scaled to length 1 before they are compared (authors: no)",
      kExperimental);
    v("rings", rings,
      "rings of bilateral region growing, at most; each has to make the region look more like the object",
      Range(0, 1000));
    v("sigma_distance", sigma_distance, "bilateral filter: scale of the distance in voxels", Range(0.01, 1000));
    v("sigma_feature", sigma_feature, "bilateral filter: scale of the squared feature distance", Range(0.01, 1000));
    v("grow_above", grow_above, "a voxel joins when its filtered mask is larger", Range(0, 1));
  }
};

struct IsrfOptions {
  std::string features = "sam";
  int components = 64;  // extract.py
  int voxels = 200;     // authors: 320 for the whole box of the scene
  int trace_size = 160;
  int iters = 0;     // authors: 5,000 from nothing, on factors
  int rays = 4096;   // llff_default.py
  float lr = 0.01f;  // default.py: 0.1 on factors that start from noise
  int brush = 7;     // gui.py
  int stroke_views = 4;
  SelectOptions select;

  // The model file that `features` names; none = the encoder's map.
  std::optional<std::filesystem::path> FeatureModel() const {
    if (features == "sam") return std::nullopt;
    return features;
  }

  template <class V>
  void Visit(V&& v) {
    v("features", features, "what is lifted: sam (the main map of the encoder in the cache) or a DINO model file",
      Text("sam, or the path of an .onnx file"));
    v("components", components, "principal components kept of the features", Range(1, 1024));
    v("voxels", voxels, "voxels per axis of [-1, 1]^3 (model frame); contracted space continues at the same density",
      Range(8, 1024), Formerly("cells"));
    v("trace_size", trace_size, "pixels along the longer side of the grid of rays per view that train the voxels",
      Range(8, 1024), kExperimental);
    v("iters", iters, "Adam steps of the feature voxels after their closed-form start", Range(0, 1'000'000),
      Formerly("steps"));
    v("rays", rays, "rays per step", Range(1, 1 << 18));
    v("lr", lr, "learning rate of Adam", Range(1e-7, 10));
    v("brush", brush, "side of the square brush of the strokes, pixels", Range(1, 256));
    v("stroke_views", stroke_views,
      "views with strokes, at most: those that see most points without one, then from all around", Range(1, 1000),
      kExperimental);
    select.Visit(v);
  }
};

}  // namespace sanerf::baselines
