#include "sanerf/export/background.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/system_info.h"
#include "sanerf/export/layer_writer.h"
#include "sanerf/export/object_masks.h"
#include "sanerf/export/photo_files.h"
#include "sanerf/export/seen_surfaces.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

// How the mask grows before pixels count as untouched: what the filter takes out reaches a little beyond it.
constexpr int kAroundMask = 2;
constexpr float kEmpty = 0.5f;  // opacity below which a ray ends nowhere: it has no depth then

ImageU8 TouchedPixels(const ImageU8& labels, const std::vector<int>& of_objects) {
  ImageU8 touched(labels.width, labels.height, 1);
  for (int y = 0; y < labels.height; ++y)
    for (int x = 0; x < labels.width; ++x) {
      if (std::count(of_objects.begin(), of_objects.end(), int(labels.At(x, y))) == 0) continue;
      for (int v = std::max(0, y - kAroundMask); v <= std::min(labels.height - 1, y + kAroundMask); ++v)
        for (int u = std::max(0, x - kAroundMask); u <= std::min(labels.width - 1, x + kAroundMask); ++u)
          touched.At(u, v) = 255;
    }
  return touched;
}

}  // namespace

BackgroundPicture BackgroundOf(const ExportInput& input, const Camera& camera, const SeenSurfaces& seen,
                               const Job& job) {
  const nerf::RenderedView left = input.nerf.RenderPart(camera, input.objects->Without(input.labels), job);
  const ImageU8 touched = TouchedPixels(input.objects->Render(camera, job).labels, input.labels);
  BackgroundPicture picture{ImageU8(camera.width, camera.height, 4), ImageU8(camera.width, camera.height, 1),
                            std::count(touched.data.begin(), touched.data.end(), uint8_t{255})};
  const ImageU8 rgb = ToU8(left.rgb);
  ParallelFor(camera.height, [&](int64_t row) {
    const int y = int(row);
    for (int x = 0; x < camera.width; ++x) {
      std::copy_n(rgb.Pixel(x, y), 3, picture.rgba.Pixel(x, y));
      picture.rgba.At(x, y, 3) = 255;
      if (touched.At(x, y) == 0) continue;
      const float depth = left.depth.At(x, y);
      const bool is_empty = left.opacity.At(x, y) < kEmpty || depth <= 0;
      if (!is_empty && seen.Has(camera.Lift({x + 0.5, y + 0.5}, double(depth)))) continue;
      picture.holes.At(x, y) = 255;
      std::fill_n(picture.rgba.Pixel(x, y), 4, uint8_t{0});
    }
  });
  return picture;
}

std::vector<ExportedFile> WriteBackgrounds(const ExportInput& input, const ExportOptions& all, const fs::path& folder,
                                           const Job& job) {
  const PhotoOptions& options = all.photos;
  const std::vector<int> views = ViewsFor(options, input.scene);
  const std::vector<std::string> pictures = PictureNames(PhotoNames(input.scene, views));
  double most = 0;
  for (const int v : views) {
    const Camera camera = Shrunk(input.scene.views[size_t(v)].camera, 1, options.longest_side);
    most = std::max(most, FrameBytes(camera.width, camera.height, true, false));
  }
  CheckMemory("the pictures without the objects", most, "render smaller ones: --size 1600", job);
  const SeenSurfaces seen(input.nerf, input.scene, job);
  int64_t num_changed = 0;
  Task task(job, "background", int64_t(views.size()), "photos");
  for (size_t i = 0; i < views.size(); ++i) {
    job.ThrowIfStopped("rendering the background");
    const Camera camera = Shrunk(input.scene.views[size_t(views[i])].camera, 1, options.longest_side);
    const BackgroundPicture picture = BackgroundOf(input, camera, seen, job);
    num_changed += picture.num_changed;
    for (const auto& [kind, image] : {std::pair("background", &picture.rgba), std::pair("holes", &picture.holes)}) {
      const fs::path place = folder / kind / pictures[i];
      fs::create_directories(place.parent_path());
      WritePng(place, *image);
    }
    task.Update(int64_t(i) + 1);
  }
  if (num_changed == 0) ThrowEmpty(input.names, "no photo that is exported shows a pixel of it");
  task.Finish();
  const int64_t count = int64_t(views.size());
  return {Exported(folder / "background", count, "pictures", kPhotoPixels, kPixelUnits),
          Exported(folder / "holes", count, "masks of holes", kPhotoPixels, kPixelUnits)};
}

}  // namespace sanerf::exports
