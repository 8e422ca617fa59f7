// Projection, colors and rasterizer: against the same formulas one pixel at a time, and the way back against finite
// differences of these in double precision.
#include "sanerf/export/splat_raster.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>

#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/export/splat_projection.h"
#include "sanerf/export/splat_test_support.h"
#include "sanerf/export/splat_views.h"
#include "sanerf/kernels/reference.h"

namespace sanerf::exports {
namespace {

constexpr std::array<float, 3> kBehindSplats = {0.2f, 0.9f, 0.4f};

class SplatRasterTest : public testing::Test {
 protected:
  void TearDown() override { SetNumThreads(0); }
};

Camera SmallCamera() {
  Camera camera;
  camera.width = 50;
  camera.height = 37;  // no whole tiles
  camera.fx = 45;
  camera.fy = 48;
  camera.cx = 23;
  camera.cy = 20;
  camera.world_from_cam = LookAt(Vec3(2, -1, 1.2), Vec3(0.1, 0, 0));
  return camera;
}

SplatParameters RandomSplats(int64_t count, int degree, uint64_t seed) {
  SplatParameters splats(count, degree);
  Random random(seed);
  const auto between = [&](float low, float high) { return low + (high - low) * random.NextFloat(); };
  for (float& x : splats.positions) x = between(-0.8f, 0.8f);
  for (float& x : splats.log_scales) x = between(-3.5f, -1.5f);
  for (float& x : splats.rotations) x = between(-1, 1);
  for (float& x : splats.logits) x = between(-2, 2);
  for (float& x : splats.colors) x = between(-1, 1);
  for (float& x : splats.details) x = between(-0.3f, 0.3f);
  return splats;
}

template <class To, class From>
SplatCamera<To> Converted(const SplatCamera<From>& camera) {
  SplatCamera<To> other{};
  other.width = camera.width;
  other.height = camera.height;
  other.fx = To(camera.fx);
  other.fy = To(camera.fy);
  other.cx = To(camera.cx);
  other.cy = To(camera.cy);
  std::copy_n(camera.rotation, 9, other.rotation);
  std::copy_n(camera.translation, 3, other.translation);
  std::copy_n(camera.eye, 3, other.eye);
  other.near = To(camera.near);
  return other;
}

// All values of all Gaussians as doubles, in the order of the columns.
using DoubleColumns = std::array<std::vector<double>, SplatParameters::kColumns>;
DoubleColumns InDouble(const SplatParameters& splats) {
  DoubleColumns all;
  size_t column = 0;
  for (const std::vector<float>* values : splats.Columns()) all[column++].assign(values->begin(), values->end());
  return all;
}

struct TwinSplat {
  double depth;
  kernels::reference::BlendedSplat<double> blended;
};

// [3][height][width]
std::vector<double> TwinPicture(const DoubleColumns& of, int degree, const SplatCamera<double>& camera) {
  std::vector<TwinSplat> twins;
  const size_t num_details = size_t((degree + 1) * (degree + 1) - 1);
  for (size_t i = 0; i < of[3].size(); ++i) {
    SplatShape<double> shape;
    std::copy_n(&of[0][3 * i], 3, shape.position);
    std::copy_n(&of[1][3 * i], 3, shape.log_scale);
    std::copy_n(&of[2][4 * i], 4, shape.rotation);
    shape.logit = of[3][i];
    SplatInCamera<double> placed;
    if (!PlaceSplat(camera, shape, &placed)) continue;
    const ProjectedSplat<double> p = ProjectPlaced(camera, shape, placed);
    std::vector<double> coefficients(of[4].begin() + long(3 * i), of[4].begin() + long(3 * i + 3));
    coefficients.insert(coefficients.end(), of[5].begin() + long(3 * num_details * i),
                        of[5].begin() + long(3 * num_details * (i + 1)));
    const Vec3 direction = (Vec3(shape.position[0], shape.position[1], shape.position[2]) -
                            Vec3(camera.eye[0], camera.eye[1], camera.eye[2]))
                               .normalized();
    double rgb[3];
    HarmonicColor(degree, direction.data(), coefficients.data(), rgb);
    twins.push_back({p.depth, {{p.x, p.y, p.a, p.b, p.c, p.opacity, rgb[0], rgb[1], rgb[2]}}});
  }
  std::stable_sort(twins.begin(), twins.end(),
                   [](const TwinSplat& a, const TwinSplat& b) { return a.depth < b.depth; });
  std::vector<kernels::reference::BlendedSplat<double>> in_order;
  for (const TwinSplat& twin : twins) in_order.push_back(twin.blended);
  const size_t plane = size_t(camera.width) * size_t(camera.height);
  std::vector<double> picture(3 * plane);
  for (int y = 0; y < camera.height; ++y)
    for (int x = 0; x < camera.width; ++x) {
      const std::array<double, 3> background = {kBehindSplats[0], kBehindSplats[1], kBehindSplats[2]};
      const auto rgb = kernels::reference::SplatPixel(in_order, x + 0.5, y + 0.5, background);
      for (size_t c = 0; c < 3; ++c) picture[c * plane + size_t(y * camera.width + x)] = rgb[c];
    }
  return picture;
}

TEST_F(SplatRasterTest, AMeanFallsWhereTheCameraProjectsIt) {
  const Camera camera = SmallCamera();
  const nerf::PartOfView part(camera, {5, 7, 40, 30});
  Similarity fit_from_file;
  fit_from_file.scale = 3;
  fit_from_file.translation = Vec3(0.2, -0.4, 0.1);
  const SplatCamera<double> projected = Converted<double>(SplatCameraOf(part, fit_from_file));
  EXPECT_EQ(projected.width, 35);
  EXPECT_EQ(projected.height, 23);
  for (const Vec3& p : {Vec3(0, 0, 0), Vec3(0.3, -0.2, 0.4), Vec3(-0.5, 0.6, -0.3)}) {
    SplatShape<double> shape{};
    const Vec3 in_fit = fit_from_file * p;
    std::copy_n(in_fit.data(), 3, shape.position);
    shape.rotation[0] = 1;
    SplatInCamera<double> placed;
    ASSERT_TRUE(PlaceSplat(projected, shape, &placed));
    const ProjectedSplat<double> at = ProjectPlaced(projected, shape, placed);
    const Vec2 expected = *camera.Project(p);
    EXPECT_NEAR(at.x + part.pixels.x0, expected.x(), 1e-3);
    EXPECT_NEAR(at.y + part.pixels.y0, expected.y(), 1e-3);
    EXPECT_NEAR(at.depth, 3 * camera.ZDepth(p), 1e-5);
  }
}

// A ball of deviation s at depth z in the middle of the picture is a disk of deviation f s / z, and the blur.
TEST_F(SplatRasterTest, ABallIsADisk) {
  SplatCamera<double> camera{};
  camera.width = camera.height = 100;
  camera.fx = camera.fy = 80;
  camera.cx = camera.cy = 50;
  camera.rotation[0] = camera.rotation[4] = camera.rotation[8] = 1;
  SplatShape<double> ball{};
  ball.position[2] = 4;
  for (double& s : ball.log_scale) s = std::log(0.25);
  ball.rotation[0] = ball.rotation[2] = 3;  // any, of any length
  SplatInCamera<double> placed;
  ASSERT_TRUE(PlaceSplat(camera, ball, &placed));
  const ProjectedSplat<double> at = ProjectPlaced(camera, ball, placed);
  const double variance = 25 + 0.3;  // (80 0.25 / 4)^2
  EXPECT_NEAR(at.xx, variance, 1e-9);
  EXPECT_NEAR(at.yy, variance, 1e-9);
  EXPECT_NEAR(at.a, 1 / variance, 1e-12);
  EXPECT_NEAR(at.b, 0, 1e-12);
  EXPECT_NEAR(at.opacity, 0.5, 1e-12);
  ball.position[2] = -4;
  EXPECT_FALSE(PlaceSplat(camera, ball, &placed));
}

// The derivative of a weighted sum of what the projection says, also where the slope is held.
TEST_F(SplatRasterTest, ProjectionBackwardIsTheDerivative) {
  const SplatCamera<double> camera = Converted<double>(SplatCameraOf(SmallCamera(), Similarity()));
  Random random(3);
  int num_held = 0;
  for (int trial = 0; trial < 12; ++trial) {
    std::array<double, 11> values;
    for (size_t k = 0; k < values.size(); ++k) values[k] = 2 * random.NextDouble() - 1;
    for (size_t k = 3; k < 6; ++k) values[k] -= 2;
    if (trial % 3 == 2) values[1] += 2;  // far outside of the picture
    std::array<double, 6> weights;
    for (double& weight : weights) weight = 2 * random.NextDouble() - 1;
    const auto shape_of = [&] {
      SplatShape<double> shape;
      std::copy_n(&values[0], 3, shape.position);
      std::copy_n(&values[3], 3, shape.log_scale);
      std::copy_n(&values[6], 4, shape.rotation);
      shape.logit = values[10];
      return shape;
    };
    SplatInCamera<double> placed;
    const auto loss = [&] {
      if (!PlaceSplat(camera, shape_of(), &placed)) ADD_FAILURE() << "behind the camera";
      const ProjectedSplat<double> p = ProjectPlaced(camera, shape_of(), placed);
      return weights[0] * p.x + weights[1] * p.y + weights[2] * p.a + weights[3] * p.b + weights[4] * p.c +
             weights[5] * p.opacity;
    };
    loss();
    num_held += placed.is_held[0] || placed.is_held[1];
    const ProjectedSplat<double> projected = ProjectPlaced(camera, shape_of(), placed);
    const ProjectedSplat<double> gradient = {weights[0], weights[1], weights[2], weights[3], weights[4],
                                             weights[5], 0,          0,          0};
    SplatShape<double> got{};
    ProjectBackward(camera, shape_of(), placed, projected, gradient, &got);
    const double* parts[] = {got.position, got.log_scale, got.rotation, &got.logit};
    const size_t sizes[] = {3, 3, 4, 1};
    size_t k = 0;
    for (size_t part = 0; part < 4; ++part)
      for (size_t i = 0; i < sizes[part]; ++i, ++k) {
        const double kept = values[k], h = 1e-6;
        values[k] = kept + h;
        const double up = loss();
        values[k] = kept - h;
        const double down = loss();
        values[k] = kept;
        const double expected = (up - down) / (2 * h);
        EXPECT_NEAR(parts[part][i], expected, 1e-5 * (1 + std::fabs(expected))) << trial << ", value " << k;
      }
  }
  EXPECT_GT(num_held, 0);
}

TEST_F(SplatRasterTest, HarmonicsAreOrthogonalAndTheirBackwardIsTheDerivative) {
  // Over many directions the mean product of two functions is 1 / (4 pi) for the same, 0 for different ones.
  constexpr int kDirections = 20000;
  std::array<std::array<double, kMostHarmonics>, kMostHarmonics> products{};
  for (int i = 0; i < kDirections; ++i) {  // a spiral over the sphere
    const double z = 1 - (2 * i + 1.0) / kDirections, angle = 2.399963229728653 * i, r = std::sqrt(1 - z * z);
    const double d[3] = {r * std::cos(angle), r * std::sin(angle), z};
    double basis[kMostHarmonics];
    SphericalHarmonics<double>(2, d, basis, nullptr);
    for (size_t a = 0; a < kMostHarmonics; ++a)
      for (size_t b = 0; b < kMostHarmonics; ++b) products[a][b] += basis[a] * basis[b] / kDirections;
  }
  for (size_t a = 0; a < kMostHarmonics; ++a)
    for (size_t b = 0; b < kMostHarmonics; ++b)
      EXPECT_NEAR(products[a][b], a == b ? 1 / (4 * M_PI) : 0, 1e-4) << a << ", " << b;

  Random random(8);
  double d[3] = {0.3, -0.5, 0.81}, coefficients[3 * kMostHarmonics];
  for (double& c : coefficients) c = 0.4 * random.NextDouble() - 0.2;
  const double weights[3] = {0.7, -1.1, 0.4};
  const auto loss = [&] {
    double rgb[3];
    HarmonicColor(2, d, coefficients, rgb);
    return weights[0] * rgb[0] + weights[1] * rgb[1] + weights[2] * rgb[2];
  };
  double rgb[3], grad_coefficients[3 * kMostHarmonics] = {}, grad_d[3] = {};
  HarmonicColor(2, d, coefficients, rgb);
  HarmonicColorBackward(2, d, coefficients, rgb, weights, grad_coefficients, grad_d);
  const auto expect_derivative = [&](double* values, const double* gradient, int count) {
    for (int i = 0; i < count; ++i) {
      const double kept = values[i], h = 1e-6;
      values[i] = kept + h;
      const double up = loss();
      values[i] = kept - h;
      const double down = loss();
      values[i] = kept;
      EXPECT_NEAR(gradient[i], (up - down) / (2 * h), 1e-8) << i;
    }
  };
  expect_derivative(d, grad_d, 3);
  expect_derivative(coefficients, grad_coefficients, 3 * kMostHarmonics);
}

TEST_F(SplatRasterTest, PictureIsTheTwins) {
  const SplatCamera<float> camera = SplatCameraOf(SmallCamera(), Similarity());
  SplatRaster raster;
  for (const int degree : {0, 1, 2}) {
    const SplatParameters splats = RandomSplats(150, degree, 40);
    const PlanarImage& picture = raster.Draw(splats, camera, kBehindSplats);
    EXPECT_GT(raster.num_pairs(), 150);
    const std::vector<double> twin = TwinPicture(InDouble(splats), degree, Converted<double>(camera));
    // A float more or less and a Gaussian is above or below 1/255 in a pixel: that is as much as such a pixel may
    // differ.
    int64_t num_off = 0;
    for (size_t i = 0; i < twin.size(); ++i) {
      ASSERT_NEAR(picture.rgb[i], twin[i], 0.01) << degree << ", " << i;
      num_off += std::fabs(double(picture.rgb[i]) - twin[i]) > 1e-4;
    }
    EXPECT_LE(num_off, int64_t(twin.size()) / 500);
  }
}

TEST_F(SplatRasterTest, WhatCannotBeSeenIsNotDrawn) {
  const SplatCamera<float> camera = SplatCameraOf(SmallCamera(), Similarity());
  SplatParameters splats = RandomSplats(3, 0, 41);
  for (int a = 0; a < 3; ++a) splats.positions[size_t(a)] = 2 * camera.eye[a];  // behind the camera
  splats.logits[1] = -6;                                                        // opacity 0.0025 < 1/255
  for (int a = 0; a < 3; ++a) splats.log_scales[size_t(6 + a)] = -5;
  splats.positions[6] = 0;
  splats.positions[7] = 4;  // beside the picture
  splats.positions[8] = 0;
  SplatRaster raster;
  const PlanarImage& picture = raster.Draw(splats, camera, kBehindSplats);
  EXPECT_EQ(raster.num_pairs(), 0);
  for (size_t i = 0; i < picture.rgb.size(); ++i) ASSERT_EQ(picture.rgb[i], kBehindSplats[i / picture.num_pixels()]);
}

TEST_F(SplatRasterTest, BackwardIsTheDerivative) {
  const SplatCamera<float> camera = SplatCameraOf(SmallCamera(), Similarity());
  const SplatCamera<double> camera_double = Converted<double>(camera);
  for (const int degree : {0, 1}) {
    SplatParameters splats = RandomSplats(7, degree, 42);
    SplatRaster raster;
    PlanarImage weights(camera.width, camera.height);
    Random random(43);
    for (float& weight : weights.rgb) weight = 2 * random.NextFloat() - 1;
    raster.Draw(splats, camera, kBehindSplats);
    SplatParameters gradient(splats.size(), degree);
    SplatTraces traces;
    traces.Reset(splats.size());
    raster.Backward(splats, weights, &gradient, &traces);

    DoubleColumns values = InDouble(splats);
    const auto loss = [&] {
      const std::vector<double> picture = TwinPicture(values, degree, camera_double);
      double sum = 0;
      for (size_t i = 0; i < picture.size(); ++i) sum += double(weights.rgb[i]) * picture[i];
      return sum;
    };
    int64_t num_values = 0, num_off = 0;
    for (size_t column = 0; column < SplatParameters::kColumns; ++column) {
      const std::vector<float>& got = *gradient.Columns()[column];
      for (size_t i = 0; i < got.size(); ++i) {
        double& value = values[column][i];
        const double kept = value, h = 1e-7;
        value = kept + h;
        const double up = loss();
        value = kept - h;
        const double down = loss();
        value = kept;
        const double expected = (up - down) / (2 * h);
        ++num_values;
        // Where a pixel crosses 1/255 in between, the difference quotient has a jump in it.
        num_off += std::fabs(double(got[i]) - expected) > 2e-3 * (1 + std::fabs(expected));
      }
    }
    EXPECT_GT(num_values, 80);
    EXPECT_LE(num_off, num_values / 50);
    for (size_t i = 0; i < traces.seen.size(); ++i) {
      EXPECT_EQ(traces.seen[i], 1) << i;
      EXPECT_GT(traces.moves[i], 0.0f) << i;
      EXPECT_GT(traces.largest[i], 0.5f) << i;  // the blur alone is 0.55
    }
  }
}

TEST_F(SplatRasterTest, SameBytesWithAnyNumberOfThreads) {
  const SplatCamera<float> camera = SplatCameraOf(SmallCamera(), Similarity());
  const SplatParameters splats = RandomSplats(2000, 1, 44);
  PlanarImage weights(camera.width, camera.height);
  Random random(45);
  for (float& weight : weights.rgb) weight = 2 * random.NextFloat() - 1;
  std::vector<float> pictures[2];
  SplatParameters gradients[2] = {SplatParameters(2000, 1), SplatParameters(2000, 1)};
  for (int i = 0; i < 2; ++i) {
    SetNumThreads(i == 0 ? 1 : 4);
    SplatRaster raster;
    pictures[i] = raster.Draw(splats, camera, kBehindSplats).rgb;
    raster.Backward(splats, weights, &gradients[i], nullptr);
  }
  EXPECT_EQ(pictures[0], pictures[1]);
  for (size_t column = 0; column < SplatParameters::kColumns; ++column)
    EXPECT_EQ(*gradients[0].Columns()[column], *gradients[1].Columns()[column]) << column;
}

}  // namespace
}  // namespace sanerf::exports
