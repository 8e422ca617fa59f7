// In which light a held-out view is shown before it is compared with its photo. A field that has learned how each photo
// shows the scene's light knows nothing of those that it has not seen, and a score has to say what was done about it.
#pragma once

#include <array>
#include <string>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/photo_look.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

enum class HeldOutLook {
  kMean,     // as the training photos show the scene on average: as it is rendered everywhere
  kNearest,  // as the training photo of the nearest camera shows it
  kHalf,     // colors fitted on the left half of the photo, and the right half scored (as NeRF in the Wild, 2021)
};
const char* NameOf(HeldOutLook look);
HeldOutLook ParseHeldOutLook(const std::string& name);  // throws UsageError
// What a table says beside a score: empty for kMean.
std::string Described(HeldOutLook look);

using ColorTransform = std::array<double, kAffineValues>;  // rows of (red, green, blue, constant)

// The affine transform of colors that brings the columns [0, end) of a picture nearest to the photo's (least squares,
// slightly held to the identity: a wall of one color says little). ignored: as scene/ignored_pixels.h.
struct HalfOfPhoto {
  const ImageF& photo;
  const ImageU8& ignored;
  int end;
};
ColorTransform FitColors(const ImageF& picture, const HalfOfPhoto& half);
void ApplyColors(const ColorTransform& transform, ImageF* picture);

// As the training photo of that name shows it. False, and nothing changes, where the field has learned no such thing.
bool ShowAsPhoto(const NerfModel& model, const std::string& photo, RenderedView* view);
// As the training photo nearest to `camera` (file frame), of those that the field knows.
bool ShowAsNearestPhoto(const NerfModel& model, const scene::Scene& scene, const Camera& camera, RenderedView* view);

}  // namespace sanerf::nerf
