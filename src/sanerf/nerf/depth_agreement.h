// How far the depths of views agree: a surface that one view shows has to be there for the others too. Fog in front of
// one camera, walls torn open and specks are seen by their own view alone, and the others look through them.
#pragma once

#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"

namespace sanerf::nerf {

struct DepthView {
  Camera camera;
  ImageF depth;  // z-depth in the units of the camera's frame, at the camera's size; 0 = nothing there
};

struct DepthAgreementOptions {
  double tolerance = 0.03;  // of the depth
  int neighbors = 8;        // views that each is compared with, the nearest ones
};

// The views whose cameras stand nearest to that of `view` and look the same way, the nearest first.
std::vector<size_t> NearestViews(const std::vector<Camera>& cameras, size_t view, int count);

// Of each pixel of a view the share of the others that can say something of its surface, and say that it is
// there: those that show a surface at the same depth, against those that look through it. One that shows
// something nearer says nothing. -1 where there is no surface, or nobody can tell.
ImageF DepthAgreement(const DepthView& view, const std::vector<const DepthView*>& others,
                      const DepthAgreementOptions& options);
// With the nearest of all views.
ImageF DepthAgreement(const std::vector<DepthView>& views, size_t view, const DepthAgreementOptions& options);

// The mean over the pixels with an agreement; -1 where there are none.
double MeanAgreement(const ImageF& agreement);

}  // namespace sanerf::nerf
