#include "sanerf/segmentation/refine/photo_mask.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "sanerf/core/check.h"
#include "sanerf/core/guided_filter.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/pixel_window.h"

namespace sanerf::segmentation {
namespace {

constexpr int kTileSize = 256;
constexpr int kCellsOfSam = 256;              // per side of a mask as SAM returns it
constexpr int kCellsOff = 2;                  // how far the outline may be off
constexpr double kColorNoise = 1e-4;          // variance of a color in [0, 1]: 1 % of the range
constexpr float kSureOfField = 0.9f;          // what SAM's mask cannot overrule
constexpr float kOddsEnd = 1e-4f;             // probabilities end so far from 0 and 1
constexpr double kLeastIou = 0.5;             // with what the field shows
constexpr double kFilterFloatsPerPixel = 60;  // of a guided filter on its way: products, means, fits

int FilterRadius(int width, int height) {
  return (kCellsOff * std::max(width, height) + kCellsOfSam - 1) / kCellsOfSam;
}

// Bilinear at the pixels of a window of the photo, whose size is width x height.
template <class T, class Value>
ImageF SampledIn(const PixelWindow& window, int width, int height, const Image<T>& image, const Value& value) {
  ImageF samples(window.width(), window.height(), 1);
  const double by_x = double(image.width) / width, by_y = double(image.height) / height;
  const auto at = [&](int x, int y) {
    return value(image.At(std::clamp(x, 0, image.width - 1), std::clamp(y, 0, image.height - 1)));
  };
  for (int y = 0; y < samples.height; ++y) {
    const double v = (window.y0 + y + 0.5) * by_y - 0.5;
    const int y0 = int(std::floor(v));
    const float fy = float(v - y0);
    for (int x = 0; x < samples.width; ++x) {
      const double u = (window.x0 + x + 0.5) * by_x - 0.5;
      const int x0 = int(std::floor(u));
      const float fx = float(u - x0);
      samples.At(x, y) = (1 - fy) * ((1 - fx) * at(x0, y0) + fx * at(x0 + 1, y0)) +
                         fy * ((1 - fx) * at(x0, y0 + 1) + fx * at(x0 + 1, y0 + 1));
    }
  }
  return samples;
}

float LogOdds(float p) {
  const float inside = std::clamp(p, kOddsEnd, 1 - kOddsEnd);
  return std::log(inside / (1 - inside));
}

// What SAM's mask says, filtered to [0, 1] or a little beyond.
float OddsOfDecoded(float filtered) {
  const float q = std::clamp(filtered, 0.0f, 1.0f);
  return LogOdds(1 - kSureOfField + (2 * kSureOfField - 1) * q);
}

// One tile, with all around it that its pixels depend on.
class PhotoTile {
 public:
  PhotoTile(const ImageF& photo, const PixelWindow& tile, const PhotoMaskEvidence& evidence)
      : photo_(photo), tile_(tile), evidence_(evidence), radius_(FilterRadius(photo.width, photo.height)) {
    window_ = tile.Grown(2 * radius_, 2 * radius_, photo.width, photo.height);
    field_ = SampledIn(window_, photo.width, photo.height, evidence.field, [](float p) { return p; });
  }

  bool FieldSays(int x, int y) const { return field_.At(x - window_.x0, y - window_.y0) > 0.5f; }
  // The field is sure of all of it, one way or the other: nothing else is asked.
  bool IsSure() const {
    const auto [least, most] = std::minmax_element(field_.data.begin(), field_.data.end());
    return *most < 1 - kSureOfField || *least > kSureOfField;
  }
  void Decide(ImageU8* mask, const Job& job) const {
    const ImageF rgb = Cut(photo_, window_);
    const ImageF field = GuidedFilter(rgb, field_, radius_, kColorNoise, job);
    ImageF decoded;
    if (!evidence_.decoded.empty() && evidence_.trust > 0)
      decoded = GuidedFilter(rgb,
                             SampledIn(window_, photo_.width, photo_.height, evidence_.decoded,
                                       [](uint8_t value) { return value != 0 ? 1.0f : 0.0f; }),
                             radius_, kColorNoise, job);
    for (int y = tile_.y0; y < tile_.y1; ++y) {
      for (int x = tile_.x0; x < tile_.x1; ++x) {
        float odds = LogOdds(field.At(x - window_.x0, y - window_.y0));
        if (!decoded.empty())
          odds += float(evidence_.trust) * OddsOfDecoded(decoded.At(x - window_.x0, y - window_.y0));
        mask->At(x, y) = odds > 0 ? 255 : 0;
      }
    }
  }

