// Panoptic Lifting's scenes (ScanNet, Replica, HyperSim) and ScanNet's own export: color/, one file per photo in pose/,
// one intrinsic/intrinsic_color.txt, splits.json.
#include "sanerf/scene/panoptic_lifting_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>
#include <sstream>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/attach_masks.h"
#include "sanerf/scene/frame_folder.h"
#include "sanerf/scene/text_file.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

using Rows = std::vector<std::vector<double>>;

constexpr size_t kNamed = 8;  // frames that a warning or an error names

fs::path IntrinsicsFile(const fs::path& root) { return root / "intrinsic" / "intrinsic_color.txt"; }

Rows ReadRows(const fs::path& path) {
  std::istringstream text(ReadTextFile(path));
  Rows rows;
  std::string line, word;
  for (int number = 1; std::getline(text, line); ++number) {
    std::istringstream words(line);
    std::vector<double> row;
    while (words >> word) {
      char* end = nullptr;
      row.push_back(std::strtod(word.c_str(), &end));  // takes "inf" and "nan", which ScanNet writes
      if (*end != '\0') throw Error(fmt::format("{}:{}", path.string(), number), "'" + word + "' is not a number");
    }
    if (!row.empty()) rows.push_back(row);
  }
  return rows;
}

void RequireShape(const fs::path& path, const Rows& rows, size_t smallest) {
  const bool fits = (rows.size() == 3 || rows.size() == 4) &&
                    std::all_of(rows.begin(), rows.end(), [&](const std::vector<double>& row) {
                      return row.size() == rows[0].size() && row.size() >= smallest && row.size() <= 4;
                    });
  if (fits) return;
  throw Error(path.string(),
              fmt::format("expected 4 rows of 4 numbers, found {}{}", Counted(int64_t(rows.size()), "row"),
                          rows.empty() ? "" : fmt::format(", the first of {}", rows[0].size())));
}

// These data sets put the center of the first pixel at 0, 0; ours is at 0.5, 0.5.
Camera ReadIntrinsics(const fs::path& path, const ImageInfo& image) {
  const Rows k = ReadRows(path);
  RequireShape(path, k, 3);
  Camera camera;
  camera.width = image.width;
  camera.height = image.height;
  camera.fx = k[0][0], camera.fy = k[1][1];
  camera.cx = k[0][2] + 0.5, camera.cy = k[1][2] + 0.5;
  if (!(std::isfinite(camera.fx) && std::isfinite(camera.fy) && camera.fx > 0 && camera.fy > 0)) {
    throw Error(path.string(), fmt::format("the focal length {:.6g}, {:.6g} is not positive", camera.fx, camera.fy));
  }
  if (std::abs(k[0][1]) > 1e-3 * camera.fx) throw Error(path.string(), "a skewed pixel grid is not supported");
  CheckPrincipalPoint(camera, path.string());
  return camera;
}

// None when the camera was not tracked, which ScanNet writes as a pose of infinities.
std::optional<Pose> ReadPose(const fs::path& path, double* scale) {
  const Rows rows = ReadRows(path);
  RequireShape(path, rows, 4);
  Mat3 rotation;
  Vec3 center;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) rotation(row, column) = rows[size_t(row)][size_t(column)];
    center[row] = rows[size_t(row)][3];
  }
  if (!rotation.allFinite() || !center.allFinite()) return std::nullopt;
  return PoseFromOpenCv(rotation, center, path.string(), scale);
}

struct Splits {
  std::set<std::string> train, test;
};

std::set<std::string> ReadNames(const JsonCursor& list) {
  std::set<std::string> names;
  for (size_t i = 0; i < list.size(); ++i) {
    const bool is_number = list[i].json().is_number_integer();
    names.insert(is_number ? std::to_string(list[i].Integer()) : fs::path(list[i].String()).stem().string());
  }
  return names;
}

std::optional<Splits> ReadSplits(const fs::path& path) {
  std::error_code ec;
  if (!ExistsAsFile(path)) return std::nullopt;
  const Json json = ReadJsonFile(path);
  const JsonCursor file(json, path.string());
  return Splits{ReadNames(file["train"]), ReadNames(file[file.Has("test") ? "test" : "val"])};
}

// "photos <why> are left out (3): a, b, c"
void WarnOfLeftOut(SceneListing& listing, const std::vector<std::string>& names, const std::string& why) {
  if (names.empty()) return;
  listing.warnings.push_back(
      fmt::format("photos {} are left out ({}): {}", why, names.size(), FirstFew(names, kNamed)));
}

}  // namespace

bool IsPanopticLifting(const fs::path& root) {
  std::error_code ec;
  return ExistsAsFile(IntrinsicsFile(root)) && fs::is_directory(root / "pose", ec) && !FrameFolder(root).empty();
}

SceneListing ReadPanopticLifting(const fs::path& root, const Job& job) {
  const std::vector<Frame> frames = ListFrames(root);
  const Camera camera = ReadIntrinsics(IntrinsicsFile(root), ReadImageInfo(frames[0].image));
  std::optional<Splits> splits = ReadSplits(root / "splits.json");

  SceneListing listing;
  listing.root = root;
  listing.format = "panoptic-lifting";
  listing.source = fmt::format("Panoptic Lifting {} and pose{}", FrameFolder(root).filename().string(),
                               splits ? ", splits.json" : "");
  listing.has_split = splits.has_value();
  listing.z_up = true;
  std::vector<std::string> without_pose, untracked, unlisted;
  for (const Frame& frame : frames) {
    const std::string name = NameInScene(root, frame.image);
    const fs::path pose_file = root / "pose" / (frame.name + ".txt");
    const bool is_train = splits && splits->train.erase(frame.name) > 0;
    const bool is_test = splits && splits->test.erase(frame.name) > 0;
    if (splits && !is_train && !is_test) {
      unlisted.push_back(name);
      continue;
    }
    if (!ExistsAsFile(pose_file)) {
      without_pose.push_back(name);
      continue;
    }
    double pose_scale = 1;
    const std::optional<Pose> pose = ReadPose(pose_file, &pose_scale);
    if (!pose) {
      untracked.push_back(name);
      continue;
    }
    listing.views.push_back(ViewOfFrame(root, frame, camera, IntrinsicsFile(root).string(), job));
    listing.views.back().view.camera.world_from_cam = *pose;
    listing.views.back().pose_scale = pose_scale;
    listing.views.back().view.is_test = is_test;
  }
  if (without_pose.size() == frames.size()) {
    throw Error(fmt::format("no photo in {} has a pose", FrameFolder(root).string()),
                fmt::format("the first looked for is {}", (root / "pose" / (frames[0].name + ".txt")).string()),
                "poses are named as their photos");
  }
  WarnOfLeftOut(listing, without_pose, "without a file in pose");
  WarnOfLeftOut(listing, untracked, "whose pose is not finite, because tracking was lost,");
  WarnOfLeftOut(listing, unlisted, "in no list of splits.json");
  if (splits) {
    splits->train.merge(splits->test);
    const std::string folder = FrameFolder(root).filename().string();
    for (const std::string& name : splits->train) listing.missing.push_back(folder + "/" + name);
  }
  // Objects alone first (rs_instance: reduced to things), then everything that was annotated.
  for (const char* folder : {"rs_instance", "instance", "mask_instance"}) {
    if (!fs::is_directory(root / folder)) continue;
    AttachMasks(listing, root / folder);
    break;
  }
  return listing;
}

}  // namespace sanerf::scene
