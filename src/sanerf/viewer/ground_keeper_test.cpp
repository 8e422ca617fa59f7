#include "sanerf/viewer/ground_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/pipeline/train_stage.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/http/error_answers.h"
#include "sanerf/viewer/http/gzip_test_support.h"
#include "sanerf/viewer/workspace_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::viewer {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class GroundKeeperTest : public WorkspaceTest {};

TEST_F(GroundKeeperTest, WhoHasCanceledEncodingIsAnsweredAllTheSame) {
  Workspace* window = nullptr;
  std::atomic<bool> is_canceled = false;
  // As soon as it is announced: no photo is encoded yet.
  audience_.on_work = [&](const Json& task) {
    if (task.at("title") != "encode" || is_canceled) return;
    window->Cancel({{"work", task.at("id")}});
    is_canceled = true;
  };
  Workspace workspace(OfScene(), audience_);
  window = &workspace;
  Post(workspace, "train", {{"action", "start"}});
  WaitUntil([&] { return is_canceled && EncodingHasStopped(workspace); });
  EXPECT_THAT(EncodedViews(), IsEmpty());
  // A photo is encoded for who clicks in it, and no other.
  Click(workspace, "train/001", {27, 15}, "ball");
  WaitUntil([&] { return IsAnswered(workspace, 0) && EncodingHasStopped(workspace); });
  EXPECT_EQ(EncodedViews().size(), 1u);
  EXPECT_EQ(StateOf(workspace).at("encoding").at("done"), 1);
  EXPECT_EQ(StateOf(workspace).at("waiting"), "");
  Click(workspace, "train/002", {30, 28}, "again");
  WaitUntil([&] { return IsAnswered(workspace, 1) && EncodingHasStopped(workspace); });
  EXPECT_EQ(EncodedViews().size(), 2u);
  WaitUntil([&] { return StateOf(workspace).at("phase") == "trained"; });
  EXPECT_THAT(ErrorTextOf<NotNow>([&] { workspace.Find({{"everything", true}}); }), HasSubstr("go on"));
  Post(workspace, "again", Json::object());
  WaitUntil([&] { return StateOf(workspace).at("encoding").is_null(); });
  const Json state = StateOf(workspace);
  EXPECT_EQ(EncodedViews().size(), state.at("num_views").get<size_t>() - state.at("num_test_views").get<size_t>());
  EXPECT_THAT(audience_.witness.faults(), IsEmpty());
}

