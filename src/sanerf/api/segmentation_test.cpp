#include "sanerf/api/segmentation.h"

#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/parallel.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::api {
namespace {

// Knows no mask, and how many threads a loop would take when it is asked for one.
class ThreadCounter : public MaskSource {
 public:
  std::vector<std::string> names() const override { return {"mug"}; }
  ImageU8 Labels(int, const ImageF&) override {
    num_threads = NumThreads();
    return {};
  }
  int num_threads = 0;
};

TEST(FitMasks, TakesNoMoreThreadsThanItsJobMay) {
  const TestFolder folder;
  synth::WriteSynthScene(folder / "scene", synth::SmallScene(5, 24), Job());
  Options options;
  for (const char* option : {"nerf.iters=1", "nerf.batch_samples=256", "nerf.log2_table=8", "nerf.levels=2",
                             "nerf.features=8", "nerf.occupancy_resolution=8"})
    options.Set(option);
  const Scene scene = Scene::Open(folder / "scene", options, Job());
  const RadianceField field = RadianceField::Train(scene, folder / "nerf.ckpt", options, Job());
  SetNumThreads(2);
  for (const int most : {0, 1}) {
    ThreadCounter source;
    EXPECT_THROW(FitMasks(scene, field, source, options, Job().WithThreads(most)), Error);  // no view has a mask
    EXPECT_EQ(source.num_threads, most == 0 ? 2 : 1);
  }
  SetNumThreads(0);
}

}  // namespace
}  // namespace sanerf::api
