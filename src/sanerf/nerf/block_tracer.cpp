#include "sanerf/nerf/block_tracer.h"

#include <algorithm>

#include "sanerf/kernels/tiled.h"

namespace sanerf::nerf {

using kernels::kTile;
using kernels::Tiled;
using kernels::TiledSample;

namespace {
constexpr int kBlock = 16;  // pixels per side
int BlocksAlong(int pixels) { return (pixels + kBlock - 1) / kBlock; }
}  // namespace

int64_t NumBlocks(int width, int height) { return int64_t(BlocksAlong(width)) * BlocksAlong(height); }

PixelBlock BlockOf(int64_t index, int width, int height) {
  const int x0 = int(index % BlocksAlong(width)) * kBlock, y0 = int(index / BlocksAlong(width)) * kBlock;
  return {x0, y0, std::min(x0 + kBlock, width), std::min(y0 + kBlock, height)};
}

void BlockTracer::Begin(std::vector<Ray> rays) {
  rays_ = std::move(rays);
  tracer_.Begin(rays_.data(), nullptr, int(rays_.size()));
}

bool BlockTracer::NextWave() {
  visible_.clear();
  if (!tracer_.NextWave()) return false;
  for (const RaySegment& segment : tracer_.segments())
    for (int slot = segment.slot; slot < segment.slot + segment.count; ++slot)
      if (tracer_.weights()[slot] > visible_weight_) visible_.push_back({segment.ray, slot});
  return true;
}

void BlockTracer::Gather(Tiled<const float> all, nn::Buffer* out) const {
  const int channels = all.channels();
  out->Reserve(kernels::TiledSize(num_tiles(), channels));
  const Tiled<float> gathered(out->data(), channels);
  for (int64_t i = 0; i < num_tiles() * kTile; ++i) {
    const TiledSample<const float> source =
        all.Sample(visible_[size_t(std::min(i, int64_t(visible_.size()) - 1))].slot);
    const TiledSample<float> target = gathered.Sample(i);
    for (int c = 0; c < channels; ++c) target[c] = source[c];
  }
}

Tiled<const float> BlockTracer::Colors() {
  Gather(tracer_.density_out(), &geometry_);
  Gather(tracer_.directions(), &directions_);
  return color_pass_.Colors(geometry_.data(), directions_.data(), num_tiles());
}

void BlockTracer::AddWeighted(Tiled<const float> values, float* sums) const {
  const int channels = values.channels();
  ForEachVisible([&](int64_t i, int ray, int slot) {
    const float weight = tracer_.weights()[slot];
    const TiledSample<const float> value = values.Sample(i);
    for (int c = 0; c < channels; ++c) sums[size_t(ray * channels + c)] += weight * value[c];
  });
}

}  // namespace sanerf::nerf
