// Frames of videos as pictures in a run: decoded once, for these moments alone.
//
//   RUN/frames/index.json           which frames of which videos
//   RUN/frames/cam00/000000.jpg     the first of them
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/scene.h"

namespace sanerf::scene {

// Some views are frames of videos, and their pictures are not there yet.
bool NeedsDecoding(const Scene& scene);

// Makes the folder hold the frames of the scene and points the views to them; other frames that it held are removed. It
// appears whole or stays as it was. most_gb: the disk space, GB, that they may take: more is an Error, before anything
// is written where it is sure, else on the way. Throws Error as DecodeFrames does (video.h), WriteError,
// InterruptedError. Does nothing for scenes without videos.
void DecodeVideos(Scene* scene, const std::filesystem::path& folder, double most_gb, const Job& job);

// The same without writing: points the views to what the folder holds. Throws Error when that is something else.
void UseDecodedVideos(Scene* scene, const std::filesystem::path& folder);

}  // namespace sanerf::scene
