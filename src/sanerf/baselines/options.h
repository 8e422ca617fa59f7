// Every constant of the baselines, each beside the value of its authors and the file that it is from. What is no option
// here is named where it is used.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sanerf/core/option_values.h"
#include "sanerf/mask_aggregator/object_field.h"

namespace sanerf::baselines {

// ---- SA3D, as its authors' release sets it (Jumpat/SegmentAnythingin3D, commit 35739ac).

struct Sa3dOptions {
  std::string first_view;    // release: chosen by the user
  int prompts = 10;          // README's commands: 10, for LLFF 20; default of its configs.py: 3
  int voxels = 320;          // per axis of [-1, 1]^3; configs of unbounded and LLFF scenes: 320
  float min_weight = 0.1f;   // fast_color_thres of the segmentation configs
  float first_negative = 5;  // lambda of the view with the user's mask (sam3d.py:513)
  float negative = 1;        // lambda of the others (configs.py:70)
  float min_iou = 0.5f;      // of SAM's mask with the rendered one, else the view is passed over (sam3d.py:386)
  float threshold = 0.1f;    // of a rendered score (render_utils.py:177)

  template <class V>
  void Visit(V&& v) {
    v("first_view", first_view, "the view whose mask SA3D starts from (empty = the one of highest confidence)",
      Text("the name of a view"));
    v("prompts", prompts, "points that SA3D gives to SAM in each further view, at most", Range(1, 100));
    v("voxels", voxels, "voxels per axis of [-1, 1]^3 in the model frame", Range(8, 1024));
    v("min_weight", min_weight, "samples that carry no more of a ray's light get no score", Range(0, 0.99));
    v("first_negative", first_negative, "weight of background pixels in the first view", Range(0, 1000));
    v("negative", negative, "weight of background pixels in the other views", Range(0, 1000));
    v("min_iou", min_iou, "a view is passed over when SAM's mask and the rendered one have a smaller IoU", Range(0, 1));
    v("threshold", threshold, "a pixel belongs to the object when its rendered score is larger", Range(-1000, 1000));
  }
};

// ---- ISRF. Sources are files of its authors' release (github.com/rahul-goel/isrf_code).

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

// ---- Panoptic Lifting and Contrastive Lift, which find the objects by themselves. What both share: how SAM's
// automatic masks become segments and rays, and how a field is fitted to them.

enum class OnTop { kSmaller, kConfident };  // which of two overlapping masks keeps the pixel

// The authors' values are those of Panoptic Lifting, whose trainer Contrastive Lift kept: config/panopli.yaml and
// trainer/train_panopli_tensorf.py of nihalsid/panoptic-lifting.
struct LiftOptions {
  // Authors: 10 epochs over all pixels of all photos. Here the geometry is finished and the rays are traced: some 20 ms
  // of one core per step, a minute in all on two.
  int iters = 5000;
  int rays = 1024;           // of one image (authors: 1024)
  int pool_rays = 1 << 18;   // authors: every pixel; a ray in the pool takes some 600 bytes
  float lr = 1e-2f;          // of the grid (authors: 20 times the network's, 1e-2)
  float network_lr = 0.1f;   // of the network, as a share of lr (authors: 0.05, with many more steps)
  float lr_final = 0.1f;     // at the end, as a share (authors: halved for the last epoch)
  float beta2 = 0.999f;      // authors: 0.9, 0.999 for the instances
  double min_area = 0.0005;  // of the picture; authors: Mask2Former's segments, which are larger
  OnTop on_top = OnTop::kSmaller;
  // The authors' is a network on positions, or a TensoRF decomposition; here the object field with fewer features and a
  // narrower network: Contrastive Lift goes through all parameters of its two in every step.
  mask_aggregator::ObjectFieldOptions field{16, 2, 17, 16, 512, 64, 2};

