#include "sanerf/pipeline/render_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/units.h"
#include "sanerf/export/camera_path.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/open_run.h"
#include "sanerf/run/output_place.h"

namespace fs = std::filesystem;

namespace sanerf::pipeline {
namespace {

void CheckRequest(const RenderRequest& request) {
  if (request.layers.empty())
    throw UsageError("no layer to render", "", fmt::format("choose from {}", fmt::join(LayerNames(), ",")));
  for (const Layer layer : request.layers) {
    if (exports::ShowsObject(layer) && request.object.empty()) {
      throw UsageError(fmt::format("layer '{}' shows an object", NameOf(layer)), "",
                       "name it: --object NAME (sanerf info RUN lists them)");
    }
  }
  CheckNumber("--downscale", request.downscale, kRenderDownscale);
  CheckNumber("--size", request.longest_side, kRenderSize);
}

// With the size of their pictures. What was made smaller without being asked for is said.
std::vector<exports::NamedCamera> CamerasOf(const RenderRequest& request, const scene::Scene& scene, const Job& job) {
  std::vector<exports::NamedCamera> cameras = exports::CamerasFor(request.views, scene, request.frames);
  const int longest_side = std::holds_alternative<exports::PathFile>(request.views) ? 0 : request.longest_side;
  bool is_said = false;
  for (exports::NamedCamera& named : cameras) {
    const Camera full = std::exchange(named.camera, exports::Shrunk(named.camera, request.downscale, longest_side));
    if (is_said || std::max(full.width, full.height) <= longest_side || longest_side == 0) continue;
    is_said = true;
    job.Info(fmt::format("size   {}x{} instead of {}x{}; all pixels: --size 0", named.camera.width, named.camera.height,
                         full.width, full.height));
  }
  return cameras;
}

// The largest of the frames: they are rendered one after the other.
void CheckFrameMemory(const std::vector<exports::NamedCamera>& cameras, const RenderRequest& request, const Job& job) {
  const bool has_cutout = std::count(request.layers.begin(), request.layers.end(), Layer::kCutout) > 0;
  double most = 0;
  int width = 0, height = 0;
  for (const exports::NamedCamera& named : cameras) {
    const double bytes = exports::FrameBytes(named.camera.width, named.camera.height, !request.object.empty(),
                                             has_cutout && !request.hard_edge);
    if (bytes <= most) continue;
    most = bytes;
    width = named.camera.width;
    height = named.camera.height;
  }
  CheckMemory(fmt::format("the layers of a frame of {}x{} pixels", width, height), most,
              "render smaller pictures: --downscale 2", job);
}

}  // namespace

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
  const std::vector<exports::NamedCamera> cameras = CamerasOf(request, scene, job);
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
  const exports::LayerWriter writer(result.folder, {request.layers, request.hard_edge, request.arrays}, nerf,
                                    {field ? &*field : nullptr, label});
  Task task(job, "render", int64_t(cameras.size()), "views");
  for (const exports::NamedCamera& view : cameras) {
    job.ThrowIfStopped("rendering");
    const auto say = [&](const std::string& part) { task.Update(result.num_views, part); };
    for (const fs::path& file : writer.Write(view.name, view.camera, say, job)) {
      job.Saved(file.string());
      result.files.push_back(file);
    }
    task.Update(++result.num_views);
  }
  result.seconds = watch.seconds();
  task.Finish(FormatDuration(result.seconds / result.num_views) + " per view");
  return result;
}

}  // namespace sanerf::pipeline
