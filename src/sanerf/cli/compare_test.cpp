// Comparisons through the whole program, on a tiny run with a model of brightness instead of SAM.
#include <chrono>
#include <csignal>
#include <thread>

#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/json.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Arguments Quickly(Arguments arguments) {
  for (const char* option :
       {"encode.model=encoder.onnx,decoder.onnx", "encode.size=64", "object.iters=2", "object.log2_table=10",
        "object.pool_rays=4096", "segment.rounds=1", "sa3d.voxels=32", "sa3d.prompts=2", "sa3d.min_weight=0.01"})
    arguments = arguments + Arguments{"--set", option};
  return arguments;
}

class CompareCommand : public TinyRun {
 protected:
  static constexpr const char* kPrompts =
      R"({"objects": [{"name": "mug", "instance": 2, "boxes": [{"view": "train/001", "xyxy": [0, 0, 48, 48]}]}]})";
};

TEST_F(CompareCommand, TablesPicturesAndMasksOfEveryMethod) {
  MakeRun();
  WriteFileAtomic(folder_ / "prompts.json", kPrompts);
  const Arguments compare =
      Quickly({"compare", "run", "--prompts", "prompts.json", "--methods", "sanerf,sam,sa3d", "--json"});
  const ProgramResult result = Sanerf(compare + Arguments{"--repeats", "2"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = Json::parse(result.out);
  ASSERT_EQ(json["methods"].size(), 3u);
  EXPECT_EQ(json["methods"][0]["method"], "sanerf");
  EXPECT_EQ(json["methods"][0]["runs"].size(), 2u);
  EXPECT_EQ(json["methods"][0]["runs"][1]["seed"], 2);
  EXPECT_EQ(json["methods"][2]["runs"].size(), 1u);  // nothing in it is random
  for (const Json& method : json["methods"]) {
    EXPECT_GT(method["peak_rss_mib"].get<double>(), 1) << method["title"];
    double sum = 0;  // the table is what its runs say
    for (const Json& run : method["runs"]) sum += run["objects"][0]["iou"].get<double>();
    EXPECT_NEAR(method["miou"].get<double>(), sum / double(method["runs"].size()), 1e-9) << method["title"];
  }
  const fs::path out = folder_ / "run" / "compare";
  for (const char* file : {"table.md", "table.tex", "scores.csv", "comparison.json", "sheet.png", "sheet.html"})
    EXPECT_TRUE(fs::exists(out / file)) << file;
  for (const char* method : {"sanerf", "sam", "sa3d"})
    EXPECT_TRUE(fs::exists(out / "masks" / method / "mug" / "test_000.png")) << method;

  // What is finished is kept; another option makes only the methods anew that it concerns.
  const ProgramResult again = Sanerf(compare + Arguments{"--repeats", "2"});
  EXPECT_THAT(again.err, AllOf(HasSubstr("SANeRF-HQ: from an earlier"), HasSubstr("SA3D: from an earlier")));
  EXPECT_EQ(Json::parse(again.out)["methods"], json["methods"]);
  const ProgramResult other = Sanerf(compare + Arguments{"--repeats", "2", "--set", "sa3d.threshold=0"});
  EXPECT_THAT(other.err, AllOf(HasSubstr("SANeRF-HQ: from an earlier"), Not(HasSubstr("SA3D: from an earlier"))));

  // A folder of true masks; one object needs no folder of its own.
  fs::create_directories(folder_ / "truth");
  fs::copy(out / "masks" / "sam" / "mug" / "test_000.png", folder_ / "truth" / "test_000.png");
  const ProgramResult masks = Sanerf(Quickly({"compare", "run", "--prompts", "prompts.json", "--methods", "sam",
                                              "--masks", "truth", "--out", "other", "--json"}));
  ASSERT_EQ(masks.exit_code, 0) << masks.err;
  EXPECT_EQ(Json::parse(masks.out)["methods"][0]["miou"], 1.0);
  EXPECT_THAT(masks.err, HasSubstr("mug: ground truth matched 1 of "));
  EXPECT_TRUE(fs::exists(folder_ / "other" / "table.tex"));

  // The objects of the run itself, on the terminal.
  Succeeds(Segment({"--box", "train/001:0,0,48,48", "--instance", "2"}));
  const ProgramResult text = Sanerf(Quickly({"compare", "run", "--methods", "vote"}));
  EXPECT_THAT(text.out, AllOf(HasSubstr("vote alone"), HasSubstr("best of the column")));
}

// What a comparison encodes otherwise than run.json says lies beside its results.
TEST_F(CompareCommand, OtherOptionsLeaveTheRunsOwnViewsAlone) {
  MakeRunWithMug(2);
  const Arguments compare = Quickly({"compare", "run", "--methods", "sam"});
  Succeeds(compare);
  EXPECT_FALSE(fs::exists(folder_ / "run/compare/encoded"));
  const auto views = Snapshot(folder_ / "run/features"), held_out = Snapshot(folder_ / "run/features_test");
  const std::string record = ReadFile(folder_ / "run/run.json");
  Succeeds(compare + Arguments{"--set", "encode.size=80"});
  for (const char* cache : {"features", "features_test"})
    EXPECT_TRUE(fs::exists(folder_ / "run/compare/encoded/other_views" / cache / "index.json")) << cache;
  EXPECT_EQ(Snapshot(folder_ / "run/features"), views);
  EXPECT_EQ(Snapshot(folder_ / "run/features_test"), held_out);
  EXPECT_EQ(ReadFile(folder_ / "run/run.json"), record);
}

TEST_F(CompareCommand, ADamagedResultIsMadeAgain) {
  MakeRunWithMug(2);
  const Arguments compare = Quickly({"compare", "run", "--methods", "sam", "--json"});
  const Json first = Json::parse(Succeeds(compare).out);
  const fs::path kept = folder_ / "run/compare/methods/sam.json";
  Json damaged = ReadJsonFile(kept), empty = damaged;
  damaged.erase("runs");
  empty["runs"][0]["objects"] = Json::array();
  for (const std::string& content : {damaged.dump(), empty.dump(), std::string("{"), std::string("[]")}) {
    WriteFileAtomic(kept, content);
    const ProgramResult again = Succeeds(compare);
    EXPECT_EQ(Json::parse(again.out)["methods"][0]["miou"], first["methods"][0]["miou"]) << content;
    EXPECT_THAT(again.err, Not(HasSubstr("from an earlier"))) << content;
    if (content == "[]") continue;  // has no key, as one of other options
    EXPECT_THAT(again.err,
                AllOf(HasSubstr("an earlier result is damaged and is computed again"), HasSubstr("methods/sam.json")))
        << content;
  }
}

// masks/METHOD is the result that methods/METHOD.json says: of its objects, no others.
TEST_F(CompareCommand, TheMasksAreThoseOfTheResult) {
  MakeRun();
  WriteFileAtomic(folder_ / "prompts.json", kPrompts);
  const Arguments compare =
      Quickly({"compare", "run", "--prompts", "prompts.json", "--methods", "sam", "--out", "results"});
  Succeeds(compare);
  const fs::path masks = folder_ / "results/masks/sam";
  const auto first = Snapshot(masks);
  std::string other = kPrompts;
  other.replace(other.find("mug"), 3, "cup");
  WriteFileAtomic(folder_ / "prompts.json", other);
  Succeeds(compare);
  EXPECT_TRUE(fs::exists(masks / "cup"));
  EXPECT_FALSE(fs::exists(masks / "mug"));

  WriteFileAtomic(folder_ / "prompts.json", kPrompts);
  fs::remove_all(masks);
  Succeeds(compare);
  fs::remove_all(masks);
  Succeeds(compare);  // without them there is nothing to show of an earlier result
  EXPECT_EQ(Snapshot(masks), first);
}

TEST_F(CompareCommand, AMethodThatFailsIsNamedAndTheOthersAreDone) {
  MakeRun();
  WriteFileAtomic(folder_ / "prompts.json", kPrompts);
  const Arguments compare = Quickly({"compare", "run", "--prompts", "prompts.json", "--methods", "isrf,sam", "--json",
                                     "--set", "isrf.features=lost.onnx"});
  const ProgramResult result = Sanerf(compare);
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("warning: ISRF: cannot read the model lost.onnx: there is no such file"),
                                HasSubstr("warning: 1 of 2 methods failed: ISRF; the same command")));
  const Json methods = Json::parse(result.out)["methods"];
  EXPECT_THAT(methods[0]["error"].get<std::string>(), HasSubstr("lost.onnx"));
  EXPECT_EQ(methods[1]["runs"].size(), 1u);
  EXPECT_TRUE(fs::exists(folder_ / "run/compare/table.md"));
  Succeeds(Quickly({"compare", "run", "--prompts", "prompts.json", "--methods", "sam"}));
}

