#include "sanerf/baselines/isrf/patch_maps.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>

#include "sanerf/baselines/isrf/patch_features.h"
#include "sanerf/baselines/isrf/principal_components.h"
#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/feature_container/half.h"

namespace sanerf::baselines {

using models::Tensor;

namespace {

constexpr size_t kGroup = 8;  // views whose sums are in memory together

// A view's patches before the reduction, in half precision: all views are in memory.
struct RawPatches {
  PatchMap shape;  // without values
  std::vector<uint16_t> halves;

  RowMatrix Rows() const {
    RowMatrix rows(int64_t(shape.cols) * shape.rows, shape.channels);
    feature_container::FloatFromHalf(halves.data(), halves.size(), rows.data());
    return rows;
  }
};

// map: [1, channels, rows, cols], of which the photo covers a part.
RawPatches Crop(const Tensor& map, double covered_x, double covered_y) {
  const auto on_photo = [](double covered, int64_t size) {
    return std::clamp(int(std::ceil(covered * double(size) - 0.5)), 1, int(size));
  };
  RawPatches raw;
  const int64_t rows = map.shape[2], cols = map.shape[3];
  raw.shape.channels = int(map.shape[1]);
  raw.shape.photo_cols = covered_x * double(cols);
  raw.shape.photo_rows = covered_y * double(rows);
  raw.shape.cols = on_photo(covered_x, cols);
  raw.shape.rows = on_photo(covered_y, rows);
  std::vector<float> pixel(size_t(raw.shape.channels));
  for (int y = 0; y < raw.shape.rows; ++y) {
    for (int x = 0; x < raw.shape.cols; ++x) {
      for (size_t c = 0; c < pixel.size(); ++c)
        pixel[c] = map.data[(c * size_t(rows) + size_t(y)) * size_t(cols) + size_t(x)];
      raw.halves.resize(raw.halves.size() + pixel.size());
      feature_container::HalfFromFloat(pixel.data(), pixel.size(), &raw.halves[raw.halves.size() - pixel.size()]);
    }
  }
  return raw;
}

// The map of lowest resolution: what SAM's mask decoder reads as the image. HQ-SAM's intermediate ones have five axes.
const Tensor& MainMap(const sam::SamFeatures& features) {
  const Tensor* main = nullptr;
  for (const Tensor& map : features.maps)
    if (map.shape.size() == 4 && map.shape[0] == 1 && (main == nullptr || map.shape[2] < main->shape[2])) main = &map;
  SANERF_CHECK(main != nullptr);
  return *main;
}

RawPatches SamPatches(const feature_container::FeatureContainer& container, const sam::Sam& sam, int view_idx,
                      const Job& job) {
  const std::shared_ptr<const sam::SamFeatures> features = container.Features(view_idx, job);
  const sam::SamFrame frame = sam.FrameOf(features->image_width, features->image_height);
  return Crop(MainMap(*features), double(frame.inner_width) / sam::kSamSize,
              double(frame.inner_height) / sam::kSamSize);
}

// read(i) -> patches of view i; parallel where the reader is not.
std::vector<RawPatches> ReadAll(size_t num_views, bool in_parallel, const std::function<RawPatches(size_t)>& read,
                                const Job& job) {
  std::vector<RawPatches> all(num_views);
  Task task(job, "read features", int64_t(num_views), "views");
  std::atomic<int64_t> done = 0;
  const auto read_one = [&](int64_t i) {
    if (job.stop_requested()) return;
    all[size_t(i)] = read(size_t(i));
    task.Update(++done);
  };
  if (in_parallel) {
    ParallelFor(int64_t(num_views), read_one);
  } else {
    for (size_t i = 0; i < num_views; ++i) read_one(int64_t(i));
  }
  if (job.stop_requested())
    throw InterruptedError("reading of the features interrupted", "nothing was written", "run the command again");
  return all;
}

PrincipalComponents ComponentsOf(const std::vector<RawPatches>& all, int components) {
  MomentSums sums;
  for (size_t begin = 0; begin < all.size(); begin += kGroup) {
    std::vector<MomentSums> parts(std::min(kGroup, all.size() - begin));
    ParallelFor(int64_t(parts.size()),
                [&](int64_t i) { parts[size_t(i)] = MomentSums::Of(all[begin + size_t(i)].Rows()); });
    for (const MomentSums& part : parts) sums.Add(part);
  }
  return PrincipalComponents::Of(sums, components);
}

PatchMap Reduce(const RawPatches& raw, const PrincipalComponents& components) {
  PatchMap map = raw.shape;
  const RowMatrix reduced = components.Project(raw.Rows());
  map.channels = int(reduced.cols());
  map.values.assign(reduced.data(), reduced.data() + reduced.size());
  for (int64_t i = 0; i < reduced.rows(); ++i) Normalize(&map.values[size_t(i * map.channels)], map.channels);
  return map;
}

}  // namespace

void Normalize(float* feature, int channels) {
  float squares = 0;
  for (int c = 0; c < channels; ++c) squares += feature[c] * feature[c];
  if (!(squares > 1e-12f)) return;
  const float scale = 1 / std::sqrt(squares);
  for (int c = 0; c < channels; ++c) feature[c] *= scale;
}

void PatchMap::At(double x, double y, float* feature) const {
  const double u = std::clamp(x * photo_cols - 0.5, 0.0, double(cols - 1));
  const double v = std::clamp(y * photo_rows - 0.5, 0.0, double(rows - 1));
  const int x0 = int(u), y0 = int(v), x1 = std::min(x0 + 1, cols - 1), y1 = std::min(y0 + 1, rows - 1);
  const auto patch = [&](int col, int row) {
    return &values[(size_t(row) * size_t(cols) + size_t(col)) * size_t(channels)];
  };
  const float *a = patch(x0, y0), *b = patch(x1, y0), *c = patch(x0, y1), *d = patch(x1, y1);
  const float fx = float(u - x0), fy = float(v - y0);
  for (int i = 0; i < channels; ++i)
    feature[i] = (1 - fy) * ((1 - fx) * a[i] + fx * b[i]) + fy * ((1 - fx) * c[i] + fx * d[i]);
  Normalize(feature, channels);
}

PatchMaps MakePatchMaps(const feature_container::FeatureContainer& container, const sam::Sam& sam,
                        const std::vector<int>& views, const PatchMapOptions& options, const Job& job) {
  SANERF_CHECK_GE(options.components, 1);
  PatchMaps result;
  std::vector<RawPatches> all;
  if (!options.model) {
    result.name = sam.name();
    all = ReadAll(
        views.size(), true, [&](size_t i) { return SamPatches(container, sam, views[i], job); }, job);
  } else {
    const PatchFeatures model(*options.model, job);  // its runs use all threads
    result.name = model.name();
    all = ReadAll(
        views.size(), false, [&](size_t i) { return Crop(model.Encode(container.Rgb(views[i], job), job), 1, 1); },
        job);
  }
  SANERF_CHECK(!all.empty());
  const PrincipalComponents reduction = ComponentsOf(all, options.components);
  result.channels = int(reduction.axes.cols());
  result.maps.resize(all.size());
  ParallelFor(int64_t(all.size()), [&](int64_t i) {
    result.maps[size_t(i)] = Reduce(all[size_t(i)], reduction);
    all[size_t(i)] = RawPatches();
  });
  return result;
}

}  // namespace sanerf::baselines
