#include "sanerf/feature_container/feature_rays.h"

#include <algorithm>

#include "sanerf/core/check.h"
#include "sanerf/kernels/isa.h"
#include "sanerf/kernels/tiled.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::feature_container {
namespace {

constexpr int kGeometry = nerf::RadianceField::kGeometry;

void AddDirections(const std::vector<nerf::Ray>& rays, FeatureRays* out) {
  using kernels::kTile;
  nn::Buffer direction_buffer(3 * kTile), harmonics_buffer(16 * kTile);
  const kernels::Tiled<float> directions(direction_buffer.data(), 3), harmonics(harmonics_buffer.data(), 16);
  for (size_t begin = 0; begin < rays.size(); begin += kTile) {
    const size_t count = std::min(size_t{kTile}, rays.size() - begin);
    for (size_t i = 0; i < count; ++i) directions.Set(int64_t(i), rays[begin + i].direction);
    kernels::Kernels().spherical_harmonics(directions.data(), 1, harmonics.data());
    for (size_t i = 0; i < count; ++i)
      harmonics.Get(int64_t(i), &out->inputs[(begin + i) * FeatureRays::kInputs + FeatureRays::kDirectionAt]);
  }
}

// Composites what the samples say.
void AddSamples(const nerf::NerfModel& nerf, const nerf::Ray& of_ray, size_t ray, FeatureRays* out) {
  const nerf::TracedRays& traced = out->traced;
  const size_t begin = size_t(traced.first[ray]), end = size_t(traced.first[ray + 1]);
  float* inputs = &out->inputs[ray * FeatureRays::kInputs];
  float opacity = 0, depth = 0, rgb[3] = {0, 0, 0};
  for (size_t s = begin; s < end; ++s) opacity += traced.weight[s];
  for (size_t s = begin; s < end; ++s) {
    const float share = out->share[s] = traced.weight[s] / opacity;
    for (size_t c = 0; c < kGeometry; ++c) inputs[c] += share * traced.geometry[s][c];
    for (size_t c = 0; c < 3; ++c) rgb[c] += share * traced.color[s][c];
    depth += share * traced.t[s] * of_ray.z_per_t;
  }
  // A depth itself has no bound in open scenes and would drown the other inputs.
  inputs[FeatureRays::kNearnessAt] = begin == end ? 0 : 1 / (1 + depth);
  opacity = inputs[FeatureRays::kOpacityAt] = std::min(1.0f, opacity);
  for (int c = 0; c < 3; ++c)
    inputs[FeatureRays::kColorAt + c] = opacity * rgb[c] + (1 - opacity) * nerf.background()[c];
}

}  // namespace

int64_t FeatureRays::Bytes() const {
  return int64_t((inputs.size() + share.size()) * sizeof(float) + traced.first.size() * sizeof(int64_t) +
                 traced.unit.size() * sizeof(nerf::TracedRays::Vec3f) + traced.weight.size() * sizeof(float) +
                 traced.geometry.size() * sizeof(nerf::TracedRays::Geometry));
}

void FeatureRays::Append(const FeatureRays& other) {
  traced.Append(other.traced);
  share.insert(share.end(), other.share.begin(), other.share.end());
  inputs.insert(inputs.end(), other.inputs.begin(), other.inputs.end());
}

FeatureRays TraceFeatureRays(const nerf::NerfModel& nerf, const std::vector<nerf::Ray>& rays, bool keep_geometry,
                             const Job& job) {
  FeatureRays out;
  out.traced = nerf::Trace(nerf, rays, {.distances = true, .geometry = true, .color = true}, job);
  out.share.resize(out.traced.weight.size());
  out.inputs.assign(rays.size() * FeatureRays::kInputs, 0);
  AddDirections(rays, &out);
  for (size_t ray = 0; ray < rays.size(); ++ray) AddSamples(nerf, rays[ray], ray, &out);
  out.traced.t = {};
  out.traced.dt = {};
  out.traced.color = {};
  if (!keep_geometry) out.traced.geometry = {};
  return out;
}

MapRays RaysOfMap(const sam::SamFrame& frame, int side, const Camera& model_camera) {
  SANERF_CHECK_EQ(frame.width, model_camera.width);
  SANERF_CHECK_EQ(frame.height, model_camera.height);
  MapRays map;
  const double cell = double(sam::kSamSize) / side;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const auto [px, py] = frame.ToPixel((x + 0.5) * cell, (y + 0.5) * cell);
      if (px >= frame.width || py >= frame.height) continue;  // padding
      map.cells.push_back(y * side + x);
      map.rays.push_back(nerf::MakeRay(model_camera, Vec2(px, py)));
    }
  }
  return map;
}

}  // namespace sanerf::feature_container
