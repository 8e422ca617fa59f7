#include "sanerf/nerf/model.h"

#include <algorithm>
#include <mutex>

#include "sanerf/core/job.h"
#include "sanerf/nerf/block_tracer.h"
#include "sanerf/nerf/field.h"
#include "sanerf/nerf/nerf_checkpoint.h"
#include "sanerf/nerf/ray_renderer.h"

namespace sanerf::nerf {

namespace {

class BlockRenderer {
 public:
  // part: model frame; view: images of its size.
  BlockRenderer(const TracedField& traced, const PartOfView& part, double file_from_model,
                const MakeSampleFilter& make_filter, RenderedView* view)
      : part_(part),
        file_from_model_(file_from_model),
        view_(view),
        renderer_(traced, make_filter ? make_filter() : nullptr) {}

  // Valid until the next call.
  RenderedBlock Render(const PixelBlock& block) {
    const std::vector<Ray> rays = RaysOf(part_.camera, block);
    const std::vector<RenderedRay>& rendered = renderer_.Render(rays);
    rgb_.resize(3 * rays.size());
    depth_.resize(rays.size());
    opacity_.resize(rays.size());
    size_t i = 0;
    for (int y = block.y0 - part_.pixels.y0; y < block.y1 - part_.pixels.y0; ++y) {
      for (int x = block.x0 - part_.pixels.x0; x < block.x1 - part_.pixels.x0; ++x, ++i) {
        for (size_t c = 0; c < 3; ++c) view_->rgb.At(x, y, int(c)) = rgb_[3 * i + c] = rendered[i].rgb[c];
        view_->opacity.At(x, y) = opacity_[i] = rendered[i].opacity;
        view_->depth.At(x, y) = depth_[i] = float(rendered[i].median_t * rays[i].z_per_t * file_from_model_);
      }
    }
    return {block.x0, block.y0, block.x1 - block.x0, block.y1 - block.y0, rgb_, depth_, opacity_};
  }

 private:
  const PartOfView& part_;
  double file_from_model_;
  RenderedView* view_;
  RayRenderer renderer_;
  std::vector<float> rgb_, depth_, opacity_;
};

}  // namespace

RenderedView NerfModel::RenderBlocks(const PartOfView& file_part, const MakeSampleFilter& make_filter,
                                     const OnBlock& on_block, const Job& job) const {
  const ThreadLimit limit(job.num_threads());
  const PartOfView part(file_part.camera.In(model_from_file_), file_part.pixels);
  RenderedView view{ImageF(part.width(), part.height(), 3), ImageF(part.width(), part.height(), 1),
                    ImageF(part.width(), part.height(), 1)};
  std::mutex mutex;
  ForEachBlock(
      part.pixels,
      [&] { return std::make_unique<BlockRenderer>(traced(), part, 1 / model_from_file_.scale, make_filter, &view); },
      [&](BlockRenderer& renderer, const PixelBlock& pixels) {
        const RenderedBlock block = renderer.Render(pixels);
        if (!on_block) return;
        const std::lock_guard lock(mutex);
        on_block(block);
      },
      job);
  return view;
}

RenderedView NerfModel::Render(const Camera& file_camera, const OnBlock& on_block, const Job& job) const {
  return RenderBlocks(file_camera, {}, on_block, job);
}

RenderedView NerfModel::RenderPart(const PartOfView& view, const MakeSampleFilter& make_filter, const Job& job) const {
  return RenderBlocks(view, make_filter, {}, job);
}

NerfModel NerfModel::Load(const std::filesystem::path& path) {
  const StoredNerf stored = ReadNerf(path);
  NerfModel model;
  model.field_ = stored.field;
  model.occupancy_ = stored.occupancy;
  model.appearance_ = stored.appearance;
  model.trace_ = stored.trace;
  model.model_from_file_ = stored.model_from_file;
  std::copy_n(stored.background, 3, model.background_);
  model.fingerprint_ = stored.fingerprint;
  model.finished_ = stored.finished;
  model.step_ = stored.step;
  return model;
}

bool NerfModel::contracted() const { return field_->contracted(); }

}  // namespace sanerf::nerf
