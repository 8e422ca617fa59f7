// Masks of the photos themselves, at their size, of objects that are stored: RUN/objects/NAME/photo_masks/VIEW.png.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/open_run.h"

namespace sanerf::pipeline {

inline constexpr const char* kPhotoMasks = "photo_masks";  // the folder in an object's own

struct PhotoMasksResult {
  struct Object {
    std::string name;
    std::filesystem::path folder;
    int num_empty = 0;  // photos that do not show it
  };
  std::vector<Object> objects;
  int num_photos = 0;
  double seconds = 0;
};

// objects: by name; empty = all there are. run: to be written. Of every photo of the scene, held-out ones included:
// nothing learns from them here, but their masks follow their own edges and are no renderings of views that nobody has
// seen. One photo is in memory at a time. The folder of each object is complete or as it was. Throws UsageError for an
// object that is not there, Error for photos and masks that cannot be read, InterruptedError.
PhotoMasksResult WritePhotoMasks(const std::vector<std::string>& objects, const Settings& settings, run::OpenRun* run,
                                 const Job& job);

}  // namespace sanerf::pipeline
