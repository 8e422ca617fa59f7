// Where the cameras of a scene stand, drawn from above and from the side.
#pragma once

#include "sanerf/core/image.h"
#include "sanerf/scene/scene.h"

namespace sanerf::experiments {

// Two squares of `size` pixels beside each other, 3 channels: the model frame from above (x to the right, y up) and
// from the side (x to the right, z up). A camera is a dot with a line to where it looks, those that are held out in
// another color; the gray square is [-1, 1], what the cameras look at. Cameras far outside of all others are left out.
ImageU8 DrawPlan(const scene::Scene& scene, int size);

}  // namespace sanerf::experiments
