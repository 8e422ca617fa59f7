#include "sanerf/api/segmentation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/parallel.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::api {
namespace {

using ::testing::HasSubstr;

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

// The same label everywhere.
class Everywhere : public MaskSource {
 public:
  Everywhere(std::vector<std::string> names, uint8_t label, int channels = 1)
      : names_(std::move(names)), label_(label), channels_(channels) {}
  std::vector<std::string> names() const override { return names_; }
  ImageU8 Labels(int, const ImageF& photo) override {
    ImageU8 labels(photo.width, photo.height, channels_);
    std::fill(labels.data.begin(), labels.data.end(), label_);
    return labels;
  }

 private:
  std::vector<std::string> names_;
  uint8_t label_;
  int channels_;
};

class FitMasksTest : public ::testing::Test {
 protected:
  FitMasksTest() {
    synth::WriteSynthScene(folder_ / "scene", synth::SmallScene(5, 24), Job());
    for (const char* option : {"nerf.iters=1", "nerf.batch_samples=256", "nerf.log2_table=8", "nerf.levels=2",
                               "nerf.features=8", "nerf.occupancy_resolution=8"})
      options_.Set(option);
  }
  const TestFolder folder_;
  Options options_;
};

TEST_F(FitMasksTest, LabelsThatNoObjectHasAreRefused) {
  const Scene scene = Scene::Open(folder_ / "scene", options_, Job());
  const RadianceField field = RadianceField::Train(scene, folder_ / "nerf.ckpt", options_, Job());
  const auto why = [&](Everywhere source) -> std::string {
    try {
      FitMasks(scene, field, source, options_, Job());
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(why(Everywhere({"mug"}, 2)), HasSubstr("label 2 in the labels of train/000"));
  EXPECT_THAT(why(Everywhere({}, 1)), HasSubstr("label 1 in the labels of"));
  EXPECT_THAT(why(Everywhere({"mug"}, 1, 3)), HasSubstr("have 3 channels"));
}

TEST_F(FitMasksTest, TakesNoMoreThreadsThanItsJobMay) {
  const Scene scene = Scene::Open(folder_ / "scene", options_, Job());
  const RadianceField field = RadianceField::Train(scene, folder_ / "nerf.ckpt", options_, Job());
  SetNumThreads(2);
  for (const int most : {0, 1}) {
    ThreadCounter source;
    EXPECT_THROW(FitMasks(scene, field, source, options_, Job().WithThreads(most)), Error);  // no view has a mask
    EXPECT_EQ(source.num_threads, most == 0 ? 2 : 1);
  }
  SetNumThreads(0);
}

}  // namespace
}  // namespace sanerf::api
