// Points asked of the field against the networks one point at a time, and against the light that a ray loses.
#include "sanerf/nerf/query.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/random.h"
#include "sanerf/nerf/foggy_field_test_support.h"
#include "sanerf/nerf/model_access.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::nerf {
namespace {

class QueryTest : public FoggyFieldTest {
 protected:
  // Anywhere in the box of the scene and a little beyond, more than are asked for at once.
  static std::vector<Vec3> PointsInFile(std::vector<Vec3>* directions) {
    const Similarity file_from_model = nerf_->model_from_file().Inverse();
    Random random(4);
    std::vector<Vec3> points;
    for (int i = 0; i < 5000; ++i) {
      const auto draw = [&] { return 2.4 * random.NextDouble() - 1.2; };
      const Vec3 p(draw(), draw(), draw()), d(draw(), draw(), draw());
      points.push_back(file_from_model * p);
      directions->push_back(d.normalized());
    }
    return points;
  }
};

TEST_F(QueryTest, SaysWhatTheNetworksSayAboutEachPoint) {
  std::vector<Vec3> directions;
  const std::vector<Vec3> points = PointsInFile(&directions);
  const PointValues values = Query(*nerf_, points, directions, Job());
  ASSERT_EQ(values.density.size(), points.size());
  int num_empty = 0, num_dense = 0;
  for (size_t i = 0; i < points.size(); i += 37) {
    const Eigen::Vector3f p = (nerf_->model_from_file() * points[i]).cast<float>();
    const Eigen::Vector3f d = (nerf_->model_from_file().rotation * directions[i]).cast<float>();
    const FieldAtPoint expected = AskField(ModelAccess::Traced(*nerf_).field, p.data(), d.data());
    EXPECT_EQ(values.geometry[i], expected.geometry) << i;
    EXPECT_EQ(values.color[i], expected.color) << i;
    if (!ModelAccess::Traced(*nerf_).occupancy.IsOccupied(p.data())) {
      EXPECT_EQ(values.density[i], 0) << i;
      ++num_empty;
      continue;
    }
    const double per_model_unit = std::exp(std::clamp(double(expected.geometry[0]), -15.0, 15.0));
    EXPECT_NEAR(values.density[i], per_model_unit * nerf_->model_from_file().scale, 1e-4 * values.density[i]) << i;
    ++num_dense;
  }
  EXPECT_GT(num_empty, 10);
  EXPECT_GT(num_dense, 10);
  EXPECT_TRUE(Query(*nerf_, points, {}, Job()).color.empty());
}

// Densities along a ray, as a step of its length absorbs them, give the weights that tracing finds.
TEST_F(QueryTest, DensitiesAbsorbTheLightThatARayLoses) {
  const std::vector<Ray> rays = Rays();
  const TracedRays traced = Trace(*nerf_, rays, {.min_weight = -1, .rays = true, .distances = true}, Job());
  const Similarity file_from_model = nerf_->model_from_file().Inverse();
  for (size_t r = 0; r < rays.size(); r += 191) {
    std::vector<Vec3> points;
    for (size_t s = size_t(traced.first[r]); s < size_t(traced.first[r + 1]); ++s) {
      Vec3 p;
      for (int a = 0; a < 3; ++a)
        p[a] = traced.origin[r][size_t(a)] + double(traced.t[s]) * traced.direction[r][size_t(a)];
      points.push_back(file_from_model * p);
    }
    const PointValues values = Query(*nerf_, points, {}, Job());
    double transmittance = 1;
    for (size_t i = 0; i < points.size(); ++i) {
      const size_t s = size_t(traced.first[r]) + i;
      const double length = traced.dt[s] * file_from_model.scale;
      const double pass = std::exp(-double(values.density[i]) * length);
      // A point at the border of a cell may fall into an empty neighbor once its coordinates are rounded.
      if (values.density[i] > 0) {
        EXPECT_NEAR(traced.weight[s], transmittance * (1 - pass), 2e-3) << r << " " << i;
      }
      transmittance -= traced.weight[s];
    }
  }
}

TEST_F(QueryTest, StopsWhenAskedTo) {
  StopSource stop;
  stop.RequestStop();
  const std::vector<Vec3> points(10, Vec3::Zero());
  EXPECT_THROW(Query(*nerf_, points, {}, Job().With(stop.token())), InterruptedError);
}

// With and without contraction: within the unit ball of the maximum norm, far outside, and where two components are the
// largest.
TEST(FromUnit, IsTheInverseOfToUnit) {
  NerfOptions options;
  options.log2_table = 8;
  options.levels = 2;
  for (const bool contracted : {false, true}) {
    const RadianceField field(options, contracted, 1);
    Random random(6);
    for (int i = 0; i < 200; ++i) {
      const float reach = contracted && i % 2 == 1 ? 20.0f : 1.0f;
      float p[3], unit[3], back[3];
      for (float& c : p) c = reach * float(2 * random.NextDouble() - 1);
      if (i % 5 == 0) p[1] = -p[0];
      field.ToUnit(p, unit);
      field.FromUnit(unit, back);
      const float m = std::max({1.0f, std::fabs(p[0]), std::fabs(p[1]), std::fabs(p[2])});
      for (int a = 0; a < 3; ++a) EXPECT_NEAR(back[a], p[a], 4e-6f * m * m) << contracted << " " << i;
    }
  }
}

TEST_F(QueryTest, PointsOfTheUnitCubeAreWhereRaysSayTheyAre) {
  std::vector<Vec3> directions;
  const std::vector<Vec3> points = PointsInFile(&directions);
  const std::vector<Vec3> back = PointsAt(*nerf_, RaysEndingIn(*nerf_, points, Job()).unit);
  ASSERT_EQ(back.size(), points.size());
  for (size_t i = 0; i < points.size(); i += 53) EXPECT_LT((back[i] - points[i]).norm(), 1e-4 * (1 + points[i].norm()));
}

}  // namespace
}  // namespace sanerf::nerf
