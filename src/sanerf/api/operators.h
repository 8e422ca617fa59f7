// The differentiable operators by themselves: a multiresolution hash grid (Mueller et al. 2022) and a small fully
// connected network, with hand-written backward passes and Adam (Kingma and Ba 2015).
//
//   HashGrid grid({.levels = 8}, /*seed=*/1);
//   Mlp mlp({grid.num_outputs(), 64, 3}, /*seed=*/2);
//   for (int step = 1; step <= 500; ++step) {
//     grid.Forward(positions, features);         // [n][3] -> [n][levels * features]
//     mlp.Forward(features, colors);             // -> [n][3]
//     ... grad_colors = d loss / d colors ...
//     mlp.Backward(grad_colors, grad_features);  // of the last Forward
//     grid.Backward(grad_features);
//     mlp.Step({.lr = 1e-2f});
//     grid.Step({.lr = 1e-2f});
//   }
//
// All arrays are row-major, one row per sample. The same inputs give the same bits, whatever the number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace sanerf::api {

struct HashGridShape {
  int levels = 16;
  int features = 2;     // per level: 2, 4 or 8
  int log2_table = 19;  // rows of a level that is too fine for one row per node
  int base = 16;        // nodes per axis of the coarsest level
  int top = 2048;       // of the finest; levels in between grow geometrically
};

struct AdamOptions {
  float lr = 1e-2f, beta1 = 0.9f, beta2 = 0.99f, epsilon = 1e-15f;
};

// Positions in the unit cube to features. For an image, leave the third coordinate constant.
class HashGrid {
 public:
  // Throws UsageError for a shape that is not supported.
  HashGrid(const HashGridShape& shape, uint64_t seed);
  ~HashGrid();
  HashGrid(HashGrid&&) noexcept;
  HashGrid& operator=(HashGrid&&) noexcept;

  int num_outputs() const;
  std::span<float> parameters();

  // positions [n][3] in [0, 1] (clamped) -> out [n][num_outputs]. Remembers the positions for Backward.
  void Forward(std::span<const float> positions, std::span<float> out);
  // Adds d loss / d parameters. grad_out: as `out` of the last Forward.
  void Backward(std::span<const float> grad_out);
  std::span<const float> gradients() const;
  // One step of Adam; rows without a gradient stay as they are. Clears the gradients.
  void Step(const AdamOptions& options = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Linear layers with ReLU between them, none after the last.
class Mlp {
 public:
  // widths: input, hidden..., output; at most 8 layers, all widths but the last multiples of 16. Throws UsageError.
  Mlp(const std::vector<int>& widths, uint64_t seed, bool bias = false);
  ~Mlp();
  Mlp(Mlp&&) noexcept;
  Mlp& operator=(Mlp&&) noexcept;

  int num_inputs() const;
  int num_outputs() const;
  std::span<float> parameters();

  // x [n][num_inputs] -> out [n][num_outputs]. Remembers what Backward needs.
  void Forward(std::span<const float> x, std::span<float> out);
  // Adds d loss / d parameters and, unless grad_x is empty, writes d loss / d x. grad_out: as `out` of the last
  // Forward.
  void Backward(std::span<const float> grad_out, std::span<float> grad_x = {});
  std::span<const float> gradients() const;
  void Step(const AdamOptions& options = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sanerf::api
