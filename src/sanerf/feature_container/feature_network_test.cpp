// The feature field's network against a naive twin in double precision, its backward against the twin's differences,
// and the place of a map's cells in the picture.
#include "sanerf/feature_container/feature_network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "sanerf/core/random.h"
#include "sanerf/kernels/reference.h"
#include "sanerf/nn/gradients_test_support.h"

namespace sanerf::feature_container {

using sam::SamFrame;

namespace {

using kernels::kTile;

constexpr int kOutputs = 7;

FeatureFieldOptions SmallField(FieldReading reading) {
  FeatureFieldOptions o;
  o.reading = reading;
  o.levels = 3;
  o.features = 2;
  o.log2_table = 10;
  o.top = 40;
  o.width = 16;
  return o;
}

// Made-up rays with 0 to 4 samples whose shares add up to one.
FeatureRays MadeUpRays(int num_rays) {
  FeatureRays rays;
  Random random(3);
  for (int r = 0; r < num_rays; ++r) {
    const int count = int(random.NextBelow(5));
    for (int i = 0; i < count; ++i) {
      for (float& u : rays.traced.unit.emplace_back()) u = random.NextFloat();
      rays.share.push_back(count == 2 ? (i == 0 ? 0.25f : 0.75f) : 1.0f / float(count));
      rays.traced.weight.push_back(0.5f * rays.share.back());
      for (float& g : rays.traced.geometry.emplace_back()) g = random.NextFloat() - 0.5f;
    }
    rays.traced.first.push_back(rays.traced.num_samples());
    for (int c = 0; c < FeatureRays::kInputs; ++c) rays.inputs.push_back(random.NextFloat() - 0.5f);
  }
  return rays;
}

void Randomize(FeatureNetwork* network) {
  Random random(5);
  for (float& v : network->grid.params().values.span()) v = random.NextFloat() - 0.5f;
  for (float& v : network->norm.params().values.span()) v = 0.5f + random.NextFloat();
}

std::vector<double> Doubles(const nn::Buffer& buffer) { return {buffer.data(), buffer.data() + buffer.size()}; }

// What the equations say about one ray.
std::vector<double> Twin(const FeatureNetwork& network, const FeatureRays& rays, int64_t ray) {
  const std::vector<double> table = Doubles(network.grid.params().values),
                            weights = Doubles(network.mlp.params().values),
                            norm = Doubles(network.norm.params().values);
  const std::vector<double> gain(norm.begin(), norm.begin() + kOutputs), bias(norm.begin() + kOutputs, norm.end());
  const auto apply = [&](std::vector<double> in) {
    in.resize(size_t(network.mlp.num_inputs()), 0);
    return kernels::reference::LayerNormForward(
        gain, bias, kernels::reference::MlpForward(network.mlp.shape(), weights.data(), in.data()).back());
  };
  const size_t features = size_t(network.grid.num_outputs());
  const float* known = rays.Inputs(ray);
  const nerf::TracedRays& traced = rays.traced;
  std::vector<double> grid_sum(features, 0), result(kOutputs, 0);
  for (size_t s = size_t(traced.first[size_t(ray)]); s < size_t(traced.first[size_t(ray) + 1]); ++s) {
    const double unit[3] = {traced.unit[s][0], traced.unit[s][1], traced.unit[s][2]};
    std::vector<double> in(features);
    kernels::reference::GridForward(network.grid.shape(), table.data(), unit, in.data());
    for (size_t f = 0; f < features; ++f) grid_sum[f] += double(rays.share[s]) * in[f];
    if (!network.per_sample()) continue;
    in.insert(in.end(), traced.geometry[s].begin(), traced.geometry[s].end());
    in.insert(in.end(), known + nerf::RadianceField::kGeometry,
              known + nerf::RadianceField::kGeometry + 16);  // the direction
    const std::vector<double> out = apply(in);
    for (int c = 0; c < kOutputs; ++c) result[size_t(c)] += double(rays.share[s]) * out[size_t(c)];
  }
  if (network.per_sample()) return result;
  grid_sum.insert(grid_sum.end(), known, known + FeatureRays::kInputs);
  return apply(grid_sum);
}

class FeatureNetworkTest : public testing::TestWithParam<FieldReading> {};
INSTANTIATE_TEST_SUITE_P(Readings, FeatureNetworkTest, testing::Values(FieldReading::kRay, FieldReading::kSample),
                         [](const auto& param_info) {
                           return param_info.param == FieldReading::kRay ? "ray" : "sample";
                         });

TEST_P(FeatureNetworkTest, MatchesTwin) {
  FeatureNetwork network("n", SmallField(GetParam()), kOutputs);
  Randomize(&network);
  const FeatureRays rays = MadeUpRays(150);
  std::vector<int64_t> chosen;
  for (int64_t i = 0; i < 100; ++i) chosen.push_back(149 - i);  // not in order, more than a tile
  FeaturePass pass(network);
  const float* features = pass.Forward(rays, chosen);
  for (size_t i = 0; i < chosen.size(); ++i) {
    const std::vector<double> expected = Twin(network, rays, chosen[i]);
    for (int c = 0; c < kOutputs; ++c)
      ASSERT_NEAR(features[(int64_t(i) / kTile * kOutputs + c) * kTile + int64_t(i) % kTile], expected[size_t(c)], 2e-4)
          << "ray " << chosen[i] << ", channel " << c;
  }
}

TEST_P(FeatureNetworkTest, BackwardMatchesDifferences) {
  FeatureNetwork network("n", SmallField(GetParam()), kOutputs);
  Randomize(&network);
  const FeatureRays rays = MadeUpRays(40);
  std::vector<int64_t> chosen(40);
  std::iota(chosen.begin(), chosen.end(), int64_t{0});
  // Loss: a fixed weighted sum of the features.
  nn::Buffer grad(kTile * kOutputs);
  Random random(9);
  for (int64_t i = 0; i < 40; ++i)
    for (int c = 0; c < kOutputs; ++c) grad[c * kTile + i] = random.NextFloat() - 0.5f;
  FeaturePass pass(network);
  const auto loss = [&] {
    double sum = 0;
    for (int64_t i = 0; i < 40; ++i) {
      const std::vector<double> features = Twin(network, rays, i);
      for (int c = 0; c < kOutputs; ++c) sum += double(grad[c * kTile + i]) * features[size_t(c)];
    }
    return sum;
  };
  pass.Forward(rays, chosen);
  nn::FieldGradient out;
  pass.Backward(grad.data(), &out);
  network.grid.params().PrepareTraining();
  for (int l = 0; l < 3; ++l) network.grid.BackwardLevel(l, out.grid);
  const nn::DifferenceCheck check{.num_params = 12, .h = 1e-4f, .relative = 0.01, .absolute = 1e-3};
  nn::ExpectGradientsMatchDifferences(network.mlp.params(), out.networks[0], loss, check);
  nn::ExpectGradientsMatchDifferences(network.norm.params(), out.networks[1], loss, check);
  nn::ExpectGradientsMatchDifferences(network.grid.params(), network.grid.params().grads, loss, check);
}

// A point in front of a distorted camera, its pixel, and the cell of the map that the encoder shows it in.
TEST(RaysOfMap, ACellsRayMeetsWhatTheEncoderSeesThere) {
  Camera camera;
  camera.width = 300;
  camera.height = 200;
  camera.fx = 260;
  camera.fy = 250;
  camera.cx = 140;
  camera.cy = 110;
  camera.lens = Lens::Radial(0.05);
  camera.world_from_cam.translation = Vec3(1, 2, 3);
  camera.world_from_cam.rotation = Eigen::AngleAxisd(0.3, Vec3(1, 2, 0.5).normalized()).toRotationMatrix();
  for (const SamFrame& frame : {SamFrame::Stretched(300, 200), SamFrame::Padded(300, 200)}) {
    const MapRays map = RaysOfMap(frame, 64, camera);
    ASSERT_EQ(map.cells.size(), map.rays.size());
    for (size_t i = 0; i < map.rays.size(); i += 37) {
      const nerf::Ray& ray = map.rays[i];
      Vec3 p;
      for (int a = 0; a < 3; ++a) p[a] = double(ray.origin[a]) + 4.0 * double(ray.direction[a]);
      const auto px = camera.Project(p);
      ASSERT_TRUE(px.has_value());
      // Where the decoder is told that pixel is, in the square of 1024: the middle of the cell (SAM names the center of
      // its first pixel 0, so half a pixel less).
      const auto place = frame.ToDecoder(float(px->x()), float(px->y()));
      EXPECT_NEAR(place[0] + 0.5, (map.cells[i] % 64 + 0.5) * 16, 0.02) << map.cells[i];
      EXPECT_NEAR(place[1] + 0.5, (map.cells[i] / 64 + 0.5) * 16, 0.02) << map.cells[i];
    }
  }
  // Stretched: every cell. Padded: 1024 * 200 / 300 = 683 rows of the square, whose cells' middles are 8, 24, ... 680.
  EXPECT_EQ(RaysOfMap(SamFrame::Stretched(300, 200), 64, camera).cells.size(), 64u * 64u);
  EXPECT_EQ(RaysOfMap(SamFrame::Padded(300, 200), 64, camera).cells.size(), 43u * 64u);
}

}  // namespace
}  // namespace sanerf::feature_container
