#include "sanerf/export/point_cloud.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <unordered_set>

#include "sanerf/core/random.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::exports {

using nerf::TracedRays;

namespace {

constexpr double kRaysPerPoint = 1.5;  // that are traced for each point wanted
constexpr size_t kRaysAtOnce = 1 << 15;
constexpr float kOpaque = 0.7f;   // opacity of a ray that ends on something
constexpr float kSharp = 0.6f;    // share of its light that ends around the median: less is fog
constexpr float kAround = 0.02f;  // of the distance
// Cells per axis in which a point looks for others, at most; with few points they are larger, so that a surface that
// fills the cube still has some in each.
constexpr uint32_t kMostNeighborhoods = 128, kFewestNeighborhoods = 16;
constexpr double kPerNeighborhood = 8;
constexpr int kFewestNeighbors = 4;
constexpr uint32_t kFinest = 1 << 13;  // voxels per axis
constexpr size_t kPointsAtOnce = 1 << 16;
enum Stream : uint64_t { kPixelStream = 1, kOrderStream = 2 };

// Where a ray ends.
struct Candidate {
  Vec3 p_file;
  std::array<float, 3> unit;  // in the field's cube, where far things are small
  std::array<uint8_t, 3> color;
  int view;
};

// Evenly over each view's picture, with another beginning in each.
std::vector<nerf::Ray> RaysOfView(const Camera& model_camera, int view, int count) {
  Random random(kPixelStream, uint64_t(view));
  const double u0 = random.NextDouble(), v0 = random.NextDouble();
  std::vector<nerf::Ray> rays;
  rays.reserve(size_t(count));
  for (int i = 0; i < count; ++i) {  // Roberts' sequence R2
    const double u = u0 + i * 0.7548776662466927, v = v0 + i * 0.5698402909980532;
    const Vec2 px((u - std::floor(u)) * model_camera.width, (v - std::floor(v)) * model_camera.height);
    rays.push_back(nerf::MakeRay(model_camera, px));
  }
  return rays;
}

// Adds the rays that end on a surface; views: by ray.
void AddEnds(const TracedRays& rays, std::span<const int> views, const Similarity& file_from_model,
             std::vector<Candidate>* candidates) {
  for (size_t ray = 0; ray < size_t(rays.num_rays()); ++ray) {
    const float median = rays.median_t[ray];
    if (rays.opacity[ray] < kOpaque || median <= 0) continue;
    Candidate end{};
    end.view = views[ray];
    float light = 0, rgb[3] = {0, 0, 0}, nearest = INFINITY;
    for (size_t s = size_t(rays.first[ray]); s < size_t(rays.first[ray + 1]); ++s) {
      const float distance = std::fabs(rays.t[s] - median);
      if (distance > kAround * median + rays.dt[s]) continue;
      light += rays.weight[s];
      for (size_t c = 0; c < 3; ++c) rgb[c] += rays.weight[s] * rays.color[s][c];
      if (distance < nearest) end.unit = rays.unit[s];
      nearest = std::min(nearest, distance);
    }
    if (light < kSharp * rays.opacity[ray]) continue;
    for (size_t c = 0; c < 3; ++c) end.color[c] = uint8_t(std::lround(255 * std::clamp(rgb[c] / light, 0.0f, 1.0f)));
    Vec3 p;
    for (size_t a = 0; a < 3; ++a) p[int(a)] = rays.origin[ray][a] + median * rays.direction[ray][a];
    end.p_file = file_from_model * p;
    candidates->push_back(end);
  }
}

std::array<uint32_t, 3> CellOf(const std::array<float, 3>& unit, uint32_t per_axis) {
  std::array<uint32_t, 3> cell;
  for (size_t a = 0; a < 3; ++a)
    cell[a] = std::min(per_axis - 1, uint32_t(std::clamp(unit[a], 0.0f, 1.0f) * float(per_axis)));
  return cell;
}

uint64_t VoxelOf(const std::array<float, 3>& unit, uint32_t per_axis) {
  const auto [x, y, z] = CellOf(unit, per_axis);
  return uint64_t(x) | uint64_t(y) << 20 | uint64_t(z) << 40;
}

// Out with what has hardly a neighbor, and with what only one view has ever seen there: floaters.
void DropOutliers(bool has_several_views, std::vector<Candidate>* candidates) {
  constexpr int kNobody = -1, kSeveral = -2;
  const uint32_t per_axis = std::clamp(uint32_t(std::sqrt(double(candidates->size()) / kPerNeighborhood)),
                                       kFewestNeighborhoods, kMostNeighborhoods);
  const size_t row = per_axis, layer = row * row;
  std::vector<int> count(layer * row, 0), viewer(layer * row, kNobody);
  for (const Candidate& c : *candidates) {
    const auto [x, y, z] = CellOf(c.unit, per_axis);
    const size_t cell = x + row * y + layer * z;
    ++count[cell];
    viewer[cell] = viewer[cell] == kNobody || viewer[cell] == c.view ? c.view : kSeveral;
  }
  std::erase_if(*candidates, [&](const Candidate& c) {
    const auto [cx, cy, cz] = CellOf(c.unit, per_axis);
    int neighbors = -1;  // not itself
    bool is_confirmed = !has_several_views;
    for (size_t z = cz == 0 ? 0 : cz - 1; z <= std::min<size_t>(cz + 1, row - 1); ++z)
      for (size_t y = cy == 0 ? 0 : cy - 1; y <= std::min<size_t>(cy + 1, row - 1); ++y)
        for (size_t x = cx == 0 ? 0 : cx - 1; x <= std::min<size_t>(cx + 1, row - 1); ++x) {
          const size_t cell = x + row * y + layer * z;
          neighbors += count[cell];
          is_confirmed |= viewer[cell] == kSeveral || (viewer[cell] >= 0 && viewer[cell] != c.view);
        }
    return neighbors < kFewestNeighbors || !is_confirmed;
  });
}

size_t NumVoxels(const std::vector<Candidate>& candidates, uint32_t per_axis) {
  std::vector<uint64_t> voxels;
  voxels.reserve(candidates.size());
  for (const Candidate& c : candidates) voxels.push_back(VoxelOf(c.unit, per_axis));
  std::sort(voxels.begin(), voxels.end());
  return size_t(std::unique(voxels.begin(), voxels.end()) - voxels.begin());
}

// Voxels per axis of which at most max_points are occupied: the finest that bisection finds.
uint32_t FinestVoxels(const std::vector<Candidate>& candidates, size_t max_points) {
  uint32_t low = 1, high = kFinest;
  if (NumVoxels(candidates, high) <= max_points) return high;
  while (high - low > std::max(1u, low / 64)) {
    const uint32_t middle = (low + high) / 2;
    (NumVoxels(candidates, middle) <= max_points ? low : high) = middle;
  }
  return low;
}

}  // namespace

