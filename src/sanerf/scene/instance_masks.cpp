// Ground-truth instance ids of a view, from whatever file the data set keeps them in.
#include "sanerf/scene/instance_masks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/npy.h"
#include "sanerf/scene/hdf5.h"
#include "sanerf/scene/mask_files.h"
#include "sanerf/scene/upright.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

constexpr int kLargestId = 65535;
constexpr uint16_t kObjectId = 255;  // of a mask that is one object

template <class T>
ImageU16 FirstChannel(const Image<T>& image) {
  ImageU16 ids(image.width, image.height, 1);
  for (int64_t p = 0; p < image.num_pixels(); ++p) ids.data[size_t(p)] = image.data[size_t(p * image.channels)];
  return ids;
}

// Of a renderer that BlenderProc drives (Instance-NeRF's 3D-FRONT): checked and cleaned ids, or as they were rendered.
const std::vector<std::string> kHdf5Ids = {"cp_instance_id_segmaps", "instance_segmaps"};

ImageU16 IdsFrom(const NumericArray& array, const fs::path& path) {
  const bool is_flat = array.shape.size() == 2 || (array.shape.size() == 3 && array.shape[2] == 1);
  if (!is_flat || array.data.empty() || array.shape[0] > 1000000 || array.shape[1] > 1000000) {
    throw Error(path.string(),
                fmt::format("expected instance ids in rows and columns, found an array of shape [{}]",
                            fmt::join(array.shape, ", ")),
                "save one number per pixel of the photo");
  }
  ImageU16 ids(int(array.shape[1]), int(array.shape[0]), 1);
  for (size_t i = 0; i < array.data.size(); ++i) {
    const double value = array.data[i];
    if (value != std::floor(value) || value > kLargestId) {
      throw Error(path.string(), fmt::format("{:.6g} is not an instance id", value),
                  fmt::format("ids are whole numbers up to {}", kLargestId));
    }
    ids.data[i] = uint16_t(std::max(value, 0.0));
  }
  return ids;
}

// The bright half of a mask's own range, so that soft edges end in the middle.
void MakeOneObject(ImageU16* mask) {
  if (mask->data.empty()) return;
  const int brightest = *std::max_element(mask->data.begin(), mask->data.end());
  for (uint16_t& value : mask->data) value = value > 0 && 2 * value >= brightest ? kObjectId : 0;
}

}  // namespace

ImageU16 ReadInstanceIds(const fs::path& path) {
  if (IsHdf5(path)) return IdsFrom(ReadHdf5(path, kHdf5Ids), path);
  if (path.extension() == ".npy") return IdsFrom(ReadNpy(path), path);
  if (ReadImageInfo(path).bits == 16) return FirstChannel(ReadPng16(path));
  return FirstChannel(ReadImage(path));
}

ImageU16 LoadViewInstances(const View& view) {
  if (view.mask_path.empty()) {
    throw Error(fmt::format("no mask for {}", view.name), "the scene has no ground truth for this view",
                "masks are listed per frame by \"mask_path\"");
  }
  ImageU16 ids = UprightAsPhoto(ReadInstanceIds(view.mask_path), view, /*as_stored=*/false);
  if (view.mask_is_object) MakeOneObject(&ids);
  if (ids.width != view.camera.width || ids.height != view.camera.height) {
    throw Error(view.mask_path.string(),
                fmt::format("the mask is {}x{} but its image is {}x{}", ids.width, ids.height, view.camera.width,
                            view.camera.height),
                "masks hold one pixel per image pixel: export them at the image's size");
  }
  return ids;
}

}  // namespace sanerf::scene
