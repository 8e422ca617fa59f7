#include "sanerf/export/matting.h"

#include <algorithm>

#include "sanerf/core/check.h"
#include "sanerf/core/guided_filter.h"

namespace sanerf::exports {
namespace {

// Window means of the image weighted by `weight`; the image itself where no pixel of the window counts.
ImageF WeightedMeans(const ImageF& image, const ImageF& weight, int radius, const Job& job) {
  ImageF weighted(image.width, image.height, 4);
  for (size_t i = 0; i < weight.data.size(); ++i) {
    if (i % size_t(image.width) == 0) job.ThrowIfStopped("the cut-out");
    for (size_t c = 0; c < 3; ++c) weighted.data[4 * i + c] = weight.data[i] * image.data[3 * i + c];
    weighted.data[4 * i + 3] = weight.data[i];
  }
  weighted = WindowMeans(weighted, radius, job);
  ImageF means = image;
  for (size_t i = 0; i < weight.data.size(); ++i) {
    if (i % size_t(image.width) == 0) job.ThrowIfStopped("the cut-out");
    for (size_t c = 0; weighted.data[4 * i + 3] > 0 && c < 3; ++c)
      means.data[3 * i + c] = weighted.data[4 * i + c] / weighted.data[4 * i + 3];
  }
  return means;
}

ImageF ForegroundOf(const ImageF& rgb, const ImageF& alpha, const Job& job) {
  ImageF others = alpha;
  for (float& value : others.data) value = 1 - value;
  ImageF foreground = rgb, background = rgb;
  const int band = BandRadius(rgb);
  // From anywhere in the band the first windows reach what is surely object and what is surely not; the second ones
  // bring the detail back.
  for (const int radius : {4 * band, band}) {
    const ImageF object = WeightedMeans(foreground, alpha, radius, job);
    const ImageF rest = WeightedMeans(background, others, radius, job);
    for (size_t i = 0; i < alpha.data.size(); ++i) {
      if (i % size_t(rgb.width) == 0) job.ThrowIfStopped("the cut-out");
      const float a = alpha.data[i];
      for (size_t c = 3 * i; c < 3 * i + 3; ++c) {
        const float missing = rgb.data[c] - a * object.data[c] - (1 - a) * rest.data[c];
        foreground.data[c] = std::clamp(object.data[c] + a * missing, 0.0f, 1.0f);
        background.data[c] = std::clamp(rest.data[c] + (1 - a) * missing, 0.0f, 1.0f);
      }
    }
  }
  for (size_t i = 0; i < alpha.data.size(); ++i)
    if (alpha.data[i] == 0) std::fill_n(&foreground.data[3 * i], 3, 0.0f);
  return foreground;
}

}  // namespace

Matte MatteOf(const ImageF& rgb, const ImageF& coverage, const Job& job, const OnPart& on_part,
              const CoveragePrior& prior) {
  SANERF_CHECK(rgb.channels == 3 && coverage.channels == 1);
  SANERF_CHECK(rgb.width == coverage.width && rgb.height == coverage.height);
  Matte matte{ClosedFormAlpha(rgb, coverage, prior, on_part, job), ImageF()};
  on_part("colors without the background");
  matte.foreground = ForegroundOf(rgb, matte.alpha, job);
  return matte;
}

}  // namespace sanerf::exports