PointCloud MakePointCloud(const nerf::NerfModel& model, const scene::Scene& scene, int max_points, const Job& job) {
  const std::vector<int> views = scene.TrainViews();
  const int per_view = int(std::ceil(kRaysPerPoint * max_points / double(std::max<size_t>(1, views.size()))));
  const Similarity file_from_model = model.model_from_file().Inverse();
  std::vector<Candidate> candidates;
  std::vector<nerf::Ray> rays;
  std::vector<int> view_of_ray;
  Task task(job, "points", int64_t(views.size()), "views");
  for (size_t i = 0; i < views.size(); ++i) {
    const int v = views[i];
    const Camera camera = scene.views[size_t(v)].camera.In(model.model_from_file());
    const std::vector<nerf::Ray> more = RaysOfView(camera, v, per_view);
    rays.insert(rays.end(), more.begin(), more.end());
    view_of_ray.resize(rays.size(), v);
    if (rays.size() < kRaysAtOnce && i + 1 < views.size()) continue;
    const nerf::TraceRequest what{.rays = true, .opacity = true, .distances = true, .color = true};
    AddEnds(nerf::Trace(model, rays, what, job), view_of_ray, file_from_model, &candidates);
    rays.clear();
    view_of_ray.clear();
    task.Update(int64_t(i) + 1);
  }
  DropOutliers(views.size() > 2, &candidates);

  // Of each voxel the first one in random order: near cameras, whose rays lie densely, win nothing.
  Random random(kOrderStream);
  for (size_t i = candidates.size(); i > 1; --i)
    std::swap(candidates[i - 1], candidates[random.NextBelow(uint32_t(i))]);
  const uint32_t per_axis = FinestVoxels(candidates, size_t(max_points));
  std::unordered_set<uint64_t> taken;
  PointCloud cloud;
  for (const Candidate& c : candidates) {
    if (!taken.insert(VoxelOf(c.unit, per_axis)).second) continue;
    cloud.points.push_back(c.p_file);
    cloud.colors.push_back(c.color);
  }
  task.Finish(std::to_string(cloud.points.size()) + " points");
  return cloud;
}

std::vector<uint8_t> LabelsOf(const PointCloud& cloud, const mask_aggregator::ObjectModel& objects, const Job& job) {
  const std::span<const Vec3> points = cloud.points;
  const size_t num_labels = size_t(objects.num_labels());
  std::vector<uint8_t> labels;
  labels.reserve(points.size());
  for (size_t begin = 0; begin < points.size(); begin += kPointsAtOnce) {
    const auto some = points.subspan(begin, std::min(kPointsAtOnce, points.size() - begin));
    const std::vector<float> probabilities = objects.ProbabilitiesAt(some, job);
    for (auto of_point = probabilities.begin(); of_point != probabilities.end(); of_point += std::ptrdiff_t(num_labels))
      labels.push_back(uint8_t(std::max_element(of_point, of_point + std::ptrdiff_t(num_labels)) - of_point));
  }
  return labels;
}

}  // namespace sanerf::exports
