#include "sanerf/export/splat_views.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/choose_views.h"

namespace sanerf::exports {

using nerf::PartOfView;

namespace {

constexpr int kMostHeldOut = 6;
constexpr double kNeighborCosine = 0.5;  // of viewing directions: cameras further apart have nothing in between
constexpr int kSearchViews = 12, kSearchPixels = 160;   // to find where an object is: views, longest side
constexpr double kTrimmed = 0.005, kTrimGrowth = 0.25;  // share of the points on each side; room beyond the rest
constexpr double kWindowGrowth = 0.08;                  // of its size, on each side
constexpr int kWindowBorder = 2;                        // pixels more
constexpr int kSmallestWindow = 8;
constexpr float kSurfaceOpacity = 0.5f;  // opacity of a pixel that shows a surface
constexpr double kDepthJump = 0.1;       // of the depth: between neighbors that are no surface

nerf::MakeSampleFilter FilterOf(const mask_aggregator::ObjectModel* objects, const SplatSubject& subject) {
  if (subject.what == SplatSubject::What::kScene) return {};
  SANERF_CHECK(objects != nullptr && !subject.labels.empty());
  return subject.what == SplatSubject::What::kObjects ? objects->Alone(subject.labels)
                                                      : objects->Without(subject.labels);
}

Camera CameraBetween(const Camera& a, const Camera& b) {
  Camera camera = a;
  camera.world_from_cam.translation = (a.center() + b.center()) / 2;
  const Eigen::Quaterniond from(a.world_from_cam.rotation), to(b.world_from_cam.rotation);
  camera.world_from_cam.rotation = from.slerp(0.5, to).toRotationMatrix();
  return camera;
}

double ViewingCosine(const Camera& a, const Camera& b) {
  return a.world_from_cam.rotation.col(2).dot(b.world_from_cam.rotation.col(2));
}

// Training cameras, evenly chosen; where these are too few, also places half way between each and its neighbor.
std::vector<Camera> CamerasToFit(const scene::Scene& scene, int count) {
  std::vector<Camera> cameras;
  for (const int v : scene::ThinnedViews(scene.TrainViews(), count))
    cameras.push_back(scene.views[size_t(v)].camera.Straightened());
  const size_t num_photos = cameras.size();
  std::set<std::pair<size_t, size_t>> done;
  for (size_t i = 0; i < num_photos && cameras.size() < size_t(count); ++i) {
    size_t nearest = i;
    double smallest = INFINITY;
    for (size_t j = 0; j < num_photos; ++j) {
      const double distance = (cameras[i].center() - cameras[j].center()).norm();
      if (j == i || ViewingCosine(cameras[i], cameras[j]) < kNeighborCosine || distance >= smallest) continue;
      smallest = distance;
      nearest = j;
    }
    if (nearest == i || !done.insert(std::minmax(i, nearest)).second) continue;
    cameras.push_back(CameraBetween(cameras[i], cameras[nearest]));
  }
  return cameras;
}

// What the field shows of the subject.
class SubjectRenderer {
 public:
  SubjectRenderer(const nerf::NerfModel& nerf, nerf::MakeSampleFilter filter, const Job& job)
      : nerf_(nerf), filter_(std::move(filter)), job_(job) {}

  nerf::RenderedView Render(const PartOfView& part) const { return nerf_.RenderPart(part, filter_, job_); }

  // Color times alpha, alpha: without the field's background.
  ImageU8 Rgba(const nerf::RenderedView& view) const {
    ImageF rgba(view.rgb.width, view.rgb.height, 4);
    for (size_t i = 0; i < view.opacity.data.size(); ++i) {
      const float alpha = view.opacity.data[i];
      for (size_t c = 0; c < 3; ++c)
        rgba.data[4 * i + c] = std::clamp(view.rgb.data[3 * i + c] - (1 - alpha) * nerf_.background()[c], 0.0f, 1.0f);
      rgba.data[4 * i + 3] = alpha;
    }
    return ToU8(rgba);
  }

