// What `eval` scores, what it does not and why, on a tiny run with a model of brightness instead of SAM.
#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/disk_test_support.h"
#include "sanerf/core/json.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class EvalCommand : public TinyRun {
 protected:
  static inline const Arguments kBox = {"--box", "train/001:0,0,48,48"}, kInstance = {"--instance", "2"};

  Json JsonOf(const Arguments& arguments) const { return Json::parse(Succeeds(arguments + Arguments{"--json"}).out); }
};

// Of fewer views than there are: both must learn from the same ones, the clicked one among them.
TEST_F(EvalCommand, SaysOfTheVoteWhatCompareSays) {
  MakeRun();
  Succeeds(Segment(kBox + kInstance + Arguments{"--set", "segment.max_views=3"}));
  const Json scored = JsonOf({"eval", "run", "--baseline", "vote"}),
             compared = JsonOf({"compare", "run", "--methods", "vote,sanerf"});
  const Json &vote = scored["baselines"][0]["objects"][0], &same = compared["methods"][0]["runs"][0]["objects"][0];
  const Json &field = scored["objects"][0], &same_field = compared["methods"][1]["runs"][0]["objects"][0];
  for (const char* score : {"iou", "accuracy", "boundary_iou", "consistency"}) {
    EXPECT_EQ(vote[score], same[score]) << score;
    EXPECT_EQ(field[score], same_field[score]) << score;
  }
}

TEST_F(EvalCommand, AnInstanceThatIsNowhereIsSaid) {
  MakeRunWithMug(2);
  EXPECT_THAT(Fails(2, {"eval", "run", "--object", "mug", "--instance", "99"}),
              AllOf(HasSubstr("object 'mug' cannot be scored"),
                    HasSubstr("no mask of a held-out view has the instance 99; there are 1, 2")));
  WriteFileAtomic(
      folder_ / "prompts.json",
      R"({"objects": [{"name": "mug", "instance": 99, "boxes": [{"view": "train/001", "xyxy": [0, 0, 48, 48]}]}]})");
  EXPECT_THAT(Fails(2, {"compare", "run", "--prompts", "prompts.json", "--methods", "sam"}),
              HasSubstr("no mask of a held-out view has the instance 99"));
}

TEST_F(EvalCommand, WhatIsNotScoredIsNamedWithTheReason) {
  MakeRunWithMug();
  fs::create_directories(folder_ / "run/objects/lost/masks");
  const ProgramResult result = Succeeds({"eval", "run", "--json"});
  EXPECT_THAT(
      result.err,
      AllOf(
          HasSubstr("mug is not scored: no instance id says which true masks are its own (sanerf eval run --object mug "
                    "--instance ID, or --masks DIR)"),
          HasSubstr("lost is not scored: no object.json in its folder")));
  const Json json = Json::parse(result.out);
  EXPECT_TRUE(json["objects"].empty());
  ASSERT_EQ(json["not_scored"].size(), 2u);
  EXPECT_EQ(json["not_scored"][0]["object"], "mug");
  EXPECT_EQ(json["not_scored"][1]["object"], "lost");

  EXPECT_THAT(Fails(2, {"eval", "run", "--object", "mug"}), HasSubstr("say which: --instance ID, or --masks DIR"));
  EXPECT_EQ(JsonOf({"eval", "run", "--object", "mug", "--instance", "2"})["objects"][0]["name"], "mug");
}

TEST_F(EvalCommand, SaysInWhichLightViewsAreScored) {
  MakeRunWithMug(2);
  const Json mean = JsonOf({"eval", "run"}), half = JsonOf({"eval", "run", "--look", "half"});
  EXPECT_FALSE(mean.contains("look"));
  EXPECT_EQ(half["look"], "half");
  EXPECT_NE(half["psnr"], mean["psnr"]);
  EXPECT_EQ(half["objects"][0]["iou"], mean["objects"][0]["iou"]);  // masks have no light
  const ProgramResult nearest = Succeeds({"eval", "run", "--look", "nearest", "--json"});
  EXPECT_THAT(nearest.err, HasSubstr("has learned no light of its photos"));
  EXPECT_EQ(Json::parse(nearest.out)["psnr"], mean["psnr"]);
  EXPECT_THAT(Fails(2, {"eval", "run", "--look", "median"}), HasSubstr("expected mean, nearest or half"));
}

