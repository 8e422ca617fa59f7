// Photos that broke when they were copied: their headers are good, their pictures end too early.
#pragma once

#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/scene/scene.h"

namespace sanerf::scene {

struct BrokenPhoto {
  int view = 0;      // index into the scene's views
  std::string what;  // "cannot read image /scene/images/1.jpg: the file is truncated"
  std::string hint;
};

// Reads these photos wholly, in parallel, none of which stays in memory. A JPEG of 12 megapixels takes 0.06 s of one
// core.
std::vector<BrokenPhoto> FindBrokenPhotos(const Scene& scene, const std::vector<int>& views, const Job& job);

// Throws Error that counts and names those that are broken.
void RequireWholePhotos(const Scene& scene, const std::vector<int>& views, const Job& job);

}  // namespace sanerf::scene
