#include "sanerf/export/video.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/export/export_test_support.h"
#include "sanerf/export/fake_ffmpeg_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class Video : public ExportTest {
 protected:
  static ExportOptions Short() {
    ExportOptions options;
    options.video.seconds = 0.2;
    options.video.fps = 20;
    options.video.longest_side = 48;
    return options;
  }
};

TEST_F(Video, GoesToFfmpegFrameByFrame) {
  const FakeFfmpeg ffmpeg(kKeepsFrames);
  const std::vector<ExportedFile> files = WriteVideo(Input(*scene_), Short(), out_.path(), Job());
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].path.filename(), "box-turntable.mp4");
  EXPECT_EQ(files[0].count, 4);
  EXPECT_EQ(files[0].bytes, 4 * 48 * 48 * 4);
  // White around the object, opaque everywhere: MP4 knows no transparency.
  const std::string bytes = ReadFile(files[0].path);
  int64_t white = 0, opaque = 0, other = 0;
  for (size_t p = 0; p < bytes.size(); p += 4) {
    opaque += uint8_t(bytes[p + 3]) == 255;
    const bool is_white = uint8_t(bytes[p]) == 255 && uint8_t(bytes[p + 1]) == 255 && uint8_t(bytes[p + 2]) == 255;
    (is_white ? white : other) += 1;
  }
  EXPECT_EQ(opaque, int64_t(bytes.size() / 4));
  EXPECT_GT(white, 500);
  EXPECT_GT(other, 500);
}

TEST_F(Video, WithoutFfmpegThereArePicturesAndASentence) {
  const FakeFfmpeg none("");
  EventRecorder recorder;
  const std::vector<ExportedFile> files = WriteVideo(Input(*scene_), Short(), out_.path(), Job().With(recorder));
  EXPECT_THAT(recorder.Texts("warning"), Contains(HasSubstr("there is no ffmpeg in PATH")));
  EXPECT_EQ(files[0].path.filename(), "box-turntable");
  const ImageU8 picture = ReadImage(files[0].path / "00003.png");
  ASSERT_EQ(picture.channels, 4);
  int64_t there = 0, nothing = 0;
  for (size_t p = 3; p < picture.data.size(); p += 4) {
    there += picture.data[p] > 200;
    nothing += picture.data[p] < 50;
  }
  EXPECT_GT(there, 100);
  EXPECT_GT(nothing, 100);
}

TEST_F(Video, ShowsWhatIsAskedFor) {
  const FakeFfmpeg none("");
  for (const Shown shown : {Shown::kOverlay, Shown::kScene, Shown::kWithout}) {
    ExportOptions options = Short();
    options.video.show = shown;
    options.video.path = Path::kFly;
    options.video.file = VideoFile::kPng;
    const fs::path folder = out_ / std::to_string(int(shown));
    fs::create_directories(folder);
    WriteVideo(Input(*scene_), options, folder, Job());
    EXPECT_TRUE(fs::exists(folder / "box-fly" / "00000.png"));
  }
  const ImageU8 scene = ReadImage(out_ / std::to_string(int(Shown::kScene)) / "box-fly" / "00000.png");
  EXPECT_NE(scene.data, ReadImage(out_ / std::to_string(int(Shown::kOverlay)) / "box-fly" / "00000.png").data);
  EXPECT_NE(scene.data, ReadImage(out_ / std::to_string(int(Shown::kWithout)) / "box-fly" / "00000.png").data);

  ExportInput nothing{.scene = *scene_, .nerf = *nerf_};
  ExportOptions options = Short();
  options.video.file = VideoFile::kPng;
  EXPECT_EQ(WriteVideo(nothing, options, out_.path(), Job())[0].path.filename(), "scene-turntable");
}

TEST_F(Video, FromTheUsersOwnCameras) {
  const FakeFfmpeg none("");
  ExportInput input = Input(*scene_);
  for (const int v : {0, 1, 2}) input.path.push_back({"p", scene_->views[size_t(v)].camera, -1});
  ExportOptions options = Short();
  options.video.file = VideoFile::kPng;
  const std::vector<ExportedFile> files = WriteVideo(input, options, out_.path(), Job());
  EXPECT_EQ(files[0].path.filename(), "box-path");
  EXPECT_EQ(files[0].count, 3);
}

// Straight colors: over the field's own background the picture is what the field renders.
TEST_F(Video, TheObjectAloneIsItsColorsTimesItsAlpha) {
  const Camera& camera = scene_->views[0].camera;
  const ImageU8 picture = AlonePicture(Input(*scene_), camera, Job());
  const nerf::RenderedView alone = nerf_->RenderPart(camera, field_->Alone({1}), Job());
  for (size_t i = 0; i < alone.opacity.data.size(); ++i) {
    const float alpha = float(picture.data[4 * i + 3]) / 255;
    ASSERT_NEAR(alpha, alone.opacity.data[i], 0.01);
    for (size_t c = 0; c < 3; ++c) {
      const float over = alpha * float(picture.data[4 * i + c]) / 255 + (1 - alpha) * nerf_->background()[c];
      ASSERT_NEAR(over, alone.rgb.data[3 * i + c], 0.02);
    }
  }
}

TEST_F(Video, OfAnEmptyObjectIsASentence) {
  const FakeFfmpeg none("");
  ExportInput input = Input(*scene_);
  const scene::Scene away = LookingAway(Some({0}));
  for (const scene::View& view : away.views) input.path.push_back({"p", view.camera, -1});
  ExportOptions options = Short();
  options.video.file = VideoFile::kPng;
  EXPECT_THAT(ErrorTextOf<Error>([&] { WriteVideo(input, options, out_.path(), Job()); }),
              HasSubstr("the object 'box' is empty: no picture of the video shows a pixel of it"));
}

}  // namespace
}  // namespace sanerf::exports
