#include "sanerf/pipeline/render_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/npy.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/units.h"
#include "sanerf/export/layers.h"
#include "sanerf/export/matting.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/pipeline/camera_path.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/open_run.h"
#include "sanerf/run/output_place.h"

namespace fs = std::filesystem;

namespace sanerf::pipeline {
namespace {

constexpr std::array<const char*, 7> kLayerNames = {"rgb",     "depth",  "opacity", "mask",
                                                    "overlay", "cutout", "labels"};  // by Layer

bool ShowsObject(Layer layer) { return layer >= Layer::kMask; }

void CheckRequest(const RenderRequest& request) {
  if (request.layers.empty())
    throw UsageError("no layer to render", "", fmt::format("choose from {}", fmt::join(kLayerNames, ",")));
  for (const Layer layer : request.layers) {
    if (ShowsObject(layer) && request.object.empty()) {
      throw UsageError(fmt::format("layer '{}' shows an object", NameOf(layer)), "",
                       "name it: --object NAME (sanerf info RUN lists them)");
    }
  }
  CheckNumber("--downscale", request.downscale, kRenderDownscale);
  CheckNumber("--size", request.longest_side, kRenderSize);
}

// With the size of their pictures. What was made smaller without being asked for is said.
std::vector<NamedCamera> CamerasOf(const RenderRequest& request, const scene::Scene& scene, const Job& job) {
  std::vector<NamedCamera> cameras = CamerasFor(request.views, scene, request.frames);
  const int longest_side = IsCameraPath(request.views) ? 0 : request.longest_side;
  bool is_said = false;
  for (NamedCamera& named : cameras) {
    const Camera full = std::exchange(named.camera, Shrunk(named.camera, request.downscale, longest_side));
    if (is_said || std::max(full.width, full.height) <= longest_side || longest_side == 0) continue;
    is_said = true;
    job.Info(fmt::format("size   {}x{} instead of {}x{}; all pixels: --size 0", named.camera.width, named.camera.height,
                         full.width, full.height));
  }
  return cameras;
}

// The largest of the frames: they are rendered one after the other.
void CheckFrameMemory(const std::vector<NamedCamera>& cameras, const RenderRequest& request, const Job& job) {
  const bool has_cutout = std::count(request.layers.begin(), request.layers.end(), Layer::kCutout) > 0;
  double most = 0;
  int width = 0, height = 0;
  for (const NamedCamera& named : cameras) {
    const double bytes =
        FrameBytes(named.camera.width, named.camera.height, !request.object.empty(), has_cutout && !request.hard_edge);
    if (bytes <= most) continue;
    most = bytes;
    width = named.camera.width;
    height = named.camera.height;
  }
  CheckMemory(fmt::format("the layers of a frame of {}x{} pixels", width, height), most,
              "render smaller pictures: --downscale 2", job);
}

// Writes the layers of one view after the other.
class LayerWriter {
 public:
  LayerWriter(const RenderRequest& request, const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* field,
              int label, RenderResult* result)
      : request_(request), nerf_(nerf), field_(field), label_(label), result_(*result) {
    for (const Layer layer : request.layers) EnsureWritableFolder(result_.folder / NameOf(layer));
  }

  // Tells `task`, which counts views, how far this one is.
  void Write(const NamedCamera& view, Task* task, const Job& job) {
    const Camera& camera = view.camera;
    const double num_pixels = double(camera.width) * camera.height;
    int64_t num_done = 0;
    const auto say_done = [&](const nerf::RenderedBlock& block) {
      num_done += int64_t(block.width) * block.height;
      task->Update(result_.num_views, fmt::format("colors {:.0f}%", 100.0 * double(num_done) / num_pixels));
    };
    const bool needs_radiance =
        std::any_of(request_.layers.begin(), request_.layers.end(), [](Layer layer) { return layer != Layer::kMask; });
    const nerf::RenderedView radiance = needs_radiance ? nerf_.Render(camera, say_done, job) : nerf::RenderedView{};
    ImageU8 labels, mask;
    ImageF probability;
    if (field_ != nullptr) {
      task->Update(result_.num_views, "mask");
      const mask_aggregator::SegmentedView segmented = field_->Render(camera, label_, job);
      labels = segmented.labels;
      mask = MaskOfLabel(labels, label_);
      probability = segmented.probability;
    }
    for (const Layer layer : request_.layers) {
      switch (layer) {
        case Layer::kRgb:
          Save(layer, view.name, ToU8(radiance.rgb), &radiance.rgb);
          break;
        case Layer::kDepth:
          Save(layer, view.name, ColorizeDepth(radiance.depth), &radiance.depth);
          break;
        case Layer::kOpacity:
          Save(layer, view.name, ToU8(radiance.opacity), &radiance.opacity);
          break;
        case Layer::kMask:
          Save(layer, view.name, mask, &probability);
          break;
        case Layer::kOverlay:
          Save(layer, view.name, exports::Overlay(radiance.rgb, mask), nullptr);
          break;
        case Layer::kCutout:
          Save(layer, view.name,
               request_.hard_edge ? exports::Cutout(radiance.rgb, ToFloat(mask))
                                  : SoftCutout(camera, radiance.rgb, labels, task, job),
               nullptr);
          break;
        case Layer::kLabels:
          Save(layer, view.name, exports::LabelOverlay(radiance.rgb, labels), nullptr);
          break;
      }
    }
  }

