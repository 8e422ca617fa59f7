#include "sanerf/poses/pose_agreement.h"

#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/phrases.h"

namespace sanerf::poses {
namespace {

constexpr double kLine = 1e-9;  // second singular value, of the first: below, the points lie on a line

Vec3 MeanOf(const std::vector<Vec3>& points) {
  Vec3 mean = Vec3::Zero();
  for (const Vec3& p : points) mean += p / double(points.size());
  return mean;
}

using ViewPair = std::pair<const scene::View*, const scene::View*>;
using NameOfView = std::string (*)(const scene::View&);

std::string WholeName(const scene::View& view) {
  return std::filesystem::path(view.name).replace_extension("").generic_string();
}
std::string NameAlone(const scene::View& view) { return view.image_path.stem().string(); }

// Names that two views of a scene share are null: train/000 and test/000.
std::map<std::string, const scene::View*> ByName(const scene::Scene& scene, NameOfView name_of) {
  std::map<std::string, const scene::View*> views;
  for (const scene::View& view : scene.views)
    if (const auto [entry, is_new] = views.emplace(name_of(view), &view); !is_new) entry->second = nullptr;
  return views;
}

std::vector<ViewPair> CommonViews(const scene::Scene& first, const scene::Scene& second, NameOfView name_of) {
  const auto of_second = ByName(second, name_of);
  std::vector<ViewPair> common;
  for (const auto& [name, view] : ByName(first, name_of)) {
    const auto other = of_second.find(name);
    if (view != nullptr && other != of_second.end() && other->second != nullptr)
      common.push_back({view, other->second});
  }
  return common;
}

double DegreesBetween(const Mat3& a, const Mat3& b) {
  return Eigen::AngleAxisd(Mat3(a.transpose() * b)).angle() * 180 / M_PI;
}

}  // namespace

Similarity FitSimilarity(const std::vector<Vec3>& from, const std::vector<Vec3>& to) {
  if (from.size() != to.size() || from.size() < 3)
    throw Error("cannot fit a similarity",
                Counted(int64_t(std::min(from.size(), to.size())), "point is", "points are") + " too few",
                "three or more are needed");
  const Vec3 mean_from = MeanOf(from), mean_to = MeanOf(to);
  const double n = double(from.size());
  Mat3 covariance = Mat3::Zero();
  double variance = 0;
  for (size_t i = 0; i < from.size(); ++i) {
    covariance += (to[i] - mean_to) * (from[i] - mean_from).transpose() / n;
    variance += (from[i] - mean_from).squaredNorm() / n;
  }
  const Eigen::JacobiSVD<Mat3> svd(covariance, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Vec3 d = svd.singularValues();
  if (!(d[1] > kLine * d[0]) || !(variance > 0))
    throw Error("cannot fit a similarity", "the points lie on a line or at one place",
                "compare scenes whose cameras stand around something");
  Vec3 signs = Vec3::Ones();
  if (svd.matrixU().determinant() * svd.matrixV().determinant() < 0) signs[2] = -1;  // a rotation, never a mirror
  Similarity fit;
  fit.rotation = svd.matrixU() * signs.asDiagonal() * svd.matrixV().transpose();
  fit.scale = d.dot(signs) / variance;
  fit.translation = mean_to - fit.scale * (fit.rotation * mean_from);
  return fit;
}

PoseAgreement CompareCameras(const scene::Scene& first, const scene::Scene& second) {
  std::vector<ViewPair> common = CommonViews(first, second, WholeName);
  if (common.size() < 3) common = CommonViews(first, second, NameAlone);
  if (common.size() < 3)
    throw Error(second.root.string() + " cannot be compared with",
                Counted(int64_t(common.size()), "photo has", "photos have") + " the same name in both scenes",
                "three or more are needed; folder and extension do not matter");
  std::vector<Vec3> from, to;
  for (const auto& [one, other] : common) {
    from.push_back(one->camera.center());
    to.push_back(other->camera.center());
  }
  PoseAgreement agreement;
  agreement.num_common = int(common.size());
  agreement.size = 1 / second.model_from_file.scale;
  agreement.second_from_first = FitSimilarity(from, to);
  for (size_t i = 0; i < common.size(); ++i) {
    const Pose& pose = common[i].first->camera.world_from_cam;
    const double distance = (agreement.second_from_first * from[i] - to[i]).norm() / agreement.size;
    const double angle = DegreesBetween(agreement.second_from_first.rotation * pose.rotation,
                                        common[i].second->camera.world_from_cam.rotation);
    agreement.mean_distance += distance / double(common.size());
    agreement.mean_angle += angle / double(common.size());
    agreement.max_distance = std::max(agreement.max_distance, distance);
    agreement.max_angle = std::max(agreement.max_angle, angle);
  }
  return agreement;
}

}  // namespace sanerf::poses
