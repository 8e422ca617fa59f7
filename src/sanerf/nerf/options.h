// Every option of the radiance field and its training. Defaults are chosen by measurement: docs/studies.
#pragma once

#include <string_view>

#include "sanerf/core/option_values.h"
#include "sanerf/nn/field_ranges.h"

namespace sanerf::nerf {

enum class PhotoLoss { kHuber, kMse };

// How a photo may show the light of the scene: photo_look.h.
enum class Appearance { kNone, kGain, kAffine, kBilateral };

struct NerfOptions {
  int iters = 3000;
  int batch_samples = 1 << 16;
  int downscale = 1;
  int seed = 1;
  float lr = 1e-2f;
  float lr_final = 0.05f;
  PhotoLoss loss = PhotoLoss::kHuber;
  float huber_delta = 0.1f;
  float distortion = 0.02f;
  Appearance appearance = Appearance::kNone;
  float appearance_identity = 0.01f;
  float appearance_tv = 1;
  float near_gradients = 0.5f;
  float occlusion = 0;
  float occlusion_range = 0.5f;
  float ray_end = 0;
  float point_depth = 0;
  float coarse_to_fine = 0;
  int coarse_levels = 4;
  float coarse_tv = 0;
  int prune_below = 0;
  int levels = 16;
  int features = 2;
  int log2_table = 19;
  int base = 16;
  int top = 2048;
  int density_width = 64;
  int density_layers = 1;
  int color_width = 64;
  int color_layers = 2;
  int occupancy_resolution = 128;
  int occupancy_every = 16;
  float step = 0.006f;
  float cone = 1.0f / 160;
  float eval_fraction = 0.1f;
  float save_seconds = 60;

  template <class V>
  void Visit(V&& v) {
    v("iters", iters, "optimization steps", Range(1, 1'000'000));
    v("batch_samples", batch_samples, "samples per step; the number of rays follows from it", Range(256, 1 << 21));
    v("downscale", downscale, "train on photos shrunk by this factor", Range(1, 64));
    v("seed", seed, "random seed", kSeeds);
    v("lr", lr, "learning rate of Adam", Range(1e-7, 1));
    v("lr_final", lr_final, "learning rate at the end, as a share of lr (exponential decay)", Range(1e-6, 1));
    v("loss", loss, "photometric loss", OneOf(Choice{"huber", PhotoLoss::kHuber}, Choice{"mse", PhotoLoss::kMse}));
    v("huber_delta", huber_delta, "residual where the Huber loss turns linear", Range(1e-4, 10));
    v("background", Removed("random", "what shows behind a ray in training is always a random color"));
    v("distortion", distortion,
      "weight of the distortion loss of mip-NeRF 360, reached half way through the training (0 = off)", Range(0, 10));
    v("appearance", appearance,
      "learn how each photo shows the scene's light, for captures with automatic exposure, white balance or changing "
      "light: a gain per color channel, an affine transform of colors, or a bilateral grid of such transforms",
      OneOf(Choice{"none", Appearance::kNone}, Choice{"gain", Appearance::kGain}, Choice{"affine", Appearance::kAffine},
            Choice{"bilateral", Appearance::kBilateral}),
      Formerly("exposure").FormerChoice("true", "gain").FormerChoice("false", "none"));
    v("appearance_identity", appearance_identity,
      "how much a photo's affine transforms are held to the identity (mean square of what they differ by)",
      Range(0, 100));
    v("appearance_tv", appearance_tv, "weight of the total variation of a photo's bilateral grid", Range(0, 1000));
    v("near_gradients", near_gradients,
      "distance, model units, below which samples learn less the nearer they are to the camera (0 = off)",
      Range(0, 100));
    v("occlusion", occlusion,
      "weight of the penalty on density between a camera and what it sees in common with others (0 = off)",
      Range(0, 100));
    v("occlusion_range", occlusion_range,
      "how far that reaches, as a share of the distance from which on at least half of the cameras see along",
      Range(0.01, 1));
    v("ray_end", ray_end,
      "weight of the prior that a ray ends where its photo is opaque: cross entropy of opacity and alpha (0 = off)",
      Range(0, 10));
    v("point_depth", point_depth,
      "weight of the depths of the scene's own sparse points, where it has them (COLMAP), on every eighth ray (0 = "
      "off)",
      Range(0, 10));
    v("coarse_to_fine", coarse_to_fine,
      "share of the steps over which the levels of the hash grid open, the coarse ones first (0 = all from the start)",
      Range(0, 1));
    v("coarse_levels", coarse_levels, "levels that are open from the start", Range(1, 32));
    v("coarse_tv", coarse_tv,
      "weight of the total variation of the hash grid's coarse levels, those without hashing, on random cells (0 = "
      "off)",
      Range(0, 1000));
    v("prune_below", prune_below,
      "at the end, empty what fewer training photos than this see: 2 = what no two photos agree on (0 = off)",
      Range(1, 1000).OrZero());
    v("levels", levels, "levels of the hash grid", nn::kGridLevels);
    v("features", features, "features per level", nn::kGridFeatures);
    v("log2_table", log2_table, "log2 of the rows of a hashed level", nn::kGridLog2Table);
    v("base", base, "nodes per axis of the coarsest level", nn::kGridBase);
    v("top", top, "nodes per axis of the finest level, per unit of bound (2 with contraction, else 1)", nn::kGridTop);
    v("density_width", density_width, "width of the hidden layers of the density network", nn::kHiddenWidth);
    v("density_layers", density_layers, "hidden layers of the density network", nn::kHiddenLayers);
    v("color_width", color_width, "width of the hidden layers of the color network", nn::kHiddenWidth,
      Formerly("colour_width"));
    v("color_layers", color_layers, "hidden layers of the color network", nn::kHiddenLayers, Formerly("colour_layers"));
    v("occupancy_resolution", occupancy_resolution, "cells per axis of each occupancy grid",
      Range(8, 512).MultipleOf(4));
    v("occupancy_every", occupancy_every, "steps between updates of the occupancy grid", Range(1, 1'000'000));
    v("step", step, "smallest marching step, model units", Range(0.001, 1));
    v("cone", cone, "marching step per distance (0 = constant); only where the scene is unbounded", Range(0, 0.5));
    v("eval_fraction", eval_fraction, "share of the steps between evaluations of a held-out view", Range(0.0001, 1));
    v("save_seconds", save_seconds, "seconds between checkpoints", Range(0, 1'000'000));
  }
};

// Whether the option says what is trained; of the others a training may be resumed with another value.
inline bool ShapesTheField(std::string_view key) { return key != "eval_fraction" && key != "save_seconds"; }

}  // namespace sanerf::nerf
