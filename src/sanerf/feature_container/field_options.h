// Options of the distilled feature field and its training. Defaults are chosen by measurement: docs/method.md.
#pragma once

#include <string>

namespace sanerf {

struct FieldOptions {
  std::string reading = "ray";   // "ray": samples are composited before the network (release); "sample": after (Eq. 2)
  std::string detail = "mean";   // SAM 2's finer maps: "mean" of the training views, or "field": a second, smaller one
  int iters = 5000;
  int rays = 4096;
  int views = 256;
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
    v("reading", reading, "where a ray's samples are composited: ray (before the network) or sample (after, paper's Eq. 2)");
    v("detail", detail, "SAM 2's two finer maps: mean (of the training views) or field (a second, smaller field)");
    v("iters", iters, "optimisation steps of the feature field");
    v("rays", rays, "rays per step");
    v("views", views, "encoded views that it learns from, at most");
    v("extra_views", extra_views, "views it learns from besides the photos: rendered at their places, field of view 50 to 70 degrees");
    v("lr", lr, "learning rate of Adam");
    v("lr_final", lr_final, "learning rate at the end, as a share of lr (exponential decay)");
    v("network_lr", network_lr, "learning rate of the networks, as a share of lr");
    v("levels", levels, "levels of the feature field's hash grid");
    v("features", features, "features per level: 2, 4 or 8");
    v("log2_table", log2_table, "log2 of the rows of a hashed level (paper: 19)");
    v("base", base, "nodes per axis of the coarsest level");
    v("top", top, "nodes per axis of the finest level");
    v("width", width, "width of the hidden layers");
    v("seed", seed, "random seed");
  }
};

// Throws UsageError for values that make no sense.
void CheckFieldOptions(const FieldOptions& options);

}  // namespace sanerf
