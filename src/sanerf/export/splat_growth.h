// More Gaussians where the picture asks for them, none where they add nothing (Kerbl et al. 2023, section 5.2).
#pragma once

#include <cstdint>
#include <vector>

#include "sanerf/export/splat_parameters.h"
#include "sanerf/export/splat_raster.h"

namespace sanerf::exports {

struct SplatGrowth {
  int64_t count = 0;          // to grow to
  float min_opacity = 0.01f;  // below, a Gaussian goes
  float max_scale = 0;        // above, it goes as well; 0 = any size
  bool drop_unseen = true;    // what added to no picture since the last growth: the traces cover all views
};

struct Grown {
  SplatParameters splats;
  std::vector<int32_t> from;  // which one each of them was or comes from
  std::vector<bool> is_new;   // has no moments to go on with
};

// First out with those that go, then the ones that the loss moves furthest in the pictures are split in two along their
// longest axis (variance and mass along it stay), or, where they are no wider than a pixel anyway, doubled (the two
// together let through as much light as the one did). Nothing random.
Grown GrowSplats(const SplatParameters& splats, const SplatTraces& traces, const SplatGrowth& growth);

}  // namespace sanerf::exports
