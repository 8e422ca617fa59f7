// Pictures one after the other into a video, by the program ffmpeg, or into a folder of PNG files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/export/options.h"

namespace sanerf::exports {

class PictureSink {
 public:
  virtual ~PictureSink() = default;
  // 4 channels (straight alpha), all of one size. Throws Error, WriteError, InterruptedError.
  virtual void Add(const ImageU8& rgba, const Job& job) = 0;
  // The file or folder is complete.
  virtual void Finish(const Job& job) = 0;
};

struct VideoShape {
  int width = 0, height = 0;  // even
  int fps = 30;
};

// Whether the file keeps transparency.
bool KeepsAlpha(VideoFile file);
const char* EndingOf(VideoFile file);  // ".mp4"; "" of a folder

// path: with the ending, of a folder without one. Throws Error where ffmpeg cannot be started.
std::unique_ptr<PictureSink> OpenVideo(const std::filesystem::path& path, const VideoOptions& options,
                                       const VideoShape& shape, const Job& job);
// NNNNN.png in `folder`, from 00000 on.
std::unique_ptr<PictureSink> OpenPictures(const std::filesystem::path& folder);

// What ffmpeg is called with: frames come from its standard input, and it asks nothing.
std::vector<std::string> FfmpegArguments(const std::filesystem::path& path, const VideoOptions& options,
                                         const VideoShape& shape, int num_threads);

}  // namespace sanerf::exports
