// A video as photos: what it is, which of its frames are worth taking, and those as files. Done by ffmpeg.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/poses/photos.h"
#include "sanerf/poses/tools.h"

namespace sanerf::poses {

struct VideoInfo {
  int width = 0, height = 0;  // as it is shown: upright, pixels square
  bool is_stretched = false;  // its own pixels are not square
  double seconds = 0;
  double fps = 0;  // frames per second, on average
};

// What ffprobe's JSON says of the first video stream (stream, side data, format). Throws Error that names `video` when
// there is none, or it has no length.
VideoInfo ReadProbe(const std::string& json, const std::filesystem::path& video);
void CheckVideoTools();  // throws Error when ffmpeg or ffprobe is missing
VideoInfo ProbeVideo(const std::filesystem::path& video, const Job& job);

// How many frames a second are looked at: all of a video of up to eight times `frames`, else as many.
double CandidateRate(const VideoInfo& video, int frames);

// An expression of ffmpeg that is not 0 for frames of these numbers: "(eq(n,3)+eq(n,7))+eq(n,12)". As flat as can be,
// since ffmpeg evaluates it by recursion.
std::string SelectExpression(const std::vector<int>& numbers);

// Up to `frames` frames as JPEGs in `folder`, turned upright as the video's rotation says. Looks through the video
// twice; two tasks of the job, "look at frames" and "take frames". What ffmpeg says goes to `log`.
std::vector<Photo> TakeFrames(const std::filesystem::path& video, int frames, const std::filesystem::path& folder,
                              const std::filesystem::path& log, const Job& job);

}  // namespace sanerf::poses
