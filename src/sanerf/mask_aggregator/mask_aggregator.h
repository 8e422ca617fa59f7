// Mask aggregator (paper 3.3): an object field fitted to the imperfect 2D masks through the frozen radiance field.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/nerf/model.h"

namespace sanerf {

struct AggregatorOptions {
  int iters = 400;
  int rays = 2048;
  int pool_rays = 1 << 18;
  float lr = 1e-2f;
  float lr_final = 0.1f;
  int seed = 1;
  ObjectFieldOptions field;

  template <class V>
  void Visit(V&& v) {
    v("iters", iters, "optimisation steps of the object field");
    v("rays", rays, "rays per step");
    v("pool_rays", pool_rays, "rays traced once through the frozen radiance field; the steps draw from them");
    v("lr", lr, "learning rate of Adam");
    v("lr_final", lr_final, "learning rate at the end, as a share of lr (exponential decay)");
    v("seed", seed, "random seed");
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

// Cross entropy (Eq. 8) on rays of all views. num_labels = objects + 1. Progress on stderr; log: a jsonl file to write
// (empty = none). Throws InterruptedError on Ctrl-C, with nothing written.
ObjectModel TrainObjectModel(const NerfModel& nerf, const std::vector<LabelView>& views, int num_labels,
                             const AggregatorOptions& options, const std::filesystem::path& log);

}  // namespace sanerf
