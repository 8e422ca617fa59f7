// A view traced in blocks of 16 x 16 pixels: neighbors share grid cells, and each thread takes a block at a time.
// Every wave's visible samples are packed into tiles for a further network (color) that is asked only about them.
#pragma once

#include <memory>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/nerf/field_points.h"
#include "sanerf/nerf/ray.h"
#include "sanerf/nerf/ray_tracer.h"

namespace sanerf::nerf {

// Block number `index` of a view of that size, row by row.
PixelBlock BlockOf(int64_t index, int width, int height);
int64_t NumBlocks(int width, int height);

// use(renderer, block) for every block of these pixels, several at a time; make() gives each thread a
// std::unique_ptr<Renderer> of its own. Throws InterruptedError between two blocks: a large view takes minutes.
template <class Make, class Use>
void ForEachBlock(const PixelBlock& part, const Make& make, const Use& use, const Job& job) {
  WorkerPool<typename decltype(make())::element_type> renderers;
  const int width = part.x1 - part.x0, height = part.y1 - part.y0;
  ParallelForChunks(NumBlocks(width, height), 4, [&](int64_t begin, int64_t end) {
    const auto renderer = renderers.Take(make);
    for (int64_t b = begin; b < end; ++b) {
      job.ThrowIfStopped("rendering");
      const PixelBlock block = BlockOf(b, width, height);
      use(*renderer, PixelBlock{part.x0 + block.x0, part.y0 + block.y0, part.x0 + block.x1, part.y0 + block.y1});
    }
  });
}

// A few hundred rays of neighboring pixels at a time. Buffers of one thread.
class BlockTracer {
 public:
  // Samples that carry no more light than visible_weight are left out of the tiles.
  BlockTracer(const TracedField& traced, float visible_weight)
      : tracer_(traced, /*keep_waves=*/false), visible_weight_(visible_weight), color_pass_(traced.field) {}

  void SetFilter(SampleFilter* filter) { tracer_.SetFilter(filter); }
  void Begin(std::vector<Ray> rays);
  bool NextWave();  // false: all rays have ended

  const RayTracer& tracer() const { return tracer_; }
  size_t num_rays() const { return rays_.size(); }

  // Of this wave.
  int64_t num_tiles() const { return kernels::NumTiles(int64_t(visible_.size())); }
  // Tiles of the visible samples [3], as seen along their rays; valid until the next call.
  kernels::Tiled<const float> Colors();
  // sums[ray * channels + c] += weight * values[c] (Eq. 1 and 7); values: tiles of the visible samples.
  void AddWeighted(kernels::Tiled<const float> values, float* sums) const;
  // use(index in the visible samples' tiles, ray, slot of the tracer)
  template <class Use>
  void ForEachVisible(const Use& use) const {
    for (size_t i = 0; i < visible_.size(); ++i) use(int64_t(i), visible_[i].ray, visible_[i].slot);
  }

 private:
  struct Sample {
    int ray, slot;
  };
  // Copies the visible ones of the tracer's samples into tiles of their own. Padding repeats the last sample.
  void Gather(kernels::Tiled<const float> all, nn::Buffer* out) const;

  RayTracer tracer_;
  float visible_weight_;
  std::vector<Ray> rays_;
  std::vector<Sample> visible_;
  ColorPass color_pass_;
  nn::Buffer geometry_, directions_;  // of the visible samples
};

}  // namespace sanerf::nerf
