#include "sanerf/viewer/workspace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/pipeline/segment_stage.h"
#include "sanerf/pipeline/train_stage.h"
#include "sanerf/run/open_run.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/workspace_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::viewer {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;

TEST_F(WorkspaceTest, FromNothingToAStoredObjectAndBackAgain) {
  std::string prompts;
  {
    Workspace workspace(OfScene(), audience_);
    Json state = StateOf(workspace);
    EXPECT_EQ(state.at("phase"), "photos");
    EXPECT_THAT(state.at("waiting").get<std::string>(), HasSubstr("start the training"));
    EXPECT_EQ(state.at("answer").at("kind"), "none");
    EXPECT_THROW(workspace.Cloud(StopToken()), NotNow);
    EXPECT_THROW(workspace.Frame({{"view", 0}, {"size", 48}, {"layer", "mask"}}, AnyRecord, StopToken()), NotNow);
    EXPECT_THROW(workspace.Frame({{"view", 0}, {"size", 48}, {"layer", "rgb"}}, AnyRecord, StopToken()), NotNow);
    EXPECT_THROW(workspace.Train({{"action", "fly"}}), UsageError);
    EXPECT_THROW(workspace.Find({{"text", "mug"}}), NotNow);
    const int view = ViewNamed(workspace, "train/001");
    EXPECT_FALSE(workspace.Photo(view, 32, StopToken()).empty());
    EXPECT_THROW(workspace.Photo(99, 32, StopToken()), NotFound);
    // Said before there is any depth, answered afterwards.
    const Json done = Post(workspace, "edit",
                           {{"op", "add_click"}, {"view", view}, {"xy", {24, 40}}, {"label", 1}, {"name", "table"}});
    EXPECT_THAT(state.at("commands").at("train:fast").get<std::string>(), HasSubstr("nerf.iters=60"));
    EXPECT_THAT(state.at("commands").at("view").get<std::string>(), HasSubstr("/scene --out "));
    EXPECT_THAT(state.at("machine").at("device").get<std::string>(), HasSubstr("thread"));
    EXPECT_EQ(state.at("num_views"), audience_.witness.See("views", workspace.Views()).size());
    Post(workspace, "train", {{"action", "start"}, {"preset", "default"}});
    WaitUntil([&] { return StateOf(workspace).at("phase") == "trained"; });
    WaitUntil([&] { return fs::exists(*folder_ / "run" / "objects" / "table" / "object.json"); });
    WaitUntil([&] { return StateOf(workspace).at("objects")[0].at("status") == "answered"; });
    state = StateOf(workspace);
    EXPECT_EQ(state.at("answer").at("kind"), "field");
    EXPECT_THAT(state.at("commands").at("segment").get<std::string>(), HasSubstr("--name table --click"));
    prompts = state.at("objects")[0].at("prompts").dump();

    const int64_t id = done.at("object");
    int num_records = 0;
    workspace.Frame(
        {{"view", view}, {"size", 48}, {"layer", "overlay"}, {"object", id}},
        [&](const FrameRecord&) { return ++num_records > 0; }, StopToken());
    EXPECT_GT(num_records, 0);
    EXPECT_FALSE(workspace.Mask(id, view, 48).empty());
    EXPECT_FALSE(workspace.Cloud(StopToken()).empty());
    EXPECT_THROW(workspace.CloudLabels(12345, StopToken()), NotNow);  // of points that nobody has
    const Json hover = workspace.Hover({{"view", view}, {"xy", {24, 40}}, {"size", 48}}, Job());
    EXPECT_EQ(audience_.witness.See("hover", hover).at("candidates").size(), 4u);
    const Json strip = audience_.witness.See("strip", workspace.Strip(id));
    EXPECT_EQ(strip.at("views").size() + state.at("num_test_views").get<size_t>(), state.at("num_views"));
    EXPECT_THROW(workspace.Cancel({{"work", 123456}}), NotFound);
    Refuses([&] { workspace.Strip(99); });
    Refuses([&] { workspace.Edit({{"op", "redo"}}); });
    EXPECT_THROW(workspace.ResultFile(1, nullptr), NotFound);
  }
  // All that exists is there at once, by the run's name too.
  Workspace workspace({*folder_ / "run", std::nullopt, Small(), "server"}, audience_);
  WaitUntil([&] { return workspace.State().at("answer").at("kind") == "field"; });
  const Json object = workspace.State().at("objects")[0];
  EXPECT_EQ(object.at("name"), "table");
  EXPECT_EQ(object.at("prompts").dump(), prompts);
  EXPECT_EQ(workspace.State().at("history").at("undo"), "add object");
  WaitUntil([&] { return StateOf(workspace).at("waiting") == ""; });
  TakesHome(workspace, object.at("id"));
  // Said to a detector that is not there.
  const Json words = {{"text", "mug"}, {"start", false}};
  EXPECT_THAT(Post(workspace, "find", words).at("command").get<std::string>(),
              HasSubstr("run --text mug --add --set "));
  EXPECT_EQ(audience_.Messages().find("none.onnx"), std::string::npos);
  Post(workspace, "find", {{"text", "mug"}});
  WaitUntil([&] { return audience_.Messages().find("none.onnx") != std::string::npos; });
  // Removed here, set aside there.
  const Json second =
      workspace.Edit({{"op", "add_click"}, {"view", ViewNamed(workspace, "train/001")}, {"xy", {24, 41}}});
  // An overlay is one of all objects: it waits for no answer to the newest.
  workspace.Frame({{"view", 0}, {"size", 48}, {"layer", "overlay"}, {"object", second.at("object")}}, AnyRecord,
                  StopToken());
  workspace.Edit({{"op", "remove_object"}, {"object", object.at("id")}});
  WaitUntil([&] { return fs::exists(*folder_ / "run" / "objects" / "table~" / "object.json"); });
  EXPECT_FALSE(fs::exists(*folder_ / "run" / "objects" / "table"));
  WaitUntil([&] { return StateOf(workspace).at("objects")[0].at("status") == "answered"; });
  Post(workspace, "save", Json::object());

  EXPECT_THAT(audience_.witness.faults(), IsEmpty());
  EXPECT_THAT(audience_.witness.seen(),
              IsSupersetOf({"state", "views", "strip", "hover", "edit", "find", "train", "save", "export", "cancel",
                            "error", "work", "metric", "message", "answer"}));
}

