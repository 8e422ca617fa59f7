// Presets through the whole program: which one a stage obeys, and what the run remembers.
#include <sstream>

#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/json.h"

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class PresetCommand : public TinyRun {
 protected:
  Json Record() const { return Json::parse(ReadFile(folder_ / "run/run.json")); }
};

TEST_F(PresetCommand, LaterStagesFollowTheRunAndASegmentationMayHaveItsOwn) {
  MakeScene();
  Succeeds(Train("run") + Arguments{"--preset", "paper"});
  EXPECT_EQ(Record()["options"]["nerf"]["iters"], 60);  // a flag is stronger
  EXPECT_EQ(Record()["origins"]["nerf.iters"], "--iters");
  EXPECT_EQ(Record()["origins"]["nerf.density_layers"], "preset paper");
  EXPECT_EQ(Record()["options"]["object"]["iters"], 600);
  onnx_test::WriteSmallSam(folder_.path());

  Succeeds(Segment({"--box", "train/001:0,0,48,48"}));
  EXPECT_EQ(Record()["options"]["segment"]["rounds"], 0);  // as the run was trained
  EXPECT_EQ(Record()["options"]["encode"]["source"], "render");

  Succeeds(Segment({"--box", "train/001:0,0,48,48", "--preset", "default"}));
  EXPECT_EQ(Record()["options"]["segment"]["rounds"], 1);
  EXPECT_EQ(Record()["options"]["encode"]["source"], "photo");
  EXPECT_FALSE(Record()["origins"].contains("segment.rounds"));
  EXPECT_EQ(Record()["options"]["nerf"]["density_layers"], 2);  // trained is trained

  EXPECT_THAT(Fails(2, Segment({"--box", "train/001:0,0,48,48", "--preset", "papers"})),
              HasSubstr("preset 'papers': unknown preset\nhint: did you mean 'paper'?"));
}

TEST_F(PresetCommand, AResumedTrainingKeepsItsOptionsUnlessAPresetSaysOtherwise) {
  MakeScene();
  Succeeds(Train("run"));
  EXPECT_THAT(Succeeds({"train", "run", "--resume"}).err, HasSubstr("complete already"));
  EXPECT_THAT(Fails(1, {"train", "run", "--resume", "--preset", "paper"}),
              AllOf(HasSubstr("run was trained with other options"), HasSubstr("nerf.iters (60, now 15000)"),
                    HasSubstr("nerf.density_layers (1, now 2)"), HasSubstr("nerf.lr_final (0.05, now 0.1)"),
                    HasSubstr("--restart")));
}

TEST(PresetHelp, IsTheSameWhereverThereIsAPreset) {
  for (const char* command : {"train", "encode", "segment", "compare", "eval-set", "ablate"}) {
    const ProgramResult help = RunSanerf({command, "--help"});
    std::istringstream words(help.out);
    std::string joined;
    for (std::string word; words >> word;) joined += word + " ";
    EXPECT_THAT(joined, AllOf(HasSubstr("--preset NAME fast, default, paper: what "),
                              HasSubstr("sanerf options --preset NAME lists their values [")))
        << command;
  }
}

}  // namespace
}  // namespace sanerf::cli
