// The trainable mathematics as plain functions on pointers and sizes; each forward has its hand-written backward.
//
// Samples travel in tiles of kTile = 64. A quantity with C channels is stored [tile][channel][kTile], so that one
// register holds the same channel of neighboring samples and a tile of a small MLP stays in the first-level cache.
// Counts are padded to whole tiles by the caller; padding must hold finite numbers and receives zero gradients.
//
// The same source is built once per instruction set (generic, AVX2, AVX-512) and chosen at run time: see isa.h.
#pragma once

#include <cstdint>

namespace sanerf::kernels {

inline constexpr int kTile = 64;
inline int64_t NumTiles(int64_t num_samples) { return (num_samples + kTile - 1) / kTile; }

// ---- Multiresolution hash grid (Mueller et al. 2022, section 3) ----------------------------------------------------

inline constexpr int kMaxLevels = 32;

struct GridLevel {
  uint32_t resolution = 0;  // nodes per axis, at least 2; node i sits at (i + 0.5) / resolution
  uint32_t num_rows = 0;    // power of two when hashed
  uint64_t row_offset = 0;  // first row of the level in the table
  bool dense = false;       // resolution^3 <= num_rows: row = x + y res + z res^2; hashed otherwise
};

struct GridShape {
  int num_levels = 0;
  int num_features = 0;  // per level: 2, 4 or 8
  GridLevel levels[kMaxLevels];
};

// positions [tile][3][kTile] in [0, 1] (clamped), table [row][feature] -> out [tile][level * F + f][kTile].
using GridForwardFn = void(const GridShape& shape, const float* table, const float* positions, int64_t num_tiles,
                           float* out);

// Adds d loss / d table of one level: grad_out as `out` above. One level per call, so that levels can run in parallel
// and the order of additions never depends on the number of threads.
using GridBackwardFn = void(const GridShape& shape, int level, const float* positions, const float* grad_out,
                            int64_t num_tiles, float* grad_table);

// ---- Small fully connected networks
// ----------------------------------------------------------------------------------

inline constexpr int kMaxLayers = 8;

struct MlpShape {
  int num_layers = 0;          // linear layers
  int widths[kMaxLayers + 1];  // widths[0] = input; all but the last must be multiples of 16
  float leak = 0;              // slope of the hidden activation below zero: 0 = ReLU, 0.01 = LeakyReLU
  bool bias = false;           // each output has one
  int skip = 0;                // the network's input is appended to the input of this layer again; 0 = of none

