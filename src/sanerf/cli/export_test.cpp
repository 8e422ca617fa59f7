// `sanerf export`: what it prints, what it refuses, and what its help explains.
#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/json.h"
#include "sanerf/export/fake_ffmpeg_test_support.h"
#include "sanerf/export/formats.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ExportCommand : public TinyRun {
 protected:
  void SetUp() override { MakeRunWithMug(2); }
};

TEST_F(ExportCommand, WritesAReportAndTheNextCommand) {
  const ProgramResult masks = Succeeds({"export", "run", "--object", "mug", "--format", "masks", "--views", "test"});
  EXPECT_EQ(masks.out, "");
  EXPECT_THAT(masks.err, AllOf(HasSubstr("wrote  run/exports/mug-masks/masks/mug  masks: 2, "),
                               HasSubstr("the photos' pixels, units: pixels"),
                               HasSubstr("next:  sanerf export run --object mug --format video")));
  EXPECT_EQ(ReadImageInfo(folder_ / "run/exports/mug-masks/masks/mug/000.png").width, 48);

  const ProgramResult json =
      Succeeds({"export", "run", "--object", "all", "--format", "coco", "--out", "coco.json", "--json"});
  const Json report = Json::parse(json.out);
  EXPECT_EQ(report.at("place"), "coco.json");
  EXPECT_EQ(report.at("objects")[0], "mug");
  EXPECT_EQ(report.at("files")[0].at("what"), "masks");
  EXPECT_TRUE(ReadJsonFile(folder_ / "coco.json").contains("annotations"));
  EXPECT_THAT(Succeeds({"export", "run", "--format", "prompts", "--out", "p.json"}).err,
              HasSubstr("next:  sanerf segment run --prompts p.json"));
}

TEST_F(ExportCommand, ADataSetIsTrainedOnNext) {
  const ProgramResult result = Succeeds(
      {"export", "run", "--format", "nerfstudio", "--out", "set", "--keep", "rest", "--set", "export.points=0"});
  EXPECT_THAT(result.err, HasSubstr("next:  sanerf train set --out set_run"));
  EXPECT_THAT(Succeeds({"info", "set"}).out, HasSubstr("12 photos"));
}

TEST_F(ExportCommand, RefusesWhatHasNoEffect) {
  EXPECT_THAT(Fails(2, {"export", "run", "--format", "mask"}), HasSubstr("did you mean 'masks'"));
  EXPECT_THAT(Fails(2, {"export", "run", "--format", "masks", "--object", "mgu"}), HasSubstr("did you mean 'mug'"));
  EXPECT_THAT(Fails(2, {"export", "run", "--format", "coco", "--npy"}),
              AllOf(HasSubstr("export.arrays (--npy) has no effect on the format coco"),
                    HasSubstr("its options are export.views")));
  EXPECT_THAT(Fails(2, {"export", "run", "--format", "masks", "--fps", "25"}), HasSubstr("video.fps (--fps)"));
  EXPECT_THAT(Fails(2, {"export", "run", "--format", "masks", "--path", "cams.json"}),
              HasSubstr("--path is of videos"));
  EXPECT_THAT(Fails(2, {"export", "run", "--format", "video", "--alpha", "gif"}),
              HasSubstr("mp4, webm, prores or png"));
  EXPECT_THAT(Fails(2, {"export", "run", "--format", "video", "--size", "7"}), HasSubstr("--size 7"));
  EXPECT_THAT(Fails(2, {"export", "run", "--format", "glb", "--faces", "0"}),
              HasSubstr("--faces 0: expected an integer from 100 to 5000000"));
  EXPECT_THAT(Fails(2, {"export", "run", "--format", "video", "--set", "nerf.iters=5"}), HasSubstr("nerf.iters"));
  EXPECT_THAT(Fails(1, {"export", "nowhere", "--format", "masks"}), HasSubstr("nowhere"));
  EXPECT_FALSE(fs::exists(folder_ / "run/exports"));
}

TEST_F(ExportCommand, WithoutFfmpegAVideoIsPictures) {
  const exports::FakeFfmpeg none("");
  const ProgramResult result = Succeeds({"export", "run", "--format", "video", "--seconds", "0.1", "--fps", "20",
                                         "--size", "32", "--path", "fly", "--out", "pictures"});
  EXPECT_THAT(result.err, HasSubstr("warning: there is no ffmpeg in PATH"));
  EXPECT_TRUE(fs::exists(folder_ / "pictures/scene-fly/00001.png"));
}

TEST_F(ExportCommand, TheEndingSaysWhichVideo) {
  const exports::FakeFfmpeg ffmpeg("echo \"$@\" > \"$out.said\"; cat > \"$out\"");
  Succeeds(
      {"export", "run", "--format", "video", "--seconds", "0.1", "--fps", "10", "--size", "32", "--out", "a.webm"});
  EXPECT_GT(fs::file_size(folder_ / "a.webm"), 0u);
  EXPECT_THAT(Fails(1, {"export", "run", "--format", "video", "--seconds", "0.1", "--fps", "10", "--size", "32",
                        "--alpha", "png", "--out", "b.mp4"}),
              HasSubstr("names one file"));
}

TEST(ExportHelp, ListsEveryFormat) {
  const ProgramResult help = RunSanerf({"export", "--help"});
  for (const exports::ExportFormat& format : exports::ExportFormats())
    EXPECT_THAT(help.out, HasSubstr(std::string("\n  ") + format.name + " "));
}

}  // namespace
}  // namespace sanerf::cli
