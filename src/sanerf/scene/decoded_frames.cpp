#include "sanerf/scene/decoded_frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "sanerf/core/content_hash.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/temporary.h"
#include "sanerf/core/units.h"
#include "sanerf/scene/video.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

constexpr const char* kIndex = "index.json";
constexpr double kBytesPerPixel = 0.1;  // of a JPEG file, at the very least: what is surely too much is refused at once
constexpr double kGigabyte = 1e9;

// The views of each video, by frame.
std::map<fs::path, std::vector<int>> ViewsOfVideos(const Scene& scene) {
  std::map<fs::path, std::vector<int>> videos;
  for (size_t i = 0; i < scene.views.size(); ++i)
    if (scene.views[i].from_video) videos[scene.views[i].from_video->video].push_back(int(i));
  for (auto& [video, views] : videos)
    std::sort(views.begin(), views.end(), [&](int a, int b) {
      return scene.views[size_t(a)].from_video->frame < scene.views[size_t(b)].from_video->frame;
    });
  return videos;
}

std::vector<int64_t> FramesOf(const Scene& scene, const std::vector<int>& views) {
  std::vector<int64_t> frames;
  for (const int view : views) frames.push_back(scene.views[size_t(view)].from_video->frame);
  return frames;
}

Json IndexOf(const Scene& scene) {
  Json index = {{"version", 1}, {"videos", Json::object()}};
  for (const auto& [video, views] : ViewsOfVideos(scene))
    index["videos"][video.filename().string()] = {{"hash", KnownHashes().Of(video)},
                                                  {"frames", FramesOf(scene, views)}};
  return index;
}

bool Holds(const fs::path& folder, const Json& index) {
  std::error_code ec;
  if (!fs::is_regular_file(folder / kIndex, ec)) return false;
  try {
    return ReadJsonFile(folder / kIndex) == index;
  } catch (const Error&) {  // damaged: decoded again
    return false;
  }
}

void PointToFrames(Scene* scene, const fs::path& folder) {
  for (const auto& [video, views] : ViewsOfVideos(*scene))
    for (size_t i = 0; i < views.size(); ++i)
      scene->views[size_t(views[i])].image_path = fs::absolute(folder) / video.stem() / DecodedName(i);
}

[[noreturn]] void FailTooMuch(const Scene& scene, double bytes, double most_gb) {
  throw Error(fmt::format("the frames of the videos in {}", scene.root.string()),
              fmt::format("{} would take more than {}, and {:.4g} GB are allowed",
                          Counted(int64_t(scene.views.size()), "decoded frame"), FormatBytes(bytes), most_gb),
              "use fewer moments, as in --frames ::5, or allow more: --set scene.frames_gb=100");
}

void CheckRoom(const Scene& scene, const fs::path& folder, double most_gb, const Job& job) {
  double pixels = 0;
  for (const View& view : scene.views) pixels += double(view.camera.width) * view.camera.height;
  const double least = kBytesPerPixel * pixels;
  if (least > most_gb * kGigabyte) FailTooMuch(scene, least, most_gb);
  std::error_code unknown;
  const fs::space_info space = fs::space(folder.parent_path(), unknown);
  if (!unknown && double(space.available) < least)
    throw WriteError(fmt::format("{}: the disk is too full", folder.string()),
                     fmt::format("{} at least {}, {} are free",
                                 Counted(int64_t(scene.views.size()), "decoded frame takes", "decoded frames take"),
                                 FormatBytes(least), FormatBytes(double(space.available))),
                     "free some space, or use fewer moments, as in --frames ::5");
  job.Info(fmt::format("videos {} are decoded once into {}: about {} to {}",
                       Counted(int64_t(scene.views.size()), "frame"), folder.string(), FormatBytes(least),
                       FormatBytes(4 * least)));
}

double BytesIn(const fs::path& folder) {
  double bytes = 0;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder, ec)) bytes += double(entry.file_size(ec));
  return bytes;
}

}  // namespace

bool NeedsDecoding(const Scene& scene) {
  return std::any_of(scene.views.begin(), scene.views.end(), [](const View& view) {
    return view.from_video && view.image_path.parent_path() == view.from_video->video;
  });
}

void DecodeVideos(Scene* scene, const fs::path& folder, double most_gb, const Job& job) {
  if (!NeedsDecoding(*scene)) return;
  const Json index = IndexOf(*scene);
  if (!Holds(folder, index)) {
    EnsureWritableFolder(folder.parent_path());
    CheckRoom(*scene, folder, most_gb, job);
    const auto videos = ViewsOfVideos(*scene);
    Task task(job, "decode videos", int64_t(scene->views.size()), "frames");
    TemporaryFolder made(folder);
    int64_t done = 0;
    double bytes = 0;
    for (const auto& [video, views] : videos) {
      job.ThrowIfStopped("decoding the videos");
      const fs::path of_video = made.path() / video.stem();
      EnsureWritableFolder(of_video);
      DecodeFrames(video, FramesOf(*scene, views), of_video, job);
      bytes += BytesIn(of_video);
      if (bytes > most_gb * kGigabyte) FailTooMuch(*scene, bytes, most_gb);
      task.Update(done += int64_t(views.size()), video.filename().string());
    }
    WriteJsonFile(made.path() / kIndex, index);
    made.MoveIntoPlace();
    task.Finish(fmt::format("{} decoded, {}", Counted(int64_t(scene->views.size()), "frame"), FormatBytes(bytes)));
  }
  PointToFrames(scene, folder);
}

void UseDecodedVideos(Scene* scene, const fs::path& folder) {
  if (!NeedsDecoding(*scene)) return;
  if (!Holds(folder, IndexOf(*scene)))
    throw Error(fmt::format("{} does not hold the frames of the videos in {}", folder.string(), scene->root.string()),
                "they were removed, or the videos have changed", "sanerf train RUN decodes them once more");
  PointToFrames(scene, folder);
}

}  // namespace sanerf::scene
