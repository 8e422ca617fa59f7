// LLFF: poses_bounds.npy, one row of 17 numbers per image in file-name order.
#include "sanerf/scene/llff_loader.h"

#include <fmt/format.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/npy.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/attach_masks.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

constexpr int kRowSize = 17;  // 3 x 5 row-major (rotation, center, [height, width, focal]), near, far

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

// LLFF stores the camera axes as (down, right, back); ours are (right, up, back).
Camera ReadRow(const double* row, const std::string& where, double* pose_scale) {
  for (int i = 0; i < kRowSize; ++i) {
    if (!std::isfinite(row[i]))
      throw Error(where, fmt::format("number {} of 17 is not finite", i + 1), "re-export the poses");
  }
  Mat3 stored;
  Camera camera;
  for (int axis = 0; axis < 3; ++axis) {
    for (int column = 0; column < 3; ++column) stored(axis, column) = row[axis * 5 + column];
    camera.world_from_cam.translation[axis] = row[axis * 5 + 3];
  }
  Mat3 rotation;
  rotation << stored.col(1), -stored.col(0), stored.col(2);
  camera.world_from_cam.rotation = CheckedRotation(rotation, where, pose_scale);

  const double height = row[4], width = row[9], focal = row[14];
  if (!(height >= 1 && width >= 1 && height < 1e6 && width < 1e6 && focal > 0)) {
    throw Error(
        where, fmt::format("intrinsics absent: height {:.4g}, width {:.4g}, focal length {:.4g}", height, width, focal),
        "re-export the poses with LLFF's imgs2poses");
  }
  camera.width = int(std::lround(width));
  camera.height = int(std::lround(height));
  camera.fx = camera.fy = focal;
  camera.cx = 0.5 * camera.width;
  camera.cy = 0.5 * camera.height;
  return camera;
}

}  // namespace

SceneListing ReadLlff(const fs::path& root, const Job& job) {
  const fs::path file = root / "poses_bounds.npy";
  const NumericArray rows = ReadNpy(file);
  if (rows.shape.size() != 2 || rows.shape[1] != kRowSize) {
    throw Error(file.string(), fmt::format("expected rows of 17 numbers, found {} numbers in shape [{}]",
                                           rows.data.size(), fmt::join(rows.shape, ", ")));
  }
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
    const double* row = &rows.data[i * kRowSize];
    const ImageInfo info = ReadImageInfo(images[i]);
    ListedView listed;
    listed.image = info;
    listed.view.name = name;
    listed.view.image_path = images[i];
    listed.view.camera = FitToImage(ReadRow(row, where, &listed.pose_scale), info, where);
    listed.bounds = DepthBounds{row[15], row[16]};
    listing.views.push_back(std::move(listed));
  }
  AttachLabels(listing, folder);
  return listing;
}

}  // namespace sanerf::scene
