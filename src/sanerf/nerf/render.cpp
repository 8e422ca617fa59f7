// Rendering a view.
#include "sanerf/nerf/ray_renderer.h"

namespace sanerf {

namespace {

class BlockRenderer {
 public:
  BlockRenderer(const NerfModel& model, const Camera& model_camera, RenderedView* view)
      : camera_(model_camera), file_from_model_(1 / model.model_from_file().scale), view_(view), renderer_(model) {}

  void Render(const PixelBlock& block) {
    const std::vector<Ray> rays = RaysOf(camera_, block);
    const std::vector<RenderedRay>& rendered = renderer_.Render(rays);
    size_t i = 0;
    for (int y = block.y0; y < block.y1; ++y) {
      for (int x = block.x0; x < block.x1; ++x, ++i) {
        for (int c = 0; c < 3; ++c) view_->rgb.At(x, y, c) = rendered[i].rgb[c];
        view_->opacity.At(x, y) = rendered[i].opacity;
        view_->depth.At(x, y) = float(rendered[i].median_t * rays[i].z_per_t * file_from_model_);
      }
    }
  }

 private:
  const Camera& camera_;
  double file_from_model_;
  RenderedView* view_;
  RayRenderer renderer_;
};

}  // namespace

RenderedView NerfModel::Render(const Camera& file_camera) const {
  const Camera camera = file_camera.In(model_from_file_);
  RenderedView view{ImageF(camera.width, camera.height, 3), ImageF(camera.width, camera.height, 1),
                    ImageF(camera.width, camera.height, 1)};
  ForEachBlock(camera.width, camera.height, [&] { return std::make_unique<BlockRenderer>(*this, camera, &view); });
  return view;
}

}  // namespace sanerf
