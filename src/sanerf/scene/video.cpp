#include "sanerf/scene/video.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/run_command.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

constexpr std::array kVideos = {".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v"};
constexpr const char* kInstall = "install it (Debian, Ubuntu: apt-get install ffmpeg)";
constexpr const char* kMendVideo = "copy or record it again, or leave its camera out, with its row of poses_bounds.npy";

// What a program said last.
std::string LastLine(const std::string& output) {
  const size_t end = output.find_last_not_of("\r\n \t");
  if (end == std::string::npos) return "";
  const size_t before = output.find_last_of('\n', end), begin = before == std::string::npos ? 0 : before + 1;
  return output.substr(begin, end + 1 - begin);
}

// working_folder: names of files without a folder are in it.
CommandResult RunTool(const std::vector<std::string>& arguments, const fs::path& working_folder, const fs::path& video,
                      const Job& job) {
  CommandResult result = RunCommand(arguments, working_folder, job);
  if (!result.started)
    throw Error(fmt::format("{}: it cannot be read", video.string()),
                fmt::format("videos are read by {}, which is not installed", arguments[0]), kInstall);
  return result;
}

// As a name that neither program takes for an option or a protocol.
std::string NameForTools(const fs::path& video) { return "file:" + fs::absolute(video).string(); }

[[noreturn]] void FailBroken(const fs::path& video, const std::string& output) {
  const std::string said = LastLine(output);
  throw Error(video.string(), "it is no video, or a broken one" + (said.empty() ? "" : " (" + said + ")"), kMendVideo);
}

// "30000/1001"; 0 for what is no number.
double RateOf(const std::string& text) {
  const size_t slash = text.find('/');
  const double over = std::atof(text.c_str()),
               under = slash == std::string::npos ? 1 : std::atof(text.c_str() + slash + 1);
  return under > 0 && over > 0 ? over / under : 0;
}

// ffprobe has numbers as texts or as numbers.
int64_t CountOf(const Json& stream, const char* key) {
  const auto found = stream.find(key);
  if (found == stream.end()) return 0;
  if (found->is_number_integer()) return found->get<int64_t>();
  return found->is_string() ? std::atoll(found->get<std::string>().c_str()) : 0;
}

bool IsTurned(const Json& stream) {
  const auto list = stream.find("side_data_list");
  if (list == stream.end() || !list->is_array()) return false;
  for (const Json& data : *list)
    if (data.is_object() && data.contains("rotation") && data.at("rotation").is_number())
      return std::abs(std::lround(data.at("rotation").get<double>())) % 180 == 90;
  return false;
}

}  // namespace

bool HasVideoExtension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return std::find(kVideos.begin(), kVideos.end(), extension) != kVideos.end();
}

std::string DecodedName(size_t index) { return fmt::format("{:06}.jpg", index); }

VideoInfo ProbeVideo(const fs::path& video, const Job& job) {
  const CommandResult result =
      RunTool({"ffprobe", "-v", "error", "-select_streams", "v:0", "-count_packets", "-show_entries",
               "stream=width,height,avg_frame_rate,r_frame_rate,nb_read_packets:stream_side_data=rotation", "-of",
               "json", NameForTools(video)},
              fs::current_path(), video, job);
  const size_t begin = result.output.find('{');
  if (result.exit_code != 0 || begin == std::string::npos) FailBroken(video, result.output);
  VideoInfo info;
  try {
    const size_t end = result.output.rfind('}');
    const Json json = ParseJson(result.output.substr(begin, end - begin + 1), "ffprobe");
    const Json& stream = json.at("streams").at(0);
    info.width = int(CountOf(stream, "width"));
    info.height = int(CountOf(stream, "height"));
    if (IsTurned(stream)) std::swap(info.width, info.height);
    info.num_frames = CountOf(stream, "nb_read_packets");
    info.fps = RateOf(stream.value("avg_frame_rate", ""));
    if (info.fps == 0) info.fps = RateOf(stream.value("r_frame_rate", ""));
  } catch (const std::exception&) {
    FailBroken(video, "ffprobe finds no pictures in it");
  }
  if (info.width < 1 || info.height < 1 || info.num_frames < 1) FailBroken(video, "ffprobe finds no pictures in it");
  return info;
}

void DecodeFrames(const fs::path& video, const std::vector<int64_t>& frames, const fs::path& folder, const Job& job) {
  SANERF_CHECK(!frames.empty());
  const int64_t step = frames.size() > 1 ? frames[1] - frames[0] : 1;
  for (size_t i = 1; i < frames.size(); ++i) SANERF_CHECK_EQ(frames[i] - frames[i - 1], step);
  const std::string select =
      fmt::format("select='between(n,{},{})*not(mod(n-{},{}))'", frames.front(), frames.back(), frames.front(), step);
  // The pictures' pattern is a name without a folder: a percent sign in the folder's would be part of it.
  const CommandResult result = RunTool({"ffmpeg",
                                        "-v",
                                        "error",
                                        "-nostdin",
                                        "-y",
                                        "-i",
                                        NameForTools(video),
                                        "-map",
                                        "0:v:0",
                                        "-vf",
                                        select,
                                        "-vsync",
                                        "0",
                                        "-frames:v",
                                        std::to_string(frames.size()),
                                        "-q:v",
                                        "2",
                                        "-start_number",
                                        "0",
                                        "%06d.jpg"},
                                       folder, video, job);
  size_t count = 0;
  while (count < frames.size() && ExistsAsFile(folder / DecodedName(count))) ++count;
  if (count == frames.size() && result.exit_code == 0) return;
  const std::string said = LastLine(result.output);
  throw Error(video.string(),
              fmt::format("it is broken: {} of {} could be decoded{}", count, Counted(int64_t(frames.size()), "frame"),
                          said.empty() ? "" : " (" + said + ")"),
              kMendVideo);
}

}  // namespace sanerf::scene
