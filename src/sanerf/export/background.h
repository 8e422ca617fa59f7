// The scene without the objects, from where its photos were taken:
//
//   background/PHOTO.png  what the radiance field shows behind them; transparent where no photo saw what that is
//   holes/PHOTO.png       255 in these holes
#pragma once

#include <filesystem>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/export/export_input.h"
#include "sanerf/export/options.h"

namespace sanerf::exports {

class SeenSurfaces;

std::vector<ExportedFile> WriteBackgrounds(const ExportInput& input, const ExportOptions& options,
                                           const std::filesystem::path& folder, const Job& job);

// A picture without the objects and its holes, of the camera (file frame).
struct BackgroundPicture {
  ImageU8 rgba, holes;
  int64_t num_changed = 0;  // pixels in which objects were
};
BackgroundPicture BackgroundOf(const ExportInput& input, const Camera& camera, const SeenSurfaces& seen,
                               const Job& job);

}  // namespace sanerf::exports
