#include "sanerf/mask_aggregator/composited_view.h"

#include "sanerf/core/check.h"
#include "sanerf/core/job.h"
#include "sanerf/nerf/block_tracer.h"
#include "sanerf/nerf/ray_samples.h"

namespace sanerf {

using kernels::kTile;

namespace {

using UsePixel = std::function<void(const CompositedPixel&)>;

// Buffers of one thread.
class BlockCompositor {
 public:
  BlockCompositor(const NerfModel& nerf, const ObjectField* field, const LabelPrior* prior, const Camera& model_camera,
                  const UsePixel& use)
      : field_(field),
        prior_(prior),
        num_outputs_(field != nullptr ? field->num_labels() : prior->num_labels()),
        camera_(model_camera),
        use_(use),
        tracer_(nerf.traced(), kMinSampleWeight) {}

  void Render(const PixelBlock& block);

 private:
  void AddOutputs();

  const ObjectField* field_;
  const LabelPrior* prior_;
  int num_outputs_;
  const Camera& camera_;
  const UsePixel& use_;
  BlockTracer tracer_;
  std::vector<float> composited_, opacity_;  // [pixel of the block][output], [pixel of the block]
  Buffer positions_, geometry_, grid_out_, inputs_, hidden_, outputs_;
};

// Of the tracer's current wave.
void BlockCompositor::AddOutputs() {
  constexpr int kGeo = RadianceField::kGeometry;
  const int64_t n = tracer_.num_tiles();
  if (n == 0) return;
  positions_.Reserve(n * 3 * kTile);
  tracer_.Gather(tracer_.tracer().positions(), 3, 3, positions_.data());
  if (field_ != nullptr) {
    geometry_.Reserve(n * kGeo * kTile);
    tracer_.Gather(tracer_.tracer().density_out(), kGeo, kGeo, geometry_.data());
    field_->Forward(positions_.data(), geometry_.data(), n, &grid_out_, &inputs_, &hidden_, &outputs_);
    tracer_.AddWeighted(outputs_.data(), num_outputs_, composited_.data());
  }
  tracer_.ForEachVisible([&](int64_t i, int ray, float weight) {
    opacity_[size_t(ray)] += weight;
    if (prior_ == nullptr) return;
    prior_->AddTo(positions_.data() + i / kTile * 3 * kTile + i % kTile, kTile, weight,
                  &composited_[size_t(ray * num_outputs_)]);
  });
}

void BlockCompositor::Render(const PixelBlock& block) {
  tracer_.Begin(RaysOf(camera_, block));
  composited_.assign(tracer_.num_rays() * size_t(num_outputs_), 0.0f);
  opacity_.assign(tracer_.num_rays(), 0.0f);
  while (tracer_.NextWave()) AddOutputs();
  size_t pixel = 0;
  for (int y = block.y0; y < block.y1; ++y)
    for (int x = block.x0; x < block.x1; ++x, ++pixel)
      use_({x, y, &composited_[pixel * size_t(num_outputs_)], opacity_[pixel]});
}

}  // namespace

void CompositeView(const NerfModel& nerf, const ObjectField* field, const LabelPrior* prior, const Camera& file_camera,
                   const UsePixel& use, const Job& job) {
  SANERF_CHECK(field != nullptr || prior != nullptr);
  const Camera camera = file_camera.In(nerf.model_from_file());
  ForEachBlock(
      camera.width, camera.height, [&] { return std::make_unique<BlockCompositor>(nerf, field, prior, camera, use); },
      [](BlockCompositor& compositor, const PixelBlock& block) { compositor.Render(block); }, job);
}

}  // namespace sanerf
