#include "sanerf/run/open_run.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/models/onnx_test_support.h"
#include "sanerf/nerf/quick_field_test_support.h"

namespace sanerf::run {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class OpenRunTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    const nerf::QuickField quick = nerf::TrainQuickField(*folder_, 5);
    const Job job;
    EnsureWritableFolder(*folder_ / "run" / "nerf");
    RunFolder run = RunFolder::Create(*folder_ / "run", *folder_ / "scene", quick.scene, job);
    std::filesystem::copy_file(*folder_ / "nerf.ckpt", run.checkpoint());
    run.SetStage(Stage::kTrain, StageState::kComplete, 1);
    run.Save(job);
    onnx_test::WriteSmallSam(folder_->path());
  }
  static void TearDownTestSuite() { delete folder_; }
  static std::string Model() {
    return (*folder_ / "encoder.onnx").string() + "," + (*folder_ / "decoder.onnx").string();
  }
  // How many scenes, radiance fields and models were opened.
  std::vector<int> Opened() const {
    std::vector<int> counts;
    for (const char* what : {"open   scene", "open   radiance field", "open   model"}) {
      counts.push_back(0);
      for (const std::string& text : events_.Texts("detail")) counts.back() += text.starts_with(what);
    }
    return counts;
  }

  static inline TestFolder* folder_;
  EventRecorder events_;
  const Job job_ = Job().With(events_);
};

TEST_F(OpenRunTest, OpensEverythingOnceAndOnlyWhenItIsAskedFor) {
  OpenRun run(*folder_ / "run", std::nullopt, OpenRun::Access::kWrite, job_);
  EXPECT_THAT(Opened(), ElementsAre(1, 0, 0));
  const uint64_t fingerprint = run.nerf(job_).Fingerprint();
  EXPECT_EQ(run.nerf(job_).Fingerprint(), fingerprint);
  EXPECT_THAT(Opened(), ElementsAre(1, 1, 0));
  feature_container::EncodeOptions options;
  options.model = Model();
  options.size = 64;
  const std::vector<int> views = run.scene().TrainViews();
  EXPECT_TRUE(run.Features({views[0]}, options, job_)->Has(views[0]));
  EXPECT_TRUE(run.Features(views, options, job_)->Has(views.back()));
  EXPECT_EQ(run.sam(Model(), job_), run.sam(Model(), job_));
  EXPECT_THAT(Opened(), ElementsAre(1, 1, 1));
  run.ReleaseSam();
  run.sam(Model(), job_);
  EXPECT_THAT(Opened(), ElementsAre(1, 1, 2));
}

TEST_F(OpenRunTest, WaitsForWhoeverElseWritesFeatures) {
  OpenRun run(*folder_ / "run", std::nullopt, OpenRun::Access::kWrite, job_);
  std::mutex writing;
  run.ShareFeatures(writing);
  feature_container::EncodeOptions options;
  options.model = Model();
  options.size = 80;  // of which nothing is encoded
  const int view = run.scene().TrainViews()[0];
  std::atomic<bool> is_done = false;
  std::unique_lock lock(writing);
  std::thread other([&] {
    EXPECT_TRUE(run.Features({view}, options, job_)->Has(view));
    is_done = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_FALSE(is_done);
  lock.unlock();
  other.join();
  EXPECT_TRUE(writing.try_lock());  // free again
  writing.unlock();
}

TEST_F(OpenRunTest, WhoAsksIsTheOneWhoHearsAndStops) {
  OpenRun run(*folder_ / "run", std::nullopt, OpenRun::Access::kWrite, job_);
  EventRecorder later;
  const Job other = Job().With(later);
  run.nerf(other);
  EXPECT_THAT(Opened(), ElementsAre(1, 0, 0));
  EXPECT_THAT(later.Texts("detail"), Contains(StartsWith("open   radiance field")));

  feature_container::EncodeOptions options;
  options.model = Model();
  options.size = 96;  // of which nothing is encoded
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(run.Features(run.scene().TrainViews(), options, other.With(stop.token())), InterruptedError);
  EXPECT_NO_THROW(run.Features({}, options, job_));
}

TEST_F(OpenRunTest, HoldsTheLockOnlyToWrite) {
  const OpenRun reader(*folder_ / "run", std::nullopt, OpenRun::Access::kRead, job_);
  const OpenRun writer(*folder_ / "run", std::nullopt, OpenRun::Access::kWrite, job_);
  try {
    const OpenRun second(*folder_ / "run", std::nullopt, OpenRun::Access::kWrite, job_);
    FAIL() << "two writers";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("is in use"));
  }
}

// What another process is just changing is not read.
TEST_F(OpenRunTest, LocksBeforeItReads) {
  const TestFolder broken;
  WriteFileAtomic(broken / "run.json", "{");
  const auto error_of_opening = [&] {
    try {
      const OpenRun run(broken.path(), std::nullopt, OpenRun::Access::kWrite, job_);
      return std::string("none");
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  {
    const RunLock other(broken.path());
    EXPECT_THAT(error_of_opening(), HasSubstr("is in use"));
  }
  EXPECT_THAT(error_of_opening(), HasSubstr("run.json"));
}

TEST_F(OpenRunTest, LeavesNothingWhereThereIsNoRun) {
  const TestFolder other;
  EXPECT_THROW(OpenRun(other.path(), std::nullopt, OpenRun::Access::kWrite, job_), Error);
  EXPECT_TRUE(std::filesystem::is_empty(other.path()));
}

TEST_F(OpenRunTest, WhatItHandsOutOutlivesIt) {
  auto run = std::make_unique<OpenRun>(*folder_ / "run", std::nullopt, OpenRun::Access::kRead, job_);
  const std::shared_ptr<const scene::Scene> scene = run->shared_scene();
  const std::shared_ptr<const sam::Sam> sam = run->sam(Model(), job_);
  run.reset();
  EXPECT_EQ(scene->views.size(), 6u);
  EXPECT_FALSE(sam->name().empty());
}

}  // namespace
}  // namespace sanerf::run
