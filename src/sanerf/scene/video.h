// Videos through ffprobe and ffmpeg, which run as programs of their own. Frames are counted from 0, as they are
// decoded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"

namespace sanerf::scene {

struct VideoInfo {
  int width = 0, height = 0;  // as decoded: turned upright where the file says so
  int64_t num_frames = 0;
  double fps = 0;  // on average; 0 = not known
};

// .mp4, .mov, .mkv, .webm, .avi, .m4v, in any case.
bool HasVideoExtension(const std::filesystem::path& path);

// Counts the frames by reading the file once, without decoding it. Throws Error when ffprobe is not installed or the
// file is no video, broken at its beginning, or without frames.
VideoInfo ProbeVideo(const std::filesystem::path& video, const Job& job);

// These frames (ascending at one distance, at least one) as JPEG files in an existing folder, in their order:
// 000000.jpg is the first of them. Throws Error when ffmpeg is not installed or the video ends or breaks before the
// last of them; InterruptedError.
void DecodeFrames(const std::filesystem::path& video, const std::vector<int64_t>& frames,
                  const std::filesystem::path& folder, const Job& job);
std::string DecodedName(size_t index);  // "000000.jpg"

}  // namespace sanerf::scene
