// Every option of the radiance field and its training. Defaults are chosen by measurement: docs/studies.
#pragma once

#include <string_view>

#include "sanerf/core/option_values.h"
#include "sanerf/nn/field_ranges.h"

namespace sanerf::nerf {

enum class PhotoLoss { kHuber, kMse };

// A capture in which the thing turns before a camera that stands still.
enum class Turntable {
  kOff,
  kAuto,  // when it is found to be one
  kOn
};
// What pixels are that a photo's masks leave out.
enum class Outside {
  kIgnored,  // of something that does not belong to the scene: nothing is known of what is there
  kEmpty     // around the one thing that is to be learned: nothing is there
};
// What happens to photos that the field cannot explain.
enum class BadViews { kKeep, kWeigh, kDrop };

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
  bool exposure = false;
  float near_gradients = 0.5f;
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
  Turntable turntable = Turntable::kOff;
  float turntable_push = 0.5f;
  Outside outside = Outside::kIgnored;
  BadViews bad_views = BadViews::kKeep;

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
    v("exposure", exposure,
      "learn how bright each photo is, per color channel: for captures with automatic exposure or white balance");
    v("near_gradients", near_gradients,
      "distance, model units, below which samples learn less the nearer they are to the camera (0 = off)",
      Range(0, 100));
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
    v("turntable", turntable,
      "whether the thing turned before a camera that stood still: what stands still in the pictures is not learned",
      OneOf(Choice{"off", Turntable::kOff}, Choice{"auto", Turntable::kAuto}, Choice{"on", Turntable::kOn}));
    v("turntable_push", turntable_push,
      "how strongly the field is kept empty where a photo of a turntable shows what is behind (0 = off)", Range(0, 1));
    v("outside", outside,
      "what the pixels are that masks leave out: not looked at (people, a tripod), or empty around the one thing",
      OneOf(Choice{"ignored", Outside::kIgnored}, Choice{"empty", Outside::kEmpty}));
    v("bad_views", bad_views,
      "photos that the field explains much worse than the others while it is trained: kept, drawn from less, or "
      "dropped",
      OneOf(Choice{"keep", BadViews::kKeep}, Choice{"weigh", BadViews::kWeigh}, Choice{"drop", BadViews::kDrop}));
  }
};

// Whether the option says what is trained; of the others a training may be resumed with another value.
inline bool ShapesTheField(std::string_view key) { return key != "eval_fraction" && key != "save_seconds"; }

}  // namespace sanerf::nerf
