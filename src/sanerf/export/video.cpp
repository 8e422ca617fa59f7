#include "sanerf/export/video.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/run_command.h"
#include "sanerf/core/system_info.h"
#include "sanerf/export/layer_writer.h"
#include "sanerf/export/layers.h"
#include "sanerf/export/object_masks.h"
#include "sanerf/export/object_place.h"
#include "sanerf/export/video_file.h"
#include "sanerf/export/video_path.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

constexpr float kLeastAlpha = 1.0f / 512;  // less is nothing in 8 bits

float GrayOf(Ground ground) { return ground == Ground::kWhite ? 1.0f : ground == Ground::kGray ? 0.5f : 0.0f; }

ImageU8 WithAlpha(const ImageU8& rgb) {
  ImageU8 rgba(rgb.width, rgb.height, 4, 255);
  for (int64_t p = 0; p < rgb.num_pixels(); ++p) std::copy_n(&rgb.data[size_t(3 * p)], 3, &rgba.data[size_t(4 * p)]);
  return rgba;
}

ImageU8 OnGround(const ImageU8& rgba, Ground ground) {
  const float gray = GrayOf(ground), background[3] = {gray, gray, gray};
  return WithAlpha(ToU8(CompositeOver(ToFloat(rgba), background)));
}

ImageU8 VeiledPicture(const ExportInput& input, const Camera& camera, const std::optional<Veil>& veil, const Job& job) {
  nerf::RenderedView radiance;
  const ImageU8 labels = input.objects->Render(camera, -1, &radiance, job).labels;
  ImageU8 mask(labels.width, labels.height, 1);
  for (size_t i = 0; i < mask.data.size(); ++i)
    mask.data[i] = std::count(input.labels.begin(), input.labels.end(), int(labels.data[i])) > 0 ? 255 : 0;
  return WithAlpha(Overlay(radiance.rgb, mask, veil.value_or(Veil())));
}

// One color for the whole video: that which stands out in its first picture.
Veil VeilOf(const ExportInput& input, const Camera& camera, const Job& job) {
  const ImageU8 labels = input.objects->Render(camera, job).labels;
  ImageU8 mask(labels.width, labels.height, 1);
  for (size_t i = 0; i < mask.data.size(); ++i)
    mask.data[i] = std::count(input.labels.begin(), input.labels.end(), int(labels.data[i])) > 0 ? 255 : 0;
  return StandingOut(input.nerf.Render(camera, job).rgb, mask);
}

ImageU8 FrameOf(const ExportInput& input, Shown shown, const Camera& camera, const std::optional<Veil>& veil,
                const Job& job) {
  switch (shown) {
    case Shown::kAlone:
      return AlonePicture(input, camera, job);
    case Shown::kOverlay:
      return VeiledPicture(input, camera, veil, job);
    case Shown::kWithout:
      return WithAlpha(ToU8(input.nerf.RenderPart(camera, input.objects->Without(input.labels), job).rgb));
    case Shown::kScene:
      break;
  }
  return WithAlpha(ToU8(input.nerf.Render(camera, job).rgb));
}

// Without an object a turntable goes around what all cameras look at.
std::vector<Camera> CamerasOfVideo(const ExportInput& input, const VideoOptions& options, const Job& job) {
  const int num_frames = std::max(1, int(std::lround(options.seconds * options.fps)));
  if (!input.path.empty()) return GivenCameras(input.path);
  if (options.path == Path::kFly) return FlyCameras(input.scene, num_frames, options.longest_side);
  if (input.objects == nullptr) {
    std::vector<NamedCamera> orbit = OrbitCameras(input.scene, num_frames);
    for (NamedCamera& named : orbit) named.camera = named.camera.ResizedToLongest(options.longest_side);
    return GivenCameras(orbit);
  }
  const std::optional<ObjectPlace> place = PlaceOf(input, job);
  if (!place) ThrowEmpty(input.names, "no surface that the photos see belongs to it");
  return TurntableCameras(input.scene, *place, num_frames, options.longest_side);
}

std::string NameOfVideo(const ExportInput& input, const VideoOptions& options) {
  const std::string of = input.names.empty() ? "scene" : input.names.size() == 1 ? input.names[0] : "objects";
  return fmt::format("{}-{}", of, !input.path.empty() ? "path" : options.path == Path::kFly ? "fly" : "turntable");
}

// Pictures instead of a file that nobody here can write.
VideoOptions AsTheMachineCan(VideoOptions options, const Job& job) {
  if (options.file == VideoFile::kPng || FindProgram("ffmpeg")) return options;
  job.Warn(
      "there is no ffmpeg in PATH: the video becomes a folder of PNG pictures (Debian, Ubuntu: apt install ffmpeg)");
  options.file = VideoFile::kPng;
  return options;
}

}  // namespace

// What a ray has met is colors times alpha over the field's own background.
ImageU8 AlonePicture(const ExportInput& input, const Camera& camera, const Job& job) {
  const nerf::RenderedView alone = input.nerf.RenderPart(camera, input.objects->Alone(input.labels), job);
  const float* background = input.nerf.background();
  ImageF rgba(camera.width, camera.height, 4);
  for (size_t i = 0; i < alone.opacity.data.size(); ++i) {
    const float alpha = alone.opacity.data[i];
    if (alpha < kLeastAlpha) continue;
    for (size_t c = 0; c < 3; ++c)
      rgba.data[4 * i + c] = (alone.rgb.data[3 * i + c] - (1 - alpha) * background[c]) / alpha;
    rgba.data[4 * i + 3] = alpha;
  }
  return ToU8(rgba);
}

std::vector<ExportedFile> WriteVideo(const ExportInput& input, const ExportOptions& all, const fs::path& folder,
                                     const Job& job) {
  const VideoOptions options = AsTheMachineCan(all.video, job);
  const Shown shown = input.objects == nullptr ? Shown::kScene : options.show;
  const std::vector<Camera> cameras = CamerasOfVideo(input, options, job);
  const int width = cameras[0].width, height = cameras[0].height;
  CheckMemory(fmt::format("the pictures of a video of {}x{} pixels", width, height),
              FrameBytes(width, height, input.objects != nullptr, false), "make it smaller: --size 800", job);
  std::optional<Veil> veil;
  if (shown == Shown::kOverlay) veil = VeilOf(input, cameras[0], job);
  const fs::path path = folder / (NameOfVideo(input, options) + EndingOf(options.file));
  const std::unique_ptr<PictureSink> video = OpenVideo(path, options, {width, height, options.fps}, job);
  int64_t num_shown = 0;  // pixels of the objects
  Task task(job, "video", int64_t(cameras.size()), "pictures");
  for (size_t i = 0; i < cameras.size(); ++i) {
    job.ThrowIfStopped("making the video");
    ImageU8 picture = FrameOf(input, shown, cameras[i], veil, job);
    for (size_t p = 3; p < picture.data.size(); p += 4) num_shown += picture.data[p] > 127;
    if (shown == Shown::kAlone && !KeepsAlpha(options.file)) picture = OnGround(picture, options.ground);
    video->Add(picture, job);
    task.Update(int64_t(i) + 1);
  }
  if (num_shown == 0) ThrowEmpty(input.names, "no picture of the video shows a pixel of it");
  video->Finish(job);
  task.Finish();
  return {Exported(path, int64_t(cameras.size()), "pictures", kFileFrame, kPixelUnits)};
}

}  // namespace sanerf::exports
