#include "sanerf/synth/render.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/turntable.h"

namespace sanerf::synth {
namespace {

constexpr double kRefineContrast = 0.016;  // of display range: four gray levels or less need no more samples

// Linear light to display values, with a soft shoulder so that highlights do not clip hard.
Vec3 Display(const Vec3& light) {
  Vec3 out;
  for (int c = 0; c < 3; ++c) {
    const double x = std::max(0.0, light[c]);
    const double v = x < 0.7 ? x : 0.7 + 0.3 * (1 - std::exp(-(x - 0.7) / 0.3));
    out[c] = v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055;
  }
  return out;
}

struct CenterSample {
  SynthHit hit;
  SynthLight light;
  Vec3 display = Vec3::Zero();

  bool SameSurface(const CenterSample& other) const {
    return hit.id == other.hit.id && hit.part == other.hit.part && (hit.object || hit.normal == other.hit.normal);
  }
};

// Light inside one pixel: computed once per surface and direction that its samples meet, starting with the center's.
class PixelLight {
 public:
  PixelLight(const SynthWorld& world, const CenterSample& center) : world_(world) {
    known_[0] = {center.hit.id, center.hit.part, center.hit.normal, center.light};
  }

  const SynthLight& At(const SynthHit& hit, const Vec3& p) {
    for (int i = 0; i < num_known_; ++i) {
      const Known& known = known_[i];
      if (known.id == hit.id && known.part == hit.part && known.normal.dot(hit.normal) > 0.97) return known.light;
    }
    Known& known = known_[std::min(num_known_, kMaxKnown - 1)];
    num_known_ = std::min(num_known_ + 1, kMaxKnown);
    known = {hit.id, hit.part, hit.normal, world_.Illuminate(hit, p)};
    return known.light;
  }

 private:
  struct Known {
    int id = 0, part = -1;
    Vec3 normal = Vec3::UnitZ();
    SynthLight light;
  };
  static constexpr int kMaxKnown = 6;
  const SynthWorld& world_;
  Known known_[kMaxKnown];
  int num_known_ = 1;
};

struct Neighborhood {
  bool needs_samples = false;  // something between this pixel's center and its neighbors' makes one sample too few
  bool one_surface = true;
};

Neighborhood LookAround(const std::vector<CenterSample>& centers, int width, int height, int x, int y) {
  const CenterSample& center = centers[size_t(y) * width + x];
  Neighborhood around;
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      const int u = std::clamp(x + dx, 0, width - 1), v = std::clamp(y + dy, 0, height - 1);
      const CenterSample& other = centers[size_t(v) * width + u];
      const bool same = center.SameSurface(other);
      around.one_surface = around.one_surface && same;
      if (!same || (other.display - center.display).cwiseAbs().maxCoeff() > kRefineContrast)
        around.needs_samples = true;
    }
  }
  return around;
}

}  // namespace

SynthView RenderSynthView(const SynthWorld& world, const Camera& camera, int samples, const Job& job) {
  const int width = camera.width, height = camera.height;
  SynthView out{ImageU8(width, height, 3), ImageU8(width, height, 1), ImageF(width, height, 1)};
  const Vec3 origin = camera.center();

  // One ray through every pixel's center decides mask and depth.
  std::vector<CenterSample> centers(size_t(width) * height);
  ParallelFor(height, [&](int64_t row) {
    job.ThrowIfStopped("synth");
    const int y = int(row);
    for (int x = 0; x < width; ++x) {
      const Vec3 direction = camera.RayInWorld(Vec2(x + 0.5, y + 0.5));
      const SynthHit hit = world.Trace(origin, direction);
      CenterSample& center = centers[size_t(y) * width + x];
      const Vec3 p = origin + hit.t * direction;
      center.light = world.Illuminate(hit, p);
      center.display = Display(world.Shade(hit, center.light, p, direction));
      center.hit = hit;
      out.mask.At(x, y) = uint8_t(hit.id);
      out.depth.At(x, y) = float(hit.t);  // the ray's z is -1 in the camera: its parameter is z-depth
    }
  });

  // Color is averaged over a regular grid inside the pixel where neighbors differ.
  const int grid = std::max(1, int(std::lround(std::sqrt(double(std::max(1, samples))))));
  ParallelFor(height, [&](int64_t row) {
    job.ThrowIfStopped("synth");
    const int y = int(row);
    for (int x = 0; x < width; ++x) {
      const CenterSample& center = centers[size_t(y) * width + x];
      Vec3 display = center.display;
      const Neighborhood around = LookAround(centers, width, height, x, y);
      if (grid > 1 && around.needs_samples) {
        const Vec3 middle = origin + center.hit.t * camera.RayInWorld(Vec2(x + 0.5, y + 0.5));
        // Texture within one surface is smoother than an outline: fewer samples do.
        const int side = around.one_surface ? (grid + 1) / 2 : grid;
        PixelLight light(world, center);
        Vec3 sum = Vec3::Zero();
        for (int s = 0; s < side * side; ++s) {
          const Vec2 px(x + (s % side + 0.5) / side, y + (s / side + 0.5) / side);
          const Vec3 direction = camera.RayInWorld(px);
          const SynthHit hit = around.one_surface ? world.TraceSame(center.hit, middle, origin, direction)
                                                  : world.Trace(origin, direction);
          const Vec3 p = origin + hit.t * direction;
          sum += world.Shade(hit, light.At(hit, p), p, direction).cwiseMin(2.0);
        }
        display = Display(sum / (side * side));
      }
      for (int c = 0; c < 3; ++c) out.rgb.At(x, y, c) = uint8_t(std::lround(255 * std::clamp(display[c], 0.0, 1.0)));
    }
  });
  return out;
}

SynthView RenderSynthView(const Camera& camera, const SynthOptions& options, const Job& job) {
  SynthWorld world(options.seed, options.turntable);
  if (!options.turntable) return RenderSynthView(world, camera, options.samples, job);
  const TurntableShot shot = ShotOf(camera);
  world.TurnTo(shot.angle);
  return RenderSynthView(world, shot.in_room, options.samples, job);
}

}  // namespace sanerf::synth
