#include "sanerf/scene/neural_3d_video_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/frame_range.h"
#include "sanerf/scene/poses_bounds.h"
#include "sanerf/scene/video.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

constexpr const char* kCamera = "cam";    // how names of cameras begin
constexpr double kSameRate = 1e-3;        // of a rate: 29.97 is not 30, rounding is
constexpr size_t kMostRowsNamed = 1'000;  // numbers of cameras between which gaps are named

struct VideoCamera {
  std::string name;              // "cam00"
  fs::path path;                 // of the video, or of the folder of its frames
  std::vector<fs::path> images;  // of a folder
  VideoInfo video;               // of a video; of a folder how many frames it has

  bool is_video() const { return images.empty(); }
};

// The photos of a camera's folder; none when it is not one.
std::vector<fs::path> FramesIn(const fs::path& folder) {
  std::vector<fs::path> images = ImagesIn(folder);
  return images.empty() ? ImagesIn(folder / "images") : images;
}

// "cam03", "cam_3"
bool IsCameraName(const std::string& name) {
  const std::string prefix = kCamera;
  if (!name.starts_with(prefix)) return false;
  const size_t number = prefix.size() + (name.compare(prefix.size(), 1, "_") == 0 ? 1 : 0);
  return name.size() > number && name.find_first_not_of("0123456789", number) == std::string::npos;
}

// By name.
std::vector<VideoCamera> CamerasIn(const fs::path& root) {
  std::vector<VideoCamera> cameras;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(root, ec)) {
    const fs::path& path = entry.path();
    if (!IsCameraName(path.stem().string())) continue;
    VideoCamera camera;
    camera.name = path.stem().string();
    camera.path = path;
    if (entry.is_directory(ec)) {
      camera.images = FramesIn(path);
      if (camera.images.empty()) continue;
      camera.video.num_frames = int64_t(camera.images.size());
    } else if (!HasVideoExtension(path) || !ExistsAsFile(path)) {
      continue;
    }
    cameras.push_back(std::move(camera));
  }
  // Frames beside the video that they were taken from are that video once more.
  const bool has_videos = std::any_of(cameras.begin(), cameras.end(), [](const auto& c) { return c.is_video(); });
  if (has_videos) std::erase_if(cameras, [](const VideoCamera& camera) { return !camera.is_video(); });
  std::sort(cameras.begin(), cameras.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return cameras;
}

// "cam03 and 2 more": numbers between the first and the last camera that none has; "" without gaps.
std::string MissingCameras(const std::vector<VideoCamera>& cameras) {
  std::set<int64_t> numbers;
  size_t num_digits = 0;
  for (const VideoCamera& camera : cameras) {
    const std::string digits = camera.name.substr(camera.name.find_first_of("0123456789"));
    if (digits.size() > 6) return "";
    numbers.insert(std::stoll(digits));
    num_digits = std::max(num_digits, digits.size());
  }
  std::vector<std::string> missing;
  for (int64_t number = *numbers.begin(); number < *numbers.rbegin(); ++number)
    if (!numbers.contains(number) && missing.size() < kMostRowsNamed)
      missing.push_back(fmt::format("{}{:0{}}", kCamera, number, num_digits));
  return missing.empty() ? "" : ListOfNames(missing);
}

void CheckRows(const std::vector<VideoCamera>& cameras, int64_t num_rows, const fs::path& file) {
  for (size_t i = 1; i < cameras.size(); ++i)
    if (cameras[i].name == cameras[i - 1].name)
      throw Error(cameras[i].path.string(), "there are two videos of this camera: " + cameras[i - 1].path.string(),
                  "remove one of them");
  if (num_rows == int64_t(cameras.size())) return;
  const std::string missing = MissingCameras(cameras);
  throw Error(file.string(),
              fmt::format("{} but {} there{}", Counted(num_rows, "row"),
                          Counted(int64_t(cameras.size()), "camera is", "cameras are"),
                          missing.empty() ? "" : "; between the others there is no " + missing),
              "rows belong to cameras in the order of their names: restore the missing camera, or remove its row");
}

void Probe(std::vector<VideoCamera>& cameras, const Job& job) {
  if (!cameras[0].is_video()) return;
  Task task(job, "look into the videos", int64_t(cameras.size()), "videos");
  for (size_t i = 0; i < cameras.size(); ++i) {
    cameras[i].video = ProbeVideo(cameras[i].path, job);
    task.Update(int64_t(i) + 1);
  }
  task.Finish();
}

