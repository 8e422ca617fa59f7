#include "sanerf/export/colmap_set.h"

#include <fmt/format.h>

#include <Eigen/Geometry>
#include <cstring>
#include <map>
#include <sstream>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/export/dataset.h"
#include "sanerf/scene/colmap_model.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

// Numbers one behind the other, little endian, as COLMAP's binary files have them.
class ColmapBytes {
 public:
  template <class T>
  void Add(T value) {
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    bytes_.append(raw, sizeof(T));
  }
  void AddName(const std::string& name) { bytes_.append(name.c_str(), name.size() + 1); }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

[[noreturn]] void RefuseForColmap(const Lens& lens) {
  throw Error("a data set for COLMAP",
              fmt::format("it has no lens of the model {} with these terms", NameOf(lens.model())),
              "take the masks alone (--format masks), or undistort the photos first and train on these");
}

int NumberOfLens(const std::string& name) {
  for (int number = 0;; ++number) {
    const scene::ColmapLens* lens = scene::ColmapLensByNumber(number);
    SANERF_CHECK(lens != nullptr);
    if (name == lens->name) return number;
  }
}

struct StoredLens {
  int number = 0;
  int64_t width = 0, height = 0;
  std::vector<double> params;
  auto operator<=>(const StoredLens&) const = default;
};

StoredLens StoredLensOf(const Camera& camera) {
  const std::string name = ColmapLensName(camera);
  StoredLens stored{NumberOfLens(name), camera.width, camera.height, {}};
  const LensTerms& t = camera.lens.terms();
  const std::map<std::string, double> values = {
      {"fx", camera.fx}, {"fy", camera.fy}, {"cx", camera.cx}, {"cy", camera.cy}, {"k1", t.k1}, {"k2", t.k2},
      {"k3", t.k3},      {"k4", t.k4},      {"k5", t.k5},      {"k6", t.k6},      {"p1", t.p1}, {"p2", t.p2},
      {"s1", t.s1},      {"s2", t.s2},      {"s3", t.s3},      {"s4", t.s4}};
  std::istringstream words(scene::ColmapLensByName(name)->params);
  for (std::string word; words >> word;) {
    const bool is_size = word == "-";  // width and height once more
    stored.params.push_back(!is_size                ? values.at(word)
                            : stored.params.empty() ? double(camera.width)
                                                    : double(camera.height));
  }
  return stored;
}

// COLMAP looks along +z with y down: half a turn around x from our axes.
Pose ColmapFromWorld(const Camera& camera) {
  const Mat3 ours_from_colmap = Vec3(1, -1, -1).asDiagonal();
  const Pose world_from_colmap{camera.world_from_cam.rotation * ours_from_colmap, camera.center()};
  return world_from_colmap.Inverse();
}

void WriteSparse(const std::vector<DatasetPhoto>& photos, const PointCloud& cloud, const fs::path& folder) {
  std::map<StoredLens, int32_t> ids;
  ColmapBytes cameras, images, points;
  images.Add(uint64_t(photos.size()));
  int32_t image_id = 0;
  for (const DatasetPhoto& photo : photos) {
    const int32_t camera_id = ids.try_emplace(StoredLensOf(photo.camera), int32_t(ids.size()) + 1).first->second;
    const Pose pose = ColmapFromWorld(photo.camera);
    Eigen::Quaterniond q(pose.rotation);
    q.normalize();
    images.Add(++image_id);
    for (const double value : {q.w(), q.x(), q.y(), q.z()}) images.Add(value);
    for (int a = 0; a < 3; ++a) images.Add(pose.translation[a]);
    images.Add(camera_id);
    images.AddName(photo.photo);
    images.Add(uint64_t{0});  // points seen in it
  }
  cameras.Add(uint64_t(ids.size()));
  for (const auto& [lens, id] : ids) {
    cameras.Add(id);
    cameras.Add(int32_t(lens.number));
    cameras.Add(uint64_t(lens.width));
    cameras.Add(uint64_t(lens.height));
    for (const double value : lens.params) cameras.Add(value);
  }
  points.Add(uint64_t(cloud.points.size()));
  for (size_t i = 0; i < cloud.points.size(); ++i) {
    points.Add(uint64_t(i) + 1);
    for (int a = 0; a < 3; ++a) points.Add(cloud.points[i][a]);
    for (const uint8_t value : cloud.colors[i]) points.Add(value);
    points.Add(0.0);          // reprojection error
    points.Add(uint64_t{0});  // length of its track
  }
  fs::create_directories(folder);
  WriteFileAtomic(folder / "cameras.bin", cameras.bytes());
  WriteFileAtomic(folder / "images.bin", images.bytes());
  WriteFileAtomic(folder / "points3D.bin", points.bytes());
}

}  // namespace

std::string ColmapLensName(const Camera& camera) {
  const LensTerms& t = camera.lens.terms();
  const bool has_prism = t.s1 != 0 || t.s2 != 0 || t.s3 != 0 || t.s4 != 0, has_tangential = t.p1 != 0 || t.p2 != 0;
  switch (camera.lens.model()) {
    case LensModel::kPerspective:
      if (camera.lens.IsStraight()) return "PINHOLE";
      if (t.k4 != 0 || t.k5 != 0 || t.k6 != 0 || has_prism) break;
      return t.k3 == 0 ? "OPENCV" : "FULL_OPENCV";  // the fraction with nothing below the line
    case LensModel::kRational:
      if (has_prism) break;
      return "FULL_OPENCV";
    case LensModel::kDivision:
      return "DIVISION";
    case LensModel::kFieldOfView:
      return "FOV";
    case LensModel::kUnified:
      return "EUCM";
    case LensModel::kFisheye:
      if (t.k5 != 0 || t.k6 != 0 || t.s2 != 0 || t.s4 != 0) break;
      return has_prism || has_tangential ? "THIN_PRISM_FISHEYE" : "OPENCV_FISHEYE";
    case LensModel::kFisheye624:
      return "RAD_TAN_THIN_PRISM_FISHEYE";
    case LensModel::kEquirectangular:
      return "EQUIRECTANGULAR";
  }
  RefuseForColmap(camera.lens);
}

std::vector<ExportedFile> WriteColmapSet(const ExportInput& input, const ExportOptions& all, const fs::path& folder,
                                         const Job& job) {
  const PhotoOptions& options = all.photos;
  for (const scene::View& view : input.scene.views) ColmapLensName(view.camera);  // before anything is made
  const std::vector<DatasetPhoto> photos = WriteDatasetPictures(input, options, MaskNames::kBehindEnding, folder, job);
  const PointCloud cloud = DatasetPoints(input, options, job);
  WriteSparse(photos, cloud, folder / "sparse" / "0");
  std::vector<ExportedFile> report = ReportOfDataset(folder, photos.size(), cloud.points.size());
  report.insert(report.begin(),
                Exported(folder / "sparse", int64_t(photos.size()), "cameras", kFileFrame, kSceneUnits));
  return report;
}

}  // namespace sanerf::exports
