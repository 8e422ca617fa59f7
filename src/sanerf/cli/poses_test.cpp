// `sanerf poses` from the command line, against tools that answer as they are told to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/cli/cli_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/poses/fake_tools_test_support.h"

namespace sanerf::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class PosesCommand : public poses::FakeToolsTest {
 protected:
  void SetUp() override {
    std::vector<std::string> files;
    fs::create_directories(folder_ / "photos");
    for (int i = 0; i < 8; ++i) {
      WritePng(folder_ / ("photos/p" + std::to_string(i) + ".png"), NoisePhoto(uint64_t(i)));
      files.push_back("00000" + std::to_string(i) + ".png");
    }
    files.pop_back();  // the last has no pose
    poses::WriteSparseModel(poses::RingModel(files, {0, 1, 2, 3, 4, 5, 6}, 8), fake_ / "canned" / "0");
  }
  ProgramResult Run(const std::vector<std::string>& arguments) const { return RunSanerf(arguments, folder_.path()); }
};

TEST_F(PosesCommand, ReportsAndNamesTheNextCommand) {
  const ProgramResult text = Run({"poses", "photos", "--out", "scene"});
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("posed    7 of 8 photos\n"), HasSubstr("missing  1: p7.png\n")));
  EXPECT_THAT(text.err, AllOf(HasSubstr("warning: no pose was found for 1 of 8 photos"), HasSubstr("wrote  scene"),
                              HasSubstr("next:  sanerf train scene --out scene_run\n")));
  const ProgramResult json = Run({"poses", "photos/", "-o", "scene", "--json", "-q"});
  ASSERT_EQ(json.exit_code, 0) << json.err;
  const Json result = Json::parse(json.out);
  EXPECT_EQ(result["reused"], true);
  EXPECT_EQ(result["posed"], 7);
  EXPECT_EQ(result["scene"], "scene");
  EXPECT_EQ(result["next"], "sanerf train scene --out scene_run");
  EXPECT_EQ(Run({"info", "scene"}).exit_code, 0);
}

TEST_F(PosesCommand, WrongUsageIsASentence) {
  for (const auto& [arguments, error] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"poses", "photos"}, "--out is missing"},
           {{"poses", "photos", "--out", "photos"}, "it would replace what it is made from"},
           {{"poses", "photos", "--out", "x", "--frames", "0"}, "--frames 0: expected an integer from 3 to 5000"},
           {{"poses", "photos", "--out", "x", "--matching", "some"}, "--matching some: expected auto, sequential"},
           {{"poses", "photos", "--out", "x", "--set", "nerf.iters=3"}, "nerf.iters"}}) {
    const ProgramResult result = Run(arguments);
    EXPECT_EQ(result.exit_code, 2) << error;
    EXPECT_TRUE(EndsInOneError(result));
    EXPECT_THAT(result.err, HasSubstr(error));
    EXPECT_FALSE(fs::exists(folder_ / "x"));
  }
}

TEST_F(PosesCommand, FailuresAreOneSentence) {
  Say("fail_matches_importer", "the disk is full\n");
  const ProgramResult result = Run({"poses", "photos", "--out", "scene", "-q"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(EndsInOneError(result)) << result.err;
  EXPECT_THAT(result.err, HasSubstr("error: colmap cannot compare the photos: colmap ended with exit code 3"));
  TakeAway("colmap");
  const ProgramResult missing = Run({"poses", "photos", "--out", "other", "-q"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err,
              AllOf(HasSubstr("error: colmap is not installed"), HasSubstr("hint: scripts/setup.sh --with-poses")));
}

TEST_F(PosesCommand, CtrlCEndsColmapAndTheSameCommandGoesOn) {
  Say("hang_mapper", "");
  CommandProcess process({"poses", "photos", "--out", "scene", "-q"}, folder_.path());
  for (int i = 0; i < 3000 && !fs::exists(fake_ / "hangs"); ++i) usleep(20000);
  process.Send(SIGINT);
  const ProgramResult result = process.Wait();
  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_FALSE(fs::exists(folder_ / "scene"));
  Unsay("hang_mapper");
  EXPECT_EQ(Run({"poses", "photos", "--out", "scene"}).exit_code, 0);
  EXPECT_EQ(NumCalls("feature_extractor"), 1);
}

TEST_F(PosesCommand, TrainingOnPhotosNamesTheCommand) {
  for (const auto& arguments :
       {std::vector<std::string>{"train", "photos"}, {"train", "photos", "--out", "run"}, {"photos"}}) {
    const ProgramResult result = Run(arguments);
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_THAT(result.err, HasSubstr("sanerf poses " + (folder_ / "photos").string() + " --out " +
                                      (folder_ / "photos_scene").string()));
    EXPECT_FALSE(fs::exists(folder_ / "run"));
  }
}

TEST_F(PosesCommand, DoctorSaysWhichToolsThereAre) {
  const Json found = Json::parse(Run({"doctor", "--json"}).out);
  bool has_colmap = false;
  for (const Json& check : found["checks"])
    has_colmap = has_colmap || (check["what"] == "colmap" && check["found"] == "3.8" && check["ok"] == true);
  EXPECT_TRUE(has_colmap);
  TakeAway("colmap");
  EXPECT_THAT(Run({"doctor"}).out, HasSubstr("none (only sanerf poses needs it)"));
}

}  // namespace
}  // namespace sanerf::cli