void CheckRates(const std::vector<VideoCamera>& cameras) {
  const VideoCamera& first = cameras[0];
  for (const VideoCamera& camera : cameras)
    if (std::abs(camera.video.fps - first.video.fps) > kSameRate * first.video.fps)
      throw Error(camera.path.string(),
                  fmt::format("it has {:.6g} frames per second, but {} has {:.6g}: their frames are not of the same "
                              "moments",
                              camera.video.fps, first.path.filename().string(), first.video.fps),
                  "convert the videos to one rate (ffmpeg -i IN -r 30 OUT)");
}

// The frames that all cameras have.
int64_t NumMoments(const std::vector<VideoCamera>& cameras, const FrameRange& range) {
  const auto by_length = [](const VideoCamera& a, const VideoCamera& b) {
    return a.video.num_frames < b.video.num_frames;
  };
  const VideoCamera& shortest = *std::min_element(cameras.begin(), cameras.end(), by_length);
  const VideoCamera& longest = *std::max_element(cameras.begin(), cameras.end(), by_length);
  const int64_t num_frames = shortest.video.num_frames;
  const bool ends_before = range.end && *range.end <= num_frames;
  if (num_frames < longest.video.num_frames && !ends_before)
    throw Error(shortest.path.string(),
                fmt::format("it has {}, but {} has {}", Counted(num_frames, "frame"), longest.path.filename().string(),
                            longest.video.num_frames),
                fmt::format("when all cameras began at the same moment, use what they have in common: --frames 0:{}; "
                            "else cut the videos to it",
                            num_frames));
  return num_frames;
}

ListedView ViewAt(const fs::path& root, const VideoCamera& camera, int64_t frame, const Camera& of_row,
                  const std::string& where) {
  ListedView listed;
  View& view = listed.view;
  if (camera.is_video()) {
    const std::string file = fmt::format("{:06}.jpg", frame);
    listed.image.width = camera.video.width;
    listed.image.height = camera.video.height;
    listed.image.channels = 3;
    view.name = camera.name + "/" + file;
    view.image_path = fs::absolute(camera.path) / file;  // until it is decoded
    view.from_video = VideoFrame{fs::absolute(camera.path), frame};
  } else {
    const fs::path& image = camera.images[size_t(frame)];
    listed.image = ReadImageInfo(image);
    view.name = NameInScene(root, image);
    view.image_path = image;
  }
  view.camera = FitToImage(of_row, listed.image, where);
  return listed;
}

}  // namespace

bool IsNeural3dVideo(const fs::path& root) {
  return ExistsAsFile(root / "poses_bounds.npy") && !CamerasIn(root).empty();
}

SceneListing ReadNeural3dVideo(const fs::path& root, const SceneOptions& options, const Job& job) {
  const fs::path file = root / "poses_bounds.npy";
  const NumericArray rows = ReadPosesBounds(file);
  const FrameRange range = ParseFrameRange(options.frames);
  std::vector<VideoCamera> cameras = CamerasIn(root);
  CheckRows(cameras, rows.shape[0], file);
  Probe(cameras, job);
  CheckRates(cameras);
  std::vector<int64_t> frames = range.Of(NumMoments(cameras, range));
  // Of folders of frames all are listed, and KeepMoments takes what is wanted, as of every scene with times.
  const bool are_videos = cameras[0].is_video();
  if (!are_videos) frames = FrameRange().Of(NumMoments(cameras, range));

  SceneListing listing;
  listing.root = root;
  listing.format = "neural-3d-video";
  listing.source = fmt::format("Neural 3D Video poses_bounds.npy, {}", are_videos ? "videos" : "folders of frames");
  listing.fps = are_videos ? cameras[0].video.fps / double(range.step) : 0;
  listing.has_split = options.test_every == SceneOptions().test_every && cameras.size() > 1;
  for (size_t c = 0; c < cameras.size(); ++c) {
    const std::string where = fmt::format("{}: row {} ({})", file.string(), c, cameras[c].name);
    const double* row = &rows.data[c * kPosesBoundsRow];
    double pose_scale = 1;
    const Camera of_row = CameraOfRow(row, where, &pose_scale);
    for (size_t i = 0; i < frames.size(); ++i) {
      job.ThrowIfStopped("reading the photos' sizes");
      ListedView listed = ViewAt(root, cameras[c], frames[i], of_row, where);
      listed.pose_scale = pose_scale;
      listed.bounds = DepthBounds{row[15], row[16]};
      listed.view.time = frames.size() > 1 ? double(i) / double(frames.size() - 1) : 0;
      listed.view.is_test = listing.has_split && c == 0;
      listing.views.push_back(std::move(listed));
    }
  }
  return listing;
}

}  // namespace sanerf::scene
