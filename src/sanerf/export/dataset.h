// The photos of a scene with a mask for each, as a data set for programs that train on photos: what the forms of
// several programs share.
//
//   images/PHOTO        another name of the photo's file, or a copy: as it is stored
//   masks/PICTURE.png   white is looked at, black is not: the objects alone, or all but them; what the scene itself
//                       ignores, and what a lens does not see, is black in both
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/export/export_input.h"
#include "sanerf/export/options.h"
#include "sanerf/export/point_cloud.h"

namespace sanerf::exports {

struct DatasetPhoto {
  int view = 0;             // index into the scene's views
  std::string photo, mask;  // below images/ and masks/
  Camera camera;            // file frame; of the pixels as they lie in the file
};

enum class MaskNames : uint8_t { kInsteadOfEnding, kBehindEnding };  // 1.png or 1.jpg.png, of 1.jpg

// Photos without a white pixel are left out, which the job says. Throws Error for an empty object and for a photo that
// is mirrored in its file in a way that no camera sees.
std::vector<DatasetPhoto> WriteDatasetPictures(const ExportInput& input, const PhotoOptions& options, MaskNames names,
                                               const std::filesystem::path& folder, const Job& job);

// The camera of the view as its file's pixels lie.
Camera CameraAsStored(const scene::View& view);

// On the surfaces of what is kept; none when the options want none.
PointCloud DatasetPoints(const ExportInput& input, const PhotoOptions& options, const Job& job);

// Binary PLY: x y z as doubles (large coordinates keep their millimeters), red green blue as bytes.
void WritePointsPly(const PointCloud& cloud, const std::filesystem::path& path);

std::vector<ExportedFile> ReportOfDataset(const std::filesystem::path& folder, size_t num_photos, size_t num_points);

}  // namespace sanerf::exports
