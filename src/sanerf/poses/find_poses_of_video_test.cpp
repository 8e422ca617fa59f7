// The whole of `sanerf poses` on a video, against tools that answer as they are told to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "sanerf/core/stopwatch.h"
#include "sanerf/poses/find_poses_test_support.h"

namespace sanerf::poses {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class FindPosesOfVideoTest : public FindPosesTest {
 protected:
  static constexpr int kFrames = 24;

  void SetUp() override {
    std::ofstream(video_) << "a video";
    Say("probe.json", R"({"streams": [{"width": 48, "height": 64, "avg_frame_rate": "12/1", "duration": "2.0",
        "side_data_list": [{"rotation": -90}]}], "format": {}})");
    std::string gray;
    for (int i = 0; i < kFrames; ++i) {
      const ImageU8 noise = NoisePhoto(uint64_t(i), /*is_blurred=*/i % 3 != 1);
      for (size_t p = 0; p < noise.data.size(); p += 3) gray += char(noise.data[p]);
    }
    Say("frames.gray", gray);
    WritePng(fake_ / "frame.png", NoisePhoto(1));
    std::vector<std::string> files;
    std::vector<int> which;
    for (int i = 0; i < kPhotos; ++i) {
      files.push_back("00000" + std::to_string(i + 1) + ".jpg");
      which.push_back(i);
    }
    WriteSparseModel(RingModel(files, which, kPhotos), fake_ / "canned" / "0");
    options_.frames = kPhotos;
  }
  PosesResult FindOfVideo(const Job& job = Job()) { return FindPoses({video_, scene_}, options_, job); }
  std::string FailureOfVideo() {
    const std::string text = ErrorTextOf<Error>([&] { FindOfVideo(); });
    EXPECT_FALSE(fs::exists(scene_));
    return text;
  }

  const fs::path video_ = folder_ / "my clip.mp4";
  PosesOptions options_;
};

TEST_F(FindPosesOfVideoTest, SharpFramesBecomePhotosNamedByTheirNumbers) {
  const PosesResult result = FindOfVideo();
  EXPECT_EQ(result.report.num_posed, kPhotos);
  // Every third frame is sharp.
  EXPECT_THAT(NamesIn(scene_ / "images"),
              ElementsAre("frame_000001.jpg", "frame_000004.jpg", "frame_000007.jpg", "frame_000010.jpg",
                          "frame_000013.jpg", "frame_000016.jpg", "frame_000019.jpg", "frame_000022.jpg"));
  EXPECT_THAT(Calls(), AllOf(HasSubstr("scale=64:48:flags=area"), HasSubstr("file:" + video_.string()),
                             HasSubstr("eq(n,22)"), Not(HasSubstr("eq(n,2)"))));
  EXPECT_THAT(result.report.matching, HasSubstr("they are frames of a video"));
  EXPECT_TRUE(FindOfVideo().reused);
}

TEST_F(FindPosesOfVideoTest, WhatFfmpegSaysOfABrokenVideoIsQuoted) {
  Say("fail_ffprobe", "moov atom not found\n");
  EXPECT_THAT(FailureOfVideo(), AllOf(HasSubstr("ffprobe cannot read " + video_.string()),
                                      HasSubstr("moov atom not found"), HasSubstr("does a player show it?")));
  Unsay("fail_ffprobe");
  Say("fail_ffmpeg", "Invalid data found\n");
  EXPECT_THAT(FailureOfVideo(), AllOf(HasSubstr("ffmpeg cannot read"), HasSubstr("Invalid data found")));
  Unsay("fail_ffmpeg");
  Say("kill_ffmpeg", "");
  EXPECT_THAT(FailureOfVideo(), HasSubstr("ffmpeg was killed by signal 9"));
  Unsay("kill_ffmpeg");
  Say("frames.gray", std::string(64 * 48 * 2, 'x'));
  EXPECT_THAT(FailureOfVideo(), HasSubstr("2 frames are too few to find poses from"));
}

TEST_F(FindPosesOfVideoTest, AStopEndsFfmpeg) {
  Say("hang_ffmpeg", "");
  StopSource stop;
  std::thread asks([&] {
    const Stopwatch patience;
    while (!fs::exists(fake_ / "hangs") && patience.seconds() < 60)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop.RequestStop();
  });
  EXPECT_THROW(FindOfVideo(Job().With(stop.token())), InterruptedError);
  asks.join();
  EXPECT_FALSE(fs::exists(scene_));
}

}  // namespace
}  // namespace sanerf::poses
