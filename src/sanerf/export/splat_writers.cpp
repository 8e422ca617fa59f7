#include "sanerf/export/splat_writers.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/export/far_coordinates.h"
#include "sanerf/export/spherical_harmonics.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

static_assert(std::endian::native == std::endian::little, "the formats are little endian");

constexpr float kSurest = 1 - 1e-6f;  // opacity whose logit is written at most
constexpr float kHarmonicOfAll = float(kHarmonic0);

// The bytes of one Gaussian after the other.
class SplatRecords {
 public:
  explicit SplatRecords(size_t bytes) { bytes_.reserve(bytes); }
  void Add(float value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    bytes_.append(bytes, sizeof bytes);
  }
  void AddByte(float value) { bytes_.push_back(char(uint8_t(std::lround(std::clamp(value, 0.0f, 255.0f))))); }
  void AddPosition(const Vec3& p) {
    for (int a = 0; a < 3; ++a) Add(float(p[a]));
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

std::string HeaderOf(const Splats& splats, const std::vector<NamedLabel>& names, const Vec3& offset) {
  std::string header =
      "ply\nformat binary_little_endian 1.0\ncomment 3D Gaussians by sanerf, in the data set's frame\n";
  if (offset != Vec3::Zero())
    header += fmt::format("comment offset {} {} {}: add it to x y z\n", offset.x(), offset.y(), offset.z());
  header += PlyCommentsOf(names);
  header += fmt::format("element vertex {}\n", splats.size());
  const auto property = [&](const std::string& name) { header += "property float " + name + "\n"; };
  for (const char* name : {"x", "y", "z", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2"}) property(name);
  for (int i = 0; i < 3 * (splats.num_functions() - 1); ++i) property(fmt::format("f_rest_{}", i));
  for (const char* name : {"opacity", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"})
    property(name);
  return header + "property uchar object_id\nend_header\n";
}

void CheckColumns(const Splats& splats) {
  const size_t n = splats.positions.size();
  SANERF_CHECK(n > 0 && splats.normals.size() == n && splats.scales.size() == n && splats.rotations.size() == n &&
               splats.opacities.size() == n && splats.labels.size() == n &&
               splats.colors.size() == n * size_t(3 * splats.num_functions()));
}

}  // namespace

SplatFile WriteSplatPly(const Splats& splats, const std::vector<NamedLabel>& names, const fs::path& path) {
  CheckColumns(splats);
  const Vec3 offset = OffsetOf(splats.Bounds());
  const size_t num_functions = size_t(splats.num_functions());
  SplatRecords records(splats.positions.size() * (4 * (14 + 3 * num_functions) + 1));
  for (size_t i = 0; i < splats.positions.size(); ++i) {
    records.AddPosition(splats.positions[i] - offset);
    for (const float n : splats.normals[i]) records.Add(n);
    const float* color = &splats.colors[i * 3 * num_functions];
    for (size_t c = 0; c < 3; ++c) records.Add(color[c]);
    for (size_t c = 0; c < 3; ++c)
      for (size_t k = 1; k < num_functions; ++k) records.Add(color[3 * k + c]);
    const float opacity = std::clamp(splats.opacities[i], 1 - kSurest, kSurest);
    records.Add(std::log(opacity / (1 - opacity)));
    for (const float scale : splats.scales[i]) records.Add(std::log(scale));
    for (const float q : splats.rotations[i]) records.Add(q);
    records.AddByte(splats.labels[i]);
  }
  WriteFileAtomic(path, HeaderOf(splats, names, offset) + records.bytes());
  return {{path}, offset};
}

SplatFile WriteAntimatterSplat(const Splats& splats, const fs::path& path) {
  CheckColumns(splats);
  const Vec3 offset = OffsetOf(splats.Bounds());
  std::vector<float> weight;
  for (size_t i = 0; i < splats.positions.size(); ++i) {
    const auto& s = splats.scales[i];
    weight.push_back(s[0] * s[1] * s[2] * splats.opacities[i]);
  }
  std::vector<size_t> order(weight.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return weight[a] > weight[b]; });
  constexpr size_t kRecord = 32;
  SplatRecords records(order.size() * kRecord);
  for (const size_t i : order) {
    records.AddPosition(splats.positions[i] - offset);
    for (const float scale : splats.scales[i]) records.Add(scale);
    const float* color = &splats.colors[i * size_t(3 * splats.num_functions())];
    for (size_t c = 0; c < 3; ++c) records.AddByte(255 * (0.5f + kHarmonicOfAll * color[c]));
    records.AddByte(255 * splats.opacities[i]);
    for (const float q : splats.rotations[i]) records.AddByte(128 * q + 128);
  }
  const fs::path beside = path.string() + ".json";
  if (offset == Vec3::Zero()) {
    WriteFileAtomic(path, records.bytes());
    RemoveFile(beside);  // of an earlier one
    return {{path}, offset};
  }
  WriteFileAtomic(beside, Json{{"offset", {offset.x(), offset.y(), offset.z()}},
                               {"meaning", "add offset to the positions of the .splat file beside this one"}}
                                  .dump(2) +
                              "\n");
  try {
    WriteFileAtomic(path, records.bytes());
  } catch (const Error&) {
    RemoveFile(beside);
    throw;
  }
  return {{path, beside}, offset};
}

}  // namespace sanerf::exports
