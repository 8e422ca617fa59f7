// Colors of places on a surface, from the photos that see them.
#pragma once

#include <cstdint>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/export/surface_views.h"
#include "sanerf/export/triangle_mesh.h"
#include "sanerf/scene/scene.h"

namespace sanerf::exports {

struct SurfacePoints {
  Vec3 origin = Vec3::Zero();    // file frame
  std::vector<Vec3f> positions;  // from there
  std::vector<Vec3f> normals;    // unit length
};

struct PhotoColors {
  std::vector<Rgb8> colors;
  std::vector<uint8_t> is_known;  // 0: no photo sees it
};

// A photo sees a place that lies within `tolerance` of the depth there, where the subject is, from its front
// (ShowsPoint). Of the photos that see it best, most pixels on it, kPhotosPerPlace count: each by how much better it is
// than the next one, so that colors change smoothly where another photo takes over, and those whose color is far from
// the others' count little. spacing: of the points, file units; photos are read no finer than that. Bytes per point:
// BytesPerPlace. Reports the task "colors". Throws Error for a broken photo, InterruptedError. The same for any number
// of threads.
PhotoColors ColorsFromPhotos(const SurfacePoints& points, const std::vector<SurfaceView>& views,
                             const scene::Scene& scene, double tolerance, double spacing, const Job& job);
inline constexpr int kPhotosPerPlace = 5;
double BytesPerPlace();

}  // namespace sanerf::exports
