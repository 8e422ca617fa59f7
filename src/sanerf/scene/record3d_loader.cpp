// metadata.json (in an .r3d: metadata) beside rgb/ (rgbd/) with photos named by number. K has the intrinsics of a photo
// of w x h column by column, poses the quaternion x y z w and the center of world from camera, ARKit's axes, which are
// ours (x right, y up, z back). perFrameIntrinsicCoeffs has fx fy cx cy of each photo.
#include "sanerf/scene/record3d_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/export_listing.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

struct Record3dParts {
  fs::path metadata, photos;
};

// In the folder itself or in what the export calls EXR_RGBD. None when they are not there.
std::optional<Record3dParts> FindRecord3d(const fs::path& root) {
  for (const fs::path& folder : {root, root / "EXR_RGBD"}) {
    for (const char* metadata : {"metadata.json", "metadata"}) {
      if (!ExistsAsFile(folder / metadata)) continue;
      for (const char* photos : {"rgb", "rgbd"})
        if (!ImagesIn(folder / photos).empty()) return Record3dParts{folder / metadata, folder / photos};
    }
  }
  return std::nullopt;
}

// By number: 2 before 10.
std::vector<fs::path> PhotosByNumber(const fs::path& folder) {
  std::vector<fs::path> photos = ImagesIn(folder);
  const auto number = [](const fs::path& photo) {
    std::string digits;
    for (const char c : photo.stem().string())
      if (c >= '0' && c <= '9') digits += c;
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    return std::pair(digits.size(), digits);
  };
  std::stable_sort(photos.begin(), photos.end(),
                   [&](const fs::path& a, const fs::path& b) { return number(a) < number(b); });
  return photos;
}

Pose ReadArPose(const JsonCursor& stored) {
  const std::vector<double> v = NumbersIn(stored, 7);
  const Eigen::Quaterniond rotation(v[3], v[0], v[1], v[2]);  // w first
  if (std::abs(rotation.norm() - 1) > 1e-3)
    stored.Fail(fmt::format("the pose's quaternion has length {:.4g} instead of 1", rotation.norm()));
  return {rotation.normalized().toRotationMatrix(), Vec3(v[4], v[5], v[6])};
}

Camera ReadArIntrinsics(const JsonCursor& metadata) {
  Camera camera;
  camera.width = int(metadata["w"].NumberIn(1, 1e6));
  camera.height = int(metadata["h"].NumberIn(1, 1e6));
  const std::vector<double> k = NumbersIn(metadata["K"], 9);
  camera.fx = k[0], camera.fy = k[4], camera.cx = k[6], camera.cy = k[7];
  return camera;
}

}  // namespace

bool IsRecord3d(const fs::path& root) { return FindRecord3d(root).has_value(); }

SceneListing ReadRecord3d(const fs::path& root, const Job& job) {
  const std::optional<Record3dParts> parts = FindRecord3d(root);
  if (!parts) throw Error(root.string(), "it has no metadata.json with rgb");
  const Json json = ReadJsonFile(parts->metadata);
  const JsonCursor metadata(json, parts->metadata.string());
  const JsonCursor poses = metadata["poses"];
  const std::vector<fs::path> photos = PhotosByNumber(parts->photos);
  if (poses.size() != photos.size()) {
    poses.Fail(fmt::format("{}, but {} has {}", Counted(int64_t(poses.size()), "pose"),
                           NameInScene(root, parts->photos), Counted(int64_t(photos.size()), "photo")),
               "poses belong to photos in the order of their numbers: export all photos again");
  }
  ExportListing listing(root, root, job);
  listing.listing().format = "record3d";
  listing.listing().source =
      fmt::format("Record3D {} and {}", NameInScene(root, parts->photos), NameInScene(root, parts->metadata));
  const Camera shared = ReadArIntrinsics(metadata);
  const char* kOwn = "perFrameIntrinsicCoeffs";
  const bool has_own = metadata.Has(kOwn) && metadata[kOwn].json().is_array() && metadata[kOwn].size() == photos.size();
  for (size_t i = 0; i < photos.size(); ++i) {
    Camera camera = shared;
    if (has_own) {
      const std::vector<double> own = NumbersIn(metadata[kOwn][i], 4);
      camera.fx = own[0], camera.fy = own[1], camera.cx = own[2], camera.cy = own[3];
    }
    camera.world_from_cam = ReadArPose(poses[i]);
    listing.Add(photos[i], camera, poses[i].where());
  }
  return listing.Finish("Record3D");
}

}  // namespace sanerf::scene
