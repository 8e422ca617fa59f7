// `sanerf train --restart --inside OBJECT`: segment roughly, train again on what is inside.
#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/json.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::HasSubstr;

class Inside : public TinyRun {
 protected:
  int NumMasks() const {
    const fs::path folder = folder_ / "run/nerf/inside";
    return fs::exists(folder) ? int(std::distance(fs::directory_iterator(folder), fs::directory_iterator())) : 0;
  }
};

TEST_F(Inside, TheSecondPassLearnsTheObjectAloneWithTheOptionsOfTheFirst) {
  MakeRunWithMug();
  const std::string before = ReadJsonFile(folder_ / "run/run.json")["stages"]["train"]["fingerprint"];
  const ProgramResult result = Succeeds({"train", "run", "--restart", "--inside", "mug"});
  EXPECT_THAT(result.err, HasSubstr("training anew makes these stale: "));
  const Json record = ReadJsonFile(folder_ / "run/run.json");
  EXPECT_NE(record["stages"]["train"]["fingerprint"], before);
  EXPECT_EQ(record["options"]["nerf"]["iters"], 60) << "as the first pass";
  ASSERT_EQ(NumMasks(), 10);
  EXPECT_EQ(ReadImage(folder_ / "run/nerf/inside/00002.png").channels, 1) << "the scene's first two views are held out";
  // The prompts are there for segmenting again.
  EXPECT_TRUE(fs::exists(folder_ / "run/objects/mug/prompts.json"));
  Succeeds({"train", "run", "--restart", "--iters", "3"});
  EXPECT_EQ(NumMasks(), 0) << "an ordinary training";
}

TEST_F(Inside, NeedsARunWithTheObject) {
  MakeRun();
  EXPECT_THAT(Fails(2, {"train", "run", "--inside", "mug"}), HasSubstr("sanerf train run --restart --inside mug"));
  EXPECT_THAT(Fails(2, {"train", "scene", "--out", "new", "--restart", "--inside", "mug"}), HasSubstr("--inside mug"));
  EXPECT_THAT(Fails(2, {"train", "run", "--restart", "--inside", "cup"}), HasSubstr("cup"));
  EXPECT_EQ(ReadJsonFile(folder_ / "run/run.json")["stages"]["train"]["state"], "complete") << "nothing has happened";
}

}  // namespace
}  // namespace sanerf::cli
