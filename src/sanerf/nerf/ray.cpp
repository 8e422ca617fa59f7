#include "sanerf/nerf/ray.h"

#include <optional>

namespace sanerf::nerf {
namespace {

constexpr Ray kRayOutside = {{1e6f, 0, 0}, {1, 0, 0}, 1};  // away from the model, whose extent is 64 at most

}  // namespace

Ray MakeRay(const Camera& camera, const Vec2& px) {
  const std::optional<Vec3> in_cam = camera.RayIfSeen(px);
  if (!in_cam) return kRayOutside;
  const Vec3 direction = camera.world_from_cam.rotation * *in_cam;
  const double length = direction.norm();
  Ray ray;
  for (int a = 0; a < 3; ++a) {
    ray.origin[a] = float(camera.center()[a]);
    ray.direction[a] = float(direction[a] / length);
  }
  ray.z_per_t = float(1 / length);
  return ray;
}

std::vector<Ray> RaysOf(const Camera& model_camera, const PixelBlock& block) {
  std::vector<Ray> rays;
  for (int y = block.y0; y < block.y1; ++y)
    for (int x = block.x0; x < block.x1; ++x) rays.push_back(MakeRay(model_camera, Vec2(x + 0.5, y + 0.5)));
  return rays;
}

}  // namespace sanerf::nerf