TEST_F(CompareCommand, WhatCannotBeWrittenIsNoFailureOfAMethod) {
  MakeRun();
  WriteFileAtomic(folder_ / "prompts.json", kPrompts);
  fs::create_directories(folder_ / "results");
  WriteFileAtomic(folder_ / "results/masks", "in the way");
  EXPECT_THAT(
      Fails(1, Quickly({"compare", "run", "--prompts", "prompts.json", "--methods", "sam,vote", "--out", "results"})),
      StartsWith("error: cannot create folder results/masks: "));
  EXPECT_FALSE(fs::exists(folder_ / "results/table.md"));
}

TEST_F(CompareCommand, WhatIsRefusedLeavesNothing) {
  MakeRunWithMug(2);
  WriteFileAtomic(folder_ / "prompts.json", kPrompts);
  for (const Arguments& out : {Arguments{"--out", "tables/mine"}, Arguments{}})
    EXPECT_THAT(Fails(2, Quickly({"compare", "run", "--prompts", "prompts.json", "--methods", "sa3d", "--set",
                                  "sa3d.first_view=nowhere"}) +
                             out),
                HasSubstr("nowhere"));
  EXPECT_FALSE(fs::exists(folder_ / "tables"));
  EXPECT_FALSE(fs::exists(folder_ / "run/compare"));
}

