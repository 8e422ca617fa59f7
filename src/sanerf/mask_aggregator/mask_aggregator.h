// Mask aggregator (paper 3.3): an object field fitted to the imperfect 2D masks through the frozen radiance field.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "sanerf/mask_aggregator/label_prior.h"
#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/mask_aggregator/ray_pair_loss.h"
#include "sanerf/nerf/model.h"

namespace sanerf {

// Eq. 9 to 14: after a warm-up, regions of large error are drawn, and rays in them that look alike are pulled together.
struct RgbLossOptions {
  float weight = 0;          // paper: 1; 0 = off, no gain on average (docs/results.md)
  float from = 0.5f;         // share of the steps after which it sets in (paper: 300 of 600)
  int refresh = 200;         // steps between full refreshes of the error maps (paper: 200)
  int redraw = 10;           // steps for which the regions drawn together serve (paper: 1)
  int regions_per_step = 8;
  int views = 4;             // into which a place of large error is reprojected
  int patch = 16;            // N: side of the patch in each (paper: 8 or 16)
  int rays = 32;             // drawn from each patch (paper: 32)
  int references = 20;       // of a region's rays (paper: 20)
  RayPairOptions pair;

  template <class V>
  void Visit(V&& v) {
    v("rgb_weight", weight, "weight of the ray-pair RGB loss (paper: 1; 0 = off)", Range(0, 100), kExperimental);
    v("rgb_from", from, "share of the steps after which the ray-pair RGB loss sets in", Range(0, 1), kExperimental);
    v("rgb_refresh", refresh, "steps between full refreshes of the error maps, which every step's rays keep up to date",
      Range(1, 1'000'000), kExperimental);
    v("rgb_redraw", redraw, "steps between draws of new regions from the error maps", Range(1, 200), kExperimental);
    v("rgb_regions_per_step", regions_per_step, "regions of large error in each step", Range(1, 256), kExperimental);
    v("rgb_views", views, "views into which a place of large error is reprojected", Range(1, 64), kExperimental);
    v("rgb_patch", patch, "side of the patch of pixels around it in each view", Range(1, 256), kExperimental);
    v("rgb_rays", rays, "rays drawn from each patch", Range(1, 512), kExperimental);
    v("rgb_references", references, "reference rays of a region", Range(1, 512), kExperimental);
    v("rgb_tau", pair.tau, "colors closer than this are alike", Range(0, 2), kExperimental);
    v("rgb_sharpness", pair.sharpness, "w of the paper's Eq. 11", Range(0, 80), kExperimental);
    v("rgb_cosine", pair.cosine, "distance of two predictions by their cosine (release) instead of Eq. 11 (paper)",
      kExperimental);
    v("rgb_hard", pair.hard, "a reference stands for its most probable label; false: for its probabilities (paper)",
      kExperimental);
  }
};

struct AggregatorOptions {
  int iters = 200;
  int rays = 2048;
  int pool_rays = 1 << 18;
  float lr = 1e-2f;
  float lr_final = 0.1f;
  float label_smoothing = 0.1f;  // paper: 0
  int seed = 1;
  RgbLossOptions rgb;
  ObjectFieldOptions field;

  template <class V>
  void Visit(V&& v) {
    v("iters", iters, "optimization steps of the object field", Range(1, 1'000'000));
    v("rays", rays, "rays per step", Range(1, 1 << 18));
    v("pool_rays", pool_rays, "rays traced once through the frozen radiance field; the steps draw from them",
      Range(64, 1 << 22));
    v("lr", lr, "learning rate of Adam", Range(1e-7, 1));
    v("lr_final", lr_final, "learning rate at the end, as a share of lr (exponential decay)", Range(1e-6, 1));
    v("label_smoothing", label_smoothing,
      "share of a mask's word that is spread over all labels (paper: 0): masks are imperfect", Range(0, 0.99));
    v("seed", seed, "random seed", kSeeds);
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
  ImageU8 labels;      // arg max
  ImageF probability;  // of the label that was asked for: softmax of composited logits; empty when none was
};

// A trained object field, with the vote it started from, together with the radiance field it was trained on. The logits
// of both are added.
class ObjectModel {
 public:
  // Throws Error: missing, truncated, wrong kind, or trained on another radiance field.
  static ObjectModel Load(const std::filesystem::path& checkpoint, const NerfModel& nerf);
  void Save(const std::filesystem::path& checkpoint) const;

  // What the masks' vote says by itself, without a field.
  static ObjectModel OfVote(std::shared_ptr<const LabelPrior> prior, const NerfModel& nerf);

  // camera: file frame; parallel inside. probability_of: a label, or -1.
  SegmentedView Render(const Camera& camera, int probability_of = -1) const;
  int num_labels() const;
  bool has_vote() const { return prior_ != nullptr; }
  ObjectModel VoteAlone() const { return OfVote(prior_, nerf_); }

 private:
  friend class ObjectTrainer;
  ObjectModel(std::shared_ptr<const ObjectField> field, std::shared_ptr<const LabelPrior> prior, const NerfModel& nerf)
      : field_(std::move(field)), prior_(std::move(prior)), nerf_(nerf) {}
  std::shared_ptr<const ObjectField> field_;  // null: the prior alone
  std::shared_ptr<const LabelPrior> prior_;   // null: the field alone
  NerfModel nerf_;
};

// Cross entropy (Eq. 8) on rays of all views, later joined by the ray-pair RGB loss (Eq. 14). num_labels = objects + 1.
// prior: what to start from (null = nothing). Progress on stderr; log: a jsonl file to write (empty = none). Throws
// InterruptedError on Ctrl-C, with nothing written. For masks that change while one looks on, see object_trainer.h.
ObjectModel TrainObjectModel(const NerfModel& nerf, const std::vector<LabelView>& views, int num_labels,
                             const AggregatorOptions& options, const std::filesystem::path& log,
                             std::shared_ptr<const LabelPrior> prior = nullptr);

}  // namespace sanerf
