#include "sanerf/feature_container/feature_rays.h"

#include <algorithm>

#include "sanerf/core/check.h"
#include "sanerf/kernels/isa.h"

namespace sanerf {

using kernels::kTile;

namespace {

constexpr int kGeometry = RadianceField::kGeometry;
// Places in FeatureRays::inputs.
constexpr int kDirectionAt = kGeometry, kColourAt = kDirectionAt + 16, kNearnessAt = kColourAt + 3,
              kOpacityAt = kNearnessAt + 1;
static_assert(kOpacityAt + 1 == FeatureRays::kInputs);

}  // namespace

void FeatureRays::Append(const FeatureRays& other) {
  const int64_t before = int64_t(samples.size());
  for (size_t i = 1; i < other.first.size(); ++i) first.push_back(before + other.first[i]);
  samples.insert(samples.end(), other.samples.begin(), other.samples.end());
  inputs.insert(inputs.end(), other.inputs.begin(), other.inputs.end());
  geometry.insert(geometry.end(), other.geometry.begin(), other.geometry.end());
}

FeatureRays FeatureRayTracer::Trace(const std::vector<Ray>& rays, bool keep_geometry) {
  FeatureRays out;
  out.inputs.assign(rays.size() * FeatureRays::kInputs, 0);
  ForEachRaySamples(tracer_, rays, [&](size_t i, const std::vector<int>& slots) {
    float* inputs = &out.inputs[i * FeatureRays::kInputs];
    float opacity = 0, depth = 0;
    for (const int slot : slots) opacity += tracer_.weights()[slot];
    for (const int slot : slots) {
      const RaySample sample = SampleInSlot(tracer_, slot);
      const float weight = sample.weight / opacity;
      out.samples.push_back({{sample.unit[0], sample.unit[1], sample.unit[2]}, weight});
      out.geometry.insert(out.geometry.end(), sample.geometry, sample.geometry + kGeometry);
      for (int c = 0; c < kGeometry; ++c) inputs[c] += weight * sample.geometry[c];
      depth += weight * tracer_.t()[slot] * rays[i].z_per_t;
    }
    // A depth itself has no bound in open scenes and would drown the other inputs.
    inputs[kNearnessAt] = slots.empty() ? 0 : 1 / (1 + depth);
    inputs[kOpacityAt] = std::min(1.0f, opacity);
    out.first.push_back(int64_t(out.samples.size()));
  });
  AddDirections(rays, &out);
  AddColours(&out);
  if (!keep_geometry) out.geometry.clear();
  return out;
}

void FeatureRayTracer::AddDirections(const std::vector<Ray>& rays, FeatureRays* out) {
  Buffer directions(3 * kTile), harmonics(16 * kTile);
  for (size_t begin = 0; begin < rays.size(); begin += kTile) {
    const size_t count = std::min(size_t{kTile}, rays.size() - begin);
    for (size_t i = 0; i < count; ++i)
      for (int a = 0; a < 3; ++a) directions[a * kTile + int64_t(i)] = rays[begin + i].direction[a];
    kernels::Kernels().spherical_harmonics(directions.data(), 1, harmonics.data());
    for (size_t i = 0; i < count; ++i)
      for (int c = 0; c < 16; ++c)
        out->inputs[(begin + i) * FeatureRays::kInputs + size_t(kDirectionAt + c)] = harmonics[c * kTile + int64_t(i)];
  }
}

// The colours of the samples that were kept, over the model's background.
void FeatureRayTracer::AddColours(FeatureRays* out) {
  constexpr int kIn = RadianceField::kColourInputs;
  const int64_t num_samples = int64_t(out->samples.size()), n = kernels::NumTiles(num_samples);
  const Mlp& colour = nerf_.field().colour;
  colour_in_.Reserve(n * kIn * kTile);
  hidden_.Reserve(n * colour.shape().HiddenWidth() * kTile);
  rgb_.Reserve(n * 3 * kTile);
  colour_in_.Fill(0);
  for (int64_t ray = 0; ray < out->size(); ++ray) {
    const float* direction = &out->inputs[size_t(ray * FeatureRays::kInputs + kDirectionAt)];
    for (int64_t s = out->first[size_t(ray)]; s < out->first[size_t(ray) + 1]; ++s) {
      float* in = &colour_in_[s / kTile * kIn * kTile + s % kTile];
      for (int c = 0; c < kGeometry; ++c) in[c * kTile] = out->geometry[size_t(s * kGeometry + c)];
      for (int c = 0; c < 16; ++c) in[(kGeometry + c) * kTile] = direction[c];
    }
  }
  colour.Forward(colour_in_.data(), n, hidden_.data(), rgb_.data());
  kernels::Kernels().sigmoid(rgb_.data(), n * 3 * kTile, rgb_.data());
  for (int64_t ray = 0; ray < out->size(); ++ray) {
    float* inputs = &out->inputs[size_t(ray * FeatureRays::kInputs)];
    for (int c = 0; c < 3; ++c) {
      float sum = 0;
      for (int64_t s = out->first[size_t(ray)]; s < out->first[size_t(ray) + 1]; ++s)
        sum += out->samples[size_t(s)].weight * rgb_[(s / kTile * 3 + c) * kTile + s % kTile];
      inputs[kColourAt + c] = inputs[kOpacityAt] * sum + (1 - inputs[kOpacityAt]) * nerf_.background()[c];
    }
  }
}

MapRays RaysOfMap(const SamFrame& frame, int side, const Camera& model_camera) {
  SANERF_CHECK_EQ(frame.width, model_camera.width);
  SANERF_CHECK_EQ(frame.height, model_camera.height);
  MapRays map;
  const double cell = double(kSamSize) / side;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const auto [px, py] = frame.ToPixel((x + 0.5) * cell, (y + 0.5) * cell);
      if (px >= frame.width || py >= frame.height) continue;  // padding
      map.cells.push_back(y * side + x);
      map.rays.push_back(MakeRay(model_camera, Vec2(px, py)));
    }
  }
  return map;
}

}  // namespace sanerf
