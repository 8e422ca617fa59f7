// Rays and the few samples that matter: all that a stage on frozen geometry needs. Where a trained field absorbs light
// does not change any more, so rays are traced once (trace.h), and votes, pools, feature rays and point clouds work on
// this table alone.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sanerf/nerf/field.h"

namespace sanerf::nerf {

// Samples that carry no more of a ray's light than this are left out by the stages on frozen geometry, in training and
// rendering alike.
inline constexpr float kMinSampleWeight = 0.01f;
// And what is no more than this adds nothing to be seen to a ray's color.
inline constexpr float kVisibleWeight = 1e-3f;

// Which columns a table has beside first, unit and weight.
struct TraceRequest {
  float min_weight = kMinSampleWeight;  // samples with at most this weight are left out
  bool rays = false;                    // origin, direction, z_per_t
  bool opacity = false;                 // opacity, median_t
  bool distances = false;               // t, dt
  bool geometry = false;
  bool color = false;
  std::string title = {};  // of the task that is reported; empty: none
};

// One vector per column; those that were not asked for are empty.
struct TracedRays {
  using Vec3f = std::array<float, 3>;
  using Geometry = std::array<float, RadianceField::kGeometry>;

  // By ray. The samples of ray r are first[r] to first[r + 1] - 1, front to back.
  std::vector<int64_t> first = {0};      // one more than rays
  std::vector<Vec3f> origin, direction;  // model frame, unit direction
  std::vector<float> time;               // of fields over time, always; empty otherwise
  std::vector<float> z_per_t;            // z-depth (model units) per unit of the ray parameter
  std::vector<float> opacity;            // [0, 1], of all samples, those left out too
  std::vector<float> median_t;           // ray parameter where half of the light is absorbed; 0 where opacity < 0.5

  // By sample.
  std::vector<Vec3f> unit;         // position in the unit cube of the field's grid (RadianceField::ToUnit)
  std::vector<float> weight;       // share of the ray's light, w of the paper's Eq. 1
  std::vector<float> t, dt;        // ray parameter of the middle of its step, and the step's length
  std::vector<Geometry> geometry;  // outputs of the density network
  std::vector<Vec3f> color;        // sRGB-encoded [0, 1], as seen along the ray

  int64_t num_rays() const { return int64_t(first.size()) - 1; }
  int64_t num_samples() const { return int64_t(weight.size()); }
  int64_t NumSamples(int64_t ray) const { return first[size_t(ray) + 1] - first[size_t(ray)]; }

  void Append(const TracedRays& other);  // with the same columns
  // Without the samples of at most this weight, as if they had not been traced.
  void DropSamples(float min_weight);
  // Without the rays behind the first num_rays.
  void Truncate(int64_t num_rays);
  // Without the rays that met nothing; returns which ones are left.
  std::vector<int64_t> DropEmptyRays();
};

}  // namespace sanerf::nerf
