#include "sanerf/poses/video.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/phrases.h"
#include "sanerf/poses/choose_frames.h"
#include "sanerf/poses/sharpness.h"

namespace sanerf::poses {
namespace fs = std::filesystem;
namespace {

constexpr double kCandidatesPerFrame = 8;
constexpr const char* kNeededFor = "taking photos out of a video";
constexpr const char* kBrokenVideo = "does a player show it? copy it from the camera again, or save it as MP4 (H.264)";

// "30000/1001", "16:15" and plain numbers; NaN for "N/A" and what divides by zero.
double ReadRatio(const std::string& text) {
  double above = 0, below = 1;
  const int parts = std::sscanf(text.c_str(), "%lf%*[/:]%lf", &above, &below);
  return parts < 1 || below == 0 ? std::numeric_limits<double>::quiet_NaN() : above / below;
}

// ffprobe writes numbers as texts here and as numbers there.
double ProbedNumber(const Json& object, const char* key) {
  if (!object.is_object() || !object.contains(key)) return std::numeric_limits<double>::quiet_NaN();
  const Json& value = object[key];
  return value.is_number()   ? value.get<double>()
         : value.is_string() ? ReadRatio(value.get<std::string>())
                             : std::numeric_limits<double>::quiet_NaN();
}

// Degrees; of newer files in the side data, of older ones a tag.
double RotationOf(const Json& stream) {
  if (stream.contains("side_data_list") && stream["side_data_list"].is_array())
    for (const Json& data : stream["side_data_list"])
      if (const double degrees = ProbedNumber(data, "rotation"); std::isfinite(degrees)) return degrees;
  const double tag = stream.contains("tags") ? ProbedNumber(stream["tags"], "rotate") : 0;
  return std::isfinite(tag) ? tag : 0;
}

// The filters in front of all others: one list of frames for both looks through the video.
std::vector<std::string> FrameFilters(const VideoInfo& info, double rate) {
  if (rate >= info.fps) return {};
  return {fmt::format("fps={:.6f}", rate)};
}

std::vector<std::string> FfmpegCall(const fs::path& video, const std::vector<std::string>& filters,
                                    const std::vector<std::string>& output) {
  // "file:" keeps a name with a colon from being an address.
  std::vector<std::string> arguments = {"-v",       "error",
                                        "-nostdin", "-y",
                                        "-i",       "file:" + video.string(),
                                        "-map",     "0:v:0",
                                        "-vf",      fmt::format("{}", fmt::join(filters, ","))};
  arguments.insert(arguments.end(), output.begin(), output.end());
  return arguments;
}

// The names that ffmpeg counts through; a percent sign of the folder's own is doubled.
std::string PatternIn(const fs::path& folder) {
  std::string pattern;
  for (const char c : folder.string()) pattern += c == '%' ? std::string("%%") : std::string(1, c);
  return pattern + "/%06d.jpg";
}

// Takes frames of gray bytes apart and looks at each.
class FrameLook {
 public:
  FrameLook(int width, int height, Task& task) : frame_(width, height, 1), task_(task) {}

  void Take(std::string_view bytes) {
    while (!bytes.empty()) {
      const size_t size = std::min(bytes.size(), frame_.data.size() - filled_);
      std::copy_n(bytes.begin(), size, frame_.data.begin() + std::ptrdiff_t(filled_));
      filled_ += size;
      bytes.remove_prefix(size);
      if (filled_ == frame_.data.size()) LookAtFrame();
    }
  }
  const std::vector<Candidate>& candidates() const { return candidates_; }

 private:
  void LookAtFrame() {
    filled_ = 0;
    ImageU8 thumbnail = ShrunkTo(frame_, kThumbnail);
    Candidate candidate{Sharpness(frame_), 0};
    if (!before_.empty()) {
      const Motion motion = MotionBetween(before_, thumbnail);
      // What was not found again has moved farther than was looked.
      candidate.motion = motion.matched > 0 ? motion.share + (1 - motion.matched) * kFarMotion : 0;
    }
    candidates_.push_back(candidate);
    before_ = std::move(thumbnail);
    task_.Update(int64_t(candidates_.size()));
  }

