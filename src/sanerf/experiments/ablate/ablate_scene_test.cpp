#include "sanerf/experiments/ablate/ablate_scene.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/test_folder.h"
#include "sanerf/experiments/ablate/ablate.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class AblateSceneTest : public ::testing::Test {
 protected:
  std::string UsageErrorText() const {
    return ErrorTextOf<UsageError>([&] { CheckScenes(request_); });
  }
  TestFolder folder_;
  ExperimentSettings settings_;
  AblateRequest request_;
};

TEST_F(AblateSceneTest, PromptsAreOnePerSceneOrOneName) {
  request_.scenes = {"a", "b", "c"};
  request_.prompts = {"a.json", "b.json"};
  EXPECT_THAT(UsageErrorText(), AllOf(HasSubstr("2 prompts files for 3 scenes"), HasSubstr("--prompts once")));
}

TEST_F(AblateSceneTest, ScenesOfOneNameWouldShareAFolder) {
  request_.scenes = {"runs/mug", "other/mug/"};
  EXPECT_THAT(UsageErrorText(), HasSubstr("two scenes are named 'mug'"));
}

// Reported before the scene is trained.
TEST_F(AblateSceneTest, ObjectsWithoutGroundTruthCannotBeScored) {
  WriteFileAtomic(folder_ / "prompts.json",
                  R"({"objects": [{"name": "mug", "points": [{"p": [0, 0, 0], "label": 1}]}]})");
  request_.scenes = {folder_.path()};
  request_.out = folder_ / "out";
  EXPECT_THAT(ErrorTextOf<Error>([&] { PrepareScenes(request_, settings_, Job()); }),
              AllOf(HasSubstr("prompts.json: no object can be scored"), HasSubstr("\"instance\": ID")));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

}  // namespace
}  // namespace sanerf::experiments