TEST_F(EvalCommand, WhatCannotBeStoredIsShownAllTheSame) {
  MakeRunWithMug(2);
  const Json scores = JsonOf({"eval", "run"})["objects"];
  fs::remove(folder_ / "run/metrics.json");
  fs::create_directory(folder_ / "run/metrics.json");
  ProgramResult result = Sanerf({"eval", "run", "--json"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(Json::parse(result.out)["objects"], scores);
  EXPECT_THAT(result.err, HasSubstr("error: cannot write run/metrics.json: it is a folder"));
  fs::remove(folder_ / "run/metrics.json");

  const TestDisk disk(65536);
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  fs::copy(folder_ / "run", disk / "run", fs::copy_options::recursive);
  disk.MakeReadOnly();
  const std::string run = (disk / "run").string();
  result = Succeeds({"eval", run, "--json"});
  EXPECT_EQ(Json::parse(result.out)["objects"], scores);
  EXPECT_THAT(result.err, AllOf(HasSubstr("cannot be written to: the scores are not stored"), Not(HasSubstr("next:"))));
  EXPECT_THAT(Fails(1, {"eval", run, "--baseline", "vote"}), HasSubstr(".lock"));
}

TEST_F(EvalCommand, WithoutMasksOnlyThePicturesAreScored) {
  MakeScene();
  for (const char* split : {"train", "test"}) {
    const fs::path list = folder_ / "scene" / (std::string("transforms_") + split + ".json");
    Json json = ReadJsonFile(list);
    for (Json& frame : json["frames"]) frame.erase("mask_path");
    WriteFileAtomic(list, json.dump());
    fs::remove_all(folder_ / "scene" / (std::string(split) + "_mask"));
  }
  Succeeds(Train("run"));
  onnx_test::WriteSmallSam(folder_.path());
  Succeeds(Segment(kBox + kInstance));
  const ProgramResult result = Succeeds({"eval", "run"});
  EXPECT_THAT(result.err, AllOf(HasSubstr("there is nothing to compare objects with, only the pictures are scored"),
                                HasSubstr("mug is not scored: no held-out view has ground truth")));
  EXPECT_THAT(result.out, AllOf(HasSubstr("PSNR"), Not(HasSubstr("mug"))));
  EXPECT_THAT(Fails(2, {"eval", "run", "--object", "mug"}),
              AllOf(HasSubstr("no held-out view has ground truth"), HasSubstr("--masks DIR")));
}

// The numbers of an object in a table of text or HTML: what stands behind its name.
std::vector<std::string> NumbersOf(const std::string& object, std::string table) {
  table.erase(0, std::min(table.find(object), table.size()));
  table.erase(0, object.size());
  table = table.substr(0, table.find('\n'));
  std::vector<std::string> numbers;
  for (size_t begin = 0; (begin = table.find_first_of("0123456789", begin)) != std::string::npos;) {
    const size_t end = table.find_first_not_of("0123456789.", begin);
    numbers.push_back(table.substr(begin, end - begin));
    begin = end;
  }
  return numbers;
}

TEST_F(EvalCommand, TheReportHasTheNumbersOfTheConsole) {
  MakeRunWithMug(2, Rough());
  const std::string console = Succeeds({"eval", "run", "--report"}).out, html = ReadFile(folder_ / "run/report.html");
  // IoU, accuracy, boundary IoU, consistency where there is one, number of views.
  const std::vector<std::string> said = NumbersOf("\nmug ", console);
  ASSERT_GE(said.size(), 4u) << console;
  EXPECT_THAT(NumbersOf(">mug</th>", html), ElementsAre(said[0], said[2], said[1], said.back())) << console;
  EXPECT_THAT(html, HasSubstr("IoU " + said[0] + " % on 2 held-out views"));
  const std::vector<std::string> pictures = NumbersOf("PSNR ", console);  // PSNR, SSIM, number of views
  ASSERT_EQ(pictures.size(), 3u) << console;
  EXPECT_THAT(html, AllOf(HasSubstr("<b>" + pictures[0] + " dB</b>"), HasSubstr("<b>" + pictures[1] + "</b>")));
}

TEST_F(EvalCommand, TheReportShowsThePromptsAndHowItWasMade) {
  MakeRunWithMug(0, Rough());  // not scored, shown all the same
  Succeeds({"eval", "run", "--report"});
  const std::string html = ReadFile(folder_ / "run/report.html");
  const std::string run = fs::canonical(folder_ / "run").string();
  EXPECT_THAT(html, AllOf(HasSubstr("<figcaption>prompts in train/001.png</figcaption>"), HasSubstr("Not scored."),
                          HasSubstr("<dialog "), Not(HasSubstr("://"))));
  EXPECT_THAT(html, AllOf(HasSubstr("sanerf train " + fs::canonical(folder_ / "scene").string() + " --out " + run),
                          HasSubstr("--set nerf.iters=60"),
                          HasSubstr("sanerf segment " + run + " --prompts " + run + "/objects/mug/prompts.json"),
                          HasSubstr("--set object.iters=2"), HasSubstr("sanerf eval " + run + " --report")));
}

}  // namespace
}  // namespace sanerf::cli
