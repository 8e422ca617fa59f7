#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/kernels/kernels_test_support.h"
#include "sanerf/kernels/reference.h"

namespace sanerf::kernels {
namespace {

// Unit directions spread evenly: the poles, the axes and random ones.
std::vector<float> TestDirections(int64_t num_samples) {
  std::vector<float> directions(size_t(num_samples * 3));
  Random random(80);
  for (int64_t s = 0; s < num_samples; ++s) {
    double d[3] = {0, 0, 0};
    if (s < 6) {
      d[s / 2] = s % 2 ? 1 : -1;
    } else {
      const double z = 2 * random.NextDouble() - 1, phi = 6.283185307179586 * random.NextDouble();
      d[0] = std::sqrt(1 - z * z) * std::cos(phi);
      d[1] = std::sqrt(1 - z * z) * std::sin(phi);
      d[2] = z;
    }
    for (int a = 0; a < 3; ++a) directions[TiledIndex(3, s, a)] = float(d[a]);
  }
  return directions;
}

// Quadrature with 4 Gauss-Legendre nodes in z and 8 even angles integrates products of two functions up to degree 3
// exactly (polynomials in z up to degree 7, angular frequencies up to 7).
TEST(SphericalHarmonicsReference, IsOrthonormal) {
  const double nodes[2] = {0.3399810435848563, 0.8611363115940526},
               node_weights[2] = {0.6521451548625461, 0.3478548451374538};
  double products[16][16] = {};
  for (int n = 0; n < 4; ++n)
    for (int k = 0; k < 8; ++k) {
      const double z = n < 2 ? nodes[n] : -nodes[n - 2], phi = 2 * M_PI * (k + 0.25) / 8, r = std::sqrt(1 - z * z);
      const auto y = reference::SphericalHarmonics(r * std::cos(phi), r * std::sin(phi), z);
      for (size_t i = 0; i < 16; ++i)
        for (size_t j = 0; j < 16; ++j) products[i][j] += node_weights[n % 2] * (2 * M_PI / 8) * y[i] * y[j];
    }
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 16; ++j) EXPECT_NEAR(products[i][j], i == j ? 1 : 0, 1e-12) << i << " x " << j;
}

class ElementwiseTest : public BuildTest {};
SANERF_TEST_ALL_BUILDS(ElementwiseTest);

TEST_P(ElementwiseTest, SphericalHarmonicsMatchTwin) {
  const int64_t tiles = 4, samples = tiles * kTile;
  const std::vector<float> directions = TestDirections(samples);
  std::vector<float> out(size_t(samples * 16), NAN);
  GetParam()->spherical_harmonics(directions.data(), tiles, out.data());
  for (int64_t s = 0; s < samples; ++s) {
    const auto d = SampleOf(directions, 3, s);
    const auto expected = reference::SphericalHarmonics(d[0], d[1], d[2]);
    for (int i = 0; i < 16; ++i)
      ASSERT_NEAR(out[TiledIndex(16, s, i)], expected[size_t(i)], 2e-6) << "sample " << s << ", function " << i;
  }
}

TEST_P(ElementwiseTest, ExpMatchesTwin) {
  std::vector<float> x = RandomFloats(64 * kTile, -16, 16, 81);
  const float special[8] = {0.0f, -0.0f, 15.0f, -15.0f, 100.0f, -100.0f, 1e30f, -1e30f};
  std::copy(special, special + 8, x.begin());
  std::vector<float> y(x.size());
  GetParam()->exp(x.data(), int64_t(x.size()), y.data());
  for (size_t i = 0; i < x.size(); ++i) {
    const double expected = reference::Exp(double(x[i]));
    ASSERT_NEAR(y[i], expected, 3e-7 * expected) << "exp(" << x[i] << ")";
  }
  EXPECT_EQ(y[0], 1.0f);
}

// Callers use grad_y * y: the derivative inside the clamp.
TEST(ExpReference, IsItsOwnDerivative) {
  for (const double x : {-14.5, -3.0, 0.0, 0.7, 9.0}) {
    const double step = 1e-5, slope = (reference::Exp(x + step) - reference::Exp(x - step)) / (2 * step);
    EXPECT_NEAR(slope / reference::Exp(x), 1, 1e-9) << x;
  }
}

TEST_P(ElementwiseTest, SigmoidMatchesTwin) {
  std::vector<float> x = RandomFloats(64 * kTile, -20, 20, 82);
  const float special[8] = {0.0f, -0.0f, 40.0f, -40.0f, 200.0f, -200.0f, 1e30f, -1e30f};
  std::copy(special, special + 8, x.begin());
  std::vector<float> y(x.size());
  GetParam()->sigmoid(x.data(), int64_t(x.size()), y.data());
  for (size_t i = 0; i < x.size(); ++i) {
    ASSERT_NEAR(y[i], reference::Sigmoid(double(x[i])), 2e-7) << "sigmoid(" << x[i] << ")";
    ASSERT_GE(y[i], 0.0f);
    ASSERT_LE(y[i], 1.0f);
  }
  EXPECT_EQ(y[0], 0.5f);
}

TEST_P(ElementwiseTest, MayWorkInPlace) {
  const std::vector<float> x = RandomFloats(2 * kTile, -5, 5, 83);
  std::vector<float> apart(x.size()), in_place = x;
  GetParam()->exp(x.data(), int64_t(x.size()), apart.data());
  GetParam()->exp(in_place.data(), int64_t(x.size()), in_place.data());
  EXPECT_EQ(apart, in_place);
}

}  // namespace
}  // namespace sanerf::kernels
