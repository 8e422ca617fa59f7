#include "sanerf/pipeline/inside_masks.h"

#include <fmt/format.h>

#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/nerf/pixel_uses.h"
#include "sanerf/run/stored_object.h"

namespace sanerf::pipeline {
namespace {

constexpr int kInsideSize = 640;  // longest side: a band around the outline is not trained on anyway

}  // namespace

void WriteInsideMasks(const run::RunFolder& run, const std::string& object, const scene::Scene& scene,
                      const std::filesystem::path& folder, const Job& job) {
  const nerf::NerfModel nerf = run.OpenNerf();
  const run::LoadedObject loaded = run::LoadObject(run, object, nerf);
  const std::vector<int> train = scene.TrainViews();
  Task task(job, fmt::format("masks of {}", object), int64_t(train.size()), "views");
  int64_t done = 0;
  for (const int view_idx : train) {
    job.ThrowIfStopped("rendering masks");
    const Camera camera = scene.views[size_t(view_idx)].camera.ResizedToLongest(kInsideSize);
    const ImageU8 labels = loaded.field.Render(camera, job).labels;
    WritePng(nerf::InsideFile(folder, view_idx), MaskOfLabel(labels, loaded.stored.label));
    task.Update(++done);
  }
  task.Finish();
}

}  // namespace sanerf::pipeline
