#include "sanerf/baselines/panoptic_lifting/slot_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/random.h"

namespace sanerf::baselines {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

std::vector<double> RandomLogits(size_t size, uint64_t seed) {
  Random random(seed);
  std::vector<double> logits;
  for (size_t i = 0; i < size; ++i) logits.push_back(4 * random.NextDouble() - 2);
  return logits;
}

TEST(SlotLoss, GradientIsThatOfFiniteDifferences) {
  const int num_slots = 5;
  const std::vector<int> slots = {3, 0, -1, 4};
  const std::vector<float> confidence = {0.5f, 1, 1, 0.25f};
  std::vector<double> logits = RandomLogits(4 * num_slots, 1), grad(logits.size()), unused(logits.size());
  SlotLoss<double>(num_slots, logits.data(), slots, confidence, 1.7, grad.data());
  for (size_t i = 0; i < logits.size(); ++i) {
    constexpr double kStep = 1e-6;
    const auto at = [&](double x) {
      std::swap(logits[i], x);
      const double loss = SlotLoss<double>(num_slots, logits.data(), slots, confidence, 1.7, unused.data());
      std::swap(logits[i], x);
      return loss;
    };
    EXPECT_NEAR((at(logits[i] + kStep) - at(logits[i] - kStep)) / (2 * kStep), grad[i], 1e-8) << i;
  }
}

// Two slots, equal logits: -log(1/2), times a confidence of a half, over two rays of which one has no slot.
TEST(SlotLoss, IsTheMeanOverAllRays) {
  const std::vector<double> logits = {1, 1, 7, -3};
  std::vector<double> grad(4, 9);
  EXPECT_NEAR(SlotLoss<double>(2, logits.data(), {1, -1}, {0.5f, 1}, 1, grad.data()), std::log(2) / 4, 1e-12);
  EXPECT_THAT(grad, ElementsAre(0.125, -0.125, 0, 0));
}

// The field knows four objects by the slots 5, 2, 0, 3; a view that numbers them differently is understood, although
// one ray in each segment belongs to a neighbor.
TEST(AssignSlots, RecoversPermutedLabels) {
  const std::vector<int> slot_of = {5, 2, 0, 3};
  constexpr int kSlots = 7, kRays = 6;
  std::vector<float> logits;
  std::vector<int> segment_of;
  for (int segment = 0; segment < 4; ++segment) {
    for (int r = 0; r < kRays; ++r) {
      const int slot = r == 0 ? slot_of[size_t(segment + 1) % 4] : slot_of[size_t(segment)];
      for (int s = 0; s < kSlots; ++s) logits.push_back(s == slot ? 3.0f : 0.0f);
      segment_of.push_back(segment);
    }
  }
  EXPECT_EQ(AssignSlots({kSlots, logits.data(), segment_of, 4}), slot_of);
}

// Both segments like slot 0 best. Only one can have it; together they are best off when the first goes to slot 1.
TEST(AssignSlots, GivesEachSlotOnceEvenWhenAllWantTheSame) {
  const std::vector<float> logits = {2.0f, 1.9f, 0, 2.0f, -3, 0};
  const std::vector<int> segment_of = {0, 1};
  EXPECT_THAT(AssignSlots({3, logits.data(), segment_of, 2}), ElementsAre(1, 0));
  EXPECT_THAT(LikeliestSlots({3, logits.data(), segment_of, 2}), ElementsAre(0, 0));
}

TEST(AssignSlots, SegmentsBeyondTheSlotsTeachNothing) {
  // Three segments, two slots: the third, which has no preference, is left over.
  const std::vector<float> logits = {0, 4, 4, 0, 0, 0};
  const std::vector<int> segment_of = {0, 1, 2};
  const SlotView view{2, logits.data(), segment_of, 3};
  EXPECT_THAT(AssignSlots(view), ElementsAre(1, 0, -1));
  std::vector<float> grad(6, 9);
  EXPECT_EQ(InstanceLoss(view, {1, 1, 1}, grad.data()), 0);  // the others are right as they are
  EXPECT_THAT(grad, Each(0));
}

TEST(InstanceLoss, WhatIsRightIsNotReinforced) {
  std::vector<float> logits = {0.1f, 0, 0, 0.1f};
  const std::vector<int> segment_of = {0, 1};
  std::vector<float> grad(4, 9);
  EXPECT_EQ(InstanceLoss({2, logits.data(), segment_of, 2}, {1, 1}, grad.data()), 0);
  EXPECT_THAT(grad, Each(0));
  // As soon as one ray is wrong, all are taught.
  logits = {0.1f, 0, 0.3f, 0.2f};
  EXPECT_GT(InstanceLoss({2, logits.data(), segment_of, 2}, {1, 1}, grad.data()), 0);
  EXPECT_LT(grad[0], 0);
  EXPECT_LT(grad[3], 0);
}

// Two rays of three lean slightly to slot 1, the third is confident of slot 0: the mean probability decides, not the
// majority.
TEST(SegmentLoss, TargetIsTheSlotOfTheHighestMeanProbability) {
  const std::vector<float> logits = {0, 0.1f, 0, 0.1f, 5, 0};
  const std::vector<int> segment_of = {0, 0, 0};
  const SlotView view{2, logits.data(), segment_of, 1};
  EXPECT_THAT(LikeliestSlots(view), ElementsAre(0));
  std::vector<float> grad(6), twice(6);
  const double loss = SegmentLoss(view, {1, 1, 1}, 1, grad.data());
  EXPECT_LT(grad[0], 0);
  EXPECT_LT(grad[2], 0);
  EXPECT_NEAR(SegmentLoss(view, {1, 1, 1}, 0.5f, twice.data()), loss / 2, 1e-7);
  EXPECT_NEAR(twice[0], grad[0] / 2, 1e-7);
}

}  // namespace
}  // namespace sanerf::baselines
