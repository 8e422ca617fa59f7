// A list of reconstructions, each with cameras, shots and points. A shot has the angle-axis rotation and the
// translation of camera from world, x right, y down, z forward. Lengths in the picture are shares of its longer side,
// from its middle; the lenses are OpenCV's with those.
#include "sanerf/scene/opensfm_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/check_scene.h"
#include "sanerf/scene/export_listing.h"
#include "sanerf/scene/frame_folder.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

Camera ReadOpenSfmCamera(const JsonCursor& stored) {
  const std::string type = stored.StringOr("projection_type", "perspective");
  static const std::map<std::string, bool> kIsFisheye = {{"perspective", false}, {"brown", false},
                                                         {"radial", false},      {"simple_radial", false},
                                                         {"fisheye", true},      {"fisheye_opencv", true}};
  const auto known = kIsFisheye.find(type);
  if (known == kIsFisheye.end())
    stored.Fail(fmt::format("the projection type {} is not supported", type),
                "undistort the photos: opensfm undistort, then point to the folder undistorted");
  Camera camera;
  camera.width = int(stored["width"].IntegerIn(1, 1'000'000));
  camera.height = int(stored["height"].IntegerIn(1, 1'000'000));
  const double size = std::max(camera.width, camera.height);
  const bool has_both = stored.Has("focal_x");
  camera.fx = size * stored[has_both ? "focal_x" : "focal"].Number();
  camera.fy = size * stored[has_both ? "focal_y" : "focal"].Number();
  camera.cx = 0.5 * camera.width + size * stored.NumberOr("c_x", 0);
  camera.cy = 0.5 * camera.height + size * stored.NumberOr("c_y", 0);
  ListedLens lens;
  lens.k1 = stored.NumberOr("k1", 0), lens.k2 = stored.NumberOr("k2", 0);
  lens.k3 = stored.NumberOr("k3", 0), lens.k4 = stored.NumberOr("k4", 0);
  lens.p1 = stored.NumberOr("p1", 0), lens.p2 = stored.NumberOr("p2", 0);
  lens.is_fisheye = known->second;
  SetLens(lens, &camera);
  return camera;
}

Pose ReadOpenSfmPose(const JsonCursor& shot) {
  const Vec3 axis = VectorIn(shot["rotation"]), translation = VectorIn(shot["translation"]);
  const double angle = axis.norm();
  Mat3 cam_from_world = Mat3::Identity();
  if (angle > 0) cam_from_world = Eigen::AngleAxisd(angle, axis / angle).toRotationMatrix();
  return PoseFromOpenCv(cam_from_world.transpose(), -(cam_from_world.transpose() * translation), shot.where());
}

size_t NumShots(const Json& reconstruction) {
  return reconstruction.is_object() && reconstruction.contains("shots") && reconstruction["shots"].is_object()
             ? reconstruction["shots"].size()
             : 0;
}

// The members of an object, in the file's order.
template <class Use>
void ForEachMember(const JsonCursor& object, const Use& use) {
  if (!object.json().is_object()) object.Fail("expected an object");
  for (const auto& [name, value] : object.json().items()) use(name, object[name]);
}

}  // namespace

SceneListing ReadOpenSfm(const fs::path& root, const fs::path& file, const Job& job) {
  const Json json = ReadJsonFile(file);
  const JsonCursor all(json, file.string());
  if (!json.is_array() || json.empty())
    all.Fail("expected a list of reconstructions", "is this a reconstruction.json of OpenSfM?");
  const size_t largest =
      size_t(std::max_element(json.begin(), json.end(),
                              [](const Json& a, const Json& b) { return NumShots(a) < NumShots(b); }) -
             json.begin());
  const JsonCursor chosen = all[largest];

  ExportListing listing(root, file, job);
  listing.listing().format = "opensfm";
  listing.listing().source = "OpenSfM " + NameInScene(root, file);
  listing.listing().z_up = true;
  std::map<std::string, Camera> cameras;
  ForEachMember(chosen["shots"], [&](const std::string& name, const JsonCursor& shot) {
    const auto photo = listing.Find(name);
    if (!photo) return;
    const std::string id = shot["camera"].String();
    if (!cameras.count(id)) cameras[id] = ReadOpenSfmCamera(chosen["cameras"][id]);
    Camera camera = cameras[id];
    camera.world_from_cam = ReadOpenSfmPose(shot);
    listing.Add(*photo, camera, shot.where());
  });
  if (chosen.Has("points")) {
    ForEachMember(chosen["points"], [&](const std::string&, const JsonCursor& point) {
      const Vec3 p = VectorIn(point["coordinates"]);
      if (IsPlace(p)) listing.listing().points.push_back(p);
    });
  }
  if (json.size() > 1) {
    size_t others = 0;
    for (const Json& reconstruction : json) others += NumShots(reconstruction);
    others -= NumShots(json[largest]);
    listing.listing().warnings.push_back(
        fmt::format("of {} reconstructions the largest is read; {} of the others left out", json.size(),
                    Counted(int64_t(others), "photo is", "photos are")));
  }
  return listing.Finish("OpenSfM");
}

}  // namespace sanerf::scene
