// Rendering as a job: blocks as they are done, stops, threads, and beside another job.
#include "sanerf/nerf/model.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/nerf/sample_filter.h"
#include "sanerf/nerf/small_field_test_support.h"
#include "sanerf/nerf/train_nerf.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::nerf {
namespace {

bool IsSame(const RenderedView& a, const RenderedView& b) {
  return a.rgb.data == b.rgb.data && a.depth.data == b.depth.data && a.opacity.data == b.opacity.data;
}

class NerfModelTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    synth::WriteSynthScene(*folder_ / "scene", synth::SmallScene(12, 64), Job());
    scene_ = new scene::Scene(scene::LoadScene(*folder_ / "scene", {}, Job()));
    model_ = new NerfModel(Train("model", Job()));
  }
  static void TearDownTestSuite() {
    delete model_;
    delete scene_;
    delete folder_;
  }
  void TearDown() override { SetNumThreads(0); }

  static NerfModel Train(const std::string& name, const Job& job) {
    return TrainNerf(*scene_, SmallOptions(), {*folder_ / (name + ".ckpt"), *folder_ / (name + ".jsonl"), false}, job);
  }
  // 36 blocks, those at the right and lower rim cut.
  static Camera LargeView() { return scene_->views[0].camera.Resized(91, 85); }

  static TestFolder* folder_;
  static scene::Scene* scene_;
  static NerfModel* model_;
};
TestFolder* NerfModelTest::folder_;
scene::Scene* NerfModelTest::scene_;
NerfModel* NerfModelTest::model_;

// Takes out what is nearer to the rays' origins than some distance.
class NearFilter : public SampleFilter {
 public:
  explicit NearFilter(float nearest) : nearest_(nearest) {}
  void Begin(int) override {}
  void Filter(const SampleColumns& samples, std::span<float> sigma) override {
    for (size_t i = 0; i < samples.size(); ++i)
      if (samples.t[i] < nearest_) sigma[i] = 0;
  }

 private:
  float nearest_;
};

TEST_F(NerfModelTest, APartHasTheBytesOfTheWhole) {
  const Camera camera = LargeView();
  const RenderedView view = model_->Render(camera, Job());
  for (const PixelBlock& pixels : {PixelBlock{16, 32, 64, 85}, PixelBlock{80, 0, 91, 16}}) {
    const RenderedView part = model_->RenderPart({camera, pixels}, {}, Job());
    ASSERT_EQ(part.rgb.width, pixels.x1 - pixels.x0);
    ASSERT_EQ(part.rgb.height, pixels.y1 - pixels.y0);
    for (int y = pixels.y0; y < pixels.y1; ++y) {
      for (int x = pixels.x0; x < pixels.x1; ++x) {
        const int u = x - pixels.x0, v = y - pixels.y0;
        for (int c = 0; c < 3; ++c) ASSERT_EQ(part.rgb.At(u, v, c), view.rgb.At(x, y, c)) << x << " " << y;
        ASSERT_EQ(part.depth.At(u, v), view.depth.At(x, y));
        ASSERT_EQ(part.opacity.At(u, v), view.opacity.At(x, y));
      }
    }
  }
}

TEST_F(NerfModelTest, WhatAFilterTakesOutIsNotThere) {
  const Camera camera = LargeView();
  const auto render = [&](float nearest) {
    return model_->RenderPart(
        camera, [=] { return std::make_unique<NearFilter>(nearest); }, Job());
  };
  EXPECT_TRUE(IsSame(render(0), model_->Render(camera, Job())));
  for (const float opacity : render(1e9f).opacity.data) ASSERT_EQ(opacity, 0);
  // In units of the file a distance of one model unit is 1 / scale.
  const double nearest = 1 / model_->model_from_file().scale;
  const RenderedView far = render(1);
  for (int y = 0; y < camera.height; ++y) {
    for (int x = 0; x < camera.width; ++x) {
      const double length = camera.RayInCam({x + 0.5, y + 0.5}).norm();
      if (far.depth.At(x, y) > 0) {
        ASSERT_GT(far.depth.At(x, y) * length, 0.97 * nearest);
      }
    }
  }
}

