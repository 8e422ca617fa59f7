// An image as a function of the place, by the differentiable operators alone: hash grid, small network, Adam.
//   fit_image SCENE VIEW [STEPS]
// Prints the PSNR of the fitted image.
#include <sanerf/api/operators.h>
#include <sanerf/api/scene.h>
#include <sanerf/core/error.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "scores.h"

namespace api = sanerf::api;

namespace {

constexpr int kBatch = 4096;

int Run(int argc, char** argv) {
  const api::Scene scene = api::Scene::Open(argv[1], api::Options(), sanerf::Job());
  const sanerf::ImageF photo = scene.Photo(scene.Find(argv[2]));
  const int num_steps = argc > 3 ? std::atoi(argv[3]) : 300;

  api::HashGrid grid({.levels = 8, .log2_table = 15, .base = 8, .top = 256}, /*seed=*/1);
  api::Mlp mlp({grid.num_outputs(), 64, 3}, /*seed=*/2);
  const auto place = [&](int x, int y, float* p) {
    p[0] = (float(x) + 0.5f) / float(photo.width);
    p[1] = (float(y) + 0.5f) / float(photo.height);
    p[2] = 0.5f;
  };

  std::mt19937 random(3);
  std::vector<float> positions(kBatch * 3), features(size_t(kBatch * grid.num_outputs())), colors(kBatch * 3),
      truth(kBatch * 3), grad_colors(kBatch * 3), grad_features(features.size());
  for (int step = 0; step < num_steps; ++step) {
    for (int i = 0; i < kBatch; ++i) {
      const int x = int(random() % unsigned(photo.width)), y = int(random() % unsigned(photo.height));
      place(x, y, &positions[size_t(3 * i)]);
      for (int c = 0; c < 3; ++c) truth[size_t(3 * i + c)] = photo.At(x, y, c);
    }
    grid.Forward(positions, features);
    mlp.Forward(features, colors);
    for (size_t i = 0; i < colors.size(); ++i) grad_colors[i] = 2 * (colors[i] - truth[i]) / float(colors.size());
    mlp.Backward(grad_colors, grad_features);
    grid.Backward(grad_features);
    mlp.Step({.lr = 5e-3f});
    grid.Step({.lr = 1e-2f});
  }

  sanerf::ImageF fitted(photo.width, photo.height, 3);
  positions.resize(fitted.data.size());
  features.resize(size_t(fitted.num_pixels()) * size_t(grid.num_outputs()));
  for (int y = 0; y < photo.height; ++y)
    for (int x = 0; x < photo.width; ++x) place(x, y, &positions[size_t(3 * (y * photo.width + x))]);
  grid.Forward(positions, features);
  mlp.Forward(features, fitted.data);
  std::printf("psnr %.2f\n", Psnr(fitted, photo));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: fit_image SCENE VIEW [STEPS]\n");
    return 2;
  }
  try {
    return Run(argc, argv);
  } catch (const sanerf::Error& error) {
    std::fprintf(stderr, "error: %s\nhint: %s\n", error.what(), error.hint().c_str());
    return 1;
  }
}
