// Mask aggregator (paper 3.3): an object field fitted to the imperfect 2D masks through the frozen radiance field.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/mask_aggregator/ray_pair_loss.h"
#include "sanerf/nerf/model.h"

namespace sanerf {

// Eq. 9 to 14: after a warm-up, regions of large error are drawn, and rays in them that look alike are pulled together.
struct RgbLossOptions {
  float weight = 0.3f;     // paper: 1; 0 = off
  float from = 0.5f;       // share of the steps after which it sets in (paper: 300 of 600)
  int regions = 256;       // drawn from the error maps when it sets in
  int regions_per_step = 8;
  int views = 4;           // into which a place of large error is reprojected
  int patch = 16;          // N: side of the patch in each (paper: 8 or 16)
  int rays = 32;           // drawn from each patch (paper: 32)
  int references = 20;     // of a region's rays (paper: 20)
  RayPairOptions pair;

  template <class V>
  void Visit(V&& v) {
    v("rgb_weight", weight, "weight of the ray-pair RGB loss (paper: 1), 0 = off");
    v("rgb_from", from, "share of the steps after which the ray-pair RGB loss sets in");
    v("rgb_regions", regions, "regions of large error that are drawn when it sets in");
    v("rgb_regions_per_step", regions_per_step, "of which each step uses so many");
    v("rgb_views", views, "views into which a place of large error is reprojected");
    v("rgb_patch", patch, "side of the patch of pixels around it in each view");
    v("rgb_rays", rays, "rays drawn from each patch");
    v("rgb_references", references, "reference rays of a region");
    v("rgb_tau", pair.tau, "colours closer than this are alike");
    v("rgb_sharpness", pair.sharpness, "w of the paper's Eq. 11");
    v("rgb_hard", pair.hard, "a reference stands for its most probable label; false: for its probabilities (paper)");
  }
};

struct AggregatorOptions {
  int iters = 400;
  int rays = 2048;
  int pool_rays = 1 << 18;
  float lr = 1e-2f;
  float lr_final = 0.1f;
  int seed = 1;
  RgbLossOptions rgb;
  ObjectFieldOptions field;

  template <class V>
  void Visit(V&& v) {
    v("iters", iters, "optimisation steps of the object field");
    v("rays", rays, "rays per step");
    v("pool_rays", pool_rays, "rays traced once through the frozen radiance field; the steps draw from them");
    v("lr", lr, "learning rate of Adam");
    v("lr_final", lr_final, "learning rate at the end, as a share of lr (exponential decay)");
    v("seed", seed, "random seed");
    rgb.Visit(v);
    field.Visit(v);
  }
};

// One training mask: label per pixel, 0 = background, 1..L-1 = object, kIgnoreLabel = not supervised.
inline constexpr uint8_t kIgnoreLabel = 255;
struct LabelView {
  Camera camera;  // file frame, of the label image
  ImageU8 labels;
};

struct SegmentedView {
  ImageU8 labels;         // arg max
  ImageF probabilities;   // L channels, softmax of composited logits
};

// A trained object field together with the radiance field it was trained on.
class ObjectModel {
 public:
  // Throws Error: missing, truncated, wrong kind, or trained on another radiance field.
  static ObjectModel Load(const std::filesystem::path& checkpoint, const NerfModel& nerf);
  void Save(const std::filesystem::path& checkpoint) const;

  SegmentedView Render(const Camera& camera) const;  // file frame; parallel inside
  int num_labels() const { return field_->num_labels(); }

 private:
  friend ObjectModel TrainObjectModel(const NerfModel&, const std::vector<LabelView>&, int, const AggregatorOptions&,
                                      const std::filesystem::path&);
  ObjectModel(std::shared_ptr<const ObjectField> field, const NerfModel& nerf) : field_(std::move(field)), nerf_(nerf) {}
  std::shared_ptr<const ObjectField> field_;
  NerfModel nerf_;
};

// Cross entropy (Eq. 8) on rays of all views, later joined by the ray-pair RGB loss (Eq. 14). num_labels = objects + 1. Progress on stderr; log: a jsonl file to write
// (empty = none). Throws InterruptedError on Ctrl-C, with nothing written.
ObjectModel TrainObjectModel(const NerfModel& nerf, const std::vector<LabelView>& views, int num_labels,
                             const AggregatorOptions& options, const std::filesystem::path& log);

}  // namespace sanerf
