#include "sanerf/poses/sharpness.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/check.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/quantiles.h"

namespace sanerf::poses {
namespace {

constexpr double kBlurred = 0.25;   // of the median: a blur of one pixel takes three quarters of the variance
constexpr int kPatch = 12;          // pixels a side
constexpr int kReach = 20;          // pixels that a patch is looked for in each direction
constexpr double kDetail = 5;       // standard deviation of a patch, of 255, below which it looks like any other
constexpr double kFound = 0.5;      // mean difference at most, as a share of the patch's standard deviation
constexpr double kFoundAnyway = 2;  // and a difference, of 255, that compression alone makes

struct Patch {
  double mean = 0, deviation = 0;
};

Patch StatisticsOf(const ImageU8& picture, int left, int top) {
  double sum = 0, squares = 0;
  for (int y = top; y < top + kPatch; ++y) {
    for (int x = left; x < left + kPatch; ++x) {
      const double value = picture.At(x, y);
      sum += value;
      squares += value * value;
    }
  }
  constexpr double n = kPatch * kPatch;
  return {sum / n, std::sqrt(std::max(0.0, squares / n - (sum / n) * (sum / n)))};
}

// Mean absolute difference after the means were taken out; gives up beyond `most`.
double Difference(const ImageU8& before, int x0, int y0, const ImageU8& after, int x1, int y1, double shift,
                  double most) {
  double sum = 0;
  const double enough = most * kPatch * kPatch;
  for (int y = 0; y < kPatch; ++y) {
    for (int x = 0; x < kPatch; ++x)
      sum += std::abs(double(after.At(x1 + x, y1 + y)) - double(before.At(x0 + x, y0 + y)) - shift);
    if (sum > enough) return most;
  }
  return sum / (kPatch * kPatch);
}

struct Found {
  double difference = 1e9, displacement = 0;
};

// Of equally good places the nearest: a plain surface stays where it is.
Found LookForPatch(const ImageU8& before, int left, int top, const Patch& patch, const ImageU8& after) {
  Found best;
  for (int y = std::max(0, top - kReach); y <= std::min(after.height - kPatch, top + kReach); ++y) {
    for (int x = std::max(0, left - kReach); x <= std::min(after.width - kPatch, left + kReach); ++x) {
      const double shift = StatisticsOf(after, x, y).mean - patch.mean;
      const double difference = Difference(before, left, top, after, x, y, shift, best.difference);
      const double displacement = std::hypot(x - left, y - top);
      if (difference < best.difference || (difference == best.difference && displacement < best.displacement))
        best = {difference, displacement};
    }
  }
  return best;
}

}  // namespace

ImageU8 GrayOf(const ImageU8& picture) {
  if (picture.channels == 1) return picture;
  ImageU8 gray(picture.width, picture.height, 1);
  for (size_t i = 0; i < gray.data.size(); ++i) {
    const uint8_t* p = &picture.data[i * size_t(picture.channels)];
    gray.data[i] = picture.channels < 3 ? p[0] : uint8_t((77 * p[0] + 150 * p[1] + 29 * p[2] + 128) >> 8);  // BT.601
  }
  return gray;
}

double Sharpness(const ImageU8& gray) {
  SANERF_CHECK(gray.channels == 1);
  if (gray.width < 3 || gray.height < 3) return 0;
  double sum = 0, squares = 0;
  for (int y = 1; y + 1 < gray.height; ++y) {
    for (int x = 1; x + 1 < gray.width; ++x) {
      const double laplacian =
          double(gray.At(x - 1, y)) + gray.At(x + 1, y) + gray.At(x, y - 1) + gray.At(x, y + 1) - 4.0 * gray.At(x, y);
      sum += laplacian;
      squares += laplacian * laplacian;
    }
  }
  const double n = double(gray.width - 2) * double(gray.height - 2);
  return std::max(0.0, squares / n - (sum / n) * (sum / n));
}

std::vector<bool> AreBlurred(const std::vector<double>& sharpness, int reach) {
  std::vector<bool> blurred(sharpness.size(), false);
  const int64_t n = int64_t(sharpness.size());
  for (int64_t i = 0; i < n; ++i) {
    const int64_t begin = std::max<int64_t>(0, i - reach), end = std::min<int64_t>(n, i + reach + 1);
    const double around = Median({sharpness.begin() + begin, sharpness.begin() + end});
    blurred[size_t(i)] = sharpness[size_t(i)] < kBlurred * around;
  }
  return blurred;
}

Motion MotionBetween(const ImageU8& before, const ImageU8& after) {
  SANERF_CHECK(before.channels == 1 && after.channels == 1);
  SANERF_CHECK(before.width == after.width && before.height == after.height);
  std::vector<double> displacements;
  int num_patches = 0;
  for (int top = 0; top + kPatch <= before.height; top += kPatch) {
    for (int left = 0; left + kPatch <= before.width; left += kPatch) {
      const Patch patch = StatisticsOf(before, left, top);
      if (patch.deviation < kDetail) continue;
      ++num_patches;
      const Found found = LookForPatch(before, left, top, patch, after);
      if (found.difference <= std::max(kFoundAnyway, kFound * patch.deviation))
        displacements.push_back(found.displacement);
    }
  }
  Motion motion;
  if (num_patches == 0) return motion;
  motion.matched = double(displacements.size()) / num_patches;
  if (!displacements.empty()) motion.share = Median(displacements) / std::max(before.width, before.height);
  return motion;
}

ImageU8 ShrunkTo(const ImageU8& picture, int longest) {
  const int longer = std::max(picture.width, picture.height);
  if (longer <= longest) return picture;
  const auto shrunk = [&](int side) { return std::max(1, int(std::lround(double(side) * longest / longer))); };
  return Resize(picture, shrunk(picture.width), shrunk(picture.height));
}

}  // namespace sanerf::poses