 private:
  const nerf::NerfModel& nerf_;
  const nerf::MakeSampleFilter filter_;
  const Job& job_;
};

// Without what few points say far away from the others.
std::vector<Vec3> WithoutStrays(std::vector<Vec3> points) {
  Vec3 low, high;
  std::vector<double> along(points.size());
  for (int a = 0; a < 3; ++a) {
    for (size_t i = 0; i < points.size(); ++i) along[i] = points[i][a];
    std::sort(along.begin(), along.end());
    const size_t trim = size_t(kTrimmed * double(along.size()));
    low[a] = along[trim];
    high[a] = along[along.size() - 1 - trim];
  }
  const Vec3 room = kTrimGrowth * (high - low).cwiseMax(Vec3::Constant(1e-6 * (high - low).norm()));
  std::erase_if(points, [&](const Vec3& p) {
    return (p.array() < (low - room).array()).any() || (p.array() > (high + room).array()).any();
  });
  return points;
}

// Places on the subject in some of the cameras' pictures, more and more of them until there are any; file frame.
std::vector<Vec3> SearchSubject(const std::vector<Camera>& cameras, const SubjectRenderer& renderer) {
  std::vector<size_t> order;  // every k-th first
  const size_t stride = std::max<size_t>(1, cameras.size() / kSearchViews);
  for (size_t first = 0; first < stride; ++first)
    for (size_t i = first; i < cameras.size(); i += stride) order.push_back(i);
  std::vector<Vec3> points;
  for (size_t n = 0; n < order.size() && (n < kSearchViews || points.empty()); ++n) {
    const Camera camera = cameras[order[n]].ResizedToLongest(kSearchPixels);
    const ImageF depth = renderer.Render(camera).depth;
    for (int y = 0; y < depth.height; ++y)
      for (int x = 0; x < depth.width; ++x)
        if (depth.At(x, y) > 0) points.push_back(camera.Lift({x + 0.5, y + 0.5}, double(depth.At(x, y))));
  }
  return points.empty() ? points : WithoutStrays(std::move(points));
}

// The pixels in which these points fall, and some around them; x1 <= x0 when it shows none of them.
nerf::PixelBlock WindowShowing(const Camera& camera, const std::vector<Vec3>& points) {
  Vec2 low(INFINITY, INFINITY), high(-INFINITY, -INFINITY);
  for (const Vec3& point : points) {
    const std::optional<Vec2> px = camera.Project(point);
    if (!px || camera.ZDepth(point) <= 0) continue;
    low = low.cwiseMin(*px);
    high = high.cwiseMax(*px);
  }
  if (!(low.x() < camera.width && low.y() < camera.height && high.x() > 0 && high.y() > 0)) return {0, 0, 0, 0};
  const Vec2 room = kWindowGrowth * (high - low) + Vec2::Constant(kWindowBorder);
  const auto pixel = [](double value, int most) { return int(std::clamp(std::floor(value), 0.0, double(most))); };
  return {pixel(low.x() - room.x(), camera.width), pixel(low.y() - room.y(), camera.height),
          pixel(high.x() + room.x() + 1, camera.width), pixel(high.y() + room.y() + 1, camera.height)};
}

bool IsWorthLooking(const nerf::PixelBlock& block) {
  return block.x1 - block.x0 >= kSmallestWindow && block.y1 - block.y0 >= kSmallestWindow;
}

// At the size at which the window's longer side has about `resolution` pixels; the field knows no pixels of its own.
PartOfView PartShowing(const Camera& camera, const std::vector<Vec3>* points, int resolution) {
  const auto window = [&](const Camera& of) {
    return points == nullptr ? PartOfView(of).pixels : WindowShowing(of, *points);
  };
  const nerf::PixelBlock at_full_size = window(camera);
  const int longer = std::max(at_full_size.x1 - at_full_size.x0, at_full_size.y1 - at_full_size.y0);
  if (longer <= 0) return {camera, at_full_size};
  const double scale = double(resolution) / longer;
  const Camera scaled = camera.Resized(std::max(1, int(std::lround(scale * camera.width))),
                                       std::max(1, int(std::lround(scale * camera.height))));
  return {scaled, window(scaled)};
}

// Of every stride-th pixel that shows a surface.
void AddSurfacePoints(const SplatView& view, const nerf::RenderedView& shown, const Similarity& fit_from_file,
                      int64_t most, std::vector<SurfacePoint>* points) {
  const int64_t count =
      std::count_if(shown.opacity.data.begin(), shown.opacity.data.end(), [](float o) { return o > kSurfaceOpacity; });
  const int64_t stride = std::max<int64_t>(1, (count + most - 1) / std::max<int64_t>(1, most));
  const auto lifted = [&](int x, int y) {
    const Vec2 px(view.part.pixels.x0 + x + 0.5, view.part.pixels.y0 + y + 0.5);
    return Vec3(fit_from_file * view.part.camera.Lift(px, double(shown.depth.At(x, y))));
  };
  int64_t number = 0;
  for (int y = 0; y < shown.depth.height; ++y)
    for (int x = 0; x < shown.depth.width; ++x) {
      const float depth = shown.depth.At(x, y);
      if (!(shown.opacity.At(x, y) > kSurfaceOpacity) || !(depth > 0) || number++ % stride != 0) continue;
      const Vec3 p = lifted(x, y);
      const Vec3 to_camera = (fit_from_file * view.part.camera.center() - p).normalized();
      // Between neighbors on the same surface; towards the camera where there are none.
      Vec3 across[2];
      bool is_smooth = true;
      for (int a = 0; a < 2; ++a) {
        const int dx = a == 0 ? 1 : 0, dy = 1 - dx;
        const bool is_inside = x - dx >= 0 && y - dy >= 0 && x + dx < shown.depth.width && y + dy < shown.depth.height;
        const float before = is_inside ? shown.depth.At(x - dx, y - dy) : 0;
        const float after = is_inside ? shown.depth.At(x + dx, y + dy) : 0;
        is_smooth = is_smooth && before > 0 && after > 0 && std::fabs(after - before) < kDepthJump * depth;
        if (is_smooth) across[a] = lifted(x + dx, y + dy) - lifted(x - dx, y - dy);
      }
      Vec3 normal = is_smooth ? across[0].cross(across[1]) : to_camera;
      if (normal.norm() == 0) normal = to_camera;
      normal.normalize();
      if (normal.dot(to_camera) < 0) normal = -normal;
      Eigen::Vector3f rgb;
      const uint8_t* rgba = view.rgba.Pixel(x, y);
      for (int c = 0; c < 3; ++c) rgb[c] = std::min(1.0f, float(rgba[c]) / float(rgba[3]));
      points->push_back({p.cast<float>(), normal.cast<float>(), rgb});
    }
}

}  // namespace

Similarity FitFromFile(const nerf::NerfModel& nerf) {
  const Similarity& model = nerf.model_from_file();
  return {model.scale, Mat3::Identity(), -model.scale * (model.Inverse() * Vec3::Zero())};
}

SplatCamera<float> SplatCameraOf(const PartOfView& part, const Similarity& fit_from_file) {
  SANERF_CHECK(part.camera.lens.IsStraight());
  const Camera camera = part.camera.In(fit_from_file);
  const Mat3 rotation = Vec3(1, -1, -1).asDiagonal() * camera.world_from_cam.rotation.transpose();
  const Vec3 translation = -(rotation * camera.center());
  SplatCamera<float> of_part{};
  of_part.width = part.width();
  of_part.height = part.height();
  of_part.fx = float(camera.fx);
  of_part.fy = float(camera.fy);
  of_part.cx = float(camera.cx - part.pixels.x0);
  of_part.cy = float(camera.cy - part.pixels.y0);
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) of_part.rotation[3 * i + j] = float(rotation(i, j));
    of_part.translation[i] = float(translation[i]);
    of_part.eye[i] = float(camera.center()[i]);
  }
  return of_part;
}

