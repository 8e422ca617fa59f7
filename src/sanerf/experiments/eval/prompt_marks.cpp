#include "sanerf/experiments/eval/prompt_marks.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "sanerf/core/check.h"
#include "sanerf/mask_decoder/places.h"

namespace sanerf::experiments {

using mask_decoder::ObjectPrompt;

namespace {

using Rgb = uint8_t[3];
constexpr Rgb kOnObject = {40, 220, 90}, kBesideObject = {255, 60, 60}, kBoxColor = {255, 225, 60},
              kRimColor = {255, 255, 255};
constexpr double kDotRadius = 0.018;  // of a dot, as a share of the picture's longest side

// Pixels whose centers are between the two distances from `center`.
void DrawRing(const Vec2& center, double inner, double outer, const Rgb& color, ImageU8* picture) {
  const int x0 = int(std::floor(center.x() - outer)), x1 = int(std::ceil(center.x() + outer));
  const int y0 = int(std::floor(center.y() - outer)), y1 = int(std::ceil(center.y() + outer));
  for (int y = std::max(0, y0); y < std::min(picture->height, y1); ++y)
    for (int x = std::max(0, x0); x < std::min(picture->width, x1); ++x) {
      const double distance = (Vec2(x + 0.5, y + 0.5) - center).norm();
      if (distance >= inner && distance <= outer) std::copy_n(color, 3, picture->Pixel(x, y));
    }
}

void DrawFrame(const sam::SamPrompt::Box& box, int thickness, ImageU8* picture) {
  const int x0 = int(box.x0), y0 = int(box.y0), x1 = int(std::ceil(box.x1)), y1 = int(std::ceil(box.y1));
  for (int y = std::max(0, y0); y < std::min(picture->height, y1); ++y)
    for (int x = std::max(0, x0); x < std::min(picture->width, x1); ++x) {
      const int inside = std::min({x - x0, x1 - 1 - x, y - y0, y1 - 1 - y});
      if (inside < thickness) std::copy_n(kBoxColor, 3, picture->Pixel(x, y));
    }
}

size_t NumInside(const ObjectPrompt& object, const Camera& camera) {
  return size_t(std::count_if(object.points.begin(), object.points.end(), [&](const mask_decoder::PointPrompt& point) {
    const auto px = camera.Project(point.p);
    return px && camera.Contains(*px);
  }));
}

}  // namespace

std::vector<int> ViewsOfPrompts(const ObjectPrompt& object, const scene::Scene& scene, size_t most) {
  std::map<int, size_t> count;  // by view
  for (const mask_decoder::ClickPrompt& click : object.clicks) ++count[scene.FindView(click.view)];
  for (const mask_decoder::BoxPrompt& box : object.boxes) ++count[scene.FindView(box.view)];
  std::vector<int> views;
  for (const auto& [view, prompts] : count) views.push_back(view);
  std::stable_sort(views.begin(), views.end(), [&](int a, int b) { return count[a] > count[b]; });
  if (views.size() > most) views.resize(most);
  if (!views.empty() || object.points.empty()) return views;
  const std::vector<int> train = scene.TrainViews();
  const auto best = std::max_element(train.begin(), train.end(), [&](int a, int b) {
    return NumInside(object, scene.views[size_t(a)].camera) < NumInside(object, scene.views[size_t(b)].camera);
  });
  return best == train.end() ? std::vector<int>() : std::vector<int>{*best};
}

void DrawPrompts(const ObjectPrompt& object, const scene::Scene& scene, int view_idx, ImageU8* picture) {
  SANERF_CHECK_EQ(picture->channels, 3);
  const Camera& photo = scene.views[size_t(view_idx)].camera;
  const Camera camera = photo.Resized(picture->width, picture->height);
  const double radius = std::max(3.0, kDotRadius * std::max(picture->width, picture->height)), edge = radius / 3;
  const auto is_here = [&](const std::string& name) { return scene.FindView(name) == view_idx; };
  for (const mask_decoder::BoxPrompt& box : object.boxes)
    if (is_here(box.view)) DrawFrame(mask_decoder::WorkingBox(box, photo, camera), std::max(2, int(edge)), picture);
  for (const mask_decoder::PointPrompt& point : object.points) {
    const auto px = camera.Project(point.p);
    if (!px || !camera.Contains(*px)) continue;
    DrawRing(*px, radius - 2 * edge, radius, point.label > 0 ? kOnObject : kBesideObject, picture);
  }
  for (const mask_decoder::ClickPrompt& click : object.clicks) {
    if (!is_here(click.view)) continue;
    const Vec2 px = mask_decoder::WorkingPixel(mask_decoder::PhotoPixel(click.xy), photo, camera);
    DrawRing(px, 0, radius, click.label > 0 ? kOnObject : kBesideObject, picture);
    DrawRing(px, radius, radius + edge, kRimColor, picture);
  }
}

}  // namespace sanerf::experiments
