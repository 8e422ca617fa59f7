#include "sanerf/export/cutouts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/system_info.h"
#include "sanerf/export/layer_writer.h"
#include "sanerf/export/layers.h"
#include "sanerf/export/matting.h"
#include "sanerf/export/object_masks.h"
#include "sanerf/export/photo_files.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

// A photo in color, and how much of each pixel there is.
struct CutoutColors {
  ImageF rgb, alpha;  // alpha: empty where the photo is opaque
};

CutoutColors ColorsOf(const scene::View& view, const Camera& camera) {
  const ImageF photo = scene::LoadViewImage(view, camera.width, camera.height);
  if (photo.channels == 3) return {photo, {}};
  ImageF rgb(photo.width, photo.height, 3);
  for (int64_t p = 0; p < photo.num_pixels(); ++p) std::copy_n(&photo.data[size_t(4 * p)], 3, &rgb.data[size_t(3 * p)]);
  return {std::move(rgb), Channel(photo, 3)};
}

// 4 channels. num_pixels: of the mask.
ImageU8 CutoutOfPhoto(const CutoutColors& photo, const Camera& camera, const OwnField& own, bool hard_edge,
                      int64_t* num_pixels, const OnPart& say, const Job& job) {
  say("mask");
  const ImageU8 labels = own.field->Render(camera, job).labels, mask = MaskOfLabel(labels, own.label);
  *num_pixels = std::count(mask.data.begin(), mask.data.end(), uint8_t{255});
  Matte matte{ToFloat(mask), photo.rgb};
  if (!hard_edge && *num_pixels > 0) {
    say("coverage");
    matte = MatteOf(photo.rgb, own.field->Coverage(camera, labels, own.label, job), job, say);
  }
  if (!photo.alpha.empty())
    for (size_t i = 0; i < matte.alpha.data.size(); ++i)
      matte.alpha.data[i] = std::min(matte.alpha.data[i], photo.alpha.data[i]);
  return Cutout(matte.foreground, matte.alpha);
}

void CheckCutoutMemory(const std::vector<Camera>& cameras, bool hard_edge, const Job& job) {
  const Camera* largest = &cameras[0];
  for (const Camera& camera : cameras)
    if (double(camera.width) * camera.height > double(largest->width) * largest->height) largest = &camera;
  CheckMemory(fmt::format("a cut-out of {}x{} pixels", largest->width, largest->height),
              FrameBytes(largest->width, largest->height, true, !hard_edge), "cut out smaller pictures: --size 1600",
              job);
}

}  // namespace

std::vector<ExportedFile> WriteCutouts(const ExportInput& input, const ExportOptions& all, const fs::path& folder,
                                       const Job& job) {
  const PhotoOptions& options = all.photos;
  const std::vector<int> views = ViewsFor(options, input.scene);
  const std::vector<std::string> pictures = PictureNames(PhotoNames(input.scene, views));
  std::vector<Camera> cameras;
  for (const int v : views) cameras.push_back(Shrunk(input.scene.views[size_t(v)].camera, 1, options.longest_side));
  CheckCutoutMemory(cameras, options.hard_edge, job);
  std::vector<int64_t> num_pixels(input.names.size(), 0);
  Task task(job, "cut-outs", int64_t(views.size()), "photos");
  for (size_t i = 0; i < views.size(); ++i) {
    job.ThrowIfStopped("cutting out");
    const CutoutColors photo = ColorsOf(input.scene.views[size_t(views[i])], cameras[i]);
    const auto say = [&](const std::string& part) { task.Update(int64_t(i), part); };
    for (size_t object = 0; object < input.names.size(); ++object) {
      int64_t of_this = 0;
      const ImageU8 picture =
          CutoutOfPhoto(photo, cameras[i], input.own[object], options.hard_edge, &of_this, say, job);
      num_pixels[object] += of_this;
      const fs::path place = folder / "cutouts" / input.names[object] / pictures[i];
      fs::create_directories(place.parent_path());
      WritePng(place, picture);
    }
    task.Update(int64_t(i) + 1);
  }
  CheckObjectsHavePixels(input.names, num_pixels, job);
  task.Finish();
  std::vector<ExportedFile> files;
  for (const std::string& name : input.names)
    files.push_back(Exported(folder / "cutouts" / name, int64_t(views.size()), "cut-outs", kPhotoPixels, kPixelUnits));
  return files;
}

}  // namespace sanerf::exports
