#include "sanerf/scene/frame_folder.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

bool IsNumber(const std::string& name) {
  return !name.empty() && name.size() <= 18 && name.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

fs::path FrameFolder(const fs::path& root) {
  std::error_code ec;
  for (const char* name : {"color", "images"}) {
    if (fs::is_directory(root / name, ec)) return root / name;
  }
  return {};
}

std::vector<Frame> ListFrames(const fs::path& root) {
  const fs::path folder = FrameFolder(root);
  std::vector<Frame> frames;
  if (!folder.empty()) {
    for (const fs::path& image : ImagesIn(folder)) frames.push_back({image.stem().string(), image});
  }
  if (frames.empty()) {
    throw Error(fmt::format("no images in {}", root.string()), "looked for PNG and JPEG files in color and images",
                "put the photos into a folder named color");
  }
  if (std::all_of(frames.begin(), frames.end(), [](const Frame& frame) { return IsNumber(frame.name); })) {
    std::stable_sort(frames.begin(), frames.end(),
                     [](const Frame& a, const Frame& b) { return std::stoll(a.name) < std::stoll(b.name); });
  }
  return frames;
}

Pose PoseFromOpenCv(const Mat3& rotation, const Vec3& center, const std::string& where, double* scale) {
  Pose pose;
  pose.rotation = CheckedRotation(rotation, where, scale) * Vec3(1, -1, -1).asDiagonal();
  pose.translation = center;
  return pose;
}

ListedView ViewOfFrame(const fs::path& root, const Frame& frame, const Camera& camera, const std::string& where,
                       const Job& job) {
  job.ThrowIfStopped("reading the photos' sizes");
  const ImageInfo info = ReadImageInfo(frame.image);
  ListedView listed;
  listed.image = info;
  listed.view.name = NameInScene(root, frame.image);
  listed.view.image_path = frame.image;
  listed.view.camera = FitToImage(camera, info, where + " (" + listed.view.name + ")");
  return listed;
}

void CheckPrincipalPoint(const Camera& camera, const std::string& where) {
  if (camera.Contains({camera.cx, camera.cy})) return;
  throw Error(where,
              fmt::format("the principal point ({:.1f}, {:.1f}) lies outside of the photos, which are {}x{}", camera.cx,
                          camera.cy, camera.width, camera.height),
              "use the photos that the intrinsics belong to, at their own size");
}

}  // namespace sanerf::scene
