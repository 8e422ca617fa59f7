#include "sanerf/export/video_file.h"

#include <fmt/format.h>

#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/fed_command.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/parallel.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

constexpr int kKilled = 128;  // exit codes from here on are signals

class PictureFolder : public PictureSink {
 public:
  explicit PictureFolder(fs::path folder) : folder_(std::move(folder)) { EnsureWritableFolder(folder_); }

  void Add(const ImageU8& rgba, const Job&) override { WritePng(folder_ / fmt::format("{:05d}.png", count_++), rgba); }
  void Finish(const Job&) override {}

 private:
  const fs::path folder_;
  int count_ = 0;
};

class FfmpegFile : public PictureSink {
 public:
  FfmpegFile(fs::path path, const std::vector<std::string>& arguments, const VideoShape& shape)
      : path_(std::move(path)), shape_(shape), ffmpeg_(arguments, path_.parent_path()) {}

  void Add(const ImageU8& rgba, const Job& job) override {
    SANERF_CHECK(rgba.width == shape_.width && rgba.height == shape_.height && rgba.channels == 4);
    const std::string_view bytes(reinterpret_cast<const char*>(rgba.data.data()), rgba.data.size());
    if (!ffmpeg_.Write(bytes, job)) Fail(ffmpeg_.Finish(job));
  }

  void Finish(const Job& job) override {
    const int code = ffmpeg_.Finish(job);
    std::error_code missing;
    if (code != 0 || fs::file_size(path_, missing) == 0 || missing) Fail(code);
  }

 private:
  // The last line that ffmpeg has printed is why.
  std::string LastWords() const {
    std::string text = ffmpeg_.output();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
    const size_t line = text.find_last_of("\n\r");
    return line == std::string::npos ? text : text.substr(line + 1);
  }

  [[noreturn]] void Fail(int code) const {
    const std::string words = LastWords();
    std::string why = code > kKilled ? fmt::format("it was ended by signal {}", code - kKilled)
                      : code == 0    ? "it ended without a video"
                                     : fmt::format("its exit code is {}", code);
    if (!words.empty()) why += ": " + words;
    throw Error("ffmpeg did not write the video", why,
                "is the disk full? --set video.file=png writes the pictures without it");
  }

  const fs::path path_;
  const VideoShape shape_;
  FedCommand ffmpeg_;
};

}  // namespace

bool KeepsAlpha(VideoFile file) { return file != VideoFile::kMp4; }

const char* EndingOf(VideoFile file) {
  constexpr const char* kEndings[] = {".mp4", ".webm", ".mov", ""};  // by VideoFile
  return kEndings[size_t(file)];
}

// Colors are BT.709, as players take them for, in the usual range; the picture itself is full-range RGB.
std::vector<std::string> FfmpegArguments(const fs::path& path, const VideoOptions& options, const VideoShape& shape,
                                         int num_threads) {
  std::vector<std::string> arguments = {"ffmpeg",
                                        "-hide_banner",
                                        "-loglevel",
                                        "error",
                                        "-y",
                                        "-f",
                                        "rawvideo",
                                        "-pixel_format",
                                        "rgba",
                                        "-video_size",
                                        fmt::format("{}x{}", shape.width, shape.height),
                                        "-framerate",
                                        std::to_string(shape.fps),
                                        "-i",
                                        "pipe:0",
                                        "-an",
                                        "-threads",
                                        std::to_string(num_threads),
                                        "-vf",
                                        "scale=out_color_matrix=bt709:out_range=tv",
                                        "-colorspace",
                                        "bt709",
                                        "-color_primaries",
                                        "bt709",
                                        "-color_trc",
                                        "bt709",
                                        "-color_range",
                                        "tv"};
  const auto add = [&](std::initializer_list<std::string> more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
  };
  const std::string quality = std::to_string(options.quality);
  switch (options.file) {
    case VideoFile::kMp4:  // plays everywhere: 4:2:0, and its index in front
      add({"-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "medium", "-crf", quality, "-movflags", "+faststart",
           "-f", "mp4"});
      break;
    case VideoFile::kWebm:  // alpha goes with no frames that refer to later ones
      add({"-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-b:v", "0", "-crf", quality, "-auto-alt-ref", "0", "-row-mt",
           "1", "-f", "webm"});
      break;
    case VideoFile::kProres:
      add({"-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le", "-alpha_bits", "16", "-vendor",
           "apl0", "-f", "mov"});
      break;
    case VideoFile::kPng:
      SANERF_CHECK(false);
  }
  arguments.push_back(fs::absolute(path).string());
  return arguments;
}

std::unique_ptr<PictureSink> OpenPictures(const fs::path& folder) { return std::make_unique<PictureFolder>(folder); }

std::unique_ptr<PictureSink> OpenVideo(const fs::path& path, const VideoOptions& options, const VideoShape& shape,
                                       const Job& job) {
  if (options.file == VideoFile::kPng) return OpenPictures(path);
  const int num_threads = job.num_threads() > 0 ? job.num_threads() : NumThreads();
  return std::make_unique<FfmpegFile>(fs::absolute(path), FfmpegArguments(path, options, shape, num_threads), shape);
}

}  // namespace sanerf::exports
