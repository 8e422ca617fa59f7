#include "sanerf/synth/turntable.h"

#include <cmath>

#include "sanerf/core/random.h"
#include "sanerf/synth/optics.h"

namespace sanerf::synth {
namespace {

constexpr double kStandAzimuth = -100 * M_PI / 180;  // of all stands, around the plate's axis

Camera Turned(Camera camera, double angle) {
  const Mat3 turn = Eigen::AngleAxisd(angle, Vec3::UnitZ()).toRotationMatrix();
  camera.world_from_cam = {turn * camera.world_from_cam.rotation, turn * camera.world_from_cam.translation};
  return camera;
}

// One above the other, a little different for every seed.
std::vector<Camera> Stands(const SynthOptions& options) {
  std::vector<Camera> stands;
  Random random(uint64_t(options.seed), 0x7a2d);
  for (int i = 0; i < options.stands; ++i) {
    const double elevation = (24 + 6 * random.NextDouble() + 14 * i) * M_PI / 180,
                 radius = 2.0 + 0.2 * random.NextDouble();
    Camera camera = SynthCamera(options.size);
    const Vec3 offset(std::cos(kStandAzimuth) * std::cos(elevation), std::sin(kStandAzimuth) * std::cos(elevation),
                      std::sin(elevation));
    camera.world_from_cam = LookAt(Vec3(0, 0, 0.1) + radius * offset, Vec3(0, 0, 0.1));
    stands.push_back(camera);
  }
  return stands;
}

}  // namespace

Camera TurntableShot::OnPlate() const { return Turned(in_room, -angle); }

std::vector<TurntableShot> TurntableShots(int count, bool is_test, const SynthOptions& options) {
  const std::vector<Camera> stands = Stands(options);
  std::vector<TurntableShot> shots;
  for (int i = 0; i < count; ++i) {
    // Held-out ones half way between two of the others.
    const double step = is_test ? std::floor(double(i) * options.views / count) + 0.5 : i;
    shots.push_back({stands[size_t(i) % stands.size()], 2 * M_PI * step / options.views});
  }
  return shots;
}

TurntableShot ShotOf(const Camera& on_plate) {
  const double angle = kStandAzimuth - std::atan2(on_plate.center().y(), on_plate.center().x());
  return {Turned(on_plate, angle), angle};
}

}  // namespace sanerf::synth
