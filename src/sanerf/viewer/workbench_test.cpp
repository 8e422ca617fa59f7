#include "sanerf/viewer/workbench.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/models/onnx_test_support.h"
#include "sanerf/pipeline/train_stage.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"
#include "sanerf/viewer/nobody_test_support.h"

namespace sanerf::viewer {
namespace {

// A trained run of which nothing is encoded.
class WorkbenchTest : public testing::Test {
 protected:
  WorkbenchTest() {
    synth::WriteSynthScene(folder_ / "scene", synth::SmallScene(10, 48), Job());
    onnx_test::WriteSmallSam(folder_.path());
    for (const char* value : {"nerf.iters=60", "nerf.batch_samples=8192", "nerf.occupancy_resolution=64",
                              "nerf.near_gradients=0", "nerf.log2_table=14", "encode.size=64"})
      pipeline::Assign(settings_, value);
    pipeline::Assign(settings_,
                     "encode.model=" + (folder_ / "encoder.onnx").string() + "," + (folder_ / "decoder.onnx").string());
    pipeline::Train({folder_ / "scene", folder_ / "run"}, settings_, Job());
  }
  static int NumDone(const Workbench& bench) {
    const Json encoding = bench.EncodingState();
    return encoding.is_object() ? encoding.at("done").get<int>() : 0;
  }
  template <class Holds>
  static void Await(const Holds& holds) {
    for (const Stopwatch watch; watch.seconds() < 60 && !holds();)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ASSERT_TRUE(holds());
  }

  TestFolder folder_;
  pipeline::Settings settings_;
  Nobody nobody_;
  WorkList work_{nobody_};
};

TEST_F(WorkbenchTest, NoFurtherPhotoIsEncodedWhileAPictureIsDrawn) {
  Workbench bench("", folder_ / "run", settings_, work_, nobody_);
  auto drawing = std::make_unique<Workbench::Drawing>(bench);
  Await([&] { return NumDone(bench) > 0; });
  const int num_done = NumDone(bench);
  const Stopwatch watch;
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const int num_done_later = NumDone(bench);
  if (watch.seconds() < 1) {  // else the machine was busy, and after two seconds there is another one
    EXPECT_LE(num_done_later, num_done + 1);
  }
  EXPECT_TRUE(bench.EncodingState().is_object());
  drawing.reset();
  Await([&] { return bench.EncodingState().is_null(); });
}

}  // namespace
}  // namespace sanerf::viewer
