// All photos of a scene on one sheet, with its cameras: what `sanerf info --sheet` draws.
#pragma once

#include <string>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/scene/capture_shape.h"
#include "sanerf/scene/scene.h"

namespace sanerf::experiments {

struct SheetPhoto {
  int view_idx = 0;
  ImageU8 picture;      // small, 3 channels: what is ignored in red, edges of ground truth in yellow; empty = no room
  std::string problem;  // why the photo or a mask of it cannot be read; "" = it can
  double light = 0;     // mean of the linear values that count, [0, 1]
};
struct SceneSheet {
  std::vector<SheetPhoto> photos;  // of all views
};

// Opens every photo with its masks; of at most so many, evenly chosen, keeps the picture. A photo that is broken is a
// problem of its own, no error. Throws InterruptedError.
SceneSheet LookAtPhotos(const scene::Scene& scene, int most_pictures, const Job& job);

// Broken photos, photos that are much lighter or darker than the others.
std::vector<scene::Oddity> OdditiesOf(const SceneSheet& sheet, const scene::Scene& scene);

// The summary, the plan view and the pictures with their names, held-out ones in another color.
ImageU8 ToPicture(const SceneSheet& sheet, const scene::Scene& scene);

}  // namespace sanerf::experiments
