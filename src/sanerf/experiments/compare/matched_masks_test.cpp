#include "sanerf/experiments/compare/matched_masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/scene/photos_test_support.h"

namespace sanerf::experiments {
namespace {

using ::testing::HasSubstr;

ImageU8 Columns(int from, int to, uint8_t value = 255) {
  ImageU8 mask(8, 4, 1);
  for (int y = 0; y < 4; ++y)
    for (int x = from; x < to; ++x) mask.At(x, y) = value;
  return mask;
}

std::vector<eval::ObjectScore> Instances(const std::vector<int>& ids) {
  std::vector<eval::ObjectScore> instances(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) instances[i].instance = ids[i];
  return instances;
}

// The truth of the first view: instance 7 in columns 0 to 3, in the second the same; 9 is nowhere. Of the objects that
// were found the second is instance 7 but for a column, the first is nothing.
TEST(MatchedMasks, ObjectsComeInTheOrderOfTheirInstances) {
  const TestFolder folder;
  WritePng(folder / "ids.png", Columns(0, 4, 7));
  scene::Scene scene = scene::PhotosOf(3, 8, 4);
  for (const int v : {0, 2}) scene.views[size_t(v)].mask_path = folder / "ids.png";
  const std::vector<int> views = {0, 2};
  const std::vector<eval::ObjectScore> instances = Instances({9, 7});
  MatchedMasks matched(scene, views, instances);
  matched.Add({Columns(6, 8), Columns(0, 3)}, Job());
  matched.Add({Columns(7, 8), Columns(0, 4)}, Job());
  matched.Match();
  for (size_t v = 0; v < 2; ++v) {
    const std::vector<ImageU8> masks = matched.Of(v);
    ASSERT_EQ(masks.size(), 2u);
    EXPECT_EQ(masks[0].data, Columns(0, 0).data);
    EXPECT_EQ(masks[1].data, Columns(0, v == 0 ? 3 : 4).data);
  }
  EXPECT_EQ(matched.num_spurious(), 1);
}

TEST(MatchedMasks, SayAfterTheFirstViewThatAllDoNotFit) {
  scene::Scene scene = scene::PhotosOf(2, 8, 4);
  scene.views[1].camera.width = scene.views[1].camera.height = 10'000'000;  // 12.5 TB for one object
  const std::vector<int> views = {0, 1};
  const std::vector<eval::ObjectScore> instances;
  MatchedMasks matched(scene, views, instances);
  EXPECT_THAT(ErrorTextOf<Error>([&] { matched.Add({Columns(0, 1)}, Job()); }),
              HasSubstr("the masks of 1 found object in 2 views need"));
}

}  // namespace
}  // namespace sanerf::experiments
