#include "sanerf/export/nerfstudio_set.h"

#include <fmt/format.h>

#include <numbers>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/export/dataset.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

bool HasThinPrism(const LensTerms& t) { return t.s1 != 0 || t.s2 != 0 || t.s3 != 0 || t.s4 != 0; }
bool GoesBeyondFour(const LensTerms& t) { return t.k5 != 0 || t.k6 != 0 || HasThinPrism(t); }

[[noreturn]] void RefuseLens(const Lens& lens) {
  throw Error("a data set for nerfstudio",
              fmt::format("it has no lens of the model {} with these terms", NameOf(lens.model())),
              "take the masks alone (--format masks), or undistort the photos first and train on these");
}

Json MatrixOf(const Pose& pose) {
  Json rows = Json::array();
  for (int row = 0; row < 3; ++row) {
    const Vec3 r = pose.rotation.row(row);
    rows.push_back({r.x(), r.y(), r.z(), pose.translation[row]});
  }
  rows.push_back({0.0, 0.0, 0.0, 1.0});
  return rows;
}

}  // namespace

Json NerfstudioIntrinsics(const Camera& camera) {
  const LensTerms& t = camera.lens.terms();
  Json keys = {{"w", camera.width}, {"h", camera.height}, {"fl_x", camera.fx},
               {"fl_y", camera.fy}, {"cx", camera.cx},    {"cy", camera.cy}};
  switch (camera.lens.model()) {
    case LensModel::kPerspective:
      if (GoesBeyondFour(t)) RefuseLens(camera.lens);
      keys["camera_model"] = "OPENCV";
      keys.update({{"k1", t.k1}, {"k2", t.k2}, {"k3", t.k3}, {"k4", t.k4}, {"p1", t.p1}, {"p2", t.p2}});
      return keys;
    case LensModel::kFisheye:
      if (GoesBeyondFour(t) || t.p1 != 0 || t.p2 != 0) RefuseLens(camera.lens);
      keys["camera_model"] = "OPENCV_FISHEYE";
      keys.update({{"k1", t.k1}, {"k2", t.k2}, {"k3", t.k3}, {"k4", t.k4}});
      return keys;
    case LensModel::kFisheye624:  // p1 and p2 as Aria has them
      keys["camera_model"] = "FISHEYE624";
      keys["distortion_params"] = {t.k1, t.k2, t.k3, t.k4, t.k5, t.k6, t.p2, t.p1, t.s1, t.s2, t.s3, t.s4};
      return keys;
    case LensModel::kEquirectangular:  // half the width, and the height, of the whole sphere
      keys["camera_model"] = "EQUIRECTANGULAR";
      keys["fl_x"] = std::numbers::pi * camera.fx;
      keys["fl_y"] = std::numbers::pi * camera.fy;
      return keys;
    case LensModel::kRational:
    case LensModel::kDivision:
    case LensModel::kFieldOfView:
    case LensModel::kUnified:
      break;
  }
  RefuseLens(camera.lens);
}

std::vector<ExportedFile> WriteNerfstudioSet(const ExportInput& input, const ExportOptions& all, const fs::path& folder,
                                             const Job& job) {
  const PhotoOptions& options = all.photos;
  for (const scene::View& view : input.scene.views) NerfstudioIntrinsics(view.camera);  // before anything is made
  const std::vector<DatasetPhoto> photos =
      WriteDatasetPictures(input, options, MaskNames::kInsteadOfEnding, folder, job);
  const Json first = NerfstudioIntrinsics(photos[0].camera);
  bool are_alike = true;
  for (const DatasetPhoto& photo : photos) are_alike = are_alike && NerfstudioIntrinsics(photo.camera) == first;

  Json file = Json::object();
  if (are_alike) file = first;
  file["camera_model"] = first.at("camera_model");  // nerfstudio looks for it here alone
  Json frames = Json::array(), train = Json::array(), test = Json::array();
  for (const DatasetPhoto& photo : photos) {
    const scene::View& view = input.scene.views[size_t(photo.view)];
    Json frame = {{"file_path", "images/" + photo.photo}, {"mask_path", "masks/" + photo.mask}};
    if (!are_alike) frame.update(NerfstudioIntrinsics(photo.camera));
    frame["transform_matrix"] = MatrixOf(photo.camera.world_from_cam);
    (view.is_test ? test : train).push_back(frame["file_path"]);
    frames.push_back(std::move(frame));
  }
  if (!test.empty() && !train.empty()) {
    file["train_filenames"] = train;
    file["val_filenames"] = test;
    file["test_filenames"] = test;
  }
  const PointCloud cloud = DatasetPoints(input, options, job);
  if (!cloud.points.empty()) {
    WritePointsPly(cloud, folder / "points.ply");
    file["ply_file_path"] = "points.ply";
  }
  file["frames"] = std::move(frames);
  WriteJsonFile(folder / "transforms.json", file);
  std::vector<ExportedFile> report = ReportOfDataset(folder, photos.size(), cloud.points.size());
  report.insert(report.begin(),
                Exported(folder / "transforms.json", int64_t(photos.size()), "cameras", kFileFrame, kSceneUnits));
  return report;
}

}  // namespace sanerf::exports
