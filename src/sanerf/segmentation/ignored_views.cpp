#include "sanerf/segmentation/ignored_views.h"

#include "sanerf/core/parallel.h"
#include "sanerf/scene/ignored_pixels.h"

namespace sanerf::segmentation {

IgnoredViews::IgnoredViews(SegmentationInput input) : input_(std::move(input)) { input_.sam.reset(); }

const std::vector<ImageU8>& IgnoredViews::Read(const Job& job) {
  if (ignored_.size() == input_.views.size()) return ignored_;
  const std::vector<Camera> cameras = input_.WorkingCameras();
  std::vector<ImageU8> ignored(cameras.size());
  ParallelFor(int64_t(ignored.size()), [&](int64_t v) {
    job.ThrowIfStopped("reading the masks of what to ignore");
    const scene::View& view = input_.scene->views[size_t(input_.views[size_t(v)])];
    ignored[size_t(v)] = scene::LoadIgnoredPixels(view, cameras[size_t(v)].width, cameras[size_t(v)].height);
  });
  ignored_ = std::move(ignored);
  return ignored_;
}

}  // namespace sanerf::segmentation
