// The photos that poses are found for, as COLMAP is given them: a folder of files with plain names.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/poses/input.h"

namespace sanerf::poses {

struct Photo {
  std::string name;           // in the scene: "IMG_12.jpg", "left/0001.png", "frame_000120.jpg"
  std::string file;           // in the folder that COLMAP reads: "000012.jpg"; lists of COLMAP hold no blanks
  int width = 0, height = 0;  // as stored
  std::string lens;           // see LensOf
  double sharpness = 0;
  bool is_alike = false;  // looks much like the one before
};
Json ToJson(const std::vector<Photo>& photos);
std::vector<Photo> PhotosFromJson(const Json& json, const std::string& file);

// Looks at every photo and puts it into `folder`: a link, or, of what COLMAP does not read as it is (other formats than
// PNG and JPEG, 16 bits), a PNG file, upright. Those that cannot be read are left out with one warning. Throws Error
// when fewer than three are left.
std::vector<Photo> GatherPhotos(const PosesInput& input, const std::filesystem::path& folder, const Job& job);

}  // namespace sanerf::poses
