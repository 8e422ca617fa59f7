#include "sanerf/experiments/eval/photo_masks.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/pipeline/photo_masks_stage.h"
#include "sanerf/scene/mask_files.h"

namespace sanerf::experiments {
namespace {

constexpr char kMakeThem[] = "write them: sanerf segment RUN --refine-photos";

}  // namespace

void PhotoMasks::Fit(const mask_decoder::Prompts&, const Job&) {
  for (const run::StoredObject& object : objects_)
    if (!std::filesystem::is_directory(object.folder / pipeline::kPhotoMasks))
      throw Error(fmt::format("the object {} has no masks of the photos", object.name), "", kMakeThem);
}

std::vector<ImageU8> PhotoMasks::MasksFor(int view_idx, const Job& job) {
  job.ThrowIfStopped("reading the masks of the photos");
  const scene::View& view = scene_.views.at(size_t(view_idx));
  std::vector<ImageU8> masks;
  for (const run::StoredObject& object : objects_) {
    const std::filesystem::path path = object.folder / pipeline::kPhotoMasks / (scene::FlatName(view.name) + ".png");
    masks.push_back(ReadImage(path));
    const ImageU8& mask = masks.back();
    if (mask.channels != 1 || mask.width != view.camera.width || mask.height != view.camera.height)
      throw Error(path.string(),
                  fmt::format("a gray mask of {}x{} pixels is expected", view.camera.width, view.camera.height),
                  kMakeThem);
  }
  return masks;
}

}  // namespace sanerf::experiments
