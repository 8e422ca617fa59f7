#include "sanerf/pipeline/ground_truth.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/pipeline/object_store.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

ImageU8 Binary(const ImageU8& image, int instance) {
  ImageU8 mask(image.width, image.height, 1);
  for (size_t i = 0; i < mask.data.size(); ++i) {
    const int value = image.data[i * size_t(image.channels)];
    mask.data[i] = (instance >= 0 ? value == instance : value != 0) ? 255 : 0;
  }
  return mask;
}

}  // namespace

GroundTruth::GroundTruth(const fs::path& folder) {
  if (folder.empty()) return;
  from_folder_ = true;
  if (!fs::is_directory(folder)) throw UsageError("--masks " + folder.string(), "no such folder");
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files_[FlatName(fs::relative(entry.path(), folder).string())] = entry.path();
  }
}

std::optional<ImageU8> GroundTruth::MaskOf(const View& view, int instance) const {
  if (!from_folder_ && view.mask_path.empty()) return std::nullopt;
  if (!from_folder_) return Binary(LoadViewMask(view), instance);
  for (const std::string& name : {FlatName(view.name), FlatName(fs::path(view.name).filename().string())}) {
    const auto file = files_.find(name);
    if (file == files_.end()) continue;
    const ImageU8 mask = ReadImage(file->second);
    if (mask.width != view.camera.width || mask.height != view.camera.height) {
      throw Error(file->second.string(), fmt::format("the mask is {}x{} pixels, the photo {}x{}", mask.width,
                                                     mask.height, view.camera.width, view.camera.height));
    }
    return Binary(mask, instance);
  }
  return std::nullopt;
}

}  // namespace sanerf
