// Depth maps read for single points: where a click hits the scene, and whether a 3D point is what a pixel shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"

namespace sanerf::mask_decoder {

// Depth of the surface under `px` (continuous pixels), none where there is none.
//
// Inside a surface 1/z is interpolated bilinearly, which is exact on planes. At a depth edge interpolation would put
// the point into the air between two surfaces; there the median of those neighbors that lie on the same surface as the
// pixel itself is taken. A pixel far from all around it is noise of the radiance field: the median of the 3x3 window
// replaces it, and fills it when it is a pinhole.
std::optional<double> SurfaceDepth(const ImageF& depth, const Vec2& px);

struct DepthTolerance {
  double absolute = 0;  // file units
  double relative = 0;  // of the rendered depth
  double At(double depth) const { return std::max(absolute, relative * depth); }
};

enum class PointState : uint8_t {
  kVisible,   // the pixel shows the point
  kOccluded,  // something else is in front of it
  kFloating,  // the view sees through the place where the point is: nothing or something farther is shown there, and a
              // prompt would name that instead
  kOutside,   // of the image
  kBehind     // the camera
};
const char* NameOf(PointState state);  // "visible"
std::optional<PointState> PointStateFromName(const std::string& name);

struct PointInView {
  PointState state = PointState::kBehind;
  Vec2 px = Vec2::Zero();  // where to prompt, pixels of the camera
  double z = 0;            // of the point, file units
};

// The visibility filter of section 3.2: compares the point's z-depth with the rendered depth in both directions. depth:
// of that camera, file units. The nearest match in a 3x3 window counts: a
// projection falls between pixel centers, and at a silhouette the pixel it falls into may show the neighboring
// surface. When the match is a neighbor, px is that pixel's center, because the pixel that is prompted has to show the
// object.
PointInView FindInView(const Vec3& p_file, const Camera& camera, const ImageF& depth, const DepthTolerance& tolerance);

}  // namespace sanerf::mask_decoder
