// Scenes over time: which camera took which photo, and when.
#pragma once

#include <string>
#include <vector>

#include "sanerf/scene/listing.h"
#include "sanerf/scene/scene.h"

namespace sanerf::scene {

// A place from which photos were taken: the same pose, size and intrinsics.
struct CameraOverTime {
  std::string name;        // what the names of its photos have in common: "cam00", "train/c3"
  std::vector<int> views;  // by time, then by name
};

struct Moments {
  std::vector<double> times;            // those that there are, ascending; empty for scenes without
  std::vector<CameraOverTime> cameras;  // by the name of their first photo
  size_t num_views = 0;

  // Cameras that stand still: most took more than one photo. Otherwise a camera was carried through the scene.
  bool HasFixedCameras() const { return times.size() > 1 && 2 * cameras.size() <= num_views; }
  int MomentOf(double time) const;  // index of the nearest
};

// Times less than a millionth apart are one moment.
Moments MomentsOf(const std::vector<const View*>& views);
Moments MomentsOf(const Scene& scene);
Moments MomentsOf(const SceneListing& listing);

// "8 cameras x 24 moments, 30 per second, 0.8 s", "a moving camera, 120 moments"; "" for scenes without time.
std::string Description(const Moments& moments, double fps);
// Names of the cameras of which all photos are held out.
std::vector<std::string> HeldOutCameras(const Moments& moments, const Scene& scene);

// Only the moments that `frames` names (frame_range.h), counted in their order; the first of them is then at 0 and the
// last at 1. Throws UsageError when a scene without time is asked for some. Then what times cannot be: photos with and
// without one are an Error; one moment alone, and cameras that lack some, are warnings.
void KeepMoments(SceneListing& listing, const std::string& frames);

}  // namespace sanerf::scene
