// Mask aggregator (paper 3.3): an object field fitted to the imperfect 2D masks through the frozen radiance field.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/nerf/model.h"

namespace sanerf {

struct AggregatorOptions {
  int iters = 600;
  int rays = 4096;
  float lr = 1e-2f;
  int seed = 1;

  template <class V>
  void Visit(V&& v) {
    v("iters", iters, "optimisation steps of the object field");
    v("rays", rays, "rays per step");
    v("lr", lr, "learning rate, decays tenfold");
    v("seed", seed, "random seed");
  }
};

// One training mask: label per pixel, 0 = background, 1..L-1 = object, kIgnoreLabel = not supervised.
inline constexpr uint8_t kIgnoreLabel = 255;
struct LabelView {
  Camera camera;  // file frame, of the label image
  ImageU8 labels;
};

class ObjectField;  // grid 16x8 + geometry feature -> MLP -> L logits (Eq. 7)

struct SegmentedView {
  ImageU8 labels;         // arg max
  ImageF probabilities;   // L channels, softmax of composited logits
};

class ObjectModel {
 public:
  static ObjectModel Load(const std::filesystem::path& checkpoint, const NerfModel& nerf);
  void Save(const std::filesystem::path& checkpoint) const;
  SegmentedView Render(const Camera& camera) const;  // file frame
  int num_labels() const;

 private:
  friend ObjectModel TrainObjectModel(const NerfModel&, const std::vector<LabelView>&, int, const AggregatorOptions&,
                                      const std::filesystem::path&);
  std::shared_ptr<const ObjectField> field_;
  std::shared_ptr<const NerfModel> nerf_;
};

// Trains with progress on stderr; log: a jsonl file to append to (empty = none).
ObjectModel TrainObjectModel(const NerfModel& nerf, const std::vector<LabelView>& views, int num_labels,
                             const AggregatorOptions& options, const std::filesystem::path& log);

}  // namespace sanerf
