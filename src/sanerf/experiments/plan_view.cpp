#include "sanerf/experiments/plan_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sanerf/core/pixel_window.h"
#include "sanerf/experiments/compare/pixel_text.h"

namespace sanerf::experiments {
namespace {

using PlanColor = std::array<uint8_t, 3>;
constexpr PlanColor kTrainColor = {40, 100, 210}, kTestColor = {230, 120, 20}, kBoxGray = {205, 208, 214},
                    kPlanInk = {60, 64, 72};
constexpr int kPlanMargin = 10, kPlanScale = 2;
constexpr double kDotPixels = 3.5, kUsualShare = 0.95, kRoomAround = 1.25;

struct PlanCamera {
  Vec3 center, look;  // model frame
  bool is_test;
};

void DrawDot(const Vec2& at, double radius, const PlanColor& rgb, ImageU8* picture) {
  for (int y = std::max(0, int(at.y() - radius)); y <= std::min(picture->height - 1, int(at.y() + radius)); ++y)
    for (int x = std::max(0, int(at.x() - radius)); x <= std::min(picture->width - 1, int(at.x() + radius)); ++x)
      if ((Vec2(x + 0.5, y + 0.5) - at).norm() <= radius) std::copy_n(rgb.data(), 3, picture->Pixel(x, y));
}

void DrawLine(const Vec2& from, const Vec2& to, const PlanColor& rgb, ImageU8* picture) {
  const int steps = std::max(1, int(2 * (to - from).norm()));
  for (int i = 0; i <= steps; ++i) DrawDot(from + (to - from) * i / steps, 0.75, rgb, picture);
}

// One of the two: `up` is the model's axis that points up in it.
ImageU8 DrawSide(const std::vector<PlanCamera>& cameras, int up, double reach, int size, const std::string& title) {
  ImageU8 picture(size, size, 3, 255);
  const double scale = 0.5 * (size - 2 * kPlanMargin) / reach;
  const auto place = [&](const Vec3& p) { return Vec2(0.5 * size + scale * p.x(), 0.5 * size - scale * p[up]); };
  const Vec2 corners[4] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
  for (int i = 0; i < 4; ++i) {
    Vec3 a = Vec3::Zero(), b = Vec3::Zero();
    a.x() = corners[i].x(), a[up] = corners[i].y();
    b.x() = corners[(i + 1) % 4].x(), b[up] = corners[(i + 1) % 4].y();
    DrawLine(place(a), place(b), kBoxGray, &picture);
  }
  for (const bool is_test : {false, true}) {
    for (const PlanCamera& camera : cameras) {
      if (camera.is_test != is_test || camera.center.cwiseAbs().maxCoeff() > reach) continue;
      const PlanColor& color = is_test ? kTestColor : kTrainColor;
      DrawLine(place(camera.center), place(camera.center + 0.12 * reach * camera.look), color, &picture);
      DrawDot(place(camera.center), kDotPixels, color, &picture);
    }
  }
  DrawText(FittingText(title, size - 2 * kPlanMargin, kPlanScale), kPlanMargin, kPlanMargin, {kPlanScale, kPlanInk},
           &picture);
  return picture;
}

}  // namespace

ImageU8 DrawPlan(const scene::Scene& scene, int size) {
  std::vector<PlanCamera> cameras;
  std::vector<double> distances;
  for (const scene::View& view : scene.views) {
    const Camera camera = view.camera.In(scene.model_from_file);
    cameras.push_back({camera.center(), camera.world_from_cam.rotation * Vec3(0, 0, -1), view.is_test});
    distances.push_back(camera.center().cwiseAbs().maxCoeff());
  }
  double reach = 1.1;
  if (!distances.empty()) {
    std::sort(distances.begin(), distances.end());
    const double usual = distances[size_t(kUsualShare * double(distances.size() - 1))];
    reach = std::max(reach, kRoomAround * std::min(distances.back(), 2 * usual));
  }
  const ImageU8 above = DrawSide(cameras, 1, reach, size, "from above"),
                side = DrawSide(cameras, 2, reach, size, "from the side");
  ImageU8 plan(2 * size, size, 3);
  Paste(above, 0, 0, &plan);
  Paste(side, size, 0, &plan);
  const int line = TextHeight(kPlanScale) + kPlanMargin;
  DrawText("train", kPlanMargin, size - line, {kPlanScale, kTrainColor}, &plan);
  if (!scene.TestViews().empty())
    DrawText("held out", kPlanMargin + TextWidth("train  ", kPlanScale), size - line, {kPlanScale, kTestColor}, &plan);
  return plan;
}

}  // namespace sanerf::experiments
