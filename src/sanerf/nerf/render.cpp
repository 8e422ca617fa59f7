// Rendering a view: blocks of neighbouring pixels share grid cells, so each thread takes a block at a time.
#include <algorithm>
#include <vector>

#include "sanerf/core/parallel.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/kernels/isa.h"
#include "sanerf/nerf/model.h"

namespace sanerf {

using kernels::kTile;

namespace {

constexpr int kBlock = 16;                // pixels per side
constexpr float kVisibleWeight = 1e-3f;   // samples below it are not asked for their colour

class BlockRenderer {
 public:
  explicit BlockRenderer(const NerfModel& model)
      : model_(model), tracer_(model.field(), model.occupancy(), model.trace_options(), /*keep_waves=*/false) {}

  void Render(const Camera& camera, int x0, int y0, RenderedView* view);

 private:
  void AddWave();
  void AddColours(const std::vector<std::pair<int, int>>& visible);  // (ray, slot)

  struct Pixel {
    float rgb[3] = {0, 0, 0}, opacity = 0, median_t = 0;
  };

  const NerfModel& model_;
  RayTracer tracer_;
  std::vector<Ray> rays_;
  std::vector<Pixel> pixels_;
  std::vector<std::pair<int, int>> visible_;
  Buffer in_, hidden_, rgb_, directions_;
};

void BlockRenderer::AddColours(const std::vector<std::pair<int, int>>& visible) {
  constexpr int kGeo = RadianceField::kGeometry, kIn = RadianceField::kColourInputs;
  const Mlp& colour = model_.field().colour;
  const int64_t n = kernels::NumTiles(int64_t(visible.size()));
  in_.Reserve(n * kIn * kTile);
  directions_.Reserve(n * 3 * kTile);
  hidden_.Reserve(n * colour.shape().HiddenWidth() * kTile);
  rgb_.Reserve(n * 3 * kTile);
  for (int64_t i = 0; i < n * kTile; ++i) {
    const auto [ray, slot] = visible[size_t(std::min(i, int64_t(visible.size()) - 1))];  // padding repeats the last
    const int64_t tile = i / kTile, lane = i % kTile;
    const float* geo = tracer_.density_out() + int64_t(slot / kTile) * kGeo * kTile + slot % kTile;
    for (int c = 0; c < kGeo; ++c) in_[(tile * kIn + c) * kTile + lane] = geo[c * kTile];
    for (int a = 0; a < 3; ++a) directions_[(tile * 3 + a) * kTile + lane] = rays_[size_t(ray)].direction[a];
  }
  for (int64_t tile = 0; tile < n; ++tile)
    kernels::Kernels().spherical_harmonics(&directions_[tile * 3 * kTile], 1, &in_[(tile * kIn + kGeo) * kTile]);
  colour.Forward(in_.data(), n, hidden_.data(), rgb_.data());
  kernels::Kernels().sigmoid(rgb_.data(), n * 3 * kTile, rgb_.data());
  for (size_t i = 0; i < visible.size(); ++i) {
    const auto [ray, slot] = visible[i];
    for (int c = 0; c < 3; ++c)
      pixels_[size_t(ray)].rgb[c] += tracer_.weights()[slot] * rgb_[(int64_t(i) / kTile * 3 + c) * kTile + int64_t(i) % kTile];
  }
}

void BlockRenderer::AddWave() {
  visible_.clear();
  for (const Segment& segment : tracer_.segments()) {
    Pixel& pixel = pixels_[size_t(segment.ray)];
    for (int slot = segment.slot; slot < segment.slot + segment.count; ++slot) {
      const float weight = tracer_.weights()[slot];
      if (pixel.opacity < 0.5f && pixel.opacity + weight >= 0.5f) {
        // Inside the step the light fades as exp(-sigma (t - t0)): where it passes one half is the median.
        const float share = (0.5f - pixel.opacity) / weight;
        pixel.median_t = tracer_.t()[slot] + (share - 0.5f) * tracer_.dt()[slot];
      }
      pixel.opacity += weight;
      if (weight > kVisibleWeight) visible_.emplace_back(segment.ray, slot);
    }
  }
  if (!visible_.empty()) AddColours(visible_);
}

void BlockRenderer::Render(const Camera& camera, int x0, int y0, RenderedView* view) {
  const int x1 = std::min(x0 + kBlock, camera.width), y1 = std::min(y0 + kBlock, camera.height);
  rays_.clear();
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) rays_.push_back(MakeRay(camera, Vec2(x + 0.5, y + 0.5)));
  pixels_.assign(rays_.size(), Pixel{});
  tracer_.Begin(rays_.data(), nullptr, int(rays_.size()));
  while (tracer_.NextWave()) AddWave();

  const double file_from_model = 1 / model_.model_from_file().scale;
  size_t i = 0;
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x, ++i) {
      const Pixel& pixel = pixels_[i];
      for (int c = 0; c < 3; ++c)
        view->rgb.At(x, y, c) = std::clamp(pixel.rgb[c] + (1 - pixel.opacity) * model_.background()[c], 0.0f, 1.0f);
      view->opacity.At(x, y) = std::min(1.0f, pixel.opacity);
      view->depth.At(x, y) = pixel.opacity >= 0.5f ? float(pixel.median_t * rays_[i].z_per_t * file_from_model) : 0;
    }
  }
}

}  // namespace

RenderedView NerfModel::Render(const Camera& file_camera) const {
  const Camera camera = file_camera.In(model_from_file_);
  RenderedView view{ImageF(camera.width, camera.height, 3), ImageF(camera.width, camera.height, 1),
                    ImageF(camera.width, camera.height, 1)};
  const int blocks_x = (camera.width + kBlock - 1) / kBlock, blocks_y = (camera.height + kBlock - 1) / kBlock;
  WorkerPool<BlockRenderer> renderers;
  ParallelForChunks(int64_t(blocks_x) * blocks_y, 4, [&](int64_t begin, int64_t end) {
    const auto renderer = renderers.Take([&] { return std::make_unique<BlockRenderer>(*this); });
    for (int64_t b = begin; b < end; ++b) renderer->Render(camera, int(b % blocks_x) * kBlock, int(b / blocks_x) * kBlock, &view);
  });
  return view;
}

}  // namespace sanerf
