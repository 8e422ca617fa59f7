#include "sanerf/mask_aggregator/ray_compositor.h"

#include <gtest/gtest.h>

namespace sanerf::mask_aggregator {
namespace {

// One cell for all of space, in which somebody voted.
LabelPrior SameEverywhere(const std::vector<float>& logits) {
  return LabelPrior::FromLogits(1, {0, 0, 0}, int(logits.size()), logits);
}

// Two samples, none, one.
nerf::TracedRays ThreeRays() {
  nerf::TracedRays rays;
  rays.first = {0, 2, 2, 3};
  rays.unit.assign(3, {0.5f, 0.5f, 0.5f});
  rays.weight = {0.25f, 0.5f, 1};
  return rays;
}

TEST(RayCompositor, AddsTheSamplesByTheirWeights) {
  const LabelPrior prior = SameEverywhere({-1, 3});
  const LabelSource source{nullptr, &prior};
  RayCompositor compositor({&source, 1});
  const auto all = compositor.Of(ThreeRays());
  EXPECT_EQ(all.outputs, (std::vector<float>{-0.75f, 2.25f, 0, 0, -1, 3}));
  EXPECT_EQ(all.known, (std::vector<float>{0.75f, 0, 1}));
  EXPECT_EQ(compositor.Of(ThreeRays(), std::vector<int>{2, 0}).outputs, (std::vector<float>{-1, 3, -0.75f, 2.25f}));
}

// Each object's output is what its own source gives it above the background.
TEST(RayCompositor, SeveralSourcesAreOneWithTheLabelsOfAll) {
  const LabelPrior first = SameEverywhere({-1, 3}), second = SameEverywhere({2, 1, 5});
  const std::vector<int> of_first = {2}, of_second = {3, 1};
  const std::vector<LabelSource> sources = {{nullptr, &first, of_first}, {nullptr, &second, of_second}};
  EXPECT_EQ(NumOutputs(sources), 4u);
  EXPECT_EQ(RayCompositor(sources).Of(ThreeRays(), std::vector<int>{2}).outputs, (std::vector<float>{0, 3, 4, -1}));
}

// What a label may not say where it may not be is turned round before the samples are added.
TEST(RayCompositor, ASampleThatIsConfinedSpeaksForTheBackground) {
  const LabelPrior prior = SameEverywhere({-1, 3});
  LabelSupport support(2);
  CellIndex cells(2);
  cells.Insert(CellIndex::Cell{1, 1, 1});
  support.Confine(1, std::move(cells));
  const LabelSource source{nullptr, &prior, {}, &support};
  nerf::TracedRays rays = ThreeRays();
  rays.unit[0] = {0.2f, 0.2f, 0.2f};  // the first sample lies outside of where the label may be
  RayCompositor compositor({&source, 1});
  const auto all = compositor.Of(rays);
  EXPECT_EQ(all.outputs, (std::vector<float>{0.25f * 3 + 0.5f * -1, 0.25f * -1 + 0.5f * 3, 0, 0, -1, 3}));
  EXPECT_EQ(all.known, (std::vector<float>{0.75f, 0, 1}));
  EXPECT_EQ(compositor.Of(rays, std::vector<int>{2}).outputs, (std::vector<float>{-1, 3}));
  // Where the label may be everywhere its rays meet, nothing changes.
  EXPECT_EQ(compositor.Of(ThreeRays()).outputs, (std::vector<float>{-0.75f, 2.25f, 0, 0, -1, 3}));
}

}  // namespace
}  // namespace sanerf::mask_aggregator
