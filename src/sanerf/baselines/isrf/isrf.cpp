#include "sanerf/baselines/isrf/isrf.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/baselines/object_masks.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/system_info.h"
#include "sanerf/mask_decoder/per_view_decoder.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::baselines {
namespace {

struct Places {
  std::vector<Vec3> on_object, beside;
};
Places PlacesOf(const std::vector<mask_decoder::LiftedPoint>& points) {
  Places places;
  for (const mask_decoder::LiftedPoint& point : points)
    (point.label == 1 ? places.on_object : places.beside).push_back(point.p_file);
  return places;
}

}  // namespace

// Maps of all views, as they are and reduced; rays with the four samples or so that carry light; the features of voxels
// on surfaces, some six sheets of the grid's side squared or one per sample, twice, and with gradients and moments
// where steps follow.
double IsrfBytes(const IsrfOptions& options, size_t num_views, int channels, int side, int cells_per_axis) {
  constexpr double kFloat = 4, kSamples = 4, kSheets = 6;
  const double maps = double(num_views) * side * side * kFloat * (channels + options.components);
  const double rays = double(num_views) * options.trace_size * options.trace_size * (24 + 2 * kSamples * 16);
  const double samples = double(num_views) * options.trace_size * options.trace_size * kSamples;
  const double rows =
      std::min(samples, kSheets * double(cells_per_axis) * cells_per_axis) * options.components * kFloat;
  return maps + rays + rows * (options.iters > 0 ? 5 : 2);
}

void Isrf::LiftFeaturesOnce(const Job& job) {
  if (grid_) return;
  CheckOptions(options_, "isrf");
  constexpr int kChannels = 256, kSide = 64;  // of SAM's main map
  const int cells_per_axis = options_.voxels * (input_.nerf.contracted() ? 2 : 1);
  CheckMemory("ISRF's features of " + Counted(int64_t(input_.views.size()), "view"),
              IsrfBytes(options_, input_.views.size(), kChannels, kSide, cells_per_axis),
              "use fewer voxels or components: --set isrf.voxels=100, --set isrf.components=32", job);
  const PatchMaps maps =
      MakePatchMaps(*input_.features, *input_.sam, input_.views, {options_.FeatureModel(), options_.components}, job);
  feature_name_ = maps.name;
  std::vector<Camera> cameras;
  for (const int v : input_.views) cameras.push_back(input_.scene->views[size_t(v)].camera);
  const TracedViews traced = TracedViews::Of(input_.nerf, cameras, options_.trace_size, job);
  auto grid = std::make_unique<FeatureGrid>(CellsOf(input_.nerf, traced.rays, options_.voxels), maps.channels);
  if (!traced.places.empty()) {
    FeatureGridTrainer(traced, maps.maps, options_, seed_, grid.get()).Run(job);
    grid->rows.Freeze();
  }
  grid_ = std::move(grid);
  const auto values = grid_->rows.values.span();
  voxel_features_.assign(values.begin(), values.end());
  if (options_.select.unit_voxels)
    for (size_t at = 0; at < voxel_features_.size(); at += size_t(grid_->channels))
      Normalize(&voxel_features_[at], grid_->channels);
  job.Detail(fmt::format("isrf: {} features of {}", Counted(int64_t(grid_->cells.size()), "voxel holds", "voxels hold"),
                         feature_name_));
}

std::vector<float> Isrf::FeaturesUnder(const std::vector<Stroke>& strokes, const Job& job) const {
  std::vector<nerf::Ray> rays;
  for (const Stroke& stroke : strokes) {
    const Camera camera = input_.features->WorkingCamera(stroke.view_idx).In(input_.nerf.model_from_file());
    for (const auto& [x, y] : stroke.pixels) rays.push_back(nerf::MakeRay(camera, Vec2(x + 0.5, y + 0.5)));
  }
  return RenderFeatures(*grid_, nerf::Trace(input_.nerf, rays, {}, job));
}

Picture Isrf::PictureOf(const std::map<int, ImageU8>& masks, const Job& job) const {
  Picture picture;
  for (const auto& [view_idx, mask] : masks) {
    const Camera camera = input_.features->WorkingCamera(view_idx)
                              .ResizedToLongest(options_.trace_size)
                              .In(input_.nerf.model_from_file());
    const std::vector<nerf::Ray> rays = nerf::RaysOf(camera, {0, 0, camera.width, camera.height});
    picture.Add(grid_->cells, nerf::Trace(input_.nerf, rays, {}, job),
                ResizeNearest(mask, camera.width, camera.height));
  }
  return picture;
}

void Isrf::Fit(const mask_decoder::Prompts& prompts, const Job& job) {
  LiftFeaturesOnce(job);
  const Voxels voxels{grid_->cells, voxel_features_, grid_->channels};
  regions_.clear();
  for (const mask_decoder::ObjectPrompt& object : prompts.objects) {
    const mask_decoder::PerViewDecoder decoder(object, input_.ForDecoding(masks_), job);
    const auto [on_object, beside] = PlacesOf(decoder.points());
    const mask_decoder::DepthTolerance tolerance = mask_decoder::ToleranceOf(masks_, input_.nerf.model_from_file());
    const StrokeContext context{*input_.features, tolerance, options_};
    const std::vector<int> views = ViewsForStrokes(on_object, input_.views, context, job);
    if (views.empty())
      throw Error(fmt::format("object '{}' has no stroke", object.name),
                  "no training view sees one of its positive points", "give points on visible surfaces, or clicks");
    std::map<int, ImageU8> masks;  // what a user sees the object to be
    for (const int view_idx : views)
      if (mask_decoder::ViewDecision decision = decoder.Decide(view_idx, job); decision.used)
        masks[view_idx] = std::move(decision.mask);
    const auto features_under = [&](const std::vector<Vec3>& places, bool is_on_object) {
      std::vector<Stroke> strokes = DrawStrokes(places, views, context, job);
      for (Stroke& stroke : strokes)
        if (const auto mask = masks.find(stroke.view_idx); mask != masks.end())
          stroke = KeptBy(mask->second, is_on_object, std::move(stroke));
      return FeaturesUnder(strokes, job);
    };
    const UserInput input{features_under(on_object, true), features_under(beside, false), PictureOf(masks, job)};
    SelectedRegion region = SelectRegion(voxels, input, options_.select, seed_, job);
    job.Detail(
        fmt::format("isrf: {}: {}; closer than {:.2f} and {}, without those closer than {:.2f} and {}; like the object "
                    "in {}: {:.3f}",
                    object.name, Counted(int64_t(CountSelected(region.mask)), "voxel"), region.threshold,
                    Counted(region.rings, "ring"), region.negative_threshold, Counted(region.negative_rings, "ring"),
                    Counted(int64_t(masks.size()), "view"), region.likeness));
    regions_.push_back(std::move(region.mask));
  }
}

std::vector<ImageU8> Isrf::MasksFor(int view_idx, const Job& job) {
  const auto add = [&](const float* position, float weight, float* sums) {
    for (const CellWeight& corner : TrilinearWeights(grid_->cells, position, weight))
      for (size_t o = 0; o < regions_.size(); ++o)
        if (regions_[o][corner.cell] != 0) sums[o] += corner.weight;
  };
  return MasksOfVoxels(input_.nerf, input_.scene->views.at(size_t(view_idx)).camera,
                       {regions_.size(), nerf::kMinSampleWeight, /*threshold=*/0.5f, add}, job);
}

}  // namespace sanerf::baselines