TEST_F(GroundKeeperTest, AClickIsAnsweredWithTheDepthOfAnInterruptedTraining) {
  const pipeline::Settings settings = WithCheapSteps(Small(), 600);
  StopSource stop;
  pipeline::TrainRequest request{*folder_ / "scene", *folder_ / "run"};
  request.hooks.between_steps = [&](const nerf::NerfTrainer& trainer) {
    if (trainer.step() == 451) stop.RequestStop();  // the log has one line in three
  };
  EXPECT_THROW(pipeline::Train(request, settings, Job().With(stop.token())), InterruptedError);
  Workspace workspace({*folder_ / "run", std::nullopt, settings, "server"}, audience_);
  EXPECT_EQ(StateOf(workspace).at("phase"), "paused");
  Click(workspace, "train/001", {27, 15}, "ball");
  WaitUntil([&] { return IsAnswered(workspace, 0); });
  const Json state = StateOf(workspace);
  EXPECT_EQ(state.at("phase"), "paused");
  EXPECT_EQ(state.at("training").at("step"), 451);
  EXPECT_EQ(state.at("waiting"), "");
  EXPECT_EQ(state.at("answer").at("kind"), "vote");
  EXPECT_FALSE(fs::exists(*folder_ / "run" / "objects" / "ball"));  // the finished field will show it otherwise
  uint32_t num_points = 0;
  std::memcpy(&num_points, Unpacked(workspace.Cloud(StopToken())).data(), sizeof num_points);
  EXPECT_GT(num_points, 0u);
  EXPECT_LE(num_points, 60'000u);  // of a finished field 300,000
  EXPECT_THAT(audience_.witness.faults(), IsEmpty());
}

TEST_F(GroundKeeperTest, PhotosAreEncodedAndClicksAnsweredWhileTheFieldIsTrained) {
  Workspace workspace({*folder_ / "scene", *folder_ / "run", WithCheapSteps(Small(), 1'000'000), "server"}, audience_);
  const Json state = StateOf(workspace);
  const size_t num_photos = state.at("num_views").get<size_t>() - state.at("num_test_views").get<size_t>();
  Post(workspace, "train", {{"action", "start"}});
  WaitUntil([&] { return EncodedViews().size() == num_photos; });  // nobody has asked for anything
  EXPECT_EQ(StateOf(workspace).at("phase"), "training");
  Click(workspace, "train/001", {27, 15}, "ball");
  WaitUntil([&] { return IsAnswered(workspace, 0); });
  EXPECT_EQ(StateOf(workspace).at("phase"), "training");
  EXPECT_GE(StateOf(workspace).at("training").at("step"), 400);
  EXPECT_FALSE(fs::exists(*folder_ / "run" / "objects" / "ball"));
  EXPECT_THAT(audience_.witness.faults(), IsEmpty());
}

TEST_F(GroundKeeperTest, AFirstAnswerWaitsForNoPhotoButItsOwn) {
  std::atomic<bool> is_held = false, is_free = false;
  std::string clicked;
  // The encoder comes as far as the second photo.
  audience_.on_work = [&](const Json& task) {
    if (is_free || task.at("title") != "encode" || task.at("done") < 0) return;
    if (task.at("done") == 1 && task.at("text") != clicked) {
      is_held = true;
      WaitFor(is_free);
    }
    TakeTime();
  };
  Workspace workspace(OfScene(), audience_);
  clicked = workspace.Views()[size_t(ViewNamed(workspace, "train/001"))].at("name");
  Click(workspace, "train/001", {27, 15}, "ball");
  Post(workspace, "train", {{"action", "start"}});
  WaitUntil([&] { return bool(is_held); });
  WaitUntil([&] { return StateOf(workspace).at("answer").at("kind") == "first"; });
  const Json state = StateOf(workspace);
  EXPECT_EQ(state.at("encoding").at("done"), 1);
  EXPECT_GT(state.at("encoding").at("total"), 1);
  EXPECT_EQ(state.at("objects")[0].at("views_used"), 1);
  EXPECT_EQ(state.at("objects")[0].at("status"), "working");
  is_free = true;
  WaitUntil([&] { return IsAnswered(workspace, 0) && StateOf(workspace).at("encoding").is_null(); });
  EXPECT_GT(StateOf(workspace).at("objects")[0].at("views_used"), 1);
  EXPECT_THAT(audience_.witness.faults(), IsEmpty());
}

TEST_F(GroundKeeperTest, AHoverIsToldHowFarEncodingIsAndHasItsPhotoEncodedNext) {
  std::mutex mutex;
  std::vector<std::string> order;  // of photos
  std::atomic<bool> is_held = false, is_free = false;
  audience_.on_work = [&](const Json& task) {
    if (task.at("title") != "encode" || task.at("done") < 0) return;
    size_t num_begun = 0;
    {
      const std::lock_guard lock(mutex);
      const std::string text = task.at("text");
      if (!text.empty() && (order.empty() || order.back() != text)) order.push_back(text);
      num_begun = order.size();
    }
    if (num_begun > 2) return;
    if (num_begun == 1 && !is_free) {
      is_held = true;
      WaitFor(is_free);
    }
    TakeTime();
  };
  const auto begun = [&] {
    const std::lock_guard lock(mutex);
    return order;
  };
  Workspace workspace(OfScene(), audience_);
  Post(workspace, "train", {{"action", "start"}});
  WaitUntil([&] { return is_held && StateOf(workspace).at("encoding").is_object(); });
  ASSERT_EQ(begun().size(), 1u);
  const std::string pointed_at = "train/009";  // the last one, if nobody asked for it
  ASSERT_FALSE(begun()[0].starts_with(pointed_at));
  const Json asked = {{"view", ViewNamed(workspace, pointed_at)}, {"xy", {24, 40}}, {"size", 48}};
  Json refused;
  try {
    workspace.Hover(asked, Job());
  } catch (const NotNow&) {
    refused = Json::parse(AnswerToCurrentException().body);
  }
  audience_.witness.See("error", refused);
  ASSERT_TRUE(refused.contains("error"));
  const Json total = StateOf(workspace).at("encoding").at("total");
  EXPECT_EQ(refused.at("encoding"), Json({{"done", 0}, {"total", total}}));
  is_free = true;
  // As the page does while the mouse stays there.
  WaitUntil([&] {
    try {
      return workspace.Hover(asked, Job()).at("candidates").size() == 4;
    } catch (const NotNow&) {
      return false;
    }
  });
  ASSERT_GE(begun().size(), 2u);
  EXPECT_THAT(begun()[1], StartsWith(pointed_at));
  EXPECT_THAT(audience_.witness.faults(), IsEmpty());
}

}  // namespace
}  // namespace sanerf::viewer
