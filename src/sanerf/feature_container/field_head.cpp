#include "sanerf/feature_container/field_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/parallel.h"

namespace sanerf::feature_container {

using models::Tensor;

namespace {

constexpr int64_t kChunk = 256;     // rays rendered together
constexpr int64_t kSlab = 1 << 14;  // rays traced at a time: their samples are held

int TotalChannels(const std::vector<MapShape>& maps) {
  return std::accumulate(maps.begin(), maps.end(), 0, [](int sum, const MapShape& map) { return sum + map.channels; });
}

// Each channel on its own, so that neighboring channels do not have to become an image.
Tensor Resized(const Tensor& map, int channels, int from, int to) {
  if (from == to) return map;
  Tensor out{map.name, {1, channels, to, to}, std::vector<float>(size_t(channels) * size_t(to) * size_t(to))};
  ParallelFor(channels, [&](int64_t c) {
    ImageF plane(from, from, 1);
    std::copy_n(map.data.begin() + c * from * from, from * from, plane.data.begin());
    const ImageF resized = Resize(plane, to, to);
    std::copy(resized.data.begin(), resized.data.end(), out.data.begin() + c * to * to);
  });
  return out;
}

template <class Maps>
auto& MapNamed(const std::string& name, Maps& maps) {
  const auto map = std::find_if(maps.begin(), maps.end(), [&](const Tensor& tensor) { return tensor.name == name; });
  SANERF_CHECK(map != maps.end());
  return *map;
}

}  // namespace

std::vector<MapShape> ShapesOf(const sam::SamFeatures& features) {
  std::vector<MapShape> shapes;
  for (const Tensor& map : features.maps) {
    if (map.shape.size() != 4 || map.shape[0] != 1 || map.shape[2] != map.shape[3])
      throw Error(fmt::format("the feature field cannot hold the map '{}' [{}]", map.name, fmt::join(map.shape, ", ")),
                  "it distills maps of one value per place and channel; HQ-SAM's intermediate ones are none",
                  "keep them on disk: sanerf encode RUN --container cache");
    shapes.push_back({map.name, int(map.shape[1]), int(map.shape[2])});
  }
  return shapes;
}

FieldHead::FieldHead(const std::string& name, const FeatureFieldOptions& options, int side, std::vector<MapShape> maps)
    : side_(side), maps_(std::move(maps)), network_(name, options, TotalChannels(maps_)) {}

FieldHead::Targets::Targets(const FieldHead& head, const sam::SamFeatures& features) : side_(head.side()) {
  for (const MapShape& shape : head.maps()) {
    maps_.push_back(Resized(MapNamed(shape.name, features.maps), shape.channels, shape.side, side_));
  }
}

void FieldHead::Targets::At(int cell, float* channels) const {
  const size_t plane = size_t(side_) * size_t(side_);
  for (const Tensor& map : maps_)
    for (size_t at = size_t(cell); at < map.data.size(); at += plane) *channels++ = map.data[at];
}

// Rays begin, begin + 1, ... show these cells.
void FieldHead::RenderCells(const FeatureRays& rays, std::span<const int> cells, int64_t begin, FeaturePass* pass,
                            std::vector<Tensor>* planes) const {
  std::vector<int64_t> chosen(cells.size());
  std::iota(chosen.begin(), chosen.end(), begin);
  const kernels::Tiled<const float> features(pass->Forward(rays, chosen), network_.channels());
  const int64_t plane = int64_t(side_) * side_;
  int channel = 0;
  for (size_t m = 0; m < maps_.size(); ++m) {
    for (int c = 0; c < maps_[m].channels; ++c, ++channel) {
      float* out = &(*planes)[m].data[size_t(c * plane)];
      for (size_t i = 0; i < cells.size(); ++i) {
        if (rays.traced.NumSamples(chosen[i]) == 0 && network_.per_sample()) continue;
        out[cells[i]] = features(int64_t(i), channel);
      }
    }
  }
}

void FieldHead::Render(const nerf::NerfModel& nerf, const sam::SamFrame& frame, const Camera& model_camera,
                       std::vector<Tensor>* maps, const Job& job) const {
  const MapRays map_rays = RaysOfMap(frame, side_, model_camera);
  std::vector<Tensor*> targets;
  std::vector<Tensor> planes;
  for (const MapShape& shape : maps_) {
    targets.push_back(&MapNamed(shape.name, *maps));
    planes.push_back(Resized(*targets.back(), shape.channels, shape.side, side_));
  }
  WorkerPool<FeaturePass> passes;
  const int64_t num_rays = int64_t(map_rays.rays.size());
  for (int64_t first = 0; first < num_rays; first += kSlab) {
    const std::vector<int> cells(map_rays.cells.begin() + first,
                                 map_rays.cells.begin() + std::min(num_rays, first + kSlab));
    const FeatureRays rays =
        TraceFeatureRays(nerf, {map_rays.rays.begin() + first, map_rays.rays.begin() + first + int64_t(cells.size())},
                         /*keep_geometry=*/network_.per_sample(), job);
    ParallelForChunks(rays.size(), kChunk, [&](int64_t begin, int64_t end) {
      const auto pass = passes.Take([&] { return std::make_unique<FeaturePass>(network_); });
      RenderCells(rays, {cells.data() + begin, size_t(end - begin)}, begin, &*pass, &planes);
    });
  }
  for (size_t m = 0; m < maps_.size(); ++m) {
    const Tensor rendered = Resized(planes[m], maps_[m].channels, side_, maps_[m].side);
    targets[m]->data = rendered.data;
  }
}

}  // namespace sanerf::feature_container
