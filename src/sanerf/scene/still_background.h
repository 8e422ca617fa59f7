// Whether the room stands still in the pictures although their poses say that the camera went around: a turntable.
// Poses that come from matching the thing on it are right for the thing and wrong for all that is behind it.
//
// The evidence is structure. Plain walls, skies and backdrops look alike from everywhere, edges may run along
// themselves; what cannot be the same by chance is a patch with structure in both directions (Shi and Tomasi 1994) that
// many photos show at the same pixel, where the rays of all these cameras through that pixel have no point in common.
#pragma once

#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/scene/capture_shape.h"
#include "sanerf/scene/scene.h"

namespace sanerf::scene {

struct SmallPhoto {
  ImageF gray;    // 1 channel [0, 1]; all of one size
  Camera camera;  // at that size, all in one frame
};

struct StillBackground {
  // Of the structure in the photos the share that stands still where it could not; 0 to 1, about 0 for ordinary
  // captures.
  double share = 0;
  // Of each place that the camera stood at, the photos that it took: places in the list of photos. One that belongs to
  // no stand is in none.
  std::vector<std::vector<int>> stands;

  bool IsTurntable() const { return share > kTurntable; }
  static constexpr double kTurntable = 0.15;
};

inline constexpr int kStillSize = 64;  // longest side of the pictures that are looked at

// The rows and columns of a photo of this size at kStillSize.
Camera SmallCamera(const Camera& camera);
ImageF GrayOf(const ImageF& rgb);

StillBackground FindStillBackground(const std::vector<SmallPhoto>& photos);
// Of the training views, at most so many of them (0 = all), evenly chosen; of several sizes the most frequent; nothing
// for scenes with alpha, whose background is cut out already. stands: indices into the scene's views. Throws Error for
// a photo that cannot be read, InterruptedError.
StillBackground FindStillBackground(const Scene& scene, int most, const Job& job);
std::vector<Oddity> OdditiesOf(const StillBackground& still);

// How far, in pixels, what is seen at `px` by all of these cameras has to move in some of their pictures at least: the
// median over the cameras of the angle between their rays through px and the point, near or infinitely far, that fits
// all of these best. 0: one point can be seen there by all.
double LeastMotion(const std::vector<Camera>& cameras, const Vec2& px);

}  // namespace sanerf::scene
