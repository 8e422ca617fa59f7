// Rays through a trained radiance field.
#pragma once

#include <functional>
#include <span>

#include "sanerf/core/job.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/ray.h"
#include "sanerf/nerf/traced_rays.h"

namespace sanerf::nerf {

// The table of these rays (model frame), in their order, with the columns asked for. Parallel inside; the same bytes
// for any number of threads. Throws InterruptedError within some hundredths of a second once the job is asked to stop.
TracedRays Trace(const NerfModel& model, std::span<const Ray> rays, const TraceRequest& what, const Job& job);

// All pixels of a view or a part of it (camera: file frame), a block at a time, for what is made of a block at once and
// never needs the whole view's samples: use(block, its rays row by row), from several threads. Throws InterruptedError.
void TraceBlocks(const NerfModel& model, const PartOfView& view, const TraceRequest& what,
                 const std::function<void(const PixelBlock&, const TracedRays&)>& use, const Job& job);

// A table of rays that end in these points (file frame): each has one sample, which takes all the light. With geometry.
// times: 0 to 1, one per point; none = all at 0. Throws InterruptedError.
TracedRays RaysEndingIn(const NerfModel& model, std::span<const Vec3> points, std::span<const double> times,
                        const Job& job);
inline TracedRays RaysEndingIn(const NerfModel& model, std::span<const Vec3> points, const Job& job) {
  return RaysEndingIn(model, points, {}, job);
}

}  // namespace sanerf::nerf
