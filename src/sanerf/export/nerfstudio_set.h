// A data set as nerfstudio's `ns-train … nerfstudio-data` reads it: transforms.json, images/, masks/, points.ply.
// Masks: what is black is not looked at (`mask_path`). Poses and intrinsics are those of the scene.
#pragma once

#include <filesystem>
#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/export/export_input.h"
#include "sanerf/export/options.h"

namespace sanerf::exports {

std::vector<ExportedFile> WriteNerfstudioSet(const ExportInput& input, const ExportOptions& options,
                                             const std::filesystem::path& folder, const Job& job);

// Size, focal lengths, principal point and lens with the keys of transforms.json. Throws Error for a lens that
// nerfstudio does not know.
Json NerfstudioIntrinsics(const Camera& camera);

}  // namespace sanerf::exports
