#include "sanerf/export/splats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "sanerf/core/check.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/system_info.h"
#include "sanerf/export/splat_fit.h"
#include "sanerf/export/splat_start.h"
#include "sanerf/export/splat_views.h"

namespace sanerf::exports {

namespace {

constexpr double kShareAtFirst = 0.6;  // of the Gaussians that there may be
constexpr double kPointsPerSplat = 8;  // surface points for each of these
constexpr float kWidestSplat = 0.25f;  // standard deviation of an object's Gaussian, of the size of its surface
constexpr int64_t kReportEvery = 25;   // steps
constexpr size_t kLabelsAtOnce = 1 << 16;

float SizeOfSurface(std::span<const SurfacePoint> points) {
  Eigen::Vector3f low = points[0].position, high = low;
  for (const SurfacePoint& point : points) {
    low = low.cwiseMin(point.position);
    high = high.cwiseMax(point.position);
  }
  return (high - low).norm();
}

SplatParameters FittedSplats(const SplatViews& views, SplatParameters start, float max_scale,
                             const SplatOptions& options, const Job& job) {
  Task task(job, "splats", options.steps, "steps");
  SplatFit fit(views.fitted, std::move(start), max_scale, options);
  double sum = 0;
  int64_t summed = 0;
  while (fit.step() < options.steps) {
    job.ThrowIfStopped("export of splats");
    sum += fit.Step();
    ++summed;
    if (fit.step() % kReportEvery == 0) {
      const double loss = sum / double(summed);
      const Metric metrics[] = {{"loss", loss}, {"splats", double(fit.splats().size())}};
      task.Metrics(fit.step(), metrics);
      task.Update(fit.step(), fmt::format("loss {:.4f}, {}", loss, Counted(fit.splats().size(), "splat")));
      sum = 0;
      summed = 0;
    } else {
      task.Update(fit.step());
    }
  }
  fit.DropInvisible();
  task.Finish(Counted(fit.splats().size(), "splat"));
  return fit.splats();
}

// What the fit holds at its fullest: pictures of the field; of each Gaussian its values with gradient and two moments,
// its place in the picture, surface points to begin with; of each tile that it touches an entry and a gradient.
double FitBytes(const SplatOptions& options) {
  constexpr double kTilesOfEach = 6, kPoint = 36 + 12 + 16;
  const double values = 11 + 3.0 * (options.color_degree + 1) * (options.color_degree + 1);
  const double pair = 2 * sizeof(int32_t) + sizeof(float) * kernels::kSplatGradients;
  const double of_each = 4 * sizeof(float) * values + sizeof(kernels::ScreenSplat) + 48 + kTilesOfEach * pair;
  const double pixels = double(options.resolution) * options.resolution;
  constexpr double kPictures = 5 * 3 * 2 * sizeof(float) + 6 * 3 * sizeof(float);  // the loss's, the others
  return pixels * (4.0 * options.views + kPictures) +
         options.count * (of_each + kShareAtFirst * kPointsPerSplat * kPoint);
}

// The axis along which it is thinnest, towards the nearest camera that it was fitted to; all in the frame of the fit,
// whose axes are those of the file.
std::array<float, 3> NormalOfSplat(const SplatShape<float>& shape, const Mat3& rotation, const SplatViews& views) {
  const long thinnest = std::min_element(shape.log_scale, shape.log_scale + 3) - shape.log_scale;
  Vec3 normal = rotation.col(thinnest);
  const Vec3 p(shape.position[0], shape.position[1], shape.position[2]);
  Vec3 nearest = p + normal;
  double smallest = INFINITY;
  for (const SplatView& view : views.fitted) {
    const Vec3 eye(view.camera.eye[0], view.camera.eye[1], view.camera.eye[2]);
    if ((eye - p).squaredNorm() >= smallest) continue;
    smallest = (eye - p).squaredNorm();
    nearest = eye;
  }
  if (normal.dot(nearest - p) < 0) normal = -normal;
  return {float(normal.x()), float(normal.y()), float(normal.z())};
}

// Of the labels that the subject may have, the likeliest where the Gaussian is.
std::vector<uint8_t> LabelsAt(std::span<const Vec3> positions, const mask_aggregator::ObjectModel* objects,
                              const SplatSubject& subject, const Job& job) {
  const bool is_object = subject.what == SplatSubject::What::kObjects;
  if (objects == nullptr) return std::vector<uint8_t>(positions.size(), 0);
  const size_t num_labels = size_t(objects->num_labels());
  std::vector<bool> is_possible(num_labels, !is_object);
  for (const int label : subject.labels) is_possible.at(size_t(label)) = is_object;
  std::vector<uint8_t> labels;
  labels.reserve(positions.size());
  for (size_t begin = 0; begin < positions.size(); begin += kLabelsAtOnce) {
    const auto some = positions.subspan(begin, std::min(kLabelsAtOnce, positions.size() - begin));
    const std::vector<float> probabilities = objects->ProbabilitiesAt(some, job);
    for (size_t i = 0; i < some.size(); ++i) {
      size_t best = 0;
      float highest = -1;
      for (size_t label = 0; label < num_labels; ++label) {
        const float probability = probabilities[i * num_labels + label];
        if (!is_possible[label] || probability <= highest) continue;
        highest = probability;
        best = label;
      }
      labels.push_back(uint8_t(best));
    }
  }
  return labels;
}

// From the frame of the fit to the file's, which differs by origin and scale alone.
Splats SplatsInFileFrame(const SplatParameters& fitted, const SplatViews& views, const Similarity& file_from_fit) {
  Splats splats;
  splats.color_degree = fitted.color_degree;
  for (int64_t i = 0; i < fitted.size(); ++i) {
    const SplatShape<float> shape = fitted.Shape(i);
    Eigen::Quaterniond q(shape.rotation[0], shape.rotation[1], shape.rotation[2], shape.rotation[3]);
    q.normalize();
    if (q.w() < 0) q.coeffs() = -q.coeffs();
    splats.positions.push_back(file_from_fit * Vec3(shape.position[0], shape.position[1], shape.position[2]));
    splats.normals.push_back(NormalOfSplat(shape, q.toRotationMatrix(), views));
    splats.rotations.push_back({float(q.w()), float(q.x()), float(q.y()), float(q.z())});
    std::array<float, 3> scale;
    for (size_t a = 0; a < 3; ++a) scale[a] = float(std::exp(double(shape.log_scale[a])) * file_from_fit.scale);
    splats.scales.push_back(scale);
    splats.opacities.push_back(1 / (1 + std::exp(-shape.logit)));
    const SplatParameters::Coefficients color = fitted.ColorOf(i);
    splats.colors.insert(splats.colors.end(), color.begin(), color.begin() + 3 * splats.num_functions());
  }
  return splats;
}

}  // namespace

Box Splats::Bounds() const {
  if (positions.empty()) return {};
  Box box{positions[0], positions[0]};
  for (const Vec3& p : positions) {
    box.min = box.min.cwiseMin(p);
    box.max = box.max.cwiseMax(p);
  }
  return box;
}

Splats FitSplats(const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* objects, const SplatSubject& subject,
                 const scene::Scene& scene, const SplatOptions& options, const Job& job) {
  CheckOptions(options, "splats");
  CheckMemory("the numbers of " + Counted(options.count, "splat"), FitBytes(options),
              "lower splats.count, splats.views or splats.resolution", job);
  const ThreadLimit limit(job.num_threads());
  const auto at_first = std::max<int64_t>(1, int64_t(kShareAtFirst * options.count));
  const SplatViews views =
      MakeSplatViews(nerf, objects, subject, scene, options, int64_t(kPointsPerSplat * double(at_first)), job);
  SplatParameters start = SplatsOnSurface(views.points, at_first, options.color_degree);
  const bool is_object = subject.what == SplatSubject::What::kObjects;
  const float max_scale = is_object ? kWidestSplat * SizeOfSurface(views.points) : 0;
  const SplatParameters fitted = FittedSplats(views, std::move(start), max_scale, options, job);

  Splats splats = SplatsInFileFrame(fitted, views, FitFromFile(nerf).Inverse());
  splats.labels = LabelsAt(splats.positions, objects, subject, job);
  splats.held_out_views = int(views.held_out.size());
  splats.psnr = PsnrOfSplats(fitted, views.held_out.empty() ? views.fitted : views.held_out, job);
  return splats;
}

}  // namespace sanerf::exports
