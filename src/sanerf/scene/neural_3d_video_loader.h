// Neural 3D Video (Li et al. 2022): cameras that stand still, a video each (cam00.mp4, cam01.mp4, …), and
// poses_bounds.npy; or, instead of a video, a folder of its frames (cam00/0000.png, or cam00/images/0000.png).
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

bool IsNeural3dVideo(const std::filesystem::path& root);

// The moments that options.frames names. Videos are asked for their length, not decoded: decoded_frames.h does that.
// The first camera is held out, as the data set's authors do it, unless options.test_every says otherwise. Throws Error
// for cameras without a row and rows without a camera, and for videos of unequal length (unless the moments end before
// the shortest does) or rate.
SceneListing ReadNeural3dVideo(const std::filesystem::path& root, const SceneOptions& options, const Job& job);

}  // namespace sanerf::scene
