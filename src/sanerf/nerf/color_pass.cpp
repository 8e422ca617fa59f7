#include "sanerf/nerf/color_pass.h"

namespace sanerf::nerf {

using kernels::TiledSize;

kernels::Tiled<const float> ColorPass::Colors(const float* geometry, const float* directions, int64_t num_tiles) {
  inputs_.Reserve(TiledSize(num_tiles, RadianceField::kColorInputs));
  hidden_.Reserve(TiledSize(num_tiles, field_.color.shape().HiddenWidth()));
  rgb_.Reserve(TiledSize(num_tiles, 3));
  field_.Color(geometry, directions, num_tiles, inputs_.data(), hidden_.data(), rgb_.data());
  return {rgb_.data(), 3};
}

}  // namespace sanerf::nerf
