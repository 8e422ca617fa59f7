// For tests of the workspace: one on the procedural scene, asked as the page asks it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/models/onnx_test_support.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/http/error_answers.h"
#include "sanerf/viewer/schema_test_support.h"
#include "sanerf/viewer/workspace.h"

namespace sanerf::viewer {

// Holds what it is told against docs/viewer.schema.json.
struct WitnessAudience : Audience {
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
    for (const auto& entry : std::filesystem::directory_iterator(*folder_ / "run" / "features", none_yet))
      if (entry.path().extension() == ".feat") views.insert(entry.path().stem().string());
    return views;
  }
  // The list of work tells of one task ten times a second: who takes longer over a report hears the next one as well.
  static void TakeTime() { std::this_thread::sleep_for(std::chrono::milliseconds(150)); }
  static void WaitFor(const std::atomic<bool>& said) {
    for (int i = 0; i < 6000 && !said; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  // Told as a command, made, canceled.
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
                testing::EndsWith("run --object table --layers cutout --views train --size 16"));
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
    EXPECT_THAT(newest().at("name").get<std::string>(), testing::StartsWith("table-cutouts"));
    WaitUntil([&] { return newest().at("state") != "running"; });
    EXPECT_EQ(newest().at("name"), "table-cutouts.zip") << newest();
    std::string name;
    EXPECT_GT(std::filesystem::file_size(workspace.ResultFile(id, &name)), 0u);

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
  WitnessAudience audience_;
};

}  // namespace sanerf::viewer
