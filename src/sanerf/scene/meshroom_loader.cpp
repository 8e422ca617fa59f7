// SfMData as JSON: views, intrinsics, poses and structure, all numbers written as texts. A pose has the rotation of
// camera from world, column by column, and the camera's center; x right, y down, z forward. What the intrinsics mean
// has changed with the file's version.
#include "sanerf/scene/meshroom_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/lower_case.h"
#include "sanerf/scene/check_scene.h"
#include "sanerf/scene/export_listing.h"
#include "sanerf/scene/frame_folder.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

using SfmVersion = std::array<int, 3>;

// Ids are texts in most versions, numbers in some tools' copies.
std::string SfmId(const JsonCursor& value) { return value.json().is_string() ? value.String() : value.json().dump(); }

int SfmSize(const JsonCursor& value) {
  const double size = NumberIn(value);
  if (!(size >= 1 && size <= 1e6)) value.Fail(fmt::format("{:.6g} is not a size of a photo", size));
  return int(std::lround(size));
}

SfmVersion ReadSfmVersion(const JsonCursor& file) {
  SfmVersion version = {1, 0, 0};
  if (!file.Has("version")) return version;
  const JsonCursor stored = file["version"];
  for (size_t i = 0; i < std::min<size_t>(3, stored.size()); ++i)
    version[i] = int(std::clamp(NumberIn(stored[i]), 0.0, 1e6));
  return version;
}

void ReadSfmFocal(const JsonCursor& stored, const SfmVersion& version, Camera* camera) {
  if (version < SfmVersion{1, 2, 2} && stored.Has("pxFocalLength")) {
    const JsonCursor focal = stored["pxFocalLength"];
    camera->fx = NumberIn(focal.json().is_array() ? focal[0] : focal);
    camera->fy = focal.json().is_array() && focal.size() > 1 ? NumberIn(focal[1]) : camera->fx;
    return;
  }
  const double sensor = stored.Has("sensorWidth") ? NumberIn(stored["sensorWidth"]) : 36;
  const double ratio = stored.Has("pixelRatio") ? NumberIn(stored["pixelRatio"]) : 1;
  if (!(sensor > 0 && ratio > 0)) stored.Fail("sensorWidth and pixelRatio are positive");
  // Of a photo on its side, the sensor's width has been along its longer side since 1.2.11.
  const int along = version < SfmVersion{1, 2, 11} ? camera->width : std::max(camera->width, camera->height);
  camera->fx = NumberIn(stored["focalLength"]) / sensor * along;
  camera->fy = version < SfmVersion{1, 2, 5} ? camera->fx / ratio : camera->fx * ratio;
}

ListedLens ReadSfmLens(const JsonCursor& stored) {
  const std::string type = LowerCase(stored.StringOr("type", "pinhole")),
                    distortion = LowerCase(stored.StringOr("distortionType", "none"));
  std::vector<double> terms;
  if (stored.Has("distortionParams") && stored["distortionParams"].json().is_array()) {
    const JsonCursor params = stored["distortionParams"];
    for (size_t i = 0; i < params.size(); ++i) terms.push_back(NumberIn(params[i]));
  }
  const bool is_straight = std::all_of(terms.begin(), terms.end(), [](double term) { return term == 0; });
  // Older files name type and distortion in one word.
  const std::string lens = type == "pinhole" && distortion != "none" ? distortion : type;
  const char* hint = "undistort the photos: Meshroom's node PrepareDenseScene writes them with their cameras";
  ListedLens listed;
  terms.resize(5, 0);
  if (lens == "radial1" || lens == "radialk1" || lens == "radial3" || lens == "radialk3") {
    listed.k1 = terms[0], listed.k2 = terms[1], listed.k3 = terms[2];
  } else if (lens == "brown") {
    listed.k1 = terms[0], listed.k2 = terms[1], listed.k3 = terms[2], listed.p1 = terms[3], listed.p2 = terms[4];
  } else if (lens == "fisheye4" || lens == "fisheye") {
    listed.k1 = terms[0], listed.k2 = terms[1], listed.k3 = terms[2], listed.k4 = terms[3];
    listed.is_fisheye = true;
  } else if (!((lens == "pinhole" || type == "pinhole") && is_straight)) {
    stored.Fail(fmt::format("the lens {} is not supported", lens), hint);
  }
  if (stored.Has("undistortionParams") && stored["undistortionParams"].json().is_array()) {
    const JsonCursor params = stored["undistortionParams"];
    for (size_t i = 0; i < params.size(); ++i)
      if (NumberIn(params[i]) != 0) stored.Fail("lenses by their undistortion are not supported", hint);
  }
  return listed;
}

