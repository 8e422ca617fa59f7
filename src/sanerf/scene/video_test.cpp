// The real ffprobe and ffmpeg, where they are installed; what does not need them is tested with made-up ones
// (neural_3d_video_loader_test.cpp).
#include "sanerf/scene/video.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/run_command.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

class VideoTest : public SceneFolderTest {
 protected:
  void SetUp() override {
    SceneFolderTest::SetUp();
    for (const char* tool : {"ffprobe", "ffmpeg"})
      if (!RunCommand({tool, "-version"}, root_, Job()).started) GTEST_SKIP() << tool << " is not installed";
  }
  // Frame i is of one gray, 20 + 15 i.
  fs::path MakeVideo(const std::string& name, int num_frames, int fps) const {
    const fs::path frames = root_ / (name + "_frames");
    fs::create_directories(frames);
    for (int i = 0; i < num_frames; ++i)
      WritePng(frames / fmt::format("{:03}.png", i), ImageU8(64, 48, 3, uint8_t(20 + 15 * i)));
    const CommandResult made = RunCommand({"ffmpeg", "-v", "error", "-y", "-framerate", std::to_string(fps), "-i",
                                           "%03d.png", "-c:v", "mpeg4", "-q:v", "1", (root_ / name).string()},
                                          frames, Job());
    EXPECT_EQ(made.exit_code, 0) << made.output;
    return root_ / name;
  }
};

TEST_F(VideoTest, IsCountedAndDecodedAtTheFramesThatAreAskedFor) {
  const fs::path video = MakeVideo("a 100%d.mp4", 12, 25);  // a name that patterns and shells would take apart
  const VideoInfo info = ProbeVideo(video, Job());
  EXPECT_EQ(info.width, 64);
  EXPECT_EQ(info.height, 48);
  EXPECT_EQ(info.num_frames, 12);
  EXPECT_NEAR(info.fps, 25, 1e-3);
  const fs::path folder = root_ / "out %d";
  for (const std::vector<int64_t>& wanted :
       {std::vector<int64_t>{2, 5, 8}, std::vector<int64_t>{0, 1, 2, 3}, std::vector<int64_t>{11}}) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    DecodeFrames(video, wanted, folder, Job());
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), int64_t(wanted.size()));
    for (size_t i = 0; i < wanted.size(); ++i) {
      const ImageU8 image = ReadImage(folder / DecodedName(i));
      ASSERT_EQ(image.width, 64);
      EXPECT_NEAR(image.At(32, 24), 20 + 15 * double(wanted[i]), 5) << "frame " << wanted[i];
    }
  }
}

TEST_F(VideoTest, WhatIsBrokenIsSaid) {
  const fs::path video = MakeVideo("whole.mp4", 8, 25);
  const std::string bytes = [&] {
    std::ifstream in(video, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }();
  std::ofstream(root_ / "half.mp4", std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  EXPECT_THAT(ErrorText([&] { ProbeVideo(root_ / "half.mp4", Job()); }),
              HasSubstr("half.mp4: it is no video, or a broken one"));
  WriteText("text.mp4", "this is no video\n");
  EXPECT_THAT(ErrorText([&] { ProbeVideo(root_ / "text.mp4", Job()); }), HasSubstr("text.mp4: it is no video"));
  fs::create_directories(root_ / "out");
  EXPECT_THAT(ErrorText([&] {
                DecodeFrames(video, {6, 8, 10}, root_ / "out", Job());
              }),
              HasSubstr("whole.mp4: it is broken: 1 of 3 frames could be decoded"));
}

TEST(Videos, AreKnownByTheirNames) {
  EXPECT_TRUE(HasVideoExtension("cam00.mp4"));
  EXPECT_TRUE(HasVideoExtension("cam00.MOV"));
  EXPECT_FALSE(HasVideoExtension("cam00.png"));
  EXPECT_EQ(DecodedName(7), "000007.jpg");
}

}  // namespace
}  // namespace sanerf::scene
