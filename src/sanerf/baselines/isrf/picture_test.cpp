#include "sanerf/baselines/isrf/picture.h"

#include <gtest/gtest.h>

namespace sanerf::baselines {
namespace {

constexpr float kFaint = 0.3f;

// Two voxels in a row; samples in the middle of one of them.
class PictureTest : public ::testing::Test {
 protected:
  PictureTest() {
    cells_.Insert(mask_aggregator::CellIndex::Cell{1, 1, 1});
    cells_.Insert(mask_aggregator::CellIndex::Cell{2, 1, 1});
  }
  void AddRay(const std::vector<std::pair<int, float>>& voxels_and_weights) {
    for (const auto& [voxel, weight] : voxels_and_weights) {
      rays_.unit.push_back({(1.5f + float(voxel)) / 4, 1.5f / 4, 1.5f / 4});
      rays_.weight.push_back(weight);
    }
    rays_.first.push_back(rays_.num_samples());
  }
  static ImageU8 Row(const std::vector<uint8_t>& pixels) {
    ImageU8 mask(int(pixels.size()), 1, 1);
    mask.data = pixels;
    return mask;
  }
  mask_aggregator::CellIndex cells_{4};
  nerf::TracedRays rays_;
  Picture picture_;
};

TEST_F(PictureTest, IouOfWhatIsShownWithWhatIsWanted) {
  AddRay({{0, 1.f}});
  AddRay({{0, 1.f}});
  AddRay({{1, 1.f}});
  AddRay({});
  picture_.Add(cells_, rays_, Row({255, 0, 255, 255}));
  EXPECT_DOUBLE_EQ(LikenessOf(picture_, {1, 0}), 1.0 / 4);
  EXPECT_DOUBLE_EQ(LikenessOf(picture_, {0, 1}), 1.0 / 3);
  EXPECT_DOUBLE_EQ(LikenessOf(picture_, {1, 1}), 2.0 / 4);
  EXPECT_DOUBLE_EQ(LikenessOf(picture_, {0, 0}), 0);
}

TEST_F(PictureTest, APixelShowsWhatGivesMostOfItsLight) {
  AddRay({{0, kFaint}, {1, kFaint}, {0, kFaint}});
  picture_.Add(cells_, rays_, Row({255}));
  EXPECT_EQ(picture_.weights.size(), 2u);  // a voxel once, with all its light
  EXPECT_EQ(LikenessOf(picture_, {1, 0}), 1);
  EXPECT_EQ(LikenessOf(picture_, {0, 1}), 0);
}

TEST_F(PictureTest, ViewsAreCountedTogether) {
  AddRay({{0, 1.f}});
  picture_.Add(cells_, rays_, Row({255}));
  picture_.Add(cells_, rays_, Row({0}));
  EXPECT_EQ(LikenessOf(picture_, {1, 0}), 0.5);
}

TEST_F(PictureTest, NothingIsLikeNothing) { EXPECT_EQ(LikenessOf(picture_, {1, 1}), 0); }

}  // namespace
}  // namespace sanerf::baselines