  int InWidth(int layer) const { return widths[layer] + (layer > 0 && layer == skip ? widths[0] : 0); }
  int64_t LayerSize(int layer) const { return int64_t(InWidth(layer) + (bias ? 1 : 0)) * widths[layer + 1]; }
  int64_t NumWeights() const {
    int64_t n = 0;
    for (int i = 0; i < num_layers; ++i) n += LayerSize(i);
    return n;
  }
  int HiddenWidth() const {  // the inputs of all layers but the first, of one sample
    int n = 0;
    for (int i = 1; i < num_layers; ++i) n += InWidth(i);
    return n;
  }
  int MaxWidth() const {
    int n = widths[num_layers];
    for (int i = 0; i < num_layers; ++i) n = InWidth(i) > n ? InWidth(i) : n;
    return n;
  }
};

// weights: layer after layer, [out][in], then the layer's biases [out] where there are any. x [tile][widths[0]][kTile]
// -> hidden [tile][HiddenWidth()][kTile] (kept for the backward: each layer's input, activations first, then the
// skipped copy of x), out [tile][widths.back()][kTile].
using MlpForwardFn = void(const MlpShape& shape, const float* weights, const float* x, int64_t num_tiles, float* hidden,
                          float* out);

// grad_x may be null. grad_weights is added to. scratch: MlpScratchSize(shape) floats, 64-byte aligned.
using MlpBackwardFn = void(const MlpShape& shape, const float* weights, const float* x, const float* hidden,
                           const float* grad_out, int64_t num_tiles, float* grad_x, float* grad_weights,
                           float* scratch);
inline int64_t MlpScratchSize(const MlpShape& shape) { return int64_t{3} * shape.MaxWidth() * kTile; }

// ---- Layer normalization (Ba et al. 2016)
// ----------------------------------------------------------------------------

// out_c = gain_c (x_c - mean) / sqrt(variance + 1e-5) + bias_c over the channels of each sample. x, out
// [tile][channels][kTile]; stats [tile][2][kTile] (mean, 1 / deviation) are kept for the backward.
using LayerNormForwardFn = void(int channels, const float* gain, const float* bias, const float* x, int64_t num_tiles,
                                float* stats, float* out);
// grad_gain and grad_bias are added to; grad_x may be grad_out itself.
using LayerNormBackwardFn = void(int channels, const float* gain, const float* x, const float* stats,
                                 const float* grad_out, int64_t num_tiles, float* grad_x, float* grad_gain,
                                 float* grad_bias);

// ---- Elementwise ----------------------------------------------------------------------------------------------------

// y = exp(clamp(x, -15, 15)), the density activation; its gradient is grad_y * y (also outside the clamp, so that a
// saturated density can come back).
using ExpFn = void(const float* x, int64_t n, float* y);
using SigmoidFn = void(const float* x, int64_t n, float* y);

// Real spherical harmonics up to degree 3 (16 functions) of unit directions [tile][3][kTile] -> [tile][16][kTile].
using SphericalHarmonicsFn = void(const float* directions, int64_t num_tiles, float* out);

struct AdamStep {
  float lr = 1e-2f, beta1 = 0.9f, beta2 = 0.99f, epsilon = 1e-15f;
  int64_t step = 1;        // 1-based, for the bias correction
  bool skip_zero = false;  // leave parameters whose gradient is exactly zero untouched (hash tables: unvisited rows)
};
// One Adam step (Kingma and Ba 2015) on n parameters; clears the gradient.
using AdamFn = void(const AdamStep& options, int64_t n, float* params, float* grads, float* m, float* v);

// ---- 3D Gaussians in a picture (Kerbl et al. 2023, section 6)
// --------------------------------------------------------

inline constexpr int kSplatTile = 16;  // pixels per side
inline constexpr int kSplatPixels = kSplatTile * kSplatTile;
inline constexpr float kSplatMinAlpha = 1.0f / 255;  // of less a Gaussian adds nothing to a pixel
inline constexpr float kSplatMaxAlpha = 0.99f;       // of one Gaussian; light always gets through
inline constexpr float kSplatMinLight = 1e-4f;       // a pixel that lets through less is done

// A Gaussian as a picture shows it: at d = (dx, dy) from its mean its alpha is
// min(kSplatMaxAlpha, opacity exp(-(a dx^2 + 2 b dx dy + c dy^2) / 2)), 0 below kSplatMinAlpha.
struct ScreenSplat {
  float x, y;     // mean, pixels; pixel centers at + 0.5
  float a, b, c;  // inverse of the covariance
  float opacity;
  float rgb[3];
  float reach_x, reach_y;  // half of a box outside of which alpha is 0
};
enum SplatGradient { kGradX, kGradY, kGradA, kGradB, kGradC, kGradOpacity, kGradRgb, kSplatGradients = kGradRgb + 3 };

struct SplatTile {
  int x0, y0;  // its first pixel
  const ScreenSplat* splats;
  const int32_t* order;  // which of them, front to back
  int count;
};

// rgb [3][kSplatPixels] is added to, light [kSplatPixels] is multiplied by what each Gaussian lets through; a pixel
// that begins without light is left alone. Returns how many of `order` were looked at: the rest are behind what lets
// nothing through.
using SplatBlendFn = int(const SplatTile& tile, float* rgb, float* light);
// tile.count: what the forward returned. grad_rgb [3][kSplatPixels]: d loss / d rgb of the finished pixel, background
// included. rest [kSplatPixels]: its product with that color. light: as the forward was given it. rest and light are
// used up. -> grads [i of order][kSplatGradients], written. The two steps of alpha have no gradient.
using SplatBlendBackwardFn = void(const SplatTile& tile, const float* grad_rgb, float* rest, float* light,
                                  float* grads);

struct KernelTable {
  const char* name;
  int vector_width;
  GridForwardFn* grid_forward;
  GridBackwardFn* grid_backward;
  MlpForwardFn* mlp_forward;
  MlpBackwardFn* mlp_backward;
  LayerNormForwardFn* layer_norm_forward;
  LayerNormBackwardFn* layer_norm_backward;
  ExpFn* exp;
  SigmoidFn* sigmoid;
  SphericalHarmonicsFn* spherical_harmonics;
  AdamFn* adam;
  SplatBlendFn* splat_blend;
  SplatBlendBackwardFn* splat_blend_backward;
};

}  // namespace sanerf::kernels
