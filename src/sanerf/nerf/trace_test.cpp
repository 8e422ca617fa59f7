// The table of traced rays against one ray at a time, sample by sample.
#include "sanerf/nerf/trace.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/parallel.h"
#include "sanerf/kernels/march.h"
#include "sanerf/nerf/foggy_field_test_support.h"
#include "sanerf/nerf/model_access.h"

namespace sanerf::nerf {
namespace {

const TraceRequest kAll{.rays = true, .opacity = true, .distances = true, .geometry = true, .color = true};

class TraceTest : public FoggyFieldTest {};

TEST_F(TraceTest, HoldsTheSamplesThatCarryLight) {
  const std::vector<Ray> rays = Rays();
  const TracedRays traced = Trace(*nerf_, rays, kAll, Job());
  ASSERT_EQ(traced.num_rays(), int64_t(rays.size()));
  int64_t num_samples = 0;
  for (size_t r = 0; r < rays.size(); r += 41) {
    const Ray& ray = rays[r];
    kernels::MarchState march{};
    std::copy_n(ray.origin, 3, march.origin);
    std::copy_n(ray.direction, 3, march.direction);
    const kernels::MarchOptions options = ModelAccess::Traced(*nerf_).options.march;
    kernels::StartMarch(ModelAccess::Traced(*nerf_).occupancy.view(), options, 0.5f, &march);
    size_t s = size_t(traced.first[r]);
    float transmittance = 1, t, dt;
    while (kernels::March(ModelAccess::Traced(*nerf_).occupancy.view(), options, &march, 1, &t, &dt) == 1) {
      float p[3];
      for (int a = 0; a < 3; ++a) p[a] = ray.origin[a] + t * ray.direction[a];
      const FieldAtPoint point = AskField(ModelAccess::Traced(*nerf_).field, p, ray.direction);
      const float sigma = std::exp(std::clamp(point.geometry[0], -15.0f, 15.0f));
      const float weight = transmittance * (1 - std::exp(-sigma * dt));
      transmittance *= std::exp(-sigma * dt);
      if (std::abs(weight - kMinSampleWeight) < 1e-5f) {  // in or out, by rounding
        if (s < size_t(traced.first[r + 1]) && traced.t[s] == t) ++s;
        continue;
      }
      if (weight < kMinSampleWeight) continue;
      ASSERT_LT(s, size_t(traced.first[r + 1])) << r;
      EXPECT_NEAR(traced.weight[s], weight, 1e-5) << r;
      EXPECT_EQ(traced.t[s], t);
      EXPECT_EQ(traced.dt[s], dt);
      EXPECT_EQ(traced.unit[s], point.unit);
      EXPECT_EQ(traced.geometry[s], point.geometry);
      EXPECT_EQ(traced.color[s], point.color);
      ++s;
      ++num_samples;
    }
    EXPECT_EQ(s, size_t(traced.first[r + 1])) << r;
    EXPECT_NEAR(traced.opacity[r], 1 - transmittance, 2e-3) << r;
    EXPECT_EQ(traced.z_per_t[r], ray.z_per_t);
    for (size_t a = 0; a < 3; ++a) EXPECT_EQ(traced.origin[r][a], ray.origin[a]);
    for (size_t a = 0; a < 3; ++a) EXPECT_EQ(traced.direction[r][a], ray.direction[a]);
  }
  EXPECT_GT(num_samples, 100);
}

TEST_F(TraceTest, DepthAndOpacityAreThoseOfTheRenderedView) {
  const RenderedView view = nerf_->Render(scene_->views[2].camera, Job());
  const TracedRays traced = Trace(*nerf_, Rays(), kAll, Job());
  const double file_from_model = 1 / nerf_->model_from_file().scale;
  for (size_t r = 0; r < view.depth.data.size(); ++r) {
    EXPECT_NEAR(traced.opacity[r], view.opacity.data[r], 2e-3) << r;
    EXPECT_NEAR(traced.median_t[r] * traced.z_per_t[r] * file_from_model, view.depth.data[r], 1e-4) << r;
  }
}

TEST_F(TraceTest, ColumnsNotAskedForAreEmpty) {
  const TracedRays traced = Trace(*nerf_, Rays(), {}, Job());
  EXPECT_GT(traced.num_samples(), 0);
  EXPECT_EQ(traced.unit.size(), traced.weight.size());
  EXPECT_TRUE(traced.t.empty() && traced.dt.empty() && traced.geometry.empty() && traced.color.empty());
  EXPECT_TRUE(traced.origin.empty() && traced.direction.empty() && traced.opacity.empty() && traced.median_t.empty());
  const TracedRays heavy = Trace(*nerf_, Rays(), {.min_weight = 0.2f}, Job());
  int64_t num_heavy = 0;
  for (const float weight : traced.weight) num_heavy += weight > 0.2f;
  EXPECT_EQ(heavy.num_samples(), num_heavy);
  EXPECT_LT(heavy.num_samples(), traced.num_samples());
}

TEST_F(TraceTest, SameBytesWithAnyNumberOfThreads) {
  std::vector<Ray> rays;
  for (int i = 0; i < 9; ++i)  // more than are held beside the table at once
    for (const Ray& ray : Rays()) rays.push_back(ray);
  std::vector<TracedRays> tables;
  for (const int threads : {1, 3}) {
    SetNumThreads(threads);
    tables.push_back(Trace(*nerf_, rays, kAll, Job()));
  }
  EXPECT_EQ(tables[0].first, tables[1].first);
  EXPECT_EQ(tables[0].weight, tables[1].weight);
  EXPECT_EQ(tables[0].unit, tables[1].unit);
  EXPECT_EQ(tables[0].color, tables[1].color);
  EXPECT_EQ(tables[0].opacity, tables[1].opacity);
  // The rays come in their order.
  const TracedRays once = Trace(*nerf_, Rays(), kAll, Job());
  ASSERT_EQ(tables[0].num_samples(), 9 * once.num_samples());
  EXPECT_TRUE(std::equal(once.weight.begin(), once.weight.end(), tables[0].weight.end() - once.num_samples()));
}

TEST_F(TraceTest, SamplesDroppedLaterAreThoseThatNeverCame) {
  TracedRays traced = Trace(*nerf_, Rays(), {.distances = true, .geometry = true, .color = true}, Job());
  const TracedRays heavy =
      Trace(*nerf_, Rays(), {.min_weight = 0.2f, .distances = true, .geometry = true, .color = true}, Job());
  ASSERT_LT(heavy.num_samples(), traced.num_samples());
  traced.DropSamples(0.2f);
  EXPECT_EQ(traced.first, heavy.first);
  EXPECT_EQ(traced.unit, heavy.unit);
  EXPECT_EQ(traced.weight, heavy.weight);
  EXPECT_EQ(traced.t, heavy.t);
  EXPECT_EQ(traced.dt, heavy.dt);
  EXPECT_EQ(traced.geometry, heavy.geometry);
  EXPECT_EQ(traced.color, heavy.color);
}

TEST_F(TraceTest, TruncatedItHoldsTheFirstRays) {
  const std::vector<Ray> rays = Rays();
  const TracedRays few = Trace(*nerf_, std::vector<Ray>(rays.begin(), rays.begin() + 9), kAll, Job());
  TracedRays traced = Trace(*nerf_, rays, kAll, Job());
  traced.Truncate(9);
  EXPECT_EQ(traced.num_rays(), 9);
  EXPECT_EQ(traced.first, few.first);
  EXPECT_EQ(traced.weight, few.weight);
  EXPECT_EQ(traced.unit, few.unit);
  EXPECT_EQ(traced.geometry, few.geometry);
  EXPECT_EQ(traced.direction, few.direction);
  TracedRays without_columns = Trace(*nerf_, rays, {}, Job());
  without_columns.Truncate(9);
  EXPECT_EQ(without_columns.weight, few.weight);
  EXPECT_TRUE(without_columns.color.empty());
}

TEST_F(TraceTest, RaysThatEndInPointsHaveOneSampleThere) {
  const std::vector<Vec3> model_points = {{0.1, 0.2, -0.3}, {-0.5, 0, 0.25}};
  std::vector<Vec3> points;
  for (const Vec3& p : model_points) points.push_back(nerf_->model_from_file().Inverse() * p);
  const TracedRays rays = RaysEndingIn(*nerf_, points, Job());
  EXPECT_EQ(rays.first, (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(rays.weight, (std::vector<float>{1, 1}));
  const float direction[3] = {0, 0, 1};
  for (size_t i = 0; i < points.size(); ++i) {
    const Eigen::Vector3f p = model_points[i].cast<float>();
    const FieldAtPoint point = AskField(ModelAccess::Traced(*nerf_).field, p.data(), direction);
    for (size_t a = 0; a < 3; ++a) EXPECT_NEAR(rays.unit[i][a], point.unit[a], 1e-5);
    for (size_t g = 0; g < point.geometry.size(); ++g) EXPECT_NEAR(rays.geometry[i][g], point.geometry[g], 1e-2);
  }
}

TEST_F(TraceTest, RaysThatMeetNothingCanBeDropped) {
  std::vector<Ray> rays = Rays();
  rays.resize(60);
  rays.insert(rays.begin(), EmptyRay());
  rays.insert(rays.begin() + 7, EmptyRay());
  rays.push_back(EmptyRay());
  TracedRays traced = Trace(*nerf_, rays, kAll, Job());
  const TracedRays before = traced;
  const std::vector<int64_t> kept = traced.DropEmptyRays();
  ASSERT_EQ(int64_t(kept.size()), traced.num_rays());
  ASSERT_LE(kept.size(), rays.size() - 3);
  EXPECT_EQ(traced.weight, before.weight);
  for (size_t i = 0; i < kept.size(); ++i) {
    EXPECT_GT(traced.NumSamples(int64_t(i)), 0);
    EXPECT_EQ(traced.first[i], before.first[size_t(kept[i])]);
    EXPECT_EQ(traced.NumSamples(int64_t(i)), before.NumSamples(kept[i]));
    EXPECT_EQ(traced.direction[i], before.direction[size_t(kept[i])]);
    EXPECT_EQ(traced.opacity[i], before.opacity[size_t(kept[i])]);
  }
}

TEST_F(TraceTest, BlocksAreTheWholeView) {
  const Camera& camera = scene_->views[2].camera;
  const TracedRays whole = Trace(*nerf_, Rays(), {.geometry = true}, Job());
  std::vector<int> seen(size_t(camera.width * camera.height), 0);
  TraceBlocks(
      *nerf_, camera, {.geometry = true},
      [&](const PixelBlock& block, const TracedRays& rays) {
        size_t ray = 0;
        for (int y = block.y0; y < block.y1; ++y) {
          for (int x = block.x0; x < block.x1; ++x, ++ray) {
            const size_t pixel = size_t(y * camera.width + x);
            ++seen[pixel];
            ASSERT_EQ(rays.NumSamples(int64_t(ray)), whole.NumSamples(int64_t(pixel)));
            for (int64_t i = 0; i < rays.NumSamples(int64_t(ray)); ++i)
              ASSERT_EQ(rays.geometry[size_t(rays.first[ray] + i)], whole.geometry[size_t(whole.first[pixel] + i)]);
          }
        }
      },
      Job());
  EXPECT_EQ(seen, std::vector<int>(seen.size(), 1));
}

TEST_F(TraceTest, ReportsATaskAndStopsWhenAskedTo) {
  EventRecorder events;
  StopSource stop;
  const Job job(events, stop.token());
  Trace(*nerf_, Rays(), {.title = "trace rays"}, job);
  EXPECT_EQ(events.Lines().front(), "started trace rays 0/2304 rays");
  EXPECT_EQ(events.Lines().back(), "finished trace rays 2304/2304 rays");
  stop.RequestStop();
  EXPECT_THROW(Trace(*nerf_, Rays(), {.title = "trace rays"}, job), InterruptedError);
  EXPECT_EQ(events.Lines().back(), "abandoned trace rays 0/2304 rays");
  EXPECT_THROW(TraceBlocks(
                   *nerf_, scene_->views[2].camera, {}, [](const auto&, const auto&) {}, job),
               InterruptedError);
}

}  // namespace
}  // namespace sanerf::nerf