 private:
  const ImageF& photo_;
  const PixelWindow tile_;
  const PhotoMaskEvidence& evidence_;
  const int radius_;
  PixelWindow window_;
  ImageF field_;
};

}  // namespace

ImageF FieldEvidence(const mask_aggregator::SegmentedView& rendered, int label) {
  constexpr float kBarely = 0.01f;  // of several labels one may win with less than a half
  ImageF evidence = rendered.probability;
  for (size_t i = 0; i < evidence.data.size(); ++i) {
    float& p = evidence.data[i];
    p = rendered.labels.data[i] == label ? std::max(p, 0.5f + kBarely) : std::min(p, 0.5f - kBarely);
  }
  return evidence;
}

double TrustInDecoded(double agreement, const ImageF& field, const ImageU8& decoded) {
  if (decoded.empty()) return 0;
  if (agreement < 0) {
    const ImageF shown = SampledIn({0, 0, decoded.width, decoded.height}, decoded.width, decoded.height, field,
                                   [](float p) { return p; });
    int64_t both = 0, either = 0;
    for (size_t i = 0; i < decoded.data.size(); ++i) {
      const bool is_shown = shown.data[i] > 0.5f, is_decoded = decoded.data[i] != 0;
      both += is_shown && is_decoded;
      either += is_shown || is_decoded;
    }
    agreement = either > 0 ? double(both) / double(either) : 0;
  }
  return std::clamp(2 * agreement - 1, 0.0, 1.0);
}

ImageU8 PhotoMask(const ImageF& photo, const PhotoMaskEvidence& evidence, const Job& job) {
  SANERF_CHECK(photo.channels == 3 && !evidence.field.empty());
  const ThreadLimit limit(job.num_threads());
  ImageU8 mask(photo.width, photo.height, 1), of_field(photo.width, photo.height, 1);
  const int columns = (photo.width + kTileSize - 1) / kTileSize, rows = (photo.height + kTileSize - 1) / kTileSize;
  std::atomic<int64_t> both = 0, either = 0;
  ParallelFor(int64_t(columns) * rows, [&](int64_t i) {
    if (job.stop_requested()) return;
    const int x0 = int(i % columns) * kTileSize, y0 = int(i / columns) * kTileSize;
    const PixelWindow window{x0, y0, std::min(photo.width, x0 + kTileSize), std::min(photo.height, y0 + kTileSize)};
    const PhotoTile tile(photo, window, evidence);
    for (int y = window.y0; y < window.y1; ++y)
      for (int x = window.x0; x < window.x1; ++x) mask.At(x, y) = of_field.At(x, y) = tile.FieldSays(x, y) ? 255 : 0;
    if (!tile.IsSure()) tile.Decide(&mask, job);
    int64_t of_both = 0, of_either = 0;
    for (int y = window.y0; y < window.y1; ++y) {
      for (int x = window.x0; x < window.x1; ++x) {
        of_both += mask.At(x, y) != 0 && of_field.At(x, y) != 0;
        of_either += mask.At(x, y) != 0 || of_field.At(x, y) != 0;
      }
    }
    both += of_both;
    either += of_either;
  });
  job.ThrowIfStopped("the mask of a photo");
  return double(both) < kLeastIou * double(either) ? of_field : mask;
}

double PhotoMaskBytes(int width, int height, int num_threads) {
  const double side = kTileSize + 4.0 * FilterRadius(width, height);
  return 2.0 * width * height + num_threads * side * side * sizeof(float) * kFilterFloatsPerPixel;
}

}  // namespace sanerf::segmentation
