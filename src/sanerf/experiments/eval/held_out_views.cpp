#include "sanerf/experiments/eval/held_out_views.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/scene/ignored_pixels.h"

namespace sanerf::experiments {
namespace {

// Views are compared with each other at most at this size: their depths and masks are all in memory at once.
constexpr int kConsistencySize = 1024;

}  // namespace

RenderedTestViews RenderTestViews(const scene::Scene& scene, const nerf::NerfModel& nerf, const std::vector<int>& test,
                                  const std::vector<nerf::Backdrop>& backdrops, const Job& job) {
  RenderedTestViews rendered;
  Task task(job, "eval", int64_t(test.size()), "views");
  for (const int view_idx : test) {
    job.ThrowIfStopped("evaluation");
    const scene::View& view = scene.views[size_t(view_idx)];
    const ImageF photo = CompositeOver(scene::LoadViewImage(view), nerf.background());
    nerf::RenderedView render = nerf.Render(view.camera, job);
    if (std::min(photo.width, photo.height) < eval::kSsimWindow)
      throw Error(view.name,
                  fmt::format("SSIM compares windows of {0}x{0} pixels, the photo has {1}x{2}", eval::kSsimWindow,
                              photo.width, photo.height),
                  "score larger photos");
    ImageU8 ignored = scene::LoadIgnoredPixels(view);
    if (!backdrops.empty()) {
      const ImageU8 shown = nerf::ShownIn(backdrops, ToU8(photo));
      if (ignored.empty()) ignored = ImageU8(photo.width, photo.height, 1);
      for (size_t p = 0; p < shown.data.size(); ++p) ignored.data[p] = std::max(ignored.data[p], shown.data[p]);
    }
    rendered.quality.push_back(
        {view.name, eval::Psnr(render.rgb, photo, ignored), eval::Ssim(render.rgb, photo, ignored)});
    const Camera camera = view.camera.ResizedToLongest(kConsistencySize);
    const bool is_same = camera.width == view.camera.width && camera.height == view.camera.height;
    rendered.depths.push_back({camera, is_same ? std::move(render.depth) : nerf.Render(camera, job).depth});
    task.Update(int64_t(rendered.quality.size()));
  }
  task.Finish();
  return rendered;
}

}  // namespace sanerf::experiments
