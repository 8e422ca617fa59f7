// `segment --text`: what it finds, what it keeps, and how it says that there is no such thing.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/byte_text.h"
#include "sanerf/core/json.h"
#include "sanerf/detect/detector_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A copy of one small run for every test, with a SAM whose masks are what is bright and a detector that finds what is
// red.
class TextCommand : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    CopyOfWhatIsMadeOnce(*folder_, "trained", [](const fs::path& place) {
      Synthesize(place);
      MustSucceed({"train", "scene", "--out", "trained", "--iters", "150", "--set", "nerf.log2_table=14", "--set",
                   "nerf.batch_samples=8192", "--set", "nerf.occupancy_resolution=64"},
                  place);
    });
    RecordScene(*folder_ / "trained", *folder_ / "scene");
    onnx_test::WriteSmallSam(folder_->path());
    Write("cells.onnx", onnx_test::CellDetector().Model());
    Write("dino/model.onnx", onnx_test::TinyGroundingDino(true).Model());
    Write("dino/vocab.txt", onnx_test::kVocabulary);
    Write("alone/model.onnx", onnx_test::TinyGroundingDino(true).Model());
    setenv("SANERF_MODELS", (*folder_ / "models").c_str(), 1);  // with nothing in it
  }
  static void TearDownTestSuite() {
    unsetenv("SANERF_MODELS");
    delete folder_;
    folder_ = nullptr;
  }
  void SetUp() override {
    fs::remove_all(*folder_ / "run");
    fs::copy(*folder_ / "trained", *folder_ / "run", fs::copy_options::recursive);
  }

  static void Write(const std::string& name, const std::string& bytes) {
    fs::create_directories((*folder_ / name).parent_path());
    WriteFileAtomic(*folder_ / name, bytes);
  }
  static Arguments Segment(const Arguments& prompt) {
    return Arguments{"segment", "run",
                     "--set",   "encode.model=encoder.onnx,decoder.onnx",
                     "--set",   "encode.size=64",
                     "--set",   "object.iters=2",
                     "--set",   "object.rays=256",
                     "--set",   "object.log2_table=10",
                     "--set",   "object.pool_rays=1024",
                     "--set",   "segment.rounds=0",
                     "--set",   "masks.depth_tolerance=0.3"} +
           prompt;
  }
  // A radiance field of a few steps and a SAM that knows only bright and dark agree no better.
  static Arguments RedBall() {
    return {"--text", "red ball", "--detector", "cells.onnx", "--set", "text.agreement=0.3"};
  }
  static ProgramResult Run(const Arguments& prompt) { return RunSanerf(Segment(prompt), folder_->path()); }
  static std::string Fails(int exit_code, const Arguments& prompt) {
    const ProgramResult result = Run(prompt);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(EndsInOneError(result));
    EXPECT_FALSE(fs::exists(*folder_ / "run" / "objects"));
    return result.err.substr(std::min(result.err.find("error: "), result.err.size()));
  }
  static bool IsEncoded() { return fs::exists(*folder_ / "run" / "features"); }

  static inline TestFolder* folder_ = nullptr;
};

