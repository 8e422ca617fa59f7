#include "sanerf/experiments/compare/eval_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EvalSetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "llff" / "fern");
    fs::create_directories(folder_ / "masks");
    WriteFileAtomic(folder_ / "llff" / "fern" / "prompts.json", "{}");
    WriteFileAtomic(folder_ / "other.json", "{}");
  }
  std::string ListFails(const std::string& list) const {
    WriteFileAtomic(folder_ / "eval_set.json", list);
    return ErrorTextOf<Error>([&] { ReadEvalSet(folder_.path()); });
  }
  TestFolder folder_;
};

TEST_F(EvalSetTest, AListNamesScenesPromptsMasksAndOptions) {
  WriteFileAtomic(folder_ / "eval_set.json", R"({"scenes": [
      {"scene": "llff/fern"},
      {"name": "again", "scene": "llff/fern", "prompts": "other.json", "masks": "masks", "options": ["nerf.iters=20"]}]})");
  for (const fs::path& path : {folder_.path(), folder_ / "eval_set.json"}) {
    const EvalSet set = ReadEvalSet(path);
    ASSERT_EQ(set.scenes.size(), 2u);
    EXPECT_EQ(set.scenes[0].name, "fern");
    EXPECT_EQ(set.scenes[0].prompts, folder_ / "llff/fern/prompts.json");
    EXPECT_TRUE(set.scenes[0].masks.empty());
    EXPECT_EQ(set.scenes[1].prompts, folder_ / "other.json");
    EXPECT_EQ(set.scenes[1].masks, folder_ / "masks");
    EXPECT_THAT(set.scenes[1].options, ElementsAre("nerf.iters=20"));
  }
}

TEST_F(EvalSetTest, WithoutAListEveryFolderWithPromptsIsAScene) {
  fs::create_directories(folder_ / "llff" / "horns");
  WriteFileAtomic(folder_ / "llff" / "horns" / "prompts.json", "{}");
  const EvalSet set = ReadEvalSet(folder_ / "llff");
  ASSERT_EQ(set.scenes.size(), 2u);
  EXPECT_EQ(set.scenes[0].name, "fern");
  EXPECT_EQ(set.scenes[1].scene, folder_ / "llff/horns");
}

TEST_F(EvalSetTest, ABadListSaysWhereAndWhy) {
  EXPECT_THAT(ListFails("{\"scenes\": []}"), AllOf(HasSubstr("eval_set.json"), HasSubstr("there are no scenes")));
  EXPECT_THAT(ListFails("{\"scene\": []}"), HasSubstr("unknown key \"scene\""));
  EXPECT_THAT(ListFails(R"({"scenes": [{"scene": "llff/farn"}]})"), HasSubstr("scenes[0].scene: there is no"));
  EXPECT_THAT(ListFails(R"({"scenes": [{"scene": "llff/fern", "promts": "x"}]})"), HasSubstr("unknown key \"promts\""));
  EXPECT_THAT(ListFails(R"({"scenes": [{"scene": "llff/fern", "prompts": "x.json"}]})"), HasSubstr("there is no"));
  EXPECT_THAT(ListFails(R"({"scenes": [{"scene": "llff/fern", "masks": "nowhere"}]})"),
              HasSubstr("there is no folder"));
  EXPECT_THAT(ListFails(R"({"scenes": [{"scene": "llff/fern"}, {"scene": "llff/fern"}]})"),
              HasSubstr("a second scene is named 'fern'"));
  EXPECT_THAT(ListFails(R"({"scenes": [{"scene": "llff/fern", "name": "a/b"}]})"), HasSubstr("a/b"));
  const auto what_it_is = AllOf(HasSubstr("{\"scenes\": [{\"scene\": "), HasSubstr("docs/data_formats.md"));
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { ReadEvalSet(folder_ / "nowhere"); }),
              AllOf(HasSubstr("no such folder or list"), what_it_is));
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { ReadEvalSet(folder_ / "masks"); }),
              AllOf(HasSubstr("is no benchmark"), what_it_is));
  // A run may hold its scene, with prompts.
  fs::create_directories(folder_ / "run" / "scene");
  WriteFileAtomic(folder_ / "run" / "scene" / "prompts.json", "{}");
  WriteFileAtomic(folder_ / "run" / "run.json", "{}");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { ReadEvalSet(folder_ / "run"); }),
              AllOf(HasSubstr("it is the run of one scene"), HasSubstr("sanerf compare")));
}

TEST_F(EvalSetTest, ASceneWithoutGroundTruthIsNotTrained) {
  const char* prompts = R"({"objects": [{"name": "leaf", "clicks": [{"view": "a", "xy": [1, 1], "label": 1}]}]})";
  WriteFileAtomic(folder_ / "llff" / "fern" / "prompts.json", prompts);
  EvalSetRequest request;
  request.set = ReadEvalSet(folder_ / "llff");
  request.out = folder_ / "out";
  EXPECT_THAT(ErrorTextOf<Error>([&] { RunEvalSet(request, ExperimentSettings(), Job()); }),
              AllOf(HasSubstr("fern"), HasSubstr("'leaf' has no instance id")));
  EXPECT_FALSE(fs::exists(folder_ / "out" / "fern"));
}

TEST_F(EvalSetTest, OneSceneOfTheSetIsChosenByName) {
  EvalSetRequest request;
  request.set = ReadEvalSet(folder_ / "llff");
  request.scenes = {"farn"};
  request.out = folder_ / "out";
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { RunEvalSet(request, ExperimentSettings(), Job()); }),
              AllOf(HasSubstr("no scene 'farn'"), HasSubstr("fern")));
  request.scenes = {"fern"};
  EXPECT_THAT(ErrorTextOf<Error>([&] { RunEvalSet(request, ExperimentSettings(), Job()); }),
              HasSubstr("no scene gave a result"));
}

}  // namespace
}  // namespace sanerf::experiments
