// Rendering a view (paper Eq. 1): colour, median depth, opacity.
#include <algorithm>
#include <vector>

#include "sanerf/kernels/isa.h"
#include "sanerf/nerf/block_tracer.h"

namespace sanerf {

using kernels::kTile;

namespace {

constexpr float kVisibleWeight = 1e-3f;  // samples below it are not asked for their colour

class BlockRenderer {
 public:
  BlockRenderer(const NerfModel& model, const Camera& model_camera, RenderedView* view)
      : model_(model), camera_(model_camera), view_(view), tracer_(model, kVisibleWeight) {}

  void Render(const PixelBlock& block);

 private:
  void AddOpacities();
  void AddColours();

  const NerfModel& model_;
  const Camera& camera_;
  RenderedView* view_;
  BlockTracer tracer_;
  std::vector<float> rgb_sums_, opacity_, median_t_;  // per pixel of the block
  Buffer in_, hidden_, rgb_, directions_;
};

void BlockRenderer::AddOpacities() {
  const RayTracer& samples = tracer_.tracer();
  for (const Segment& segment : samples.segments()) {
    float& opacity = opacity_[size_t(segment.ray)];
    for (int slot = segment.slot; slot < segment.slot + segment.count; ++slot) {
      const float weight = samples.weights()[slot];
      if (opacity < 0.5f && opacity + weight >= 0.5f) {
        // Inside the step the light fades as exp(-sigma (t - t0)): where it passes one half is the median.
        const float share = (0.5f - opacity) / weight;
        median_t_[size_t(segment.ray)] = samples.t()[slot] + (share - 0.5f) * samples.dt()[slot];
      }
      opacity += weight;
    }
  }
}

void BlockRenderer::AddColours() {
  constexpr int kGeo = RadianceField::kGeometry, kIn = RadianceField::kColourInputs;
  const Mlp& colour = model_.field().colour;
  const int64_t n = tracer_.num_tiles();
  in_.Reserve(n * kIn * kTile);
  directions_.Reserve(n * 3 * kTile);
  hidden_.Reserve(n * colour.shape().HiddenWidth() * kTile);
  rgb_.Reserve(n * 3 * kTile);
  tracer_.Gather(tracer_.tracer().density_out(), kGeo, kIn, in_.data());
  tracer_.Gather(tracer_.tracer().directions(), 3, 3, directions_.data());
  for (int64_t tile = 0; tile < n; ++tile)
    kernels::Kernels().spherical_harmonics(&directions_[tile * 3 * kTile], 1, &in_[(tile * kIn + kGeo) * kTile]);
  colour.Forward(in_.data(), n, hidden_.data(), rgb_.data());
  kernels::Kernels().sigmoid(rgb_.data(), n * 3 * kTile, rgb_.data());
  tracer_.AddWeighted(rgb_.data(), 3, rgb_sums_.data());
}

void BlockRenderer::Render(const PixelBlock& block) {
  tracer_.Begin(camera_, block);
  const size_t num_pixels = tracer_.rays().size();
  rgb_sums_.assign(3 * num_pixels, 0);
  opacity_.assign(num_pixels, 0);
  median_t_.assign(num_pixels, 0);
  while (tracer_.NextWave()) {
    AddOpacities();
    AddColours();
  }
  const double file_from_model = 1 / model_.model_from_file().scale;
  size_t i = 0;
  for (int y = block.y0; y < block.y1; ++y) {
    for (int x = block.x0; x < block.x1; ++x, ++i) {
      for (int c = 0; c < 3; ++c)
        view_->rgb.At(x, y, c) =
            std::clamp(rgb_sums_[3 * i + size_t(c)] + (1 - opacity_[i]) * model_.background()[c], 0.0f, 1.0f);
      view_->opacity.At(x, y) = std::min(1.0f, opacity_[i]);
      const double z = median_t_[i] * tracer_.rays()[i].z_per_t;
      view_->depth.At(x, y) = opacity_[i] >= 0.5f ? float(z * file_from_model) : 0;
    }
  }
}

}  // namespace

RenderedView NerfModel::Render(const Camera& file_camera) const {
  const Camera camera = file_camera.In(model_from_file_);
  RenderedView view{ImageF(camera.width, camera.height, 3), ImageF(camera.width, camera.height, 1),
                    ImageF(camera.width, camera.height, 1)};
  ForEachBlock(camera.width, camera.height, [&] { return std::make_unique<BlockRenderer>(*this, camera, &view); });
  return view;
}

}  // namespace sanerf
