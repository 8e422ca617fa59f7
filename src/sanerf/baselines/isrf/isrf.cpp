#include "sanerf/baselines/isrf/isrf.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/baselines/isrf/strokes.h"
#include "sanerf/baselines/sam_per_view/sam_per_view.h"
#include "sanerf/core/error.h"
#include "sanerf/core/log.h"
#include "sanerf/mask_decoder/decoder.h"
#include "sanerf/nerf/block_tracer.h"

namespace sanerf {

using kernels::kTile;

namespace {

// The masks of one block of pixels.
class BlockMasks {
 public:
  BlockMasks(const NerfModel& nerf, const CellIndex& cells, const std::vector<VoxelMask>& regions,
             const Camera& model_camera, std::vector<ImageU8>* masks)
      : cells_(cells), regions_(regions), camera_(model_camera), masks_(masks), tracer_(nerf, kMinSampleWeight) {}

  void Render(const PixelBlock& block) {
    tracer_.Begin(RaysOf(camera_, block));
    light_.assign(tracer_.num_rays() * regions_.size(), 0.0f);
    while (tracer_.NextWave()) AddLight();
    const float* light = light_.data();
    for (int y = block.y0; y < block.y1; ++y)
      for (int x = block.x0; x < block.x1; ++x)
        for (ImageU8& mask : *masks_) mask.At(x, y) = *light++ > 0.5f ? 255 : 0;
  }

 private:
  void AddLight() {
    if (tracer_.num_tiles() == 0) return;
    positions_.Reserve(tracer_.num_tiles() * 3 * kTile);
    tracer_.Gather(tracer_.tracer().positions(), 3, 3, positions_.data());
    tracer_.ForEachVisible([&](int64_t i, int ray, float weight) {
      float unit[3];
      for (int a = 0; a < 3; ++a) unit[a] = positions_[(i / kTile * 3 + a) * kTile + i % kTile];
      touches_.clear();
      AddTouches(cells_, unit, weight, &touches_);
      for (const Touch& touch : touches_)
        for (size_t o = 0; o < regions_.size(); ++o)
          if (regions_[o][touch.cell] != 0) light_[size_t(ray) * regions_.size() + o] += touch.share;
    });
  }

  const CellIndex& cells_;
  const std::vector<VoxelMask>& regions_;
  const Camera& camera_;
  std::vector<ImageU8>* masks_;
  BlockTracer tracer_;
  std::vector<float> light_;  // [pixel of the block][object]
  std::vector<Touch> touches_;
  Buffer positions_;
};

}  // namespace

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

std::vector<LiftedPoint> Isrf::PointsOf(const ObjectPrompt& object) {
  std::vector<LiftedPoint> points = LiftPrompts(object, input_.scene, input_.features);
  const auto is_positive = [](const LiftedPoint& point) { return point.label == 1; };
  if (std::any_of(points.begin(), points.end(), is_positive)) return points;
  return DecodeMasks(object, input_.scene, input_.features, input_.sam, PromptedViews({{object}}, input_.scene),
                     input_.nerf.model_from_file(), MaskDecoderOptions())
      .points;
}

StrokePixels Isrf::PixelsUnder(const std::vector<LiftedPoint>& points, int label) const {
  std::vector<Vec3> places;
  for (const LiftedPoint& point : points)
    if (point.label == label) places.push_back(point.p_file);
  const MaskDecoderOptions visible;
  const DepthTolerance tolerance{visible.depth_tolerance / input_.nerf.model_from_file().scale,
                                 visible.relative_depth_tolerance};
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
    const std::vector<LiftedPoint> points = PointsOf(object);
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
  const Camera& photo = input_.scene.views.at(size_t(view_idx)).camera;
  const Camera camera = photo.In(input_.nerf.model_from_file());
  std::vector<ImageU8> masks(regions_.size(), ImageU8(camera.width, camera.height, 1));
  if (masks.empty()) return masks;
  ForEachBlock(camera.width, camera.height,
               [&] { return std::make_unique<BlockMasks>(input_.nerf, grid_->cells, regions_, camera, &masks); });
  return masks;
}

}  // namespace sanerf
