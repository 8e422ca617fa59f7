#include "sanerf/mask_aggregator/error_maps.h"

#include <algorithm>

namespace sanerf::mask_aggregator {

namespace {
constexpr float kKept = 0.1f;  // of the earlier error
}

ErrorMaps::ErrorMaps(const std::vector<Camera>& cameras, int shrink) : shrink_(shrink) {
  for (const Camera& camera : cameras)
    maps_.emplace_back((camera.width + shrink - 1) / shrink, (camera.height + shrink - 1) / shrink, 1);
}

void ErrorMaps::Clear() {
  for (ImageF& map : maps_) std::fill(map.data.begin(), map.data.end(), 0.0f);
}

void ErrorMaps::Update(int view, int x, int y, float error) {
  float& cell = maps_[size_t(view)].At(x / shrink_, y / shrink_);
  cell = kKept * cell + (1 - kKept) * error;
}

float ErrorMaps::At(int view, int x, int y) const { return maps_[size_t(view)].At(x / shrink_, y / shrink_); }

std::vector<ErrorMaps::Site> ErrorMaps::Draw(int count, Random* random) const {
  std::vector<double> before;  // sum of the errors up to each cell of all maps in a row
  double sum = 0;
  for (const ImageF& map : maps_)
    for (const float error : map.data) before.push_back(sum += error);
  std::vector<Site> sites;
  if (sum <= 0) return sites;
  for (int i = 0; i < count; ++i) {
    const auto found = std::upper_bound(before.begin(), before.end(), random->NextDouble() * sum);
    int64_t cell = std::min(int64_t(found - before.begin()), int64_t(before.size()) - 1);
    int view = 0;
    while (cell >= maps_[size_t(view)].num_pixels()) cell -= maps_[size_t(view++)].num_pixels();
    const int width = maps_[size_t(view)].width;
    sites.push_back({view, shrink_ * Vec2(double(cell % width) + 0.5, double(cell / width) + 0.5)});
  }
  return sites;
}

}  // namespace sanerf::mask_aggregator
