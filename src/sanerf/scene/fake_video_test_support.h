// For tests: videos that are lines of text, and programs named ffprobe and ffmpeg that read them, so that no test needs
// the real ones.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/geometry.h"
#include "sanerf/core/image.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/npy.h"

namespace sanerf::scene {

// poses_bounds.npy of cameras in a row that look along world +z with y down, as LLFF's own scenes are.
inline void WriteRowOfCameras(const std::filesystem::path& root, int num_cameras, float height = 12, float width = 16) {
  std::vector<float> rows;
  for (int i = 0; i < num_cameras; ++i) {
    const Vec3 right(1, 0, 0), up(0, -1, 0), back(0, 0, -1), center(0.3 * i - 0.3, 0.1 * (i % 2), 0);
    for (int axis = 0; axis < 3; ++axis) {
      const double hwf = axis == 0 ? height : axis == 1 ? width : 1.25 * width;
      for (const double value : {-up[axis], right[axis], back[axis], center[axis], hwf}) rows.push_back(float(value));
    }
    rows.push_back(4);
    rows.push_back(12);
  }
  WriteNpy(root / "poses_bounds.npy", {num_cameras, 17}, rows.data());
}

class FakeVideoTools {
 public:
  FakeVideoTools() {
    if (const char* path = std::getenv("PATH")) path_ = path;
    setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
    WriteProgram("ffprobe", R"(for last; do :; done
read -r width height frames rate rest < "${last#file:}"
case $width in [0-9]*) ;; *) echo "moov atom not found" >&2; exit 1 ;; esac
cat <<END
{"programs": [], "streams": [{"width": $width, "height": $height, "r_frame_rate": "$rate/1", "avg_frame_rate": "$rate/1",
 "nb_read_packets": "$frames"}]}
END
)");
    WriteProgram("ffmpeg", R"(bin=$(dirname "$0")
echo "$*" >> "$bin/calls"
while [ $# -gt 0 ]; do
  case $1 in -i) video=${2#file:} ;; -frames:v) wanted=$2 ;; esac
  shift
done
read -r width height frames rate whole rest < "$video"
i=0
while [ $i -lt "$wanted" ] && [ $i -lt "${whole:-$frames}" ]; do
  { cat "$bin/$width"x"$height.png"; echo "$video $i"; } > "$(printf %06d $i).jpg"
  i=$((i + 1))
done
[ $i -eq "$wanted" ] || { echo "Invalid data found when processing input" >&2; exit 1; }
)");
  }
  ~FakeVideoTools() { setenv("PATH", path_.c_str(), 1); }
  FakeVideoTools(const FakeVideoTools&) = delete;
  FakeVideoTools& operator=(const FakeVideoTools&) = delete;

  struct Video {
    int width = 16, height = 12, num_frames = 6, fps = 30;
    int num_whole = -1;  // frames before the file breaks; -1 = all
  };
  void WriteVideo(const std::filesystem::path& path, const Video& video) const {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << fmt::format("{} {} {} {} {}\n", video.width, video.height, video.num_frames, video.fps,
                                       video.num_whole < 0 ? video.num_frames : video.num_whole);
    WritePng(folder_ / fmt::format("{}x{}.png", video.width, video.height), ImageU8(video.width, video.height, 3, 90));
  }
  void Uninstall() const {  // of a machine that has neither
    setenv("PATH", "/nowhere", 1);
  }
  std::string calls() const {  // of ffmpeg so far, a line each
    std::ifstream in(folder_ / "calls");
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  void WriteProgram(const std::string& name, const std::string& body) const {
    std::ofstream(folder_ / name) << "#!/bin/sh\n" << body;
    std::filesystem::permissions(folder_ / name, std::filesystem::perms::owner_all);
  }

  const TestFolder folder_;
  std::string path_;
};

}  // namespace sanerf::scene
