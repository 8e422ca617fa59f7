// Samples taken out of rays while they are traced: what lies behind them shows.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "sanerf/kernels/tiled.h"
#include "sanerf/nerf/field.h"

namespace sanerf::nerf {

// The next samples of the rays, one column for each quantity. Those of a ray are together, front to back.
class SampleColumns {
 public:
  // tiled: as the networks have them, from sample `first` on.
  struct Tiles {
    kernels::Tiled<const float> unit, geometry;
    int64_t first;
  };
  SampleColumns(std::span<const int> r, std::span<const float> at, std::span<const float> lengths, const Tiles& tiles)
      : ray(r), t(at), dt(lengths), tiles_(tiles) {}

  const std::span<const int> ray;      // the number that it was begun with
  const std::span<const float> t, dt;  // ray parameter of the middle of its step, and the step's length
  size_t size() const { return ray.size(); }
  std::array<float, 3> Unit(size_t sample) const { return Of<3>(tiles_.unit, sample); }  // in the grid's unit cube
  // Outputs of the density network.
  std::array<float, RadianceField::kGeometry> Geometry(size_t sample) const {
    return Of<RadianceField::kGeometry>(tiles_.geometry, sample);
  }

 private:
  template <size_t kChannels>
  std::array<float, kChannels> Of(kernels::Tiled<const float> tiled, size_t sample) const {
    std::array<float, kChannels> values;
    tiled.Get(tiles_.first + int64_t(sample), values.data());
    return values;
  }

  Tiles tiles_;
};

// Takes samples out before any light is absorbed in them. Of one thread.
class SampleFilter {
 public:
  virtual ~SampleFilter() = default;
  virtual void Begin(int num_rays) = 0;
  // Each ray's samples come front to back, from call to call. sigma [sample]: density; becomes 0 where a sample is
  // taken out.
  virtual void Filter(const SampleColumns& samples, std::span<float> sigma) = 0;
};

}  // namespace sanerf::nerf
