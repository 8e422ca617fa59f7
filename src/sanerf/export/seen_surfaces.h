// Which places of a scene some photo has seen: what stands behind an object was hidden from all of them perhaps, and
// then the radiance field says nothing of it, whatever it shows there.
#pragma once

#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::exports {

class SeenSurfaces {
 public:
  // Renders the depth of every training photo, small. Reports the task "depth". Throws InterruptedError.
  SeenSurfaces(const nerf::NerfModel& nerf, const scene::Scene& scene, const Job& job);

  // p: file frame, on a surface. Whether a photo shows it, with nothing before it.
  bool Has(const Vec3& p) const;

 private:
  struct Seen {
    Camera camera;  // file frame, at the size of its depth
    ImageF depth;
  };
  static bool Shows(const Seen& seen, const Vec3& p);

  std::vector<Seen> views_;
};

}  // namespace sanerf::exports
