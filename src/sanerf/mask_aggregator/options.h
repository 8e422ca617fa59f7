// Options of the mask aggregator (paper 3.3).
#pragma once

#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/mask_aggregator/ray_pair_loss.h"

namespace sanerf::mask_aggregator {

// Eq. 9 to 14: after a warm-up, regions of large error are drawn, and rays in them that look alike are pulled together.
struct RgbLossOptions {
  float weight = 0;   // paper: 1; 0 = off, no gain on average (docs/studies)
  float from = 0.5f;  // share of the steps after which it sets in (paper: 300 of 600)
  int refresh = 200;  // steps between full refreshes of the error maps (paper: 200)
  int redraw = 10;    // steps for which the regions drawn together serve (paper: 1)
  int regions_per_step = 8;
  int views = 4;        // into which a place of large error is reprojected (paper: 0, every one that sees it)
  int patch = 16;       // N: side of the patch in each (paper: 8 or 16)
  int rays = 32;        // different ones from each patch (paper: 32)
  int references = 20;  // of a region's rays (paper: 20)
  RayPairOptions pair;

  template <class V>
  void Visit(V&& v) {
    v("rgb_weight", weight, "weight of the ray-pair RGB loss (paper: 1; 0 = off)", Range(0, 100), kExperimental);
    v("rgb_from", from, "share of the steps after which the ray-pair RGB loss sets in", Range(0, 1), kExperimental);
    v("rgb_refresh", refresh, "steps between full refreshes of the error maps, which every step's rays keep up to date",
      Range(1, 1'000'000), kExperimental);
    v("rgb_redraw", redraw, "steps between draws of new regions from the error maps", Range(1, 200), kExperimental);
    v("rgb_regions_per_step", regions_per_step, "regions of large error in each step", Range(1, 256), kExperimental);
    v("rgb_views", views, "views into which a place of large error is reprojected (0 = all that see it, as the paper)",
      Range(0, 64), kExperimental);
    v("rgb_patch", patch, "side of the patch of pixels around it in each view", Range(1, 256), kExperimental);
    v("rgb_rays", rays, "different rays drawn from each patch", Range(1, 512), kExperimental);
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
  float network_lr = 0.1f;       // a wide network takes smaller steps than the table: at its rate units die
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
    v("network_lr", network_lr, "learning rate of the network, as a share of lr", Range(1e-6, 100));
    v("label_smoothing", label_smoothing,
      "share of a mask's weight that is spread over all labels (paper: 0): masks are imperfect", Range(0, 0.99));
    v("seed", seed, "random seed", kSeeds);
    rgb.Visit(v);
    field.Visit(v);
  }
};

}  // namespace sanerf::mask_aggregator
