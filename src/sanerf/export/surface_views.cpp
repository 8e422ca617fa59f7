#include "sanerf/export/surface_views.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "sanerf/core/pixel_window.h"

namespace sanerf::exports {
namespace {

constexpr int kCoarseSide = 160;      // pixels on the longer side of a view that is searched for the subject
constexpr double kPartMargin = 0.08;  // of the part's longer side, around what the search found
constexpr int kMinMargin = 2;         // coarse pixels
constexpr float kOneSurface = 0.03f;  // pixels whose depths differ by less of it show one surface: interpolated
constexpr int kLiftedSide = 256;      // pixels of each side of a view that are lifted to find the box, at most
constexpr int kBoxCells = 48;         // along the longest side of the box that the subject is looked for in
constexpr int kBoxRounds = 3;

struct ViewPicture {
  ImageF depth, rgb;
  ImageU8 is_subject;
};

ViewPicture PictureOf(const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* objects, int label,
                      const nerf::PartOfView& part, const Job& job) {
  nerf::RenderedView radiance;
  ViewPicture picture;
  if (label >= 0) {
    const mask_aggregator::SegmentedView segmented = objects->Render(part, -1, &radiance, job);
    picture.is_subject = ImageU8(part.width(), part.height(), 1);
    for (size_t i = 0; i < picture.is_subject.data.size(); ++i)
      picture.is_subject.data[i] = segmented.labels.data[i] == label && radiance.depth.data[i] > 0;
  } else {
    radiance = nerf.RenderPart(part, {}, job);
    picture.is_subject = ImageU8(part.width(), part.height(), 1);
    for (int y = 0; y < part.height(); ++y)
      for (int x = 0; x < part.width(); ++x) {
        const double depth = double(radiance.depth.At(x, y));
        if (depth <= 0) continue;
        const Vec2 px(part.pixels.x0 + x + 0.5, part.pixels.y0 + y + 0.5);
        const Vec3 p_model = nerf.model_from_file() * part.camera.Lift(px, depth);
        picture.is_subject.At(x, y) = p_model.cwiseAbs().maxCoeff() <= 1;
      }
  }
  picture.depth = std::move(radiance.depth);
  picture.rgb = std::move(radiance.rgb);
  return picture;
}

// Around the subject's pixels; none when there are none.
std::optional<nerf::PixelBlock> PartWithSubject(const ImageU8& is_subject) {
  const PixelWindow window = WindowOf(is_subject);
  if (window.empty()) return std::nullopt;
  const int margin = std::max(kMinMargin, int(kPartMargin * std::max(window.width(), window.height())));
  const PixelWindow part = window.Grown(margin, margin, is_subject.width, is_subject.height);
  return nerf::PixelBlock{part.x0, part.y0, part.x1, part.y1};
}

// The photo's camera with as many pixels as make the part this large, no more than the photo has; and the part there.
Camera CloseCamera(const Camera& photo, const Camera& coarse, int longest_side, nerf::PixelBlock* part) {
  const double part_side = std::max(part->x1 - part->x0, part->y1 - part->y0);
  const double photo_per_coarse = double(photo.width) / coarse.width;
  const double scale = std::min(photo_per_coarse, longest_side / part_side);
  const Camera close = photo.Resized(std::max(1, int(std::lround(coarse.width * scale))),
                                     std::max(1, int(std::lround(coarse.height * scale))));
  const double sx = double(close.width) / coarse.width, sy = double(close.height) / coarse.height;
  *part = {int(part->x0 * sx), int(part->y0 * sy), std::min(close.width, int(std::ceil(part->x1 * sx))),
           std::min(close.height, int(std::ceil(part->y1 * sy)))};
  return close;
}

SeenAt SeenIn(const ImageF& depth, const ImageU8* is_subject, const Vec2& px, double z) {
  const int x = std::clamp(int(px.x()), 0, depth.width - 1), y = std::clamp(int(px.y()), 0, depth.height - 1);
  const float there = depth.At(x, y);
  if (there <= 0) return {SeenAt::What::kEmpty, 0};
  SeenAt seen;
  const uint8_t subject = is_subject != nullptr ? is_subject->At(x, y) : 0;
  seen.what = subject != 0 ? SeenAt::What::kSubject : SeenAt::What::kOther;
  // Between the four pixels around it, when they show the same surface.
  const double u = px.x() - 0.5, v = px.y() - 0.5;
  const int x0 = std::clamp(int(std::floor(u)), 0, depth.width - 1), x1 = std::min(x0 + 1, depth.width - 1);
  const int y0 = std::clamp(int(std::floor(v)), 0, depth.height - 1), y1 = std::min(y0 + 1, depth.height - 1);
  const double fx = std::clamp(u - x0, 0.0, 1.0), fy = std::clamp(v - y0, 0.0, 1.0);
  double mean = 0;
  for (const auto& [i, j, share] : {std::tuple(x0, y0, (1 - fx) * (1 - fy)), std::tuple(x1, y0, fx * (1 - fy)),
                                    std::tuple(x0, y1, (1 - fx) * fy), std::tuple(x1, y1, fx * fy)}) {
    const float d = depth.At(i, j);
    const bool is_same =
        std::fabs(d - there) <= kOneSurface * there && (is_subject == nullptr || is_subject->At(i, j) == subject);
    mean += share * double(is_same ? d : there);
  }
  seen.behind = z - mean;
  return seen;
}

struct LiftedPixel {
  Vec3 p;
  int view;
};

std::vector<LiftedPixel> LiftSubject(const std::vector<SurfaceView>& views) {
  std::vector<LiftedPixel> points;
  for (size_t v = 0; v < views.size(); ++v) {
    const SurfaceView& view = views[v];
    // Every pixel that also its neighbors to the right and below belong to: outlines are where depth goes astray.
    const int step = 1 + std::max(view.depth.width, view.depth.height) / kLiftedSide;
    for (int y = 0; y + 1 < view.depth.height; y += step)
      for (int x = 0; x + 1 < view.depth.width; x += step) {
        if (view.is_subject.At(x, y) == 0 || view.is_subject.At(x + 1, y) == 0 || view.is_subject.At(x, y + 1) == 0)
          continue;
        const Vec2 px(view.pixels.x0 + x + 0.5, view.pixels.y0 + y + 0.5);
        points.push_back({view.camera.Lift(px, double(view.depth.At(x, y))), int(v)});
      }
  }
  if (!points.empty()) return points;
  for (size_t v = 0; v < views.size(); ++v)  // all of it is thinner than two pixels
    for (int y = 0; y < views[v].depth.height; ++y)
      for (int x = 0; x < views[v].depth.width; ++x)
        if (views[v].is_subject.At(x, y) != 0)
          points.push_back({views[v].camera.Lift(Vec2(views[v].pixels.x0 + x + 0.5, views[v].pixels.y0 + y + 0.5),
                                                 double(views[v].depth.At(x, y))),
                            int(v)});
  return points;
}

}  // namespace

SeenAt LookAtPoint(const SurfaceView& view, const Vec3& p_file) {
  const double z = view.camera.ZDepth(p_file);
  if (z <= 0) return {};
  const std::optional<Vec2> px = view.camera.Project(p_file);
  if (!px || !view.camera.Contains(*px)) return {};
  const Vec2 in_part(px->x() - view.pixels.x0, px->y() - view.pixels.y0);
  if (in_part.x() >= 0 && in_part.y() >= 0 && in_part.x() < view.depth.width && in_part.y() < view.depth.height)
    return SeenIn(view.depth, &view.is_subject, in_part, z);
  const Vec2 coarse(px->x() * view.coarse_camera.width / view.camera.width,
                    px->y() * view.coarse_camera.height / view.camera.height);
  return SeenIn(view.coarse_depth, nullptr, coarse, z);
}

bool ShowsPoint(const SurfaceView& view, const Vec3& p_file, double tolerance) {
  const double z = view.camera.ZDepth(p_file);
  if (z <= 0) return false;
  const std::optional<Vec2> px = view.camera.Project(p_file);
  if (!px) return false;
  const int x = int(std::floor(px->x())) - view.pixels.x0, y = int(std::floor(px->y())) - view.pixels.y0;
  if (x < 1 || y < 1 || x + 1 >= view.depth.width || y + 1 >= view.depth.height) return false;
  if (view.is_subject.At(x, y) == 0 || std::abs(double(view.depth.At(x, y)) - z) > tolerance) return false;
  for (const auto& [i, j] : {std::pair(x - 1, y), std::pair(x + 1, y), std::pair(x, y - 1), std::pair(x, y + 1)}) {
    const double depth = double(view.depth.At(i, j));
    if (depth > 0 && depth < z - 3 * tolerance) return false;
  }
  return true;
}

std::vector<SurfaceView> RenderSurfaceViews(const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* objects,
                                            int label, const scene::Scene& scene, const SurfaceViewOptions& options,
                                            const Job& job) {
  const std::vector<int> all = scene.TrainViews();
  const size_t count = std::min(all.size(), size_t(options.num_views));
  Task task(job, "views", int64_t(count), "views");
  std::vector<SurfaceView> views;
  for (size_t i = 0; i < count; ++i) {
    job.ThrowIfStopped("rendering views");
    SurfaceView view;
    view.view_idx = all[i * all.size() / count];
    const Camera& photo = scene.views[size_t(view.view_idx)].camera;
    view.coarse_camera = photo.ResizedToLongest(kCoarseSide);
    ViewPicture coarse = PictureOf(nerf, objects, label, view.coarse_camera, job);
    task.Update(int64_t(i) + 1);
    std::optional<nerf::PixelBlock> part = PartWithSubject(coarse.is_subject);
    if (!part) continue;
    view.coarse_depth = std::move(coarse.depth);
    view.camera = CloseCamera(photo, view.coarse_camera, options.longest_side, &*part);
    view.pixels = *part;
    ViewPicture close = PictureOf(nerf, objects, label, nerf::PartOfView(view.camera, *part), job);
    if (WindowOf(close.is_subject).empty()) continue;  // a stray pixel from afar
    view.depth = std::move(close.depth);
    view.is_subject = std::move(close.is_subject);
    if (options.with_rgb) view.rgb = std::move(close.rgb);
    views.push_back(std::move(view));
  }
  task.Finish();
  return views;
}

// Cells that few views see are left out and the cells are made anew within the box that is left: far strays make them
// large at first.
Box BoxOfSubject(const std::vector<SurfaceView>& views) {
  const std::vector<LiftedPixel> points = LiftSubject(views);
  const size_t enough = std::clamp<size_t>(views.size() / 10, 1, 3);
  Box box{points.at(0).p, points.at(0).p};
  for (const LiftedPixel& point : points) box = {box.min.cwiseMin(point.p), box.max.cwiseMax(point.p)};
  for (int round = 0; round < kBoxRounds; ++round) {
    const double cell = std::max((box.max - box.min).maxCoeff(), 1e-300) / kBoxCells;
    std::map<std::array<int, 3>, std::vector<int>> seen_by;  // in the order of the views
    const auto cell_of = [&](const Vec3& p) {
      return std::array<int, 3>{int((p.x() - box.min.x()) / cell), int((p.y() - box.min.y()) / cell),
                                int((p.z() - box.min.z()) / cell)};
    };
    const auto is_inside = [&](const Vec3& p) {
      return (p - box.min).minCoeff() >= 0 && (box.max - p).minCoeff() >= 0;
    };
    for (const LiftedPixel& point : points) {
      if (!is_inside(point.p)) continue;
      std::vector<int>& by = seen_by[cell_of(point.p)];
      if (by.empty() || by.back() != point.view) by.push_back(point.view);
    }
    std::optional<Box> supported;
    for (const LiftedPixel& point : points) {
      if (!is_inside(point.p) || seen_by[cell_of(point.p)].size() < enough) continue;
      if (!supported) supported = Box{point.p, point.p};
      supported = Box{supported->min.cwiseMin(point.p), supported->max.cwiseMax(point.p)};
    }
    if (!supported) break;  // no two views agree: what they see is taken as it is
    box = *supported;
  }
  return box;
}

}  // namespace sanerf::exports
