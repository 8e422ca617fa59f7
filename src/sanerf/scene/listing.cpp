#include "sanerf/scene/listing.h"

#include <fmt/format.h>

#include <Eigen/SVD>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/lower_case.h"
#include "sanerf/core/orientation.h"
#include "sanerf/core/phrases.h"

namespace sanerf::scene {

namespace fs = std::filesystem;
namespace {

constexpr std::array kUsualPhotos = {".png", ".jpg", ".jpeg"};
constexpr std::array kOtherPhotos = {".webp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".exr"};
constexpr std::array kVideos = {".mp4", ".mov", ".m4v",  ".mkv", ".avi", ".webm", ".mts", ".m2ts",
                                ".3gp", ".mpg", ".mpeg", ".ogv", ".wmv", ".hevc", ".h264"};

// Rounding of stored poses stays far below this; a sheared or scaled matrix far above.
constexpr double kRigidTolerance = 1e-2;
constexpr double kShortestAxis = 1e-6;  // of a pose with a scale

}  // namespace

bool HasUsualImageExtension(const fs::path& path) {
  return std::find(kUsualPhotos.begin(), kUsualPhotos.end(), LowerExtension(path)) != kUsualPhotos.end();
}

bool HasImageExtension(const fs::path& path) {
  return HasUsualImageExtension(path) ||
         std::find(kOtherPhotos.begin(), kOtherPhotos.end(), LowerExtension(path)) != kOtherPhotos.end();
}

bool HasVideoExtension(const fs::path& path) {
  return std::find(kVideos.begin(), kVideos.end(), LowerExtension(path)) != kVideos.end();
}

std::vector<fs::path> ImagesIn(const fs::path& folder) {
  std::vector<fs::path> images;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder, ec)) {
    const bool is_mask = entry.path().filename().string().starts_with(kDynamicMask);
    if (HasImageExtension(entry.path()) && !is_mask && ExistsAsFile(entry.path())) images.push_back(entry.path());
  }
  if (std::any_of(images.begin(), images.end(), HasUsualImageExtension))
    std::erase_if(images, [](const fs::path& path) { return !HasUsualImageExtension(path); });
  std::sort(images.begin(), images.end());
  return images;
}

std::vector<fs::path> ImageFolders(const fs::path& root) {
  std::vector<std::pair<int, fs::path>> folders;  // by downscale factor
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(root, ec)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory(ec) || name.rfind("images", 0) != 0) continue;
    int factor = 1;
    if (name != "images") {
      const std::string digits = name.size() > 7 && name[6] == '_' ? name.substr(7) : "";
      if (digits.empty() || digits.size() > 4 || digits.find_first_not_of("0123456789") != std::string::npos) continue;
      factor = std::stoi(digits);
    }
    folders.emplace_back(factor, entry.path());
  }
  std::sort(folders.begin(), folders.end());
  std::vector<fs::path> paths;
  for (auto& [factor, path] : folders) paths.push_back(std::move(path));
  return paths;
}

Mat3 CheckedRotation(const Mat3& matrix, const std::string& where, double* scale) {
  const std::string hint = "re-export the poses; a pose is a rotation and a camera center, without shear or mirroring";
  if (!matrix.allFinite()) throw Error(where, "the pose has values that are not finite numbers", hint);
  const Vec3 lengths = matrix.colwise().norm().transpose();
  const double length = lengths.mean(), determinant = matrix.determinant();
  if (!std::isfinite(length) || !std::isfinite(determinant))
    throw Error(where, "the pose is not rigid (its axes are too long to measure)", hint);
  const Mat3 normalized = matrix / std::max(length, std::numeric_limits<double>::min());
  if (!(length >= kShortestAxis) || std::abs(normalized.determinant()) < 1e-6)
    throw Error(where, "the pose is singular (its rotation has determinant 0)", hint);
  if (determinant < 0) throw Error(where, "the pose is mirrored (its rotation has a negative determinant)", hint);
  const auto deviation = [](const Mat3& m) { return (m.transpose() * m - Mat3::Identity()).cwiseAbs().maxCoeff(); };
  const bool has_scale = !(deviation(matrix) <= kRigidTolerance);
  if (has_scale && (scale == nullptr || !(deviation(normalized) <= kRigidTolerance))) {
    throw Error(
        where,
        fmt::format("the pose is not rigid (its axes differ from orthonormal by {:.3g}, their lengths are {:.3g}, "
                    "{:.3g} and {:.3g})",
                    deviation(matrix), lengths.x(), lengths.y(), lengths.z()),
        hint);
  }
  if (scale != nullptr) *scale = has_scale ? length : 1;
  // The nearest rotation: U V^T of the singular value decomposition.
  const Eigen::JacobiSVD<Mat3> svd(has_scale ? normalized : matrix, Eigen::ComputeFullU | Eigen::ComputeFullV);
  return svd.matrixU() * svd.matrixV().transpose();
}

bool HaveSameShape(int width_a, int height_a, int width_b, int height_b) {
  const double scale_x = double(width_a) / width_b, scale_y = double(height_a) / height_b;
  const double tolerance = 0.01 + 1.5 / std::min({width_a, height_a, width_b, height_b});
  return std::abs(scale_x / scale_y - 1) <= tolerance;
}

Camera FitToImage(const Camera& camera, const ImageInfo& image, const std::string& where) {
  if (!HaveSameShape(image.width, image.height, camera.width, camera.height)) {
    if (LiesOnItsSide(image.orientation) && HaveSameShape(image.height, image.width, camera.width, camera.height)) {
      return camera.Resized(image.height, image.width);
    }
    const bool turned = (image.width > image.height) != (camera.width > camera.height);
    throw Error(where,
                fmt::format("the image is {}x{} but its camera is {}x{}", image.width, image.height, camera.width,
                            camera.height),
                turned ? "one of them is on its side: use the images that the poses were computed from"
                       : "use the images that the poses were computed from, at any scale but not cropped");
  }
  if (camera.width == image.width && camera.height == image.height) return camera;
  return camera.Resized(image.width, image.height);
}

std::string NameInScene(const fs::path& root, const fs::path& image) {
  const fs::path relative = image.lexically_relative(root);
  return (relative.empty() ? image : relative).generic_string();
}

std::string ListOfNames(const std::vector<std::string>& names) {
  constexpr size_t kNamed = 8;
  return FirstFew(names, kNamed);
}

}  // namespace sanerf::scene