 private:
  ImageU8 SoftCutout(const Camera& camera, const ImageF& rgb, const ImageU8& labels, Task* task, const Job& job) const {
    const auto say = [&](const std::string& part) { task->Update(result_.num_views, "cut-out: " + part); };
    say("coverage");
    const exports::Matte matte = exports::MatteOf(rgb, field_->Coverage(camera, labels, label_, job), job, say);
    return exports::Cutout(matte.foreground, matte.alpha);
  }

  void Save(Layer layer, const std::string& name, const ImageU8& picture, const ImageF* values) {
    const fs::path base = result_.folder / NameOf(layer) / name;
    result_.files.push_back(base.string() + ".png");
    WritePng(result_.files.back(), picture);
    if (!request_.arrays || values == nullptr) return;
    std::vector<int64_t> shape = {values->height, values->width};
    if (values->channels > 1) shape.push_back(values->channels);
    result_.files.push_back(base.string() + ".npy");
    WriteNpy(result_.files.back(), shape, values->data.data());
  }

  const RenderRequest& request_;
  const nerf::NerfModel& nerf_;
  const mask_aggregator::ObjectModel* field_;
  int label_;
  RenderResult& result_;
};

}  // namespace

const char* NameOf(Layer layer) { return kLayerNames[size_t(layer)]; }

std::vector<std::string> LayerNames() { return {kLayerNames.begin(), kLayerNames.end()}; }

Layer ParseLayer(const std::string& name) {
  const auto found = std::find(kLayerNames.begin(), kLayerNames.end(), name);
  if (found != kLayerNames.end()) return Layer(found - kLayerNames.begin());
  const std::string nearest = DidYouMean(name, LayerNames());
  throw UsageError("unknown layer '" + name + "'", "",
                   nearest.empty() ? fmt::format("choose from {}", fmt::join(kLayerNames, ",")) : nearest);
}

// Per pixel: color, depth and opacity as floats; of an object its label, mask and probability; the picture of a layer
// as floats and bytes, and its PNG file. Of a soft cut-out coverage and alpha, both colors, the object's mean color and
// the window means on their way; what its equations take along an outline of usual length, half a kilobyte a pixel.
double FrameBytes(int width, int height, bool with_object, bool with_matte) {
  constexpr double kRadiance = 5 * 4, kObject = 2 + 4, kPicture = 4 * 4 + 4 + 4;
  constexpr double kMatte = 3 * 4 + 3 * 3 * 4 + 3 * 4 * 4, kEquations = 500, kBand = 0.04;  // share of the pixels
  return double(width) * height *
         (kRadiance + kPicture + (with_object ? kObject : 0) + (with_matte ? kMatte + kBand * kEquations : 0));
}

RenderResult Render(const RenderRequest& request, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  CheckRequest(request);
  RenderResult result;
  // Pictures that go elsewhere leave the run alone: it is only read, and may belong to somebody else.
  const bool writes = !request.is_locked && (request.out.empty() || run::IsInside(request.out, request.run));
  run::OpenRun run(request.run, request.scene, writes ? run::OpenRun::Access::kWrite : run::OpenRun::Access::kRead,
                   job);
  const std::string default_name = request.object.empty() ? "scene" : request.object;
  result.folder = request.out.empty() ? run.folder().renders() / default_name : request.out;
  result.scene = run.shared_scene();
  const scene::Scene& scene = *result.scene;
  if (!request.out.empty()) {
    std::vector<std::string> folders;
    for (const Layer layer : request.layers) folders.push_back(NameOf(layer));
    run::CheckPlaceOfResults("--out", request.out, folders, run.folder(), scene);
  }
  const std::vector<NamedCamera> cameras = CamerasOf(request, scene, job);
  CheckFrameMemory(cameras, request, job);
  const nerf::NerfModel& nerf = run.nerf(job);
  std::optional<mask_aggregator::ObjectModel> field;
  int label = 0;
  if (!request.object.empty()) {
    run::LoadedObject object = run::LoadObject(run.folder(), request.object, nerf);
    field = std::move(object.field);
    label = object.stored.label;
  }
  EnsureWritableFolder(result.folder);
  const Stopwatch watch;
  LayerWriter writer(request, nerf, field ? &*field : nullptr, label, &result);
  Task task(job, "render", int64_t(cameras.size()), "views");
  for (const NamedCamera& camera : cameras) {
    job.ThrowIfStopped("rendering");
    const size_t num_before = result.files.size();
    writer.Write(camera, &task, job);
    for (size_t i = num_before; i < result.files.size(); ++i) job.Saved(result.files[i].string());
    task.Update(++result.num_views);
  }
  result.seconds = watch.seconds();
  task.Finish(FormatDuration(result.seconds / result.num_views) + " per view");
  return result;
}

}  // namespace sanerf::pipeline
