#include "sanerf/baselines/isrf/strokes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"

namespace sanerf::baselines {

using mask_decoder::DepthTolerance;

namespace {

// Where each view sees which points: [view][point], none where it does not.
using PixelsOfPoints = std::vector<std::vector<std::optional<Vec2>>>;

PixelsOfPoints FindVisiblePoints(const std::vector<Vec3>& points, const std::vector<int>& views,
                                 const StrokeContext& context, const Job& job) {
  PixelsOfPoints seen_at(views.size());
  ParallelFor(int64_t(views.size()), [&](int64_t v) {
    const Camera camera = context.container.WorkingCamera(views[size_t(v)]);
    const ImageF depth = context.container.Depth(views[size_t(v)], job);
    for (const Vec3& p : points) {
      const mask_decoder::PointInView found = mask_decoder::FindInView(p, camera, depth, context.tolerance);
      const bool is_visible = found.state == mask_decoder::PointState::kVisible;
      seen_at[size_t(v)].push_back(is_visible ? std::optional<Vec2>(found.px) : std::nullopt);
    }
  });
  return seen_at;
}

// Between two points of one object its surface lies in front of the straight line, if it is convex, and not farther
// than the points are from each other.
std::vector<std::array<int, 2>> PaintOnSurface(const std::vector<Vec2>& points, const Camera& camera,
                                               const ImageF& depth, const DepthTolerance& tolerance, int brush) {
  const std::vector<Vec2> path = NearestNeighborPath(points);
  std::vector<double> z;
  for (const Vec2& px : path) z.push_back(depth.At(int(px.x()), int(px.y())));
  const auto is_on_surface = [&](size_t from, double share, int x, int y) {
    const size_t to = std::min(from + 1, path.size() - 1);
    const double line = z[from] + share * (z[to] - z[from]), here = depth.At(x, y);
    const double apart = (camera.Lift(path[from], z[from]) - camera.Lift(path[to], z[to])).norm();
    const double tolerated = tolerance.At(line);
    return here > 0 && here < line + tolerated && here > line - apart - tolerated;
  };
  return PaintPath(path, brush, depth.width, depth.height, is_on_surface);
}

}  // namespace

std::vector<Vec2> NearestNeighborPath(const std::vector<Vec2>& points) {
  std::vector<Vec2> shortest;
  double shortest_length = std::numeric_limits<double>::infinity();
  for (size_t start = 0; start < points.size(); ++start) {
    std::vector<Vec2> left = points, path;
    double length = 0;
    auto next = left.begin() + int64_t(start);
    while (true) {
      if (!path.empty()) length += (*next - path.back()).norm();
      path.push_back(*next);
      left.erase(next);
      if (left.empty()) break;
      next = std::min_element(left.begin(), left.end(), [&](const Vec2& a, const Vec2& b) {
        return (a - path.back()).squaredNorm() < (b - path.back()).squaredNorm();
      });
    }
    if (length >= shortest_length) continue;
    shortest_length = length;
    shortest = path;
  }
  return shortest;
}

std::vector<std::array<int, 2>> PaintPath(const std::vector<Vec2>& path, int brush, int width, int height,
                                          const MayPaint& may_paint) {
  std::set<std::array<int, 2>> painted;  // row, column
  const auto dab = [&](size_t from, double share) {
    const Vec2 px = share > 0 ? Vec2(path[from] + share * (path[from + 1] - path[from])) : path[from];
    const int left = int(std::floor(px.x())) - brush / 2, top = int(std::floor(px.y())) - brush / 2;
    for (int y = std::max(top, 0); y < std::min(top + brush, height); ++y)
      for (int x = std::max(left, 0); x < std::min(left + brush, width); ++x)
        if (may_paint(from, share, x, y)) painted.insert({y, x});
  };
  for (size_t i = 0; i < path.size(); ++i) {
    const int steps = i + 1 < path.size() ? int(std::ceil((path[i + 1] - path[i]).cwiseAbs().maxCoeff())) : 1;
    for (int s = 0; s < std::max(steps, 1); ++s) dab(i, double(s) / steps);
  }
  std::vector<std::array<int, 2>> pixels;
  for (const auto& [y, x] : painted) pixels.push_back({x, y});
  return pixels;
}

std::vector<int> ViewsForStrokes(const std::vector<Vec3>& points, const std::vector<int>& views,
                                 const StrokeContext& context, const Job& job) {
  CheckOptions(context.options, "isrf");
  if (points.empty()) return {};
  const PixelsOfPoints seen_at = FindVisiblePoints(points, views, context, job);
  const Vec3 middle = std::accumulate(points.begin(), points.end(), Vec3(Vec3::Zero())) / double(points.size());
  std::vector<bool> is_covered(points.size(), false);
  std::vector<size_t> chosen;
  const auto choose = [&](const auto& worth) {
    size_t best = 0;
    double most = 0;
    for (size_t v = 0; v < views.size(); ++v)
      if (const double here = worth(v); here > most) best = v, most = here;
    if (most == 0) return false;
    for (size_t p = 0; p < points.size(); ++p) is_covered[p] = is_covered[p] || seen_at[best][p];
    chosen.push_back(best);
    return true;
  };
  const auto points_left = [&](size_t v) {
    double count = 0;
    for (size_t p = 0; p < points.size(); ++p) count += !is_covered[p] && seen_at[v][p];
    return count;
  };
  const auto angle_beside = [&](size_t v) {
    const auto seen = std::count_if(seen_at[v].begin(), seen_at[v].end(), [](const auto& px) { return bool(px); });
    if (4 * size_t(seen) < points.size()) return 0.0;
    const auto direction = [&](size_t view) -> Vec3 {
      return (context.container.WorkingCamera(views[view]).center() - middle).normalized();
    };
    double least = std::numeric_limits<double>::infinity();
    for (const size_t other : chosen) least = std::min(least, (direction(v) - direction(other)).norm());
    return least;
  };
  while (int(chosen.size()) < context.options.stroke_views && choose(points_left)) {
  }
  while (!chosen.empty() && int(chosen.size()) < context.options.stroke_views && choose(angle_beside)) {
  }
  std::vector<int> result;
  for (const size_t v : chosen) result.push_back(views[v]);
  return result;
}

std::vector<Stroke> DrawStrokes(const std::vector<Vec3>& points, const std::vector<int>& views,
                                const StrokeContext& context, const Job& job) {
  const auto& [container, tolerance, options] = context;
  CheckOptions(options, "isrf");
  const PixelsOfPoints seen_at = FindVisiblePoints(points, views, context, job);
  std::vector<Stroke> strokes;
  for (size_t v = 0; v < views.size(); ++v) {
    std::vector<Vec2> seen;
    for (const auto& px : seen_at[v])
      if (px) seen.push_back(*px);
    if (seen.empty()) continue;
    strokes.push_back({views[v], PaintOnSurface(seen, container.WorkingCamera(views[v]), container.Depth(views[v], job),
                                                tolerance, options.brush)});
  }
  return strokes;
}

Stroke KeptBy(const ImageU8& mask, bool on_object, Stroke stroke) {
  std::erase_if(stroke.pixels, [&](const auto& px) { return (mask.At(px[0], px[1]) != 0) != on_object; });
  return stroke;
}

}  // namespace sanerf::baselines
