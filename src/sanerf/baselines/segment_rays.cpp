#include "sanerf/baselines/segment_rays.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "sanerf/baselines/segment_image.h"
#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/random.h"
#include "sanerf/core/system_info.h"
#include "sanerf/nn/hash_grid.h"

namespace sanerf::baselines {

using segmentation::FoundMask;

namespace {

constexpr int kMinRaysOfSegment = 16;
constexpr float kMinOpacity = 0.5f;

// One view's segments on their way to rays.
struct LabeledView {
  Camera camera;
  SegmentImage image;
  int first_segment = 0;  // number of its first segment among those of all views
};

std::vector<LabeledView> LabelViews(const segmentation::SegmentationInput& input, const std::vector<FoundMask>& masks,
                                    const LiftOptions& options, const Job& job) {
  std::map<int, std::vector<const FoundMask*>> masks_of;
  for (const FoundMask& mask : masks) {
    SANERF_CHECK(std::find(input.views.begin(), input.views.end(), mask.view_idx) != input.views.end());
    masks_of[mask.view_idx].push_back(&mask);
  }
  std::vector<LabeledView> views;
  int num_segments = 0;
  for (const auto& [view_idx, of_view] : masks_of) {
    const Camera camera = input.features->WorkingCamera(view_idx);
    SANERF_CHECK(of_view[0]->mask.width() == camera.width && of_view[0]->mask.height() == camera.height);
    const int64_t min_pixels = std::max<int64_t>(1, std::llround(options.min_area * camera.width * camera.height));
    views.push_back({camera, FlattenMasks(of_view, options.on_top, min_pixels), num_segments});
    num_segments += int(views.back().image.confidence.size());
  }
  if (num_segments == 0)
    throw Error("there is no segment to lift",
                fmt::format("{} in {}, none large enough", Counted(int64_t(masks.size()), "automatic mask"),
                            Counted(int64_t(views.size()), "view")),
                "search more views or more points: --set auto.max_views=0 --set auto.grid=24");
  job.Info(fmt::format("{} in {}", Counted(num_segments, "segment"), Counted(int64_t(views.size()), "view")));
  return views;
}

// Pixels of the view's segments, `count` in all: of each in proportion to its area, but not fewer than a few.
std::vector<int> DrawPixels(const SegmentImage& image, int count, Random random) {
  std::vector<std::vector<int>> pixels(image.confidence.size());
  int64_t labeled = 0;
  for (size_t i = 0; i < image.segments.data.size(); ++i) {
    if (image.segments.data[i] == 0) continue;
    pixels[size_t(image.segments.data[i] - 1)].push_back(int(i));
    ++labeled;
  }
  std::vector<int> drawn;
  for (std::vector<int>& of_segment : pixels) {
    const int share = int(double(count) * double(of_segment.size()) / double(labeled));
    const std::vector<int> chosen = DrawFrom(std::move(of_segment), std::max(share, kMinRaysOfSegment), &random);
    drawn.insert(drawn.end(), chosen.begin(), chosen.end());
  }
  return drawn;
}

float Opacity(const nerf::TracedRays& rays, size_t ray) {
  float opacity = 0;
  for (int64_t s = rays.first[ray]; s < rays.first[ray + 1]; ++s) opacity += rays.weight[size_t(s)];
  return opacity;
}

}  // namespace

SegmentRays TraceSegments(const segmentation::SegmentationInput& input, const std::vector<FoundMask>& masks,
                          const LiftOptions& options, uint64_t seed, const Job& job) {
  const std::vector<LabeledView> views = LabelViews(input, masks, options, job);
  std::vector<Camera> cameras;
  std::vector<std::vector<int>> pixels;
  for (size_t v = 0; v < views.size(); ++v) {
    cameras.push_back(views[v].camera);
    pixels.push_back(DrawPixels(views[v].image, options.pool_rays / int(views.size()), Random(seed, v)));
  }
  SegmentRays result;
  result.pool = mask_aggregator::TracePixels(input.nerf, cameras, pixels, job);

  std::vector<SegmentRays::Segment> segments;
  for (const LabeledView& view : views)
    for (const float confidence : view.image.confidence) segments.push_back({confidence, {}});
  std::vector<std::vector<int>> rays_of_view(views.size());
  for (size_t r = 0; r < result.pool.pixels.size(); ++r) {
    if (Opacity(result.pool.rays, r) < kMinOpacity) continue;
    const auto [v, x, y] = result.pool.pixels[r];
    const LabeledView& view = views[size_t(v)];
    segments[size_t(view.first_segment + view.image.segments.At(x, y) - 1)].rays.push_back(int(r));
    rays_of_view[size_t(v)].push_back(int(r));
  }
  // Segments and views whose rays all met nothing go.
  result.segment_of.assign(result.pool.pixels.size(), -1);
  for (SegmentRays::Segment& segment : segments) {
    if (segment.rays.empty()) continue;
    for (const int ray : segment.rays) result.segment_of[size_t(ray)] = int(result.segments.size());
    result.segments.push_back(std::move(segment));
  }
  for (std::vector<int>& rays : rays_of_view)
    if (!rays.empty()) result.views.push_back(std::move(rays));
  if (result.segments.empty())
    throw Error("the segments' rays meet no surface", "the radiance field is empty where the masks are",
                "look at the renders: sanerf render RUN --views train");
  return result;
}

// Rays twice while they are put together, with the lists of each view and segment and their outputs; the table with
// gradients, moments, and twice more where a second field follows the first.
double LiftBytes(const LiftOptions& options, int num_outputs, double samples_per_ray) {
  constexpr double kFloat = 4, kLists = 3 * sizeof(int), kTables = 6;
  const double ray = 2 * mask_aggregator::PoolRayBytes(samples_per_ray) + kLists + kFloat * num_outputs;
  const double table = double(nn::NumTableValues(mask_aggregator::GridOptionsOf(options.field)));
  return ray * options.pool_rays + kTables * kFloat * table;
}

void CheckLiftMemory(const std::string& stage, const LiftOptions& options, int num_outputs,
                     const segmentation::SegmentationInput& input, const Job& job) {
  std::vector<Camera> cameras;
  for (const int view : input.views) cameras.push_back(input.scene->views.at(size_t(view)).camera);
  CheckMemory("the rays and the field of " + stage,
              LiftBytes(options, num_outputs, mask_aggregator::SamplesPerRay(input.nerf, cameras, job)),
              fmt::format("take fewer: --set {0}.pool_rays=65536, --set {0}.log2_table=14", stage), job);
}

std::vector<int> SegmentRays::AllRays() const {
  std::vector<int> all;
  for (const std::vector<int>& rays : views) all.insert(all.end(), rays.begin(), rays.end());
  return all;
}

std::vector<int> NumberSegments(const SegmentRays& rays, const std::vector<int>& chosen, int* num_segments) {
  std::map<int, int> number_of;
  std::vector<int> numbers;
  for (const int ray : chosen)
    numbers.push_back(number_of.try_emplace(rays.segment_of[size_t(ray)], int(number_of.size())).first->second);
  *num_segments = int(number_of.size());
  return numbers;
}

}  // namespace sanerf::baselines