  template <class V>
  void Visit(V&& v) {
    v("iters", iters, "optimization steps", Range(1, 1'000'000));
    v("rays", rays, "rays per step, all of one view, to be compared with each other", Range(2, 1 << 14));
    v("pool_rays", pool_rays,
      "rays of the segments, traced once through the frozen radiance field; the steps draw from them",
      Range(64, 1 << 22));
    v("lr", lr, "learning rate of Adam for the field's grid", Range(1e-7, 1));
    v("network_lr", network_lr, "learning rate of the network behind it, as a share of lr", Range(1e-6, 100),
      Formerly("network_rate"));
    v("lr_final", lr_final, "learning rates at the end, as a share (exponential decay)", Range(1e-6, 1));
    v("beta2", beta2, "decay of Adam's second moment", Range(0.1, 0.99999));
    v("min_area", min_area, "segments with a smaller share of the picture are left out", Range(0, 0.99));
    v("on_top", on_top,
      "which of two overlapping masks keeps the pixel: the smaller, or the one with the higher confidence (predicted "
      "IoU)",
      OneOf(Choice{"smaller", OnTop::kSmaller}, Choice{"confident", OnTop::kConfident}),
      OptionMark().FormerChoice("surer", "confident"));
    field.Visit(v);
  }
};

struct PanopticLiftingOptions {
  // Authors: 25, for the things among Mask2Former's segments (config/panopli.yaml). Of SAM's every surface has
  // segments.
  int slots = 64;
  // Authors: from epoch 6 of 10, the instances being trained from 3 on (yaml): 3/7 of their steps.
  double segments_from = 0.43;
  int segments = 32;  // authors: 32 per batch
  int rays_per_segment = 16;
  // Authors: 0.1 * 1.2, beside other losses of the semantics with 0.1; alone with the instances' loss it is the same
  // share of a loss whose weight there is 1.
  double segment_weight = 0.12;
  int min_rays = 16;
  LiftOptions lift = Lift();

  template <class V>
  void Visit(V&& v) {
    v("slots", slots, "labels of the field, each an object at most (authors: 25)",
      Range(2, mask_aggregator::kMaxFieldOutputs));
    v("segments_from", segments_from, "share of the steps after which segment consistency sets in (above 1 = never)",
      Range(0, 10));
    v("segments", segments, "2D segments per step that are made consistent", Range(1, 1024));
    v("rays_per_segment", rays_per_segment, "rays of each such segment", Range(1, 1024));
    v("segment_weight", segment_weight, "weight of segment consistency (0 = off)", Range(0, 100));
    v("min_rays", min_rays, "training rays that a slot must win to be an object", Range(1, 1'000'000));
    lift.Visit(v);
  }

 private:
  // A coarse field: the authors' network sees positions and nothing finer. With a fine one places that the assignment
  // once gave to the wrong slot keep it. And the more confident mask on top: parts, which come and go between views,
  // take slots from wholes.
  static LiftOptions Lift() {
    LiftOptions lift;
    lift.on_top = OnTop::kConfident;
    lift.field = {8, 2, 17, 4, 64, 64, 2};
    return lift;
  }
};

enum class Clustering { kHdbscan, kMeanShift };

// The authors' clustering of training pixels (yashbhalgat/Contrastive-Lift, inference/extract_train_centroids.py).
struct ClusterOptions {
  Clustering clustering = Clustering::kHdbscan;  // authors: HDBSCAN, or mean shift
  // Authors: 500 of 50,000 points (with min_samples 1), of one class's things. Here everything that has a segment is
  // clustered at once, floor and walls included: 500 would lose all that covers less than 1 % of it.
  int min_cluster_size = 25;
  float bandwidth = 0.15f;   // authors: 0.15 of the embeddings' range, or Silverman's rule
  int min_bin_freq = 10;     // authors: 10
  int points = 50000;        // authors: 50,000
  float outlier_sigmas = 3;  // authors: 3

  template <class V>
  void Visit(V&& v) {
    v("clustering", clustering, "how embeddings become objects",
      OneOf(Choice{"hdbscan", Clustering::kHdbscan}, Choice{"mean_shift", Clustering::kMeanShift}));
    v("min_cluster_size", min_cluster_size, "hdbscan: training points that an object has at least",
      Range(2, 1'000'000));
    v("bandwidth", bandwidth, "mean_shift: its radius, as a share of the embeddings' range in each dimension",
      Range(0.01, 10));
    v("min_bin_freq", min_bin_freq, "mean_shift: training points in a cell of that size for it to start there",
      Range(1, 1'000'000));
    v("points", points, "training points that are clustered", Range(2, 100'000));
    v("outlier_sigmas", outlier_sigmas, "points farther from the mean in any dimension are left out before",
      Range(1, 1000));
  }
};

struct ContrastiveLiftOptions {
  int dims = 3;           // authors: 3 (config/experiment/contrastive_lift.yaml)
  float momentum = 0.9f;  // authors: 0.9 (trainer/train_panopli_tensorf.py)
  ClusterOptions clusters;
  LiftOptions lift;

  template <class V>
  void Visit(V&& v) {
    v("dims", dims, "dimensions of the embedding", Range(2, mask_aggregator::kMaxFieldOutputs));
    v("momentum", momentum, "share of itself that the slow field keeps in each step; the rest follows the fast one",
      Range(0, 0.9999));
    clusters.Visit(v);
    lift.Visit(v);
  }
};

}  // namespace sanerf::baselines
