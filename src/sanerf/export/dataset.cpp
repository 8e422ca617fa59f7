#include "sanerf/export/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/orientation.h"
#include "sanerf/core/phrases.h"
#include "sanerf/export/object_masks.h"
#include "sanerf/export/photo_files.h"
#include "sanerf/scene/ignored_pixels.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

constexpr size_t kNamedLeftOut = 8;

// 255 where the program is to look, upright.
ImageU8 KeptPixels(const MasksOfView& shown, Keep keep, const scene::View& view) {
  const ImageU8 ignored = scene::LoadIgnoredPixels(view);
  ImageU8 kept(shown.numbers.width, shown.numbers.height, 1);
  for (size_t i = 0; i < kept.data.size(); ++i) {
    const bool is_object = shown.numbers.data[i] != 0, is_ignored = !ignored.empty() && ignored.data[i] != 0;
    kept.data[i] = is_object == (keep == Keep::kObject) && !is_ignored ? 255 : 0;
  }
  return kept;
}

void PutPhoto(const fs::path& photo, const fs::path& place, Photos how) {
  fs::create_directories(place.parent_path());
  if (how == Photos::kLink) return LinkOrCopy(fs::canonical(photo), place);  // a link to a link would not lead there
  WriteFileAtomic(place, ReadFile(photo, FileKind::kImage));
}

template <class T>
void AppendBytes(std::string* bytes, const T& value) {
  char raw[sizeof(T)];
  std::memcpy(raw, &value, sizeof(T));
  bytes->append(raw, sizeof(T));
}

}  // namespace

Camera CameraAsStored(const scene::View& view) {
  const int orientation = view.orientation;
  if (TurnAlone(orientation) != orientation)
    throw Error(fmt::format("the photo {} cannot be part of a data set", view.name),
                "its file is mirrored, as EXIF says, and no camera sees a mirrored world",
                "turn the photos upright first (for example exiftran -a), and train on these");
  Camera camera = view.camera;
  const int turns_back = (4 - NumTurnsClockwise(orientation)) % 4;
  for (int i = 0; i < turns_back; ++i) camera = camera.TurnedClockwise();
  return camera;
}

std::vector<DatasetPhoto> WriteDatasetPictures(const ExportInput& input, const PhotoOptions& options, MaskNames names,
                                               const fs::path& folder, const Job& job) {
  const std::vector<int> views = ViewsFor(options, input.scene);
  const std::vector<std::string> photos = PhotoNames(input.scene, views), pictures = PictureNames(photos);
  std::vector<Camera> cameras;
  for (const int v : views) cameras.push_back(CameraAsStored(input.scene.views[size_t(v)]));  // before anything is made
  ObjectMasks masks(input, views, options.longest_side, job);
  std::vector<DatasetPhoto> set;
  std::vector<std::string> left_out;
  Task task(job, "masks", int64_t(views.size()), "photos");
  for (size_t i = 0; i < views.size(); ++i) {
    job.ThrowIfStopped("writing the data set");
    const scene::View& view = input.scene.views[size_t(views[i])];
    const ImageU8 kept = KeptPixels(masks.Of(view, /*with_probabilities=*/false, job), options.keep, view);
    task.Update(int64_t(i) + 1);
    if (std::all_of(kept.data.begin(), kept.data.end(), [](uint8_t value) { return value == 0; })) {
      left_out.push_back(view.name);
      continue;
    }
    DatasetPhoto photo{views[i], photos[i], names == MaskNames::kBehindEnding ? photos[i] + ".png" : pictures[i],
                       cameras[i]};
    const fs::path mask = folder / "masks" / photo.mask;
    fs::create_directories(mask.parent_path());
    int orientation = 1;
    const ImageU8 as_stored = LaidAs(Lying::kStored, kept, view, &orientation);
    WritePng(mask, as_stored, orientation);
    PutPhoto(view.image_path, folder / "images" / photo.photo, options.photos);
    set.push_back(std::move(photo));
  }
  masks.CheckNotEmpty(job);
  task.Finish();
  if (set.empty()) ThrowEmpty(input.names, "of no photo anything would be looked at");
  if (!left_out.empty())
    job.Info(fmt::format("left out  {} in which nothing would be looked at: {}",
                         Counted(int64_t(left_out.size()), "photo"), FirstFew(left_out, kNamedLeftOut)));
  return set;
}

PointCloud DatasetPoints(const ExportInput& input, const PhotoOptions& options, const Job& job) {
  if (options.points == 0) return {};
  const PointCloud all = MakePointCloud(input.nerf, input.scene, options.points, job);
  const std::vector<uint8_t> labels = LabelsOf(all, *input.objects, job);
  PointCloud kept;
  for (size_t i = 0; i < all.points.size(); ++i) {
    const bool is_object = std::count(input.labels.begin(), input.labels.end(), int(labels[i])) > 0;
    if (is_object != (options.keep == Keep::kObject)) continue;
    kept.points.push_back(all.points[i]);
    kept.colors.push_back(all.colors[i]);
  }
  return kept;
}

void WritePointsPly(const PointCloud& cloud, const fs::path& path) {
  std::string bytes = fmt::format(
      "ply\nformat binary_little_endian 1.0\nelement vertex {}\nproperty double x\nproperty double y\n"
      "property double z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\nend_header\n",
      cloud.points.size());
  for (size_t i = 0; i < cloud.points.size(); ++i) {
    for (int a = 0; a < 3; ++a) AppendBytes(&bytes, cloud.points[i][a]);
    for (const uint8_t value : cloud.colors[i]) AppendBytes(&bytes, value);
  }
  WriteFileAtomic(path, bytes);
}

std::vector<ExportedFile> ReportOfDataset(const fs::path& folder, size_t num_photos, size_t num_points) {
  std::vector<ExportedFile> files = {
      Exported(folder / "images", int64_t(num_photos), "photos", kPhotoPixels, kPixelUnits),
      Exported(folder / "masks", int64_t(num_photos), "masks", kPhotoPixels, kPixelUnits)};
  if (num_points > 0) files.push_back({folder, int64_t(num_points), "points", {}, kFileFrame, kSceneUnits, 0});
  return files;
}

}  // namespace sanerf::exports
