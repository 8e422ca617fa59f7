// Masks of the photos as pictures:
//
//   masks/OBJECT/PHOTO.png       0 or 255, of the photo's size
//   labels/PHOTO.png             the number of the object that each pixel shows, 0 = none; numbers in labels.json
//   probability/OBJECT/PHOTO.npy [height][width] float, when asked for
#pragma once

#include <filesystem>
#include <vector>

#include "sanerf/export/export_input.h"
#include "sanerf/export/options.h"

namespace sanerf::exports {

std::vector<ExportedFile> WriteMaskPictures(const ExportInput& input, const ExportOptions& options,
                                            const std::filesystem::path& folder, const Job& job);

}  // namespace sanerf::exports
