// A video of the objects or the scene: NAME-turntable.mp4, or a folder of PNG pictures where ffmpeg is not there.
#pragma once

#include <filesystem>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/export/export_input.h"
#include "sanerf/export/options.h"

namespace sanerf::exports {

// Without objects it shows the scene. Throws Error for an empty object and where ffmpeg fails.
std::vector<ExportedFile> WriteVideo(const ExportInput& input, const ExportOptions& options,
                                     const std::filesystem::path& folder, const Job& job);

// The objects without the rest of the scene, with straight alpha (4 channels).
ImageU8 AlonePicture(const ExportInput& input, const Camera& camera, const Job& job);

}  // namespace sanerf::exports
