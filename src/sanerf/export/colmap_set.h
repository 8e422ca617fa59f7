// A data set as COLMAP and the programs for Gaussian splatting read it: images/, masks/, sparse/0/cameras.bin,
// images.bin, points3D.bin. Masks are those of `colmap feature_extractor --ImageReader.mask_path masks`, named
// PHOTO.png behind the photo's own ending: what is black is not looked at.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/export/export_input.h"
#include "sanerf/export/options.h"
#include "sanerf/export/point_cloud.h"

namespace sanerf::exports {

std::vector<ExportedFile> WriteColmapSet(const ExportInput& input, const ExportOptions& options,
                                         const std::filesystem::path& folder, const Job& job);

// The name of COLMAP's model of the camera's lens ("OPENCV"). Throws Error for a lens that COLMAP does not know.
std::string ColmapLensName(const Camera& camera);

}  // namespace sanerf::exports
