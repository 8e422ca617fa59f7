#include "sanerf/mask_aggregator/error_maps.h"

#include <algorithm>

#include "sanerf/core/random.h"

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

std::vector<ErrorMaps::Site> ErrorMaps::Draw(int count, Random* random) const {
  std::vector<int> wrong;  // views
  for (int view = 0; view < int(maps_.size()); ++view) {
    const std::vector<float>& errors = maps_[size_t(view)].data;
    if (std::any_of(errors.begin(), errors.end(), [](float error) { return error > 0; })) wrong.push_back(view);
  }
  const int num_maps = int(wrong.size());
  std::vector<Site> sites;
  // Random maps take the remainder of the division.
  int place = 0;
  for (const int map : DrawDistinct(num_maps, num_maps, random)) {
    const int share = count / num_maps + (place++ < count % num_maps ? 1 : 0);
    if (share > 0) DrawOnMap(wrong[size_t(map)], share, random, &sites);
  }
  return sites;
}

void ErrorMaps::DrawOnMap(int view, int count, Random* random, std::vector<Site>* sites) const {
  const ImageF& map = maps_[size_t(view)];
  std::vector<double> before;  // sum of the errors up to each cell
  double sum = 0;
  for (const float error : map.data) before.push_back(sum += error);
  for (int i = 0; i < count; ++i) {
    const auto found = std::upper_bound(before.begin(), before.end(), random->NextDouble() * sum);
    const int64_t cell = std::min(int64_t(found - before.begin()), int64_t(before.size()) - 1);
    sites->push_back({view, shrink_ * Vec2(double(cell % map.width) + 0.5, double(cell / map.width) + 0.5)});
  }
}

}  // namespace sanerf::mask_aggregator
