#include "sanerf/baselines/panoptic_lifting/panoptic_trainer.h"

#include <gtest/gtest.h>

#include "sanerf/baselines/lift_test_support.h"
#include "sanerf/core/parallel.h"

namespace sanerf::baselines {

using mask_aggregator::ObjectField;

namespace {

// The slot of every ray after training.
std::vector<int> TrainedSlots(const ToyRays& toy, const PanopticLiftingOptions& options, ObjectField* field) {
  {
    PanopticTrainer trainer(toy.rays, options, 1, field);
    for (int step = 0; step < options.lift.iters; ++step) trainer.Step(step);
  }
  const std::vector<float> logits = mask_aggregator::FieldReader(*field).Outputs(toy.rays.pool, toy.rays.AllRays());
  std::vector<int> slots;
  for (auto at = logits.begin(); at != logits.end(); at += field->num_labels())
    slots.push_back(int(std::max_element(at, at + field->num_labels()) - at));
  return slots;
}

PanopticLiftingOptions Options(int slots) {
  PanopticLiftingOptions options;
  options.lift = ToyOptions();
  options.slots = slots;
  return options;
}

TEST(PanopticTrainer, FindsTheSameObjectsInViewsThatNumberThemDifferently) {
  const ToyRays toy = MakeToyRays();
  const PanopticLiftingOptions options = Options(8);
  std::vector<int> first;
  for (const int threads : {1, 3}) {
    SetNumThreads(threads);
    ObjectField field(options.lift.field, options.slots, 1, ObjectField::Start::kRandom);
    const std::vector<int> slots = TrainedSlots(toy, options, &field);
    EXPECT_GT(ToyAgreement(toy, slots), 0.98);
    EXPECT_EQ(SlotsInUse(toy.rays, field, options.min_rays).size(), size_t(kToyBalls));
    if (first.empty()) first = slots;
    EXPECT_EQ(slots, first);  // the number of threads changes nothing
  }
  SetNumThreads(0);
}

// Two slots for three objects: two of them have one each, the third lies wherever it lies.
TEST(PanopticTrainer, MakesDoWithFewerSlotsThanSegments) {
  const ToyRays toy = MakeToyRays();
  const PanopticLiftingOptions options = Options(2);
  ObjectField field(options.lift.field, options.slots, 1, ObjectField::Start::kRandom);
  const std::vector<int> slots = TrainedSlots(toy, options, &field);
  EXPECT_EQ(ToyAgreement(toy, slots), 0);
  EXPECT_EQ(SlotsInUse(toy.rays, field, options.min_rays).size(), 2u);
}

TEST(SlotsInUse, OnlyThoseThatRaysChooseLargestFirst) {
  ToyRays toy = MakeToyRays();
  const PanopticLiftingOptions options = Options(8);
  ObjectField field(options.lift.field, options.slots, 1, ObjectField::Start::kRandom);
  const std::vector<int> slots = TrainedSlots(toy, options, &field);
  // Fewer rays of ball 0: its slot comes last, and is dropped when more are asked for than it has.
  const int of_ball_0 = slots[size_t(std::find(toy.ball_of.begin(), toy.ball_of.end(), 0) - toy.ball_of.begin())];
  for (std::vector<int>& view : toy.rays.views)
    std::erase_if(view, [&](int ray) { return toy.ball_of[size_t(ray)] == 0 && ray % 4 != 0; });
  const std::vector<int> all = SlotsInUse(toy.rays, field, 1);
  ASSERT_GE(all.size(), 3u);
  EXPECT_EQ(all[2], of_ball_0);
  const std::vector<int> most = SlotsInUse(toy.rays, field, kToyViews * kToyRays / 2);
  EXPECT_EQ(most, std::vector<int>(all.begin(), all.begin() + 2));
}

}  // namespace
}  // namespace sanerf::baselines
