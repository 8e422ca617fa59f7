// LLFF: poses_bounds.npy, one row of 17 numbers per image in file-name order.
#include "sanerf/scene/llff_loader.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/npy.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/attach_masks.h"
#include "sanerf/scene/listing.h"
#include "sanerf/scene/poses_bounds.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

// The folder whose image count fits the rows, else the first with images.
fs::path ChooseImageFolder(const fs::path& root, int64_t num_rows) {
  fs::path first;
  for (const fs::path& folder : ImageFolders(root)) {
    const size_t count = ImagesIn(folder).size();
    if (int64_t(count) == num_rows) return folder;
    if (count > 0 && first.empty()) first = folder;
  }
  if (first.empty()) {
    throw Error(fmt::format("no images for {}", (root / "poses_bounds.npy").string()),
                "looked for PNG and JPEG files in images, images_2, images_4, images_8",
                "put the photos into a folder named images beside poses_bounds.npy");
  }
  return first;
}

}  // namespace

SceneListing ReadLlff(const fs::path& root, const Job& job) {
  const fs::path file = root / "poses_bounds.npy";
  const NumericArray rows = ReadPosesBounds(file);
  const fs::path folder = ChooseImageFolder(root, rows.shape[0]);
  const std::vector<fs::path> images = ImagesIn(folder);
  if (int64_t(images.size()) != rows.shape[0]) {
    throw Error(
        file.string(),
        fmt::format("{} but {} has {}", Counted(rows.shape[0], "row"), (folder.filename() / "").string(),
                    Counted(int64_t(images.size()), "image")),
        "rows belong to images in file-name order: remove the images without a pose, or export the poses again");
  }

  SceneListing listing;
  listing.root = root;
  listing.format = "llff";
  listing.source = fmt::format("LLFF poses_bounds.npy, photos from {}", folder.filename().string());
  for (size_t i = 0; i < images.size(); ++i) {
    job.ThrowIfStopped("reading the photos' sizes");
    const std::string name = NameInScene(root, images[i]),
                      where = fmt::format("{}: row {} ({})", file.string(), i, name);
    const double* row = &rows.data[i * kPosesBoundsRow];
    const ImageInfo info = ReadImageInfo(images[i]);
    ListedView listed;
    listed.image = info;
    listed.view.name = name;
    listed.view.image_path = images[i];
    listed.view.camera = FitToImage(CameraOfRow(row, where, &listed.pose_scale), info, where);
    listed.bounds = DepthBounds{row[15], row[16]};
    listing.views.push_back(std::move(listed));
  }
  AttachLabels(listing, folder);
  return listing;
}

}  // namespace sanerf::scene