PlanarImage SplatView::Over(const std::array<float, 3>& background) const {
  PlanarImage image(rgba.width, rgba.height);
  const size_t plane = image.num_pixels();
  for (size_t i = 0; i < plane; ++i) {
    const float through = 1 - float(rgba.data[4 * i + 3]) / 255;
    for (size_t c = 0; c < 3; ++c)
      image.rgb[c * plane + i] = float(rgba.data[4 * i + c]) / 255 + through * background[c];
  }
  return image;
}

SplatViews MakeSplatViews(const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* objects,
                          const SplatSubject& subject, const scene::Scene& scene, const SplatOptions& options,
                          int64_t num_points, const Job& job) {
  const SubjectRenderer renderer(nerf, FilterOf(objects, subject), job);
  const std::vector<Camera> cameras = CamerasToFit(scene, options.views);
  const Similarity fit_from_file = FitFromFile(nerf);
  const bool is_object = subject.what == SplatSubject::What::kObjects;
  const Error nothing(is_object ? "no splats of the object" : "no splats of the scene",
                      "the radiance field shows nothing of it in any training view",
                      is_object
                          ? "look at its mask (sanerf render RUN --object NAME --layers overlay) and segment it again"
                          : "look at the field: sanerf render RUN --layers rgb,opacity");
  std::vector<Vec3> found;
  if (is_object) {
    found = SearchSubject(cameras, renderer);
    if (found.empty()) throw nothing;
  }
  SplatViews views;
  const int64_t per_view = std::max<int64_t>(1, num_points / std::max<int64_t>(1, int64_t(cameras.size())));
  const auto add = [&](const Camera& camera, bool is_fitted) {
    const PartOfView part = PartShowing(camera, is_object ? &found : nullptr, options.resolution);
    if (!IsWorthLooking(part.pixels)) return;
    const nerf::RenderedView shown = renderer.Render(part);
    SplatView view{part, SplatCameraOf(part, fit_from_file), renderer.Rgba(shown)};
    if (is_fitted) AddSurfacePoints(view, shown, fit_from_file, per_view, &views.points);
    (is_fitted ? views.fitted : views.held_out).push_back(std::move(view));
  };
  const std::vector<int> held_out = scene::ThinnedViews(scene.TestViews(), kMostHeldOut);
  Task task(job, "views for the splats", int64_t(cameras.size() + held_out.size()), "views");
  int64_t num_done = 0;
  for (const Camera& camera : cameras) {
    job.ThrowIfStopped("export of splats");
    add(camera, true);
    task.Update(++num_done);
  }
  if (views.points.empty()) throw nothing;
  for (const int v : held_out) {
    job.ThrowIfStopped("export of splats");
    add(scene.views[size_t(v)].camera.Straightened(), false);
    task.Update(++num_done);
  }
  task.Finish();
  return views;
}

}  // namespace sanerf::exports
