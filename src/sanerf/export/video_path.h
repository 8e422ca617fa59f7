// The cameras of a video, one for each of its pictures, all of one size with even sides: encoders want that.
#pragma once

#include <optional>
#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/export/export_input.h"
#include "sanerf/export/object_place.h"

namespace sanerf::exports {

// A full circle around the place, as high above it as the training cameras are on the average, as near as it fills the
// picture, from where most of them stand on. Where all of them look the same way it swings as far as they do. The last
// picture leads to the first. num_frames >= 1.
std::vector<Camera> TurntableCameras(const scene::Scene& scene, const ObjectPlace& place, int num_frames,
                                     int longest_side);

// Along a curve through a dozen of the training cameras, those that lie farthest apart, in the order of a short way; a
// closed one where they stand all around.
std::vector<Camera> FlyCameras(const scene::Scene& scene, int num_frames, int longest_side);

// The user's own, at one size: that of the first. Throws UsageError where they have several.
std::vector<Camera> GivenCameras(const std::vector<NamedCamera>& path);

}  // namespace sanerf::exports
