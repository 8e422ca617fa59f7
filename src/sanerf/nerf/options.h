// Every option of the radiance field and its training. Defaults and presets are chosen by measurement: docs/results.md.
#pragma once

#include <string>

namespace sanerf {

struct NerfOptions {
  int iters = 3000;
  int batch_samples = 1 << 16;
  int downscale = 1;
  int seed = 1;
  float lr = 1e-2f;
  float lr_final = 0.05f;
  std::string loss = "huber";
  float huber_delta = 0.1f;
  std::string background = "random";
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
  int colour_width = 64;
  int colour_layers = 2;
  int occupancy_resolution = 128;
  int occupancy_every = 16;
  float step = 0.006f;
  float cone = 1.0f / 160;
  float eval_fraction = 0.1f;
  float save_seconds = 60;

  template <class V>
  void Visit(V&& v) {
    v("iters", iters, "optimisation steps");
    v("batch_samples", batch_samples, "samples per step; the number of rays follows from it");
    v("downscale", downscale, "train on photos shrunk by this factor");
    v("seed", seed, "random seed");
    v("lr", lr, "learning rate of Adam");
    v("lr_final", lr_final, "learning rate at the end, as a share of lr (exponential decay)");
    v("loss", loss, "photometric loss: huber or mse");
    v("huber_delta", huber_delta, "residual where the Huber loss turns linear");
    v("background", background, "what shows behind a ray: random, or last_sample (the last sample is made opaque)");
    v("distortion", distortion, "weight of the distortion loss of mip-NeRF 360, reached half way through the training (0 = off)");
    v("exposure", exposure, "learn how bright each photo is, per colour channel: for captures with automatic exposure or white balance");
    v("near_gradients", near_gradients,
      "distance, model units, below which samples learn less the nearer they are to the camera (0 = off)");
    v("levels", levels, "levels of the hash grid");
    v("features", features, "features per level: 2, 4 or 8");
    v("log2_table", log2_table, "log2 of the rows of a hashed level");
    v("base", base, "nodes per axis of the coarsest level");
    v("top", top, "nodes per axis of the finest level, per unit of bound (2 with contraction, else 1)");
    v("density_width", density_width, "width of the hidden layers of the density network");
    v("density_layers", density_layers, "hidden layers of the density network");
    v("colour_width", colour_width, "width of the hidden layers of the colour network");
    v("colour_layers", colour_layers, "hidden layers of the colour network");
    v("occupancy_resolution", occupancy_resolution, "cells per axis of each occupancy grid (multiple of 4)");
    v("occupancy_every", occupancy_every, "steps between updates of the occupancy grid");
    v("step", step, "smallest marching step, model units");
    v("cone", cone, "marching step per distance (0 = constant); only where the scene is unbounded");
    v("eval_fraction", eval_fraction, "share of the steps between looks at a held-out view");
    v("save_seconds", save_seconds, "seconds between checkpoints");
  }
};

// "fast", "default" or "paper" (15,000 steps, section A). Throws UsageError for another name.
NerfOptions NerfPreset(const std::string& name);

}  // namespace sanerf
