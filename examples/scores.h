// What the examples print about their results.
#pragma once

#include <sanerf/core/image.h>

#include <cmath>

inline double Psnr(const sanerf::ImageF& a, const sanerf::ImageF& b) {
  double sum = 0;
  for (size_t i = 0; i < a.data.size(); ++i) sum += std::pow(double(a.data[i]) - double(b.data[i]), 2);
  return -10 * std::log10(sum / double(a.data.size()));
}

// Intersections and unions of masks (0 = outside), summed over views.
struct Iou {
  long both = 0, either = 0;

  void Add(const sanerf::ImageU8& a, const sanerf::ImageU8& b) {
    for (size_t i = 0; i < a.data.size(); ++i) {
      both += a.data[i] != 0 && b.data[i] != 0;
      either += a.data[i] != 0 || b.data[i] != 0;
    }
  }
  double value() const { return either > 0 ? double(both) / double(either) : 1; }
};
