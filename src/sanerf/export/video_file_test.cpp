#include "sanerf/export/video_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/run_command.h"
#include "sanerf/export/fake_ffmpeg_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr VideoShape kShape = {64, 32, 25};

ImageU8 Frame(int i) { return ImageU8(64, 32, 4, uint8_t(10 * i + 5)); }

std::string Feed(const fs::path& path, int num_frames, const VideoOptions& options = {}) {
  return ErrorTextOf<Error>([&] {
    const std::unique_ptr<PictureSink> video = OpenVideo(path, options, kShape, Job());
    for (int i = 0; i < num_frames; ++i) video->Add(Frame(i), Job());
    video->Finish(Job());
  });
}

TEST(VideoFile, FramesGoToFfmpegByteForByte) {
  const FakeFfmpeg ffmpeg(kKeepsFrames);
  const TestFolder folder;
  EXPECT_EQ(Feed(folder / "a.mp4", 7), "");
  std::string expected;
  for (int i = 0; i < 7; ++i) expected += std::string(64 * 32 * 4, char(10 * i + 5));
  EXPECT_EQ(ReadFile(folder / "a.mp4"), expected);
}

TEST(VideoFile, AnFfmpegThatFailsSaysWhy) {
  const FakeFfmpeg ffmpeg(kHasNoEncoder);
  const TestFolder folder;
  EXPECT_THAT(Feed(folder / "a.mp4", 200),
              AllOf(HasSubstr("ffmpeg did not write the video: its exit code is 1: Unknown encoder 'libx264'"),
                    HasSubstr("--set video.file=png")));
}

TEST(VideoFile, AnFfmpegThatIsKilledIsNoVideo) {
  const FakeFfmpeg ffmpeg(kIsKilled);
  const TestFolder folder;
  EXPECT_THAT(Feed(folder / "a.mp4", 200), HasSubstr("ffmpeg did not write the video: it was ended by signal 9"));
}

TEST(VideoFile, AnFfmpegThatWritesNothingIsNoVideo) {
  const FakeFfmpeg ffmpeg("cat > /dev/null");
  const TestFolder folder;
  EXPECT_THAT(Feed(folder / "a.mp4", 3), HasSubstr("it ended without a video"));
}

TEST(VideoFile, WithoutFfmpegItCannotBeStarted) {
  const FakeFfmpeg none("");
  EXPECT_THAT(Feed("/tmp/a.mp4", 1), HasSubstr("cannot run ffmpeg"));
}

TEST(VideoFile, PicturesNeedNoProgram) {
  const FakeFfmpeg none("");
  const TestFolder folder;
  VideoOptions options;
  options.file = VideoFile::kPng;
  EXPECT_EQ(Feed(folder / "pictures", 3, options), "");
  EXPECT_EQ(ReadImage(folder / "pictures" / "00002.png").data, Frame(2).data);
}

TEST(VideoFile, ArgumentsAskForWhatTheFileCanHold) {
  VideoOptions options;
  const auto arguments = [&](VideoFile file) {
    options.file = file;
    return FfmpegArguments("-odd name.mp4", options, kShape, 2);
  };
  EXPECT_THAT(arguments(VideoFile::kMp4), AllOf(Contains("libx264"), Contains("yuv420p"), Contains("64x32")));
  EXPECT_THAT(arguments(VideoFile::kWebm), AllOf(Contains("libvpx-vp9"), Contains("yuva420p")));
  EXPECT_THAT(arguments(VideoFile::kProres), AllOf(Contains("prores_ks"), Contains("4444")));
  EXPECT_EQ(arguments(VideoFile::kMp4).back()[0], '/');  // a name that looks like an option is none
  EXPECT_TRUE(KeepsAlpha(VideoFile::kWebm));
  EXPECT_FALSE(KeepsAlpha(VideoFile::kMp4));
}

// The real one, where it is installed, takes all of them.
TEST(VideoFile, TheProgramTakesTheArguments) {
  if (!FindProgram("ffmpeg") || !FindProgram("ffprobe")) GTEST_SKIP() << "ffmpeg is not installed";
  const TestFolder folder;
  for (const VideoFile file : {VideoFile::kMp4, VideoFile::kWebm, VideoFile::kProres}) {
    VideoOptions options;
    options.file = file;
    const fs::path path = folder / (std::string("a") + EndingOf(file));
    ASSERT_EQ(Feed(path, 10, options), "");
    const CommandResult probed = RunCommand({"ffprobe", "-v", "error", "-count_frames", "-show_entries",
                                             "stream=width,height,nb_read_frames", "-of", "csv=p=0", path.string()},
                                            folder.path(), Job());
    EXPECT_THAT(probed.output, HasSubstr("64,32,10"));
  }
}

}  // namespace
}  // namespace sanerf::exports