Camera ReadSfmCamera(const JsonCursor& stored, const SfmVersion& version) {
  Camera camera;
  camera.width = SfmSize(stored["width"]);
  camera.height = SfmSize(stored["height"]);
  ReadSfmFocal(stored, version, &camera);
  const std::vector<double> principal = NumbersIn(stored["principalPoint"], 2);
  const bool from_middle = !(version < SfmVersion{1, 2, 1});
  camera.cx = principal[0] + (from_middle ? 0.5 * camera.width : 0);
  camera.cy = principal[1] + (from_middle ? 0.5 * camera.height : 0);
  SetLens(ReadSfmLens(stored), &camera);
  return camera;
}

Pose ReadSfmPose(const JsonCursor& pose) {
  const JsonCursor transform = pose["transform"];
  const std::vector<double> r = NumbersIn(transform["rotation"], 9);
  Mat3 world_from_cam;  // the columns of camera from world are its rows
  world_from_cam << r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8];
  return PoseFromOpenCv(world_from_cam, VectorIn(transform["center"]), transform.where());
}

// The elements of a list that may be absent, by one of their ids.
std::map<std::string, JsonCursor> SfmById(const JsonCursor& file, const char* list, const char* id) {
  std::map<std::string, JsonCursor> elements;
  if (!file.Has(list)) return elements;
  const JsonCursor all = file[list];
  for (size_t i = 0; i < all.size(); ++i) elements.emplace(SfmId(all[i][id]), all[i]);
  return elements;
}

}  // namespace

SceneListing ReadMeshroom(const fs::path& root, const fs::path& file, const Job& job) {
  const Json json = ReadJsonFile(file);
  const JsonCursor stored(json, file.string());
  if (!json.is_object() || !stored.Has("views"))
    stored.Fail("expected an object with \"views\"", "is this a cameras.sfm of Meshroom's node StructureFromMotion?");
  const SfmVersion version = ReadSfmVersion(stored);
  const auto intrinsics = SfmById(stored, "intrinsics", "intrinsicId"), poses = SfmById(stored, "poses", "poseId");

  ExportListing listing(root, file, job);
  listing.listing().format = "meshroom";
  listing.listing().source = "Meshroom " + NameInScene(root, file);
  std::map<std::string, Camera> cameras;
  const JsonCursor views = stored["views"];
  for (size_t i = 0; i < views.size(); ++i) {
    const JsonCursor view = views[i];
    const std::string path = view["path"].String();
    if (view.Has("rigId") && view.Has("isPoseIndependant"))
      view.Fail("cameras of a rig are not supported", "compute the photos without a rig");
    const auto pose = view.Has("poseId") ? poses.find(SfmId(view["poseId"])) : poses.end();
    const std::string intrinsic_id = view.Has("intrinsicId") ? SfmId(view["intrinsicId"]) : "";
    const auto intrinsic = intrinsics.find(intrinsic_id);
    if (pose == poses.end() || intrinsic == intrinsics.end()) {
      listing.LeaveOut(fs::path(path).filename().string());
      continue;
    }
    const auto photo = listing.Find(path);
    if (!photo) continue;
    if (!cameras.count(intrinsic_id)) cameras[intrinsic_id] = ReadSfmCamera(intrinsic->second, version);
    Camera camera = cameras[intrinsic_id];
    camera.world_from_cam = ReadSfmPose(pose->second["pose"]);
    listing.Add(*photo, camera, view.where());
  }
  if (stored.Has("structure")) {
    const JsonCursor points = stored["structure"];
    for (size_t i = 0; i < points.size(); ++i) {
      const Vec3 p = VectorIn(points[i]["X"]);
      if (IsPlace(p)) listing.listing().points.push_back(p);
    }
  }
  return listing.Finish("Meshroom");
}

}  // namespace sanerf::scene
