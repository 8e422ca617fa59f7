// What the photos' cameras see of a subject, an object or the scene: depth, and which pixels show it.
#pragma once

#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/ray.h"
#include "sanerf/scene/scene.h"

namespace sanerf::exports {

// Depth is that of nerf::RenderedView: where rays have lost half of their light.
struct SurfaceView {
  int view_idx = 0;                     // of the scene
  Camera camera;                        // file frame
  nerf::PixelBlock pixels{0, 0, 0, 0};  // that were looked at closely; the pictures are of them
  ImageF depth;                         // z-depth, file units; 0 = nothing
  ImageU8 is_subject;
  ImageF rgb;  // as the field shows it; empty: was not asked for

  Camera coarse_camera;  // of the whole view, with few pixels
  ImageF coarse_depth;
};

// What is seen where a point projects to.
struct SeenAt {
  enum class What : unsigned char {
    kNothingKnown,  // outside of the picture
    kEmpty,         // nothing is there: the ray ends nowhere
    kSubject,
    kOther,
  };
  What what = What::kNothingKnown;
  double behind = 0;  // how far the point is behind what is seen, along the axis as depth is; of kSubject and kOther
};
SeenAt LookAtPoint(const SurfaceView& view, const Vec3& p_file);
// The subject is seen there, at this point, and around it nothing else is nearer.
bool ShowsPoint(const SurfaceView& view, const Vec3& p_file, double tolerance);

struct SurfaceViewOptions {
  int num_views = 100;     // at most, evenly of the training views
  int longest_side = 512;  // pixels, of the part that shows the subject
  bool with_rgb = false;
};
// Views that show the subject, in the order of the scene; none when no photo does. label: of `objects`; -1: what is in
// the middle of the scene, [-1, 1]^3 of the model frame. Reports the task "views". Throws InterruptedError.
std::vector<SurfaceView> RenderSurfaceViews(const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* objects,
                                            int label, const scene::Scene& scene, const SurfaceViewOptions& options,
                                            const Job& job);

// Where the subject is: around the places that several views see of it (one, when there are no more), without the few
// that a stray pixel shows. Of views that show something.
Box BoxOfSubject(const std::vector<SurfaceView>& views);

}  // namespace sanerf::exports