TEST_F(NerfModelTest, BlocksMakeUpTheView) {
  const Camera camera = LargeView();
  const RenderedView view = model_->Render(camera, Job());
  for (const int threads : {1, 4}) {
    SetNumThreads(threads);
    RenderedView put_together{ImageF(camera.width, camera.height, 3), ImageF(camera.width, camera.height, 1),
                              ImageF(camera.width, camera.height, 1)};
    ImageU8 times(camera.width, camera.height, 1);
    const auto put = [&](const RenderedBlock& block) {
      ASSERT_EQ(block.rgb.size(), size_t(3 * block.width * block.height));
      ASSERT_EQ(block.depth.size(), size_t(block.width * block.height));
      ASSERT_EQ(block.opacity.size(), block.depth.size());
      size_t i = 0;
      for (int y = block.y0; y < block.y0 + block.height; ++y) {
        for (int x = block.x0; x < block.x0 + block.width; ++x, ++i) {
          ++times.At(x, y);
          for (int c = 0; c < 3; ++c) put_together.rgb.At(x, y, c) = block.rgb[3 * i + size_t(c)];
          put_together.depth.At(x, y) = block.depth[i];
          put_together.opacity.At(x, y) = block.opacity[i];
        }
      }
    };
    EXPECT_TRUE(IsSame(model_->Render(camera, put, Job()), view));
    EXPECT_TRUE(IsSame(put_together, view));
    EXPECT_EQ(times.data, std::vector<uint8_t>(times.data.size(), 1));
  }
}

// A block is some milliseconds of work: one more per thread after the request keeps the 50 ms.
TEST_F(NerfModelTest, AStopEndsARenderAfterTheBlocksUnderWay) {
  for (const int threads : {1, 4}) {
    SetNumThreads(threads);
    StopSource stop;
    int num_blocks = 0;
    const auto stop_it = [&](const RenderedBlock&) {
      ++num_blocks;
      stop.RequestStop();
    };
    EXPECT_THROW(model_->Render(LargeView(), stop_it, Job().With(stop.token())), InterruptedError);
    EXPECT_GE(num_blocks, 1);
    EXPECT_LE(num_blocks, threads);
  }
}

TEST_F(NerfModelTest, ARenderTakesNoMoreThreadsThanItsJobMay) {
  SetNumThreads(4);
  std::set<std::thread::id> threads;
  const auto note = [&](const RenderedBlock&) { threads.insert(std::this_thread::get_id()); };
  model_->Render(LargeView(), note, Job().WithThreads(1));
  EXPECT_EQ(threads, std::set<std::thread::id>{std::this_thread::get_id()});
  EXPECT_EQ(NumThreads(), 4);
}

// Tells when the first metrics of a training come; keeps it there when asked to.
class FirstMetrics : public EventSink {
 public:
  void Take(const Event& event) override {
    if (event.kind != Event::Kind::kMetrics) return;
    has_come_ = true;
    while (is_held_) std::this_thread::yield();
  }
  void Hold(bool is_held) { is_held_ = is_held; }
  void Wait() const {
    while (!has_come_) std::this_thread::yield();
  }

 private:
  std::atomic<bool> has_come_ = false, is_held_ = false;
};

// One thread trains while the other renders: both get what they get one after the other.
TEST_F(NerfModelTest, ARenderAndATrainingDoNotDisturbEachOther) {
  const RenderedView view = model_->Render(LargeView(), Job());
  SetNumThreads(2);
  FirstMetrics first;
  uint64_t fingerprint = 0;
  std::atomic<bool> is_trained = false;
  std::thread training([&] {
    fingerprint = Train("beside", Job().With(first)).Fingerprint();
    is_trained = true;
  });
  first.Wait();
  int num_same = 0, num_views = 0;
  do {
    num_same += IsSame(model_->Render(LargeView(), Job()), view);
    ++num_views;
  } while (!is_trained);
  training.join();
  EXPECT_EQ(num_same, num_views);
  EXPECT_EQ(fingerprint, model_->Fingerprint());
}

TEST_F(NerfModelTest, StoppingATrainingLeavesARenderAlone) {
  const RenderedView view = model_->Render(LargeView(), Job());
  SetNumThreads(2);
  FirstMetrics first;
  first.Hold(true);  // or it may be done before it is stopped
  StopSource stop;
  std::atomic<bool> was_stopped = false;
  std::thread training([&] {
    try {
      Train("stopped", Job(first, stop.token()));
    } catch (const InterruptedError&) {
      was_stopped = true;
    }
  });
  first.Wait();
  const auto stop_the_other = [&](const RenderedBlock&) {
    stop.RequestStop();
    first.Hold(false);
  };
  EXPECT_TRUE(IsSame(model_->Render(LargeView(), stop_the_other, Job()), view));
  training.join();
  EXPECT_TRUE(was_stopped);
}

TEST_F(NerfModelTest, StoppingARenderLeavesATrainingAlone) {
  SetNumThreads(2);
  FirstMetrics first;
  uint64_t fingerprint = 0;
  std::thread training([&] { fingerprint = Train("goes_on", Job().With(first)).Fingerprint(); });
  first.Wait();
  StopSource stop;
  const auto stop_it = [&](const RenderedBlock&) { stop.RequestStop(); };
  EXPECT_THROW(model_->Render(LargeView(), stop_it, Job().With(stop.token())), InterruptedError);
  training.join();
  EXPECT_EQ(fingerprint, model_->Fingerprint());
}

}  // namespace
}  // namespace sanerf::nerf
