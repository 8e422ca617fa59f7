#include "sanerf/export/mask_pictures.h"

#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/json.h"
#include "sanerf/core/npy.h"
#include "sanerf/core/orientation.h"
#include "sanerf/export/object_masks.h"
#include "sanerf/export/photo_files.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

// For names that have folders themselves.
fs::path PlaceIn(const fs::path& folder, const std::string& name) {
  const fs::path place = folder / name;
  fs::create_directories(place.parent_path());
  return place;
}

void WritePicture(const fs::path& folder, const std::string& name, const ImageU8& upright, Lying lying,
                  const scene::View& view) {
  int orientation = 1;
  const ImageU8 picture = LaidAs(lying, upright, view, &orientation);
  WritePng(PlaceIn(folder, name), picture, orientation);
}

void WriteArray(const fs::path& folder, const std::string& name, const ImageF& upright, Lying lying,
                const scene::View& view) {
  const ImageF values = lying == Lying::kStored ? AsStored(upright, view.orientation) : upright;
  WriteNpy(PlaceIn(folder, name), {values.height, values.width}, values.data.data());
}

}  // namespace

std::vector<ExportedFile> WriteMaskPictures(const ExportInput& input, const ExportOptions& all, const fs::path& folder,
                                            const Job& job) {
  const PhotoOptions& options = all.photos;
  const std::vector<int> views = ViewsFor(options, input.scene);
  const std::vector<std::string> photos = PhotoNames(input.scene, views), pictures = PictureNames(photos),
                                 arrays = PictureNames(photos, ".npy");
  ObjectMasks masks(input, views, options.longest_side, job);
  Task task(job, "masks", int64_t(views.size()), "photos");
  for (size_t i = 0; i < views.size(); ++i) {
    job.ThrowIfStopped("writing masks");
    const scene::View& view = input.scene.views[size_t(views[i])];
    const MasksOfView shown = masks.Of(view, options.arrays, job);
    for (size_t object = 0; object < input.names.size(); ++object) {
      const std::string& name = input.names[object];
      WritePicture(folder / "masks" / name, pictures[i], shown.masks[object], options.lying, view);
      if (options.arrays)
        WriteArray(folder / "probability" / name, arrays[i], shown.probabilities[object], options.lying, view);
    }
    if (options.labels) WritePicture(folder / "labels", pictures[i], shown.numbers, options.lying, view);
    task.Update(int64_t(i) + 1);
  }
  masks.CheckNotEmpty(job);
  task.Finish();

  std::vector<ExportedFile> files;
  const int64_t count = int64_t(views.size());
  for (const std::string& name : input.names) {
    files.push_back(Exported(folder / "masks" / name, count, "masks", kPhotoPixels, kPixelUnits));
    if (options.arrays)
      files.push_back(Exported(folder / "probability" / name, count, "arrays", kPhotoPixels, "probabilities"));
  }
  if (!options.labels) return files;
  Json numbers = {{"0", nullptr}};
  for (size_t object = 0; object < input.names.size(); ++object)
    numbers[std::to_string(object + 1)] = input.names[object];
  WriteJsonFile(folder / "labels.json", numbers);
  files.push_back(Exported(folder / "labels", count, "pictures of numbers", kPhotoPixels, kPixelUnits));
  return files;
}

}  // namespace sanerf::exports
