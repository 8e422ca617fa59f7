#include "sanerf/nerf/held_out_look.h"

#include <Eigen/Dense>
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/nerf/photo_appearance.h"
#include "sanerf/scene/choose_views.h"

namespace sanerf::nerf {
namespace {

constexpr std::pair<const char*, HeldOutLook> kHeldOutLooks[] = {
    {"mean", HeldOutLook::kMean}, {"nearest", HeldOutLook::kNearest}, {"half", HeldOutLook::kHalf}};
constexpr double kRidge = 1e-3;  // pull to the identity, as a share of what the pixels weigh

}  // namespace

const char* NameOf(HeldOutLook look) {
  for (const auto& [name, value] : kHeldOutLooks)
    if (value == look) return name;
  return "";
}

HeldOutLook ParseHeldOutLook(const std::string& name) {
  for (const auto& [known, value] : kHeldOutLooks)
    if (name == known) return value;
  throw UsageError("--look " + name, "expected mean, nearest or half",
                   "in which light held-out views are compared with their photos");
}

std::string Described(HeldOutLook look) {
  switch (look) {
    case HeldOutLook::kMean:
      return "";
    case HeldOutLook::kNearest:
      return "in the light of the nearest training photo";
    case HeldOutLook::kHalf:
      break;
  }
  return "right halves alone, colors fitted on the left ones";
}

ColorTransform FitColors(const ImageF& picture, const HalfOfPhoto& half) {
  Eigen::Matrix4d squares = Eigen::Matrix4d::Zero();
  Eigen::Matrix<double, 4, 3> products = Eigen::Matrix<double, 4, 3>::Zero();
  int64_t count = 0;
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < half.end; ++x) {
      if (!half.ignored.empty() && half.ignored.At(x, y) != 0) continue;
      const Eigen::Vector4d from(double(picture.At(x, y, 0)), double(picture.At(x, y, 1)), double(picture.At(x, y, 2)),
                                 1);
      squares += from * from.transpose();
      for (int c = 0; c < 3; ++c) products.col(c) += from * double(half.photo.At(x, y, c));
      ++count;
    }
  const double pull = kRidge * double(std::max<int64_t>(1, count));
  squares.diagonal().array() += pull;
  for (int c = 0; c < 3; ++c) products(c, c) += pull;
  const Eigen::Matrix<double, 4, 3> solved = squares.ldlt().solve(products);
  ColorTransform transform;
  for (int c = 0; c < 3; ++c)
    for (int k = 0; k < 4; ++k) transform[size_t(4 * c + k)] = solved(k, c);
  return transform;
}

void ApplyColors(const ColorTransform& transform, ImageF* picture) {
  for (int64_t i = 0; i < picture->num_pixels(); ++i) {
    float* rgb = &picture->data[size_t(i * picture->channels)];
    double shown[3];
    for (int c = 0; c < 3; ++c) {
      const double* row = &transform[size_t(4 * c)];
      shown[c] = row[0] * double(rgb[0]) + row[1] * double(rgb[1]) + row[2] * double(rgb[2]) + row[3];
    }
    for (int c = 0; c < 3; ++c) rgb[c] = float(std::clamp(shown[c], 0.0, 1.0));
  }
}

bool ShowAsPhoto(const NerfModel& model, const std::string& photo, RenderedView* view) {
  if (model.appearance() == nullptr) return false;
  const std::vector<std::string>& photos = model.appearance()->photos();
  const auto place = std::find(photos.begin(), photos.end(), photo);
  if (place == photos.end()) return false;
  ImageF& rgb = view->rgb;
  for (int y = 0; y < rgb.height; ++y)
    for (int x = 0; x < rgb.width; ++x) {
      const float opacity = view->opacity.At(x, y);
      RayLight<float> light{{}, opacity};
      for (int c = 0; c < 3; ++c) light.color[c] = rgb.At(x, y, c) - (1 - opacity) * model.background()[c];
      const PhotoLook<float> look = model.appearance()->Look(
          int(place - photos.begin()), (float(x) + 0.5f) / float(rgb.width), (float(y) + 0.5f) / float(rgb.height));
      float shown[3];
      ShowLight(look, light, shown);
      for (int c = 0; c < 3; ++c)
        rgb.At(x, y, c) = std::clamp(shown[c] + (1 - opacity) * model.background()[c], 0.0f, 1.0f);
    }
  return true;
}

bool ShowAsNearestPhoto(const NerfModel& model, const scene::Scene& scene, const Camera& camera, RenderedView* view) {
  if (model.appearance() == nullptr) return false;
  const std::set<std::string> photos(model.appearance()->photos().begin(), model.appearance()->photos().end());
  std::vector<int> known;
  for (const int v : scene.TrainViews())
    if (photos.count(scene.views[size_t(v)].name) != 0) known.push_back(v);
  const int nearest = scene::NearestView(scene, camera, known);
  return nearest >= 0 && ShowAsPhoto(model, scene.views[size_t(nearest)].name, view);
}

}  // namespace sanerf::nerf