TEST_F(TextCommand, AWordBecomesAnObjectThatItsPromptsReproduce) {
  const ProgramResult result = Run(
      {"--text", "Red-Ball", "--detector", "cells.onnx", "--set", "text.agreement=0.3", "--instance", "2", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("text   detector cells.onnx"));
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["objects"][0]["name"], "red-ball");
  EXPECT_EQ(json["text"]["detector"], "cells.onnx");
  EXPECT_EQ(json["text"]["views_searched"], 10);
  const int agreed = json["text"]["objects"][0]["views_agreed"];
  EXPECT_GE(agreed, 2);

  const fs::path object = *folder_ / "run" / "objects" / "red-ball";
  const Json prompt = ReadJsonFile(object / "prompts.json")["objects"][0];
  EXPECT_EQ(prompt["text"], "red-ball");
  EXPECT_EQ(prompt["instance"], 2);
  EXPECT_EQ(int(prompt["boxes"].size()), agreed);
  EXPECT_GE(prompt["points"].size(), 1u);
  const Json report = ReadJsonFile(object / "text.json");
  EXPECT_EQ(report["phrase"], "red-ball");
  EXPECT_EQ(report["views"].size(), 10u);
  EXPECT_EQ(std::count_if(report["boxes"].begin(), report["boxes"].end(), [](const Json& box) { return box["used"]; }),
            agreed);

  const std::string views = ReadFile(object / "views.json"), field = Sha256OfFile(object / "object.ckpt");
  fs::copy_file(object / "prompts.json", *folder_ / "prompts.json", fs::copy_options::overwrite_existing);
  const ProgramResult again = Run({"--prompts", "prompts.json"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(ReadFile(object / "views.json"), views);
  EXPECT_EQ(Sha256OfFile(object / "object.ckpt"), field);
}

TEST_F(TextCommand, EverythingIsOpenedOnce) {
  const ProgramResult result = Run(RedBall() + Arguments{"-v"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const std::string what : {"open   scene ", "open   radiance field ", "open   model "}) {
    int count = 0;
    for (size_t at = result.err.find(what); at != std::string::npos; at = result.err.find(what, at + 1)) ++count;
    EXPECT_EQ(count, 1) << what << "\n" << result.err;
  }
}

TEST_F(TextCommand, ClicksAndANameGoWithOnePhrase) {
  // The detector's own choice says where a click is sensible.
  ASSERT_EQ(Run(RedBall()).exit_code, 0);
  const Json boxes = ReadJsonFile(*folder_ / "run/objects/red ball/prompts.json")["objects"][0]["boxes"];
  const Json box = boxes[0]["xyxy"];
  const std::string view = boxes[0]["view"], other = boxes[1]["view"];
  const std::string click = fmt::format("{}:{:.0f},{:.0f}", view, (box[0].get<double>() + box[2].get<double>()) / 2,
                                        (box[1].get<double>() + box[3].get<double>()) / 2);
  const ProgramResult result =
      Run(RedBall() + Arguments{"--name", "mine", "--point", "0,0,90:neg", "--box", other + ":1,2,40,41"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json prompt = ReadJsonFile(*folder_ / "run/objects/mine/prompts.json")["objects"][0];
  EXPECT_EQ(prompt["text"], "red ball");
  EXPECT_EQ(prompt["points"].back()["label"], 0);
  EXPECT_EQ(prompt["boxes"].size(), boxes.size());
  int in_other = 0;
  for (const Json& row : prompt["boxes"]) {
    if (row["view"] != other) continue;
    ++in_other;
    EXPECT_EQ(row["xyxy"], Json({1, 2, 40, 41}));
  }
  EXPECT_EQ(in_other, 1);
  EXPECT_THAT(Run({"--text", "red ball. cup", "--detector", "cells.onnx", "--click", click}).err,
              HasSubstr("error: the text names 2 objects, and the clicks are for one\nhint: give clicks"));
  EXPECT_THAT(
      Run({"--text", "red ball. cup", "--detector", "cells.onnx", "--name", "mine"}).err,
      HasSubstr("error: the text names 2 objects, --name, --instance and --min-visible are for one: every object"));
}

TEST_F(TextCommand, WhatWasSeenIsSaidAndAllOfItCanBeTaken) {
  const ProgramResult result = Run(RedBall() + Arguments{"--all", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("text   seen in 10 views: red ball in "));
  const Json json = Json::parse(result.out);
  ASSERT_GE(json["objects"].size(), 1u);
  EXPECT_EQ(json["objects"].size(), json["text"]["objects"].size());
  for (const Json& object : json["objects"]) {
    const std::string name = object["name"];
    EXPECT_THAT(name, StartsWith("red ball"));
    EXPECT_TRUE(fs::exists(*folder_ / "run" / "objects" / name / "text.json"));
    EXPECT_GE(ReadJsonFile(*folder_ / "run/objects" / name / "prompts.json")["objects"][0]["boxes"].size(), 2u);
  }
}

TEST_F(TextCommand, ATextWithoutWordsNamesNothing) {
  for (const char* text : {" . . ", "."})
    EXPECT_THAT(Fails(2, {"--text", text, "--detector", "cells.onnx"}),
                StartsWith("error: the text names nothing\nhint: say what to segment: --text \"banana\""))
        << text;
}

TEST_F(TextCommand, AWordThatIsNoClassIsAnsweredWithTheNearest) {
  EXPECT_EQ(Fails(2, {"--text", "cup. bannana", "--detector", "cells.onnx"}),
            "error: 'bannana' is no class of the detector cells.onnx: it knows only 3 classes\n"
            "hint: nearest are: banana; all of them: red ball, cup, banana\n");
  EXPECT_FALSE(IsEncoded());
}

TEST_F(TextCommand, NothingFoundIsAnAnswerWithTheBestScore) {
  const std::string error = Fails(1, {"--text", "banana", "--detector", "cells.onnx", "--set",
                                      "text.box_threshold=0.999", "--set", "text.max_views=4"});
  EXPECT_THAT(
      error, StartsWith("error: the detector cells.onnx finds nothing like 'banana' in 4 views: the best score is 0."));
  EXPECT_THAT(error,
              AllOf(HasSubstr(", 1.00 are needed\n"), HasSubstr("hint: to accept less, --set text.box_threshold=0."),
                    HasSubstr("or click on it: --name OBJECT --click VIEW:X,Y")));
  EXPECT_FALSE(IsEncoded());
}

TEST_F(TextCommand, WhatIsSeenInsteadIsSaid) {
  const auto error_at = [](const std::string& text, double threshold) {
    return Fails(
        1, {"--text", text, "--detector", "cells.onnx", "--set", fmt::format("text.box_threshold={}", threshold)});
  };
  // Just below the best score of what is red only that is seen.
  const std::string error = error_at("red ball", 0.999), before = "the best score is ";
  ASSERT_THAT(error, HasSubstr(before));
  const double best = std::stod(error.substr(error.find(before) + before.size()));
  EXPECT_THAT(error_at("banana", best - 0.01), HasSubstr("hint: it sees (in so many views): red ball ("));
}

TEST_F(TextCommand, OfSeveralWordsThoseThatAreFoundAreKept) {
  // So high a threshold that no two views show the same banana.
  const ProgramResult result = Run({"--text", "banana. red ball", "--detector", "cells.onnx", "--set",
                                    "text.agreement=0.3", "--set", "text.box_threshold=0.6", "--json"});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.err, HasSubstr("warning: 'banana' was found in"));
  EXPECT_THAT(result.err, HasSubstr("The other words were found"));
  const Json json = Json::parse(result.out);
  ASSERT_EQ(json["objects"].size(), 1u);
  EXPECT_EQ(json["objects"][0]["name"], "red ball");
  EXPECT_EQ(json["text"]["not_found"][0]["phrase"], "banana");
  EXPECT_TRUE(fs::exists(*folder_ / "run" / "objects" / "red ball"));
}

TEST_F(TextCommand, OneViewAloneIsNotBelieved) {
  const std::string error = Fails(1, {"--text", "red ball", "--detector", "cells.onnx", "--set", "text.max_views=1"});
  EXPECT_THAT(error, StartsWith("error: 'red ball' was found in one view only (train/"));
  EXPECT_THAT(error, HasSubstr("--name OBJECT --box train/"));
}

TEST_F(TextCommand, TooManyWordsAreCounted) {
  std::string words;
  for (int i = 0; i < 300; ++i) words += "mug ";
  EXPECT_EQ(Fails(2, {"--text", words, "--detector", "dino"}),
            "error: the text has 303 tokens: the detector reads at most 256, and nothing is cut off silently\n"
            "hint: use fewer or shorter phrases: a noun with an adjective is what it understands best\n");
  EXPECT_THAT(Fails(2, {"--text", words, "--detector", "cells.onnx"}), HasSubstr("…' is no class of the detector"));
}

TEST_F(TextCommand, AnOpenVocabularyAnswersInItsOwnWords) {
  EXPECT_EQ(
      Fails(1, {"--text", "coffee", "--detector", "dino/model.onnx"}),
      "error: the detector dino/model.onnx finds nothing like 'coffee' in 10 views: the best score is 0.00, 0.35 are "
      "needed\nhint: say it in other words, or click on it: --name OBJECT --click VIEW:X,Y\n");
}

TEST_F(TextCommand, DetectorsThatAreMissingOrNoneAreSaid) {
  EXPECT_THAT(Fails(1, {"--text", "banana"}),
              StartsWith("error: the detector yolo11n-seg is not installed\nhint: fetch it with: sanerf models fetch "
                         "yolo11n-seg (11.7 MB, license: AGPL-3.0"));
  EXPECT_THAT(Fails(1, {"--text", "banana", "--detector", "decoder.onnx"}),
              StartsWith("error: the model decoder.onnx is no detector: it is a mask decoder\nhint: needed is"));
  EXPECT_THAT(
      Fails(1, {"--text", "banana", "--detector", "alone"}),
      StartsWith(
          "error: the detector alone/model.onnx reads text and has no vocabulary: there is no alone/vocab.txt\n"));
  EXPECT_THAT(Fails(2, {"--text", "banana", "--detector", "yolo"}), StartsWith("error: there is no detector \"yolo\""));
  EXPECT_THAT(
      Fails(1, {"--text", "red ball", "--detector", "cells.onnx", "--set", "encode.model=encoder.onnx,cells.onnx"}),
      HasSubstr("cells.onnx does not fit: it has neither SAM's input"));
  EXPECT_FALSE(IsEncoded());
}

TEST_F(TextCommand, FlagsThatContradictEachOther) {
  EXPECT_THAT(Fails(2, {"--text", "cup", "--prompts", "prompts.json"}), HasSubstr("exclude each other"));
  EXPECT_THAT(Fails(2, {"--name", "mug", "--click", "train/001:5,5", "--detector", "cells.onnx"}),
              HasSubstr("--detector requires --text"));
  EXPECT_THAT(Fails(2, {"--prompts", "prompts.json", "--all"}), HasSubstr("--all requires --text"));
  EXPECT_THAT(Fails(2, {"--text", "cup", "--all", "--name", "mine"}), HasSubstr("exclude each other"));
  EXPECT_EQ(Fails(2, {"--name", "mug", "--click", "train/001:5,5", "--set", "text.max_views=3"}),
            "error: option text.max_views has no effect on 'segment'\nhint: give it to: sanerf segment --text\n");
  EXPECT_THAT(Fails(2, {"--text", "cup", "--detector", "cells.onnx", "--click", "train/001:48,5"}),
              HasSubstr("point (48,5) in view train/001.png is outside the image"));
  EXPECT_THAT(Fails(2, {"--text", "cup", "--detector", "cells.onnx", "--set", "text.max_views=-1"}),
              HasSubstr("text.max_views=-1: expected an integer from 0 to"));
  EXPECT_THAT(Fails(2, {"--text", "cup", "--detector", "cells.onnx", "--set", "text.overlap=2"}),
              HasSubstr("text.overlap=2: expected a number from 0 to 1"));
}

}  // namespace
}  // namespace sanerf::cli