  static constexpr double kFarMotion = 0.1;
  ImageU8 frame_, before_;
  size_t filled_ = 0;
  Task& task_;
  std::vector<Candidate> candidates_;
};

std::string SelectRange(const std::vector<int>& numbers, size_t begin, size_t end) {
  if (end - begin == 1) return fmt::format("eq(n,{})", numbers[begin]);
  const size_t middle = begin + (end - begin + 1) / 2;
  const std::string first = SelectRange(numbers, begin, middle), second = SelectRange(numbers, middle, end);
  const auto grouped = [](const std::string& text, size_t count) { return count > 1 ? "(" + text + ")" : text; };
  return grouped(first, middle - begin) + "+" + grouped(second, end - middle);
}

}  // namespace

VideoInfo ReadProbe(const std::string& json, const fs::path& video) {
  const std::string what = video.string() + " is not a video that ffmpeg reads";
  const Json probe = ParseJson(json, "ffprobe");
  const bool has_stream = probe.is_object() && probe.contains("streams") && probe["streams"].is_array() &&
                          !probe["streams"].empty() && probe["streams"][0].is_object();
  if (!has_stream) throw Error(what, "it has no pictures", kBrokenVideo);
  const Json& stream = probe["streams"][0];
  const Json format = probe.value("format", Json::object());
  VideoInfo info;
  const double aspect = ProbedNumber(stream, "sample_aspect_ratio");
  info.is_stretched = aspect > 0 && std::isfinite(aspect) && std::abs(aspect - 1) > 1e-3;
  const double width = ProbedNumber(stream, "width") * (info.is_stretched ? aspect : 1),
               height = ProbedNumber(stream, "height");
  info.seconds = ProbedNumber(stream, "duration");
  if (!(info.seconds > 0)) info.seconds = ProbedNumber(format, "duration");
  info.fps = ProbedNumber(stream, "avg_frame_rate");
  if (!(info.fps > 0)) info.fps = ProbedNumber(stream, "r_frame_rate");
  const auto is_size = [](double side) { return side >= 1 && side <= 65535; };
  if (!is_size(width) || !is_size(height))
    throw Error(what, "it does not say how large its pictures are", kBrokenVideo);
  if (!(info.seconds > 0) || !(info.fps > 0) || !std::isfinite(info.seconds * info.fps))
    throw Error(what, "it does not say how long it is", kBrokenVideo);
  info.width = int(std::lround(width));
  info.height = int(height);
  const double turn = std::fmod(std::abs(RotationOf(stream)), 180);
  if (turn > 45 && turn < 135) std::swap(info.width, info.height);
  return info;
}

void CheckVideoTools() {
  for (const char* name : {"ffmpeg", "ffprobe"}) const Tool there(name, kNeededFor);
}

VideoInfo ProbeVideo(const fs::path& video, const Job& job) {
  std::string json;
  ToolCall call;
  call.arguments = {"-v",  "error", "-select_streams",       "v:0", "-show_streams", "-show_format",
                    "-of", "json",  "file:" + video.string()};
  call.what = "ffprobe cannot read " + video.string();
  call.hint = kBrokenVideo;
  call.on_stdout = [&](std::string_view bytes) { json.append(bytes); };
  Tool("ffprobe", kNeededFor).Run(call, job);
  return ReadProbe(json, video);
}

double CandidateRate(const VideoInfo& video, int frames) {
  return std::min(video.fps, std::max(kCandidatesPerFrame * frames, 1.0) / video.seconds);
}

std::string SelectExpression(const std::vector<int>& numbers) {
  return numbers.empty() ? "0" : SelectRange(numbers, 0, numbers.size());
}

std::vector<Photo> TakeFrames(const fs::path& video, int frames, const fs::path& folder, const fs::path& log,
                              const Job& job) {
  const Tool ffmpeg("ffmpeg", kNeededFor);
  const VideoInfo info = ProbeVideo(video, job);
  const double rate = CandidateRate(info, frames);
  ToolCall call;
  call.what = "ffmpeg cannot read " + video.string();
  call.hint = kBrokenVideo;
  call.log = log;

  // Which: sharpness at 1024 pixels, gray, nothing is written.
  const double shrunk = std::min(1.0, double(kLookSize) / std::max(info.width, info.height));
  const int width = std::max(1, int(std::lround(shrunk * info.width))),
            height = std::max(1, int(std::lround(shrunk * info.height)));
  Task look_task(job, "look at frames", std::max<int64_t>(1, std::llround(rate * info.seconds)), "frames");
  FrameLook look(width, height, look_task);
  std::vector<std::string> filters = FrameFilters(info, rate);
  filters.push_back(fmt::format("scale={}:{}:flags=area", width, height));
  filters.push_back("format=gray");
  call.arguments = FfmpegCall(video, filters, {"-fps_mode", "passthrough", "-f", "rawvideo", "-"});
  call.on_stdout = [&](std::string_view bytes) { look.Take(bytes); };
  ffmpeg.Run(call, job);
  look_task.Finish();
  if (look.candidates().size() < kFewestPhotos)
    throw Error("too few pictures in " + video.string(),
                Counted(int64_t(look.candidates().size()), "frame is", "frames are") + " too few to find poses from",
                "film once around the thing, slowly");

  // Those, as files.
  const std::vector<int> chosen = ChooseFrames(look.candidates(), frames);
  Task take_task(job, "take frames", int64_t(chosen.size()), "photos");
  filters = FrameFilters(info, rate);
  filters.push_back("select='" + SelectExpression(chosen) + "'");
  if (info.is_stretched) filters.push_back(fmt::format("scale={}:{},setsar=1", info.width, info.height));
  call.arguments =
      FfmpegCall(video, filters,
                 {"-fps_mode", "passthrough", "-qmin", "1", "-q:v", "1", "-progress", "pipe:1", PatternIn(folder)});
  std::string line;
  call.on_stdout = [&](std::string_view bytes) {
    for (const char c : bytes) {
      if (c != '\n') {
        line += c;
      } else {
        if (int64_t done = 0; std::sscanf(line.c_str(), "frame=%ld", &done) == 1) take_task.Update(done);
        line.clear();
      }
    }
  };
  ffmpeg.Run(call, job);
  std::vector<Photo> photos;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const Candidate& candidate = look.candidates()[size_t(chosen[i])];
    const std::string file = fmt::format("{:06}.jpg", i + 1);
    if (!fs::exists(folder / file))
      throw Error("ffmpeg cannot read " + video.string(),
                  fmt::format("it gave {} of {}", i, Counted(int64_t(chosen.size()), "frame")), kBrokenVideo);
    const ImageInfo size = ReadImageInfo(folder / file);
    photos.push_back({fmt::format("frame_{:06}.jpg", std::lround(chosen[i] * info.fps / rate)), file, size.width,
                      size.height, "", candidate.sharpness, true});
  }
  take_task.Finish();
  return photos;
}

}  // namespace sanerf::poses
