// Options of the distilled feature field and its training. Defaults are measured: docs/studies/feature_field.md.
#pragma once

#include "sanerf/core/option_values.h"
#include "sanerf/nn/field_ranges.h"

namespace sanerf::feature_container {

// Samples are composited before the network (as the release), or after it (the paper's Eq. 2).
enum class FieldReading { kRay, kSample };
// SAM 2's finer maps: the mean of the training views, or a second, smaller field.
enum class FieldDetail { kMean, kField };

struct FeatureFieldOptions {
  FieldReading reading = FieldReading::kRay;
  FieldDetail detail = FieldDetail::kMean;
  int iters = 5000;
  int rays = 4096;
  int max_views = 256;
  int extra_views = 0;
  float lr = 1e-2f;
  float lr_final = 0.1f;
  float network_lr = 0.1f;
  int levels = 16;
  int features = 8;
  int log2_table = 17;
  int base = 16;
  int top = 512;
  int width = 256;
  int seed = 1;

  template <class V>
  void Visit(V&& v) {
    v("reading", reading, "where a ray's samples are composited: before the network (ray), or after it (paper's Eq. 2)",
      OneOf(Choice{"ray", FieldReading::kRay}, Choice{"sample", FieldReading::kSample}), kExperimental);
    v("detail", detail, "SAM 2's two finer maps: the mean of the training views, or a second, smaller field",
      OneOf(Choice{"mean", FieldDetail::kMean}, Choice{"field", FieldDetail::kField}), kExperimental);
    v("iters", iters, "optimization steps of the feature field", Range(1, 1'000'000));
    v("rays", rays, "rays per step", Range(1, 1 << 16));
    v("max_views", max_views, "encoded views that it learns from, at most", Range(1, 100'000), Formerly("views"));
    v("extra_views", extra_views,
      "views it learns from besides the photos: rendered at their places, field of view 50 to 70 degrees",
      Range(0, 1000), kExperimental);
    v("lr", lr, "learning rate of Adam", Range(1e-7, 1));
    v("lr_final", lr_final, "learning rate at the end, as a share of lr (exponential decay)", Range(1e-6, 1));
    v("network_lr", network_lr, "learning rate of the networks, as a share of lr", Range(1e-6, 100));
    v("levels", levels, "levels of the feature field's hash grid", nn::kGridLevels);
    v("features", features, "features per level", nn::kGridFeatures);
    v("log2_table", log2_table, "log2 of the rows of a hashed level (paper: 19)", nn::kGridLog2Table);
    v("base", base, "nodes per axis of the coarsest level", nn::kGridBase);
    v("top", top, "nodes per axis of the finest level", nn::kGridTop);
    v("width", width, "width of the hidden layers", nn::kHiddenWidth);
    v("seed", seed, "random seed", kSeeds);
  }
};

// Throws UsageError for values that make no sense.
void CheckFeatureFieldOptions(const FeatureFieldOptions& options);

}  // namespace sanerf::feature_container
