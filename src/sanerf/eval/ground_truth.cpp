#include "sanerf/eval/ground_truth.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/scene/instance_masks.h"
#include "sanerf/scene/listing.h"
#include "sanerf/scene/mask_files.h"
#include "sanerf/scene/upright.h"

namespace fs = std::filesystem;

namespace sanerf::eval {

using scene::View;

namespace {

constexpr int kHalf = 128;  // of 255: resampled masks and compressed ones are in between at their edges

bool HasExtension(const fs::path& path, std::initializer_list<const char*> extensions) {
  const std::string own = path.extension().string();
  return std::any_of(extensions.begin(), extensions.end(), [&](const char* extension) { return own == extension; });
}

ImageU8 MaskOfId(const ImageU16& ids, int instance) {
  ImageU8 mask(ids.width, ids.height, 1);
  for (size_t i = 0; i < ids.data.size(); ++i) {
    mask.data[i] = (instance >= 0 ? ids.data[i] == instance : ids.data[i] != 0) ? 255 : 0;
  }
  return mask;
}

// All that is not background in a picture of masks; colors, as labeling tools paint them, count in every channel.
ImageU8 MaskOfPicture(const fs::path& path) {
  const ImageU8 image = ReadImage(path);
  const bool has_alpha = HasAlpha(image.channels), is_cutout = path.stem().string().ends_with("_cutout");
  const int num_colors = has_alpha ? image.channels - 1 : image.channels;
  const int first = is_cutout && has_alpha ? num_colors : 0, last = first == 0 ? num_colors : image.channels;
  const bool is_soft = first > 0 || HasExtension(path, {".jpg", ".jpeg", ".JPG", ".JPEG"});
  ImageU8 mask(image.width, image.height, 1);
  for (int64_t p = 0; p < image.num_pixels(); ++p) {
    for (int c = first; c < last; ++c) {
      if (image.data[size_t(p * image.channels + c)] >= (is_soft ? kHalf : 1)) mask.data[size_t(p)] = 255;
    }
  }
  return mask;
}

// One instance of a mask file, or all of them.
ImageU8 ReadMask(const fs::path& path, int instance) {
  const bool is_picture = !HasExtension(path, {".npy"}) && !scene::IsHdf5(path) && ReadImageInfo(path).bits <= 8;
  return instance < 0 && is_picture ? MaskOfPicture(path) : MaskOfId(scene::ReadInstanceIds(path), instance);
}

ImageU8 FitToView(const ImageU8& mask, const View& view, const fs::path& path) {
  const Camera& camera = view.camera;
  if (mask.width == camera.width && mask.height == camera.height) return mask;
  if (!scene::HaveSameShape(mask.width, mask.height, camera.width, camera.height)) {
    throw Error(path.string(), fmt::format("the mask is {}x{} pixels, the photo {}x{}", mask.width, mask.height,
                                           camera.width, camera.height));
  }
  ImageU8 fitted = Resize(mask, camera.width, camera.height);
  for (uint8_t& value : fitted.data) value = value >= kHalf ? 255 : 0;
  return fitted;
}

}  // namespace

std::optional<ImageU8> TruthMask(const View& view, int instance) {
  if (view.mask_path.empty()) return std::nullopt;
  return MaskOfId(scene::LoadViewInstances(view), instance);
}

GroundTruth::GroundTruth(const fs::path& folder, const std::vector<View>& views) : from_folder_(!folder.empty()) {
  if (!from_folder_) return;
  if (!fs::is_directory(folder)) throw UsageError("--masks " + folder.string(), "no such folder");
  std::vector<const View*> pointers;
  for (const View& view : views) pointers.push_back(&view);
  scene::MaskMatches matches = scene::MatchMasks(folder, pointers);
  for (size_t v = 0; v < views.size(); ++v) {
    if (!matches.of_view[v].empty()) files_[views[v].name] = matches.of_view[v];
  }
  unmatched_files_ = std::move(matches.unmatched);
}

std::optional<ImageU8> GroundTruth::MaskOf(const View& view, int instance) const {
  if (!Has(view)) return std::nullopt;
  if (!from_folder_) return TruthMask(view, instance);
  const fs::path& file = files_.at(view.name);
  return FitToView(scene::UprightAsPhoto(ReadMask(file, instance), view, /*as_stored=*/false), view, file);
}

bool GroundTruth::Shows(int instance, const std::vector<View>& views, const std::vector<int>& view_idxs,
                        const Job& job) const {
  return std::any_of(view_idxs.begin(), view_idxs.end(), [&](int view_idx) {
    job.ThrowIfStopped("reading the masks");
    const std::optional<ImageU8> mask = MaskOf(views[size_t(view_idx)], instance);
    return mask && std::any_of(mask->data.begin(), mask->data.end(), [](uint8_t value) { return value != 0; });
  });
}

std::set<int> GroundTruth::InstancesIn(const std::vector<View>& views, const std::vector<int>& view_idxs,
                                       const Job& job) const {
  std::set<int> instances;
  for (const int view_idx : view_idxs) {
    job.ThrowIfStopped("reading the masks");
    const View& view = views[size_t(view_idx)];
    if (!Has(view)) continue;
    const ImageU16 ids = from_folder_ ? scene::ReadInstanceIds(files_.at(view.name)) : scene::LoadViewInstances(view);
    instances.insert(ids.data.begin(), ids.data.end());
  }
  instances.erase(0);
  return instances;
}

}  // namespace sanerf::eval
