// What no camera can be, and what a person should know about a scene's cameras: one check for all formats.
#pragma once

#include <string>

#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// Whether the coordinates can be those of a place, in any unit that scenes are measured in.
bool IsPlace(const Vec3& p);

// Looks at what a reader took from its files before anything is computed from it. Throws Error that names the view for
// values that cannot work: intrinsics of no lens, a distortion that folds the picture, a pose that is not rigid, a
// place out of reach, near bounds beyond far ones, one photo with two cameras; and for a name that no JSON holds. What
// a person may want is a warning: a photo that is listed twice alike (taken once), bounds that begin behind the camera
// (not used), a distortion that fails at the picture's edge only, poses with a scale, cameras that all stand at one
// place or only move along the direction in which they look.
void CheckListing(SceneListing& listing);

// What to say before training on fewer than three photos; "" for more.
std::string FewPhotos(const Scene& scene);

// Cameras that stray so far from all the others that the model, fitted to these, hardly reaches them.
void WarnOfStrayCameras(Scene& scene);

}  // namespace sanerf::scene
