// Who writes to a run holds its lock, who only reads does not need it; and what goes wrong on the way is reported.
#include <gmock/gmock.h>

#include "sanerf/cli/cli_test_support.h"
#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/run/run_lock.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::HasSubstr;

class LockedRun : public TinyRun {
 protected:
  void SetUp() override { MakeRunWithMug(2, Rough()); }
};

TEST_F(LockedRun, WhoWritesIsRefusedAndChangesNothing) {
  fs::copy(folder_ / "scene", folder_ / "moved", fs::copy_options::recursive);
  const run::RunLock lock(folder_ / "run");
  const auto before = Snapshot(folder_ / "run");
  for (const Arguments& arguments : {
           Train("run") + Arguments{"--restart"},
           {"train", "run", "--resume"},
           {"demo", "--out", "run"},
           {"encode", "run"},
           Segment({"--box", "train/001:0,0,48,48"}),
           Segment({"--click", "train/001:24,40", "--add"}),
           {"segment", "run", "--refit"},
           {"segment", "run", "--auto"},
           {"segment", "run", "--text", "mug"},
           {"render", "run"},
           {"render", "run", "--scene", "moved"},
           {"export", "run", "--format", "prompts"},
           {"eval", "run"},
           {"eval", "run", "--scene", "moved"},
           {"eval", "run", "--report"},
           {"report", "run"},
           {"report", "run", "--out", "elsewhere.html"},
           {"compare", "run"},
           {"compare", "run", "--auto"},
           {"view", "run"},
           {"view", "scene", "--out", "run"},
       })
    EXPECT_THAT(Fails(1, arguments), HasSubstr("run is in use")) << ::testing::PrintToString(arguments);
  EXPECT_EQ(Snapshot(folder_ / "run"), before);
}

TEST_F(LockedRun, WhatAnotherCommandIsChangingIsNotRead) {
  WriteFileAtomic(folder_ / "run/run.json", "{");
  const run::RunLock lock(folder_ / "run");
  for (const Arguments& arguments : {Arguments{"encode", "run"},
                                     Segment({"--box", "train/001:0,0,48,48"}),
                                     {"render", "run"},
                                     {"export", "run", "--format", "prompts"},
                                     {"eval", "run"},
                                     {"compare", "run"},
                                     {"view", "run"},
                                     {"train", "run"},
                                     {"train", "scene", "--out", "run", "--resume"},
                                     {"train", "scene", "--out", "run"}})
    EXPECT_THAT(Fails(1, arguments), HasSubstr("run is in use")) << ::testing::PrintToString(arguments);
}

// A folder of results that another command is writing to.
TEST_F(LockedRun, TheFolderOfResultsIsLockedToo) {
  WriteFileAtomic(
      folder_ / "prompts.json",
      R"({"objects": [{"name": "mug", "instance": 2, "boxes": [{"view": "train/001", "xyxy": [0, 0, 48, 48]}]}]})");
  WriteFileAtomic(folder_ / "eval_set.json", R"({"scenes": [{"scene": "scene", "prompts": "prompts.json"}]})");
  fs::create_directories(folder_ / "results");
  const run::RunLock lock(folder_ / "results");
  const auto before = Snapshot(folder_ / "results");
  for (const Arguments& arguments : {
           Arguments{"compare", "run", "--out", "results"},
           {"eval-set", "eval_set.json", "--out", "results"},
           {"ablate", "run", "--prompts", "prompts.json", "--out", "results"},
       })
    EXPECT_THAT(Fails(1, arguments), HasSubstr("results is in use")) << ::testing::PrintToString(arguments);
  EXPECT_EQ(Snapshot(folder_ / "results"), before);
}

TEST_F(LockedRun, WhoReadsIsNotAndChangesNothing) {
  fs::copy(folder_ / "scene", folder_ / "moved", fs::copy_options::recursive);
  const run::RunLock lock(folder_ / "run");
  const auto before = Snapshot(folder_ / "run");
  for (const Arguments& arguments : {
           Arguments{"info", "run"},
           {"eval", "run", "--match"},
           {"eval", "run", "--match", "--scene", "moved"},
           {"render", "run", "--out", "pictures"},
           {"render", "run", "--out", "pictures", "--scene", "moved"},
           {"export", "run", "--format", "prompts", "--out", "mug.json"},
       })
    Succeeds(arguments);
  EXPECT_EQ(Snapshot(folder_ / "run"), before);
}

// A model that is not installed leaves a column of the report empty, with a warning. Anything else is an error.
TEST_F(LockedRun, TheReportPassesErrorsOn) {
  Succeeds({"eval", "run", "--report"});
  fs::rename(folder_ / "encoder.onnx", folder_ / "gone.onnx");
  EXPECT_THAT(Succeeds({"eval", "run", "--report"}).err, HasSubstr("warning: the report has no masks by SAM"));
  fs::rename(folder_ / "gone.onnx", folder_ / "encoder.onnx");
  fs::remove_all(folder_ / "run/features_test");
  WriteFileAtomic(folder_ / "run/features_test", "in the way");
  const ProgramResult result = Sanerf({"eval", "run", "--report"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("PSNR"));  // the scores are not lost with it
  EXPECT_TRUE(EndsInOneError(result));
  EXPECT_THAT(result.err, HasSubstr("run/features_test"));
}

}  // namespace
}  // namespace sanerf::cli
