#include "sanerf/core/guided_filter.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/random.h"

namespace sanerf {
namespace {

ImageF Noise(int width, int height, int channels, uint64_t seed) {
  Random random(seed);
  ImageF image(width, height, channels);
  for (float& value : image.data) value = float(random.NextDouble());
  return image;
}

// The definition: in each window the regularized least squares by themselves, then the mean over the windows of a
// pixel.
ImageF NaiveGuidedFilter(const ImageF& guide, const ImageF& input, int radius, double regularization) {
  const auto for_window = [&](int x, int y, const auto& use) {
    for (int v = std::max(0, y - radius); v <= std::min(guide.height - 1, y + radius); ++v)
      for (int u = std::max(0, x - radius); u <= std::min(guide.width - 1, x + radius); ++u) use(u, v);
  };
  const auto color_at = [&](int u, int v) {
    return Eigen::Vector3d(guide.At(u, v, 0), guide.At(u, v, 1), guide.At(u, v, 2));
  };
  std::vector<Eigen::Vector4d> fits;
  for (int y = 0; y < guide.height; ++y) {
    for (int x = 0; x < guide.width; ++x) {
      // Minimizes sum (a . color + b - input)^2 + n regularization |a|^2 by its normal equations.
      Eigen::Matrix4d normal = Eigen::Matrix4d::Zero();
      Eigen::Vector4d right = Eigen::Vector4d::Zero();
      int n = 0;
      for_window(x, y, [&](int u, int v) {
        const Eigen::Vector4d row = color_at(u, v).homogeneous();
        normal += row * row.transpose();
        right += row * double(input.At(u, v));
        ++n;
      });
      normal.diagonal().head<3>().array() += n * regularization;
      fits.push_back(normal.fullPivLu().solve(right));
    }
  }
  ImageF filtered(guide.width, guide.height, 1);
  for (int y = 0; y < guide.height; ++y) {
    for (int x = 0; x < guide.width; ++x) {
      Eigen::Vector4d sum = Eigen::Vector4d::Zero();
      int n = 0;
      for_window(x, y, [&](int u, int v) {
        sum += fits[size_t(v * guide.width + u)];
        ++n;
      });
      filtered.At(x, y) = float(sum.dot(color_at(x, y).homogeneous()) / n);
    }
  }
  return filtered;
}

TEST(GuidedFilterTest, IsTheDefinition) {
  const ImageF guide = Noise(17, 11, 3, 1), input = Noise(17, 11, 1, 2);
  for (const int radius : {1, 2, 4, 20}) {
    const ImageF fast = GuidedFilter(guide, input, radius, 1e-3, Job()),
                 naive = NaiveGuidedFilter(guide, input, radius, 1e-3);
    for (size_t i = 0; i < fast.data.size(); ++i)
      EXPECT_NEAR(fast.data[i], naive.data[i], 2e-5) << radius << " at " << i;
  }
}

TEST(GuidedFilterTest, AnAffineFunctionOfTheColorStaysAsItIs) {
  const ImageF guide = Noise(24, 16, 3, 3);
  ImageF input(24, 16, 1);
  for (size_t i = 0; i < input.data.size(); ++i)
    input.data[i] = 0.3f * guide.data[3 * i] - 0.7f * guide.data[3 * i + 1] + 0.2f * guide.data[3 * i + 2] + 0.4f;
  const ImageF filtered = GuidedFilter(guide, input, 3, 1e-9, Job());
  for (size_t i = 0; i < input.data.size(); ++i) EXPECT_NEAR(filtered.data[i], input.data[i], 1e-4);
}

TEST(GuidedFilterTest, WithoutColorItIsABoxFilterTwice) {
  ImageF guide(9, 1, 3, 0.5f), input(9, 1, 1);
  input.At(4, 0) = 1;
  const ImageF filtered = GuidedFilter(guide, input, 1, 1e-3, Job());
  const float expected[] = {0, 0, 1, 2, 3, 2, 1, 0, 0};
  for (int x = 0; x < 9; ++x) EXPECT_NEAR(filtered.At(x, 0), expected[x] / 9, 1e-6);
}

TEST(GuidedFilterTest, StopsWhenItIsAskedTo) {
  StopSource stop;
  stop.RequestStop();
  const ImageF guide = Noise(9, 7, 3, 5);
  EXPECT_THROW(GuidedFilter(guide, Noise(9, 7, 1, 6), 1, 1e-3, Job().With(stop.token())), InterruptedError);
}

}  // namespace
}  // namespace sanerf
