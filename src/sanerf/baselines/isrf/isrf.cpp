#include "sanerf/baselines/isrf/isrf.h"

#include <fmt/format.h>

#include "sanerf/baselines/isrf/strokes.h"
#include "sanerf/baselines/sam_per_view/sam_per_view.h"
#include "sanerf/baselines/voxel_masks.h"
#include "sanerf/core/error.h"
#include "sanerf/core/log.h"
#include "sanerf/mask_decoder/decoder.h"

namespace sanerf {

void Isrf::LiftFeaturesOnce() {
  if (grid_) return;
  const PatchMaps maps =
      MakePatchMaps(input_.features, input_.sam, input_.views, options_.features, options_.components);
  feature_name_ = maps.name;
  std::vector<Camera> cameras;
  for (const int v : input_.views) cameras.push_back(input_.scene.views[size_t(v)].camera);
  const TracedViews traced = TracedViews::Of(input_.nerf, cameras, options_.trace_size);
  grid_ = std::make_unique<FeatureGrid>(LiftFeatures(input_.nerf, traced, maps, options_, input_.seed));
  const auto values = grid_->rows.values.span();
  voxel_features_.assign(values.begin(), values.end());
  if (options_.select.unit_voxels)
    for (size_t at = 0; at < voxel_features_.size(); at += size_t(grid_->channels))
      Normalize(&voxel_features_[at], grid_->channels);
  LogDetail("isrf: {} voxels hold features of {}", grid_->cells.size(), feature_name_);
}

StrokePixels Isrf::PixelsUnder(const std::vector<LiftedPoint>& points, int label) const {
  std::vector<Vec3> places;
  for (const LiftedPoint& point : points)
    if (point.label == label) places.push_back(point.p_file);
  const DepthTolerance tolerance = ToleranceOf(MaskDecoderOptions(), input_.nerf.model_from_file());
  std::vector<Ray> rays;
  for (const Stroke& stroke : DrawStrokes(places, input_.features, input_.views, tolerance, options_)) {
    const Camera camera = input_.features.WorkingCamera(stroke.view_idx).In(input_.nerf.model_from_file());
    for (const auto& [x, y] : stroke.pixels) rays.push_back(MakeRay(camera, Vec2(x + 0.5, y + 0.5)));
  }
  StrokePixels pixels;
  const TracedRays traced = TraceRays(input_.nerf, rays);
  pixels.features = RenderFeatures(*grid_, traced);
  for (int64_t r = 0; r < traced.size(); ++r) {
    for (int64_t s = traced.first[size_t(r)]; s < traced.first[size_t(r) + 1]; ++s)
      AddTouches(grid_->cells, traced.samples[size_t(s)].unit, traced.samples[size_t(s)].weight, &pixels.touches);
    pixels.first.push_back(pixels.touches.size());
  }
  return pixels;
}

void Isrf::Fit(const Prompts& prompts) {
  LiftFeaturesOnce();
  const Voxels voxels{grid_->cells, voxel_features_, grid_->channels};
  regions_.clear();
  for (const ObjectPrompt& object : prompts.objects) {
    const std::vector<LiftedPoint> points =
        PointsOnObject(object, input_.scene, input_.features, input_.sam, input_.nerf.model_from_file(), {});
    const Strokes strokes{PixelsUnder(points, 1), PixelsUnder(points, 0)};
    if (strokes.positive.features.empty())
      throw Error(fmt::format("object '{}' has no stroke", object.name),
                  "no training view sees one of its positive points", "give points on visible surfaces, or clicks");
    SelectedRegion region = SelectRegion(voxels, strokes, options_.select, input_.seed);
    LogDetail("isrf: {}: {} voxels closer than {:.3f}, {} after growing", object.name, region.confident,
              region.threshold, CountSelected(region.mask));
    regions_.push_back(std::move(region.mask));
  }
}

std::vector<ImageU8> Isrf::MasksFor(int view_idx) {
  return MasksOfVoxels(input_.nerf, input_.scene.views.at(size_t(view_idx)).camera, regions_.size(), kMinSampleWeight,
                       /*threshold=*/0.5f, [&](const float* position, float weight, float* sums) {
                         for (const Touch& touch : TouchesOf(grid_->cells, position, kernels::kTile, weight))
                           for (size_t o = 0; o < regions_.size(); ++o)
                             if (regions_[o][touch.cell] != 0) sums[o] += touch.share;
                       });
}

}  // namespace sanerf