TEST_F(CompareCommand, AStopBetweenTwoSeedsLeavesNoHalfResult) {
  MakeRunWithMug(2);
  WriteFileAtomic(folder_ / "prompts.json", kPrompts);
  const Arguments compare =
      Quickly({"compare", "run", "--prompts", "prompts.json", "--methods", "sanerf", "--out", "results"});
  CommandProcess process(compare + Arguments{"--repeats", "1000"}, folder_.path());
  for (int i = 0; i < 600 && process.ErrSoFar().find("seed 2 of 1000") == std::string::npos; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  process.Send(SIGINT);
  const ProgramResult result = process.Wait();
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_THAT(result.err, HasSubstr("seed 2 of 1000"));  // the masks of the first were there
  EXPECT_FALSE(fs::exists(folder_ / "results"));
}

TEST_F(CompareCommand, MistakesAreReportedBeforeAnythingIsRun) {
  MakeRun();
  WriteFileAtomic(folder_ / "prompts.json", kPrompts);
  const Arguments compare = Quickly({"compare", "run", "--prompts", "prompts.json"});
  EXPECT_THAT(Fails(2, compare + Arguments{"--methods", "sa4d"}),
              AllOf(HasSubstr("unknown method 'sa4d'"), HasSubstr("sa3d")));
  EXPECT_THAT(Fails(2, compare + Arguments{"--repeats", "0"}),
              HasSubstr("--repeats 0: expected an integer from 1 to 1000"));
  EXPECT_THAT(Fails(2, compare + Arguments{"--auto"}), HasSubstr("--prompts and --auto exclude each other"));
  EXPECT_THAT(Fails(2, {"compare", "run"}), HasSubstr("there are no prompts"));
  EXPECT_THAT(Fails(2, compare + Arguments{"--masks", "nowhere"}), HasSubstr("no such folder"));
  WriteFileAtomic(folder_ / "nameless.json",
                  R"({"objects": [{"name": "mug", "clicks": [{"view": "train/001", "xy": [1, 1]}]}]})");
  EXPECT_THAT(Fails(2, {"compare", "run", "--prompts", "nameless.json"}), HasSubstr("object 'mug' has no instance id"));
  WriteFileAtomic(folder_ / "lost.json",
                  R"({"objects": [{"name": "mug", "instance": 2, "clicks": [{"view": "train/999", "xy": [1, 1]}]}]})");
  EXPECT_THAT(Fails(2, {"compare", "run", "--prompts", "lost.json"}), HasSubstr("train/999"));
}

TEST_F(CompareCommand, AWholeSetWithOneBrokenScene) {
  MakeRun();
  WriteFileAtomic(folder_ / "scene" / "prompts.json", kPrompts);
  fs::create_directories(folder_ / "empty");
  WriteFileAtomic(
      folder_ / "eval_set.json",
      R"({"scenes": [{"scene": "scene", "options": ["nerf.iters=20"]}, {"scene": "empty", "prompts": "scene/prompts.json"}]})");
  Arguments set = Quickly({"eval-set", "eval_set.json", "--out", "results", "--methods", "sam", "--json"});
  for (const char* option : {"nerf.log2_table=12", "nerf.batch_samples=4096", "nerf.occupancy_resolution=32"})
    set = set + Arguments{"--set", option};
  const ProgramResult result = Sanerf(set);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("warning: 1 of 2 scenes failed: empty; the same command keeps what is finished"));
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["scenes"][0]["scene"], "scene");
  EXPECT_EQ(json["failed"][0]["scene"], "empty");
  for (const char* file : {"table.md", "table.tex", "scores.csv", "comparison.json", "report.html",
                           "scene/run/run.json", "scene/compare/sheet.png"})
    EXPECT_TRUE(fs::exists(folder_ / "results" / file)) << file;
  EXPECT_THAT(ReadFile(folder_ / "results" / "table.md"),
              HasSubstr("| method | scene Acc. | mean Acc. | scene mIoU | mean mIoU |"));
  const Json record = Json::parse(ReadFile(folder_ / "results/scene/run/run.json"));
  EXPECT_EQ(record["options"]["nerf"]["iters"], 20);

  const ProgramResult again = Sanerf(set + Arguments{"--scenes", "scene"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("SAM per view: from an earlier"));
}

}  // namespace
}  // namespace sanerf::cli
