// Ablations through the whole program, on a tiny run with a model of brightness instead of SAM.
#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/run/open_run.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class AblateCommand : public TinyRun {
 protected:
  void SetUp() override {
    MakeRun();
    WriteFileAtomic(
        folder_ / "prompts.json",
        R"({"objects": [{"name": "mug", "instance": 2, "boxes": [{"view": "train/001", "xyxy": [0, 0, 48, 48]}]}]})");
  }
  static Arguments Ablate(const std::string& study) {
    Arguments arguments = {"ablate", "run", "--prompts", "prompts.json", "--out", "results", "--studies", study};
    for (const char* option : {"encode.model=encoder.onnx,decoder.onnx", "encode.size=64", "object.iters=2",
                               "object.log2_table=10", "object.pool_rays=4096", "segment.rounds=1"})
      arguments = arguments + Arguments{"--set", option};
    return arguments;
  }
  // Where a row's objects are made, by how its views are encoded.
  fs::path FolderEncodedFrom(const std::string& source) const {
    for (const auto& entry : fs::directory_iterator(folder_ / "results/run"))
      if (ReadJsonFile(entry.path() / "run.json")["options"]["encode"]["source"] == source) return entry.path();
    return {};
  }
};

// One row's folder is in the hands of another command, which keeps what it has there.
TEST_F(AblateCommand, ARowThatFailsIsNamedAndTheOthersAreDone) {
  Succeeds(Ablate("source"));
  const fs::path folder = FolderEncodedFrom("render");
  ASSERT_FALSE(folder.empty());
  const auto before = Snapshot(folder);
  {
    const run::RunLock lock(folder);
    const ProgramResult result = Sanerf(Ablate("source") + Arguments{"--restart", "--json"});
    EXPECT_EQ(result.exit_code, 3) << result.err;
    EXPECT_THAT(result.err, AllOf(HasSubstr(" is in use: process "),
                                  HasSubstr("warning: 1 of the ablation's rows failed: render (paper) on run; ")));
    const Json rows = Json::parse(result.out)["studies"][0]["rows"];
    EXPECT_TRUE(rows[0]["results"][0][0].contains("objects"));
    EXPECT_THAT(rows[1]["results"][0][0]["error"].get<std::string>(), HasSubstr("is in use"));
    EXPECT_EQ(Snapshot(folder), before);
  }
  EXPECT_THAT(Succeeds(Ablate("source")).err, HasSubstr("1 row run, 1 from before, 0 failed"));
}

TEST_F(AblateCommand, WhatCannotBeWrittenIsNoFailureOfARow) {
  Succeeds(Ablate("aggregator"));
  const fs::path held_out = FolderEncodedFrom("photo") / "features_test";
  ASSERT_TRUE(fs::is_directory(held_out));
  fs::remove_all(held_out);
  WriteFileAtomic(held_out, "in the way");
  EXPECT_THAT(Fails(1, Ablate("aggregator") + Arguments{"--restart"}), HasSubstr("features_test"));
}

}  // namespace
}  // namespace sanerf::cli
