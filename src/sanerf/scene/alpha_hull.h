// The visual hull of the object in photos that have an alpha channel.
#pragma once

#include <optional>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// The box of the object in RGBA images (visual hull on a coarse grid) and the smallest z-depth at which a camera sees
// it; none when the images hold no cut-out object. Throws InterruptedError.
struct AlphaHull {
  Box box;  // in the frame of `world_from_file`
  double nearest = 0;
};

std::optional<AlphaHull> CarveAlphaHull(const SceneListing& listing, const Similarity& world_from_file,
                                        const Vec3& center, double radius, const Job& job);

}  // namespace sanerf::scene
