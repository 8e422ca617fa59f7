#include "sanerf/viewer/workspace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/models/onnx_test_support.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/pipeline/segment_stage.h"
#include "sanerf/pipeline/train_stage.h"
#include "sanerf/run/open_run.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"
#include "sanerf/viewer/error_answers.h"
#include "sanerf/viewer/gzip_test_support.h"
#include "sanerf/viewer/schema_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::viewer {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::StartsWith;

// Holds what it is told against docs/viewer.schema.json.
struct Quiet : Audience {
  void StateChanged() override { ++num_changes; }
  void Say(const std::string& event, const Json& data) override {
    witness.See(event == "progress" ? "work" : event, data);
    if (event == "progress" && on_work) on_work(data);
    if (event != "message") return;
    const std::lock_guard lock(mutex);
    messages += data.at("text").get<std::string>() + ": " + data.at("why").get<std::string>() + "\n";
  }
  std::string Messages() {
    const std::lock_guard lock(mutex);
    return messages;
  }
  std::function<void(const Json& task)> on_work;  // on the thread of what is reported: it waits meanwhile
  std::atomic<int> num_changes = 0;
  std::mutex mutex;
  std::string messages;
  SchemaWitness witness;
};

// The procedural scene, and a model of brightness instead of SAM.
class WorkspaceTest : public testing::Test {
 protected:
  void SetUp() override {
    synth::WriteSynthScene(*folder_ / "scene", synth::SmallScene(10, 48), Job());
    WriteFileAtomic(*folder_ / "encoder.onnx", onnx_test::AverageEncoder());
    WriteFileAtomic(*folder_ / "decoder.onnx", onnx_test::ChoosingDecoder().Model());
  }
  pipeline::Settings SmallButForItsTable() const {
    pipeline::Settings settings;
    for (const char* value : {"nerf.iters=60", "nerf.batch_samples=8192", "nerf.occupancy_resolution=64",
                              "nerf.near_gradients=0", "encode.size=64", "object.iters=2", "segment.further_iters=2",
                              "object.log2_table=10", "object.pool_rays=4096"})
      pipeline::Assign(settings, value);
    pipeline::Assign(
        settings, "encode.model=" + (*folder_ / "encoder.onnx").string() + "," + (*folder_ / "decoder.onnx").string());
    pipeline::Assign(settings, "text.detector=" + (*folder_ / "none.onnx").string());
    return settings;
  }
  pipeline::Settings Small() const {
    pipeline::Settings settings = SmallButForItsTable();
    pipeline::Assign(settings, "nerf.log2_table=14");
    return settings;
  }
  static pipeline::Settings WithCheapSteps(pipeline::Settings settings, int iters) {
    for (const char* value : {"nerf.levels=8", "nerf.top=128", "nerf.batch_samples=1024",
                              "nerf.occupancy_resolution=32", "nerf.save_seconds=1000000"})
      pipeline::Assign(settings, value);
    pipeline::Assign(settings, "nerf.iters=" + std::to_string(iters));
    return settings;
  }
  WorkspaceRequest OfScene() const { return {*folder_ / "scene", *folder_ / "run", Small(), "server"}; }
  static bool AnyRecord(const FrameRecord&) { return true; }
  static int ViewNamed(const Workspace& workspace, const std::string& name) {
    for (const Json& view : workspace.Views())
      if (view.at("name").get<std::string>().starts_with(name)) return view.at("idx");
    return -1;
  }
  // The answers and requests of the page, all held against docs/viewer.schema.json.
  Json StateOf(const Workspace& workspace) { return audience_.witness.See("state", workspace.State()); }
  Json Post(Workspace& workspace, const std::string& what, const Json& request) {
    audience_.witness.See(what + "_request", request);
    return audience_.witness.See(what, what == "edit"     ? workspace.Edit(request)
                                       : what == "find"   ? workspace.Find(request)
                                       : what == "train"  ? workspace.Train(request)
                                       : what == "export" ? workspace.StartExport(request)
                                       : what == "cancel" ? workspace.Cancel(request)
                                       : what == "again"  ? workspace.Again(request)
                                                          : workspace.Save(request));
  }
  bool EncodingHasStopped(const Workspace& workspace) {
    const Json encoding = StateOf(workspace).at("encoding");
    return encoding.is_object() && encoding.value("stopped", false);
  }
  void Click(Workspace& workspace, const std::string& view, const Json& xy, const std::string& name) {
    Post(workspace, "edit",
         {{"op", "add_click"}, {"view", ViewNamed(workspace, view)}, {"xy", xy}, {"label", 1}, {"name", name}});
  }
  bool IsAnswered(const Workspace& workspace, size_t object) {
    return StateOf(workspace).at("objects")[object].at("status") == "answered";
  }
  // Of the run, with the depth of whatever field.
  std::set<std::string> EncodedViews() const {
    std::set<std::string> views;
    std::error_code none_yet;
    for (const auto& entry : fs::directory_iterator(*folder_ / "run" / "features", none_yet))
      if (entry.path().extension() == ".feat") views.insert(entry.path().stem().string());
    return views;
  }
  // The list of work tells of one task ten times a second: who takes longer over a report hears the next one as well.
  static void TakeTime() { std::this_thread::sleep_for(std::chrono::milliseconds(150)); }
  static void WaitFor(const std::atomic<bool>& said) {
    for (int i = 0; i < 6000 && !said; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  // Told as a command, made, cancelled.
  void TakesHome(Workspace& workspace, const Json& object) {
    const auto newest = [&] {
      const Json results = StateOf(workspace).at("results");
      return results.empty() ? Json() : results.back();
    };
    Json cutouts = {{"format", "cutout"},
                    {"objects", Json::array({object})},
                    {"options", {{"views", "train"}, {"longest_side", 16}}},
                    {"start", false}};
    EXPECT_THAT(Post(workspace, "export", cutouts).at("command").get<std::string>(),
                EndsWith("run --object table --layers cutout --views train --size 16"));
    EXPECT_EQ(newest(), Json());
    cutouts["start"] = true;
    Json id;
    WaitUntil([&] {
      try {
        id = Post(workspace, "export", cutouts).at("id");
      } catch (const NotNow&) {
        return false;  // masks of more views are on their way into the run
      }
      return true;
    });
    EXPECT_EQ(newest().at("id"), id);
    EXPECT_THAT(newest().at("name").get<std::string>(), StartsWith("table-cutouts"));
    WaitUntil([&] { return newest().at("state") != "running"; });
    EXPECT_EQ(newest().at("name"), "table-cutouts.zip") << newest();
    std::string name;
    EXPECT_GT(fs::file_size(workspace.ResultFile(id, &name)), 0u);

    Post(workspace, "export", {{"format", "rgb"}, {"options", {{"longest_side", 2000}}}});
    WaitUntil([&] {
      const Json work = newest().at("work");
      if (!work.is_number()) return false;
      try {
        Post(workspace, "cancel", {{"work", work}});
      } catch (const NotFound&) {
        return false;  // a short task that is over
      }
      return true;
    });
    WaitUntil([&] { return newest().at("state") == "failed"; });
    EXPECT_EQ(newest().at("error"), "stopped");
    EXPECT_EQ(newest().at("work"), Json());
  }
  template <class F>
  void Refuses(const F& call) {
    try {
      call();
      ADD_FAILURE() << "nothing was refused";
    } catch (...) {
      audience_.witness.See("error", Json::parse(AnswerToCurrentException().body));
    }
  }
  template <class Holds>
  void WaitUntil(const Holds& holds) {
    for (int i = 0; i < 6000 && !holds(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_TRUE(holds()) << audience_.Messages();
  }

  std::unique_ptr<TestFolder> owner_ = std::make_unique<TestFolder>();
  TestFolder* folder_ = owner_.get();
  Quiet audience_;
};

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

TEST_F(WorkspaceTest, WhoHasCancelledEncodingIsAnsweredAllTheSame) {
  Workspace* window = nullptr;
  std::atomic<bool> is_cancelled = false;
  // As soon as it is told of: no photo is encoded yet.
  audience_.on_work = [&](const Json& task) {
    if (task.at("title") != "encode" || is_cancelled) return;
    window->Cancel({{"work", task.at("id")}});
    is_cancelled = true;
  };
  Workspace workspace(OfScene(), audience_);
  window = &workspace;
  Post(workspace, "train", {{"action", "start"}});
  WaitUntil([&] { return is_cancelled && EncodingHasStopped(workspace); });
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

TEST_F(WorkspaceTest, AClickIsAnsweredWithTheDepthOfAnInterruptedTraining) {
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

TEST_F(WorkspaceTest, PhotosAreEncodedAndClicksAnsweredWhileTheFieldIsTrained) {
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

TEST_F(WorkspaceTest, AFirstAnswerWaitsForNoPhotoButItsOwn) {
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

TEST_F(WorkspaceTest, AHoverIsToldHowFarEncodingIsAndHasItsPhotoEncodedNext) {
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

TEST_F(WorkspaceTest, APhotoIsTheSameForAllWhoAskForItAtOnce) {
  Workspace workspace(OfScene(), audience_);
  const int num_views = int(workspace.Views().size());
  for (const int size : {32, 600}) {  // small ones are kept, large ones are made each time
    std::vector<std::vector<std::string>> seen(4);
    std::vector<std::thread> pages;
    for (size_t page = 0; page < seen.size(); ++page)
      pages.emplace_back([&, page] {
        for (int view = 0; view < num_views; ++view) seen[page].push_back(workspace.Photo(view, size, StopToken()));
      });
    for (std::thread& page : pages) page.join();
    for (int view = 0; view < num_views; ++view) {
      const std::string photo = workspace.Photo(view, size, StopToken());
      for (const auto& page : seen) EXPECT_EQ(page[size_t(view)], photo) << "view " << view << ", size " << size;
      if (view > 0) {
        EXPECT_NE(photo, seen[0][size_t(view) - 1]);
      }
    }
  }
  for (const int nowhere : {-1, num_views, 1'000'000})
    EXPECT_THROW(workspace.Photo(nowhere, 32, StopToken()), NotFound);
  EXPECT_THROW(workspace.Photo(0, 0, StopToken()), UsageError);
  EXPECT_THROW(workspace.Photo(0, 100'000, StopToken()), UsageError);
}

TEST_F(WorkspaceTest, WithoutARunItIsBesideTheScene) {
  Workspace workspace({*folder_ / "scene", std::nullopt, Small(), "server"}, audience_);
  EXPECT_EQ(workspace.State().at("run"), (*folder_ / "scene_run").string());
  EXPECT_THAT(workspace.State().at("commands").at("train").get<std::string>(), HasSubstr("sanerf train"));
}

}  // namespace
}  // namespace sanerf::viewer