TEST_F(WorkspaceTest, ARunKeepsTheOptionsItWasTrainedWithWhateverIsStoredLater) {
  const auto options = [&](const char* stage) { return run::RunFolder::Open(*folder_ / "run").options().at(stage); };
  const auto origin = [&] { return run::RunFolder::Open(*folder_ / "run").origins().at("nerf.log2_table"); };
  const pipeline::Settings said = WithCheapSteps(SmallButForItsTable(), 400);
  Json trained;
  {
    Workspace workspace({*folder_ / "scene", *folder_ / "run", said, "server"}, audience_);
    Post(workspace, "train", {{"action", "start"}, {"preset", "fast"}});
    WaitUntil([&] { return StateOf(workspace).at("phase") == "trained"; });
    trained = options("nerf");
    EXPECT_EQ(trained.at("log2_table"), 17);  // the preset's
    EXPECT_EQ(trained.at("iters"), 400);      // the user's, above it
    EXPECT_EQ(origin(), "preset fast");
    Click(workspace, "train/001", {27, 15}, "ball");
    WaitUntil([&] {
      return run::RunFolder::Open(*folder_ / "run").StateOf(run::Stage::kSegment) == run::StageState::kComplete;
    });
    EXPECT_EQ(options("nerf"), trained);
    EXPECT_EQ(origin(), "preset fast");
  }
  // A window that is started with other options records them for the objects that it makes, and for nothing else.
  pipeline::Settings later = Small();
  pipeline::Assign(later, "nerf.iters=70");
  pipeline::Assign(later, "object.iters=3");
  Workspace workspace({*folder_ / "run", std::nullopt, later, "server"}, audience_);
  Click(workspace, "train/001", {29, 16}, "again");
  WaitUntil([&] { return options("object").at("iters") == 3; });
  EXPECT_TRUE(fs::exists(*folder_ / "run" / "objects" / "again" / "object.json"));
  EXPECT_EQ(options("nerf"), trained);
  EXPECT_EQ(origin(), "preset fast");
  EXPECT_THAT(audience_.witness.faults(), IsEmpty());
}

// `sanerf segment --name ball`, then `--name table`; the window has no SAM.
TEST_F(WorkspaceTest, ObjectsThatWereSegmentedOneByOneAreThereAtOnce) {
  pipeline::Settings settings = Small();
  pipeline::Train({*folder_ / "scene", *folder_ / "run"}, settings, Job());
  {
    run::OpenRun run(*folder_ / "run", std::nullopt, run::OpenRun::Access::kWrite, Job());
    for (const auto& [name, xy] : {std::pair("ball", Vec2(27, 15)), std::pair("table", Vec2(24, 40))}) {
      pipeline::SegmentRequest request;
      request.prompts.objects.emplace_back().name = name;
      request.prompts.objects[0].clicks = {{"train/001.png", xy, 1}};
      pipeline::Segment(request, settings, &run, Job());
    }
  }
  pipeline::Assign(settings,
                   "encode.model=" + (*folder_ / "none.onnx").string() + "," + (*folder_ / "none.onnx").string());
  Workspace workspace({*folder_ / "run", std::nullopt, settings, "server"}, audience_);
  WaitUntil([&] { return StateOf(workspace).at("answer").at("kind") == "field"; });
  const Json objects = StateOf(workspace).at("objects");
  ASSERT_EQ(objects.size(), 2u);
  for (const Json& object : objects) {
    EXPECT_EQ(object.at("status"), "answered");
    EXPECT_TRUE(object.at("label").is_number());
    int num_records = 0;
    workspace.Frame(
        {{"view", 0}, {"size", 48}, {"layer", "mask"}, {"object", object.at("id")}},
        [&](const FrameRecord&) { return ++num_records > 0; }, StopToken());
    EXPECT_GT(num_records, 0);
    EXPECT_FALSE(workspace.Strip(object.at("id")).at("views").empty());
  }
  EXPECT_NE(objects[0].at("label"), objects[1].at("label"));
  WaitUntil([&] { return audience_.Messages().find("none.onnx") != std::string::npos; });
  EXPECT_EQ(StateOf(workspace).at("answer").at("kind"), "field");
  EXPECT_THAT(audience_.witness.faults(), IsEmpty());
}

TEST_F(WorkspaceTest, WithoutARunItIsBesideTheScene) {
  Workspace workspace({*folder_ / "scene", std::nullopt, Small(), "server"}, audience_);
  EXPECT_EQ(workspace.State().at("run"), (*folder_ / "scene_run").string());
  EXPECT_THAT(workspace.State().at("commands").at("train").get<std::string>(), HasSubstr("sanerf train"));
}

}  // namespace
}  // namespace sanerf::viewer
