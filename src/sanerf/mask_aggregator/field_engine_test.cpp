#include "sanerf/mask_aggregator/field_engine.h"

#include <gtest/gtest.h>

#include <numeric>

#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"

namespace sanerf::mask_aggregator {
namespace {

constexpr int kNumRays = 300, kNumLabels = 3;  // more than a group

// Two samples a ray, anywhere.
SamplePool RandomPool() {
  SamplePool pool;
  Random random(7);
  for (int r = 0; r < kNumRays; ++r) {
    for (const float weight : {0.75f, 0.25f}) {
      pool.rays.weight.push_back(weight);
      for (float& x : pool.rays.unit.emplace_back()) x = random.NextFloat();
      for (float& g : pool.rays.geometry.emplace_back()) g = random.NextFloat();
    }
    pool.rays.first.push_back(pool.rays.num_samples());
  }
  return pool;
}

ObjectField SmallRandomField() {
  ObjectFieldOptions options;
  options.levels = 8, options.features = 2, options.log2_table = 8, options.base = 2, options.top = 16;
  options.width = 16;
  return ObjectField(options, kNumLabels, 3, ObjectField::Start::kRandom);
}

std::vector<float> ValuesOf(const ObjectField& field) {
  std::vector<float> values;
  for (const nn::Parameters* params : {&field.grid.params(), &field.mlp.params()})
    values.insert(values.end(), params->values.data(), params->values.data() + params->size());
  return values;
}

std::vector<int> RaysFrom(int begin, int end) {
  std::vector<int> rays(static_cast<size_t>(end - begin));
  std::iota(rays.begin(), rays.end(), begin);
  return rays;
}

// Every ray has a label of its own, so that it does not matter with which others it is computed.
RayLoss LossOfRays(const SamplePool& pool, const std::vector<int>& rays) {
  return {&pool, rays, [rays](const float* outputs, float* grad) {
            double loss = 0;
            for (size_t i = 0; i < rays.size(); ++i)
              loss += CrossEntropy(outputs + i * kNumLabels, kNumLabels, rays[i] % kNumLabels, 1.0f / kNumRays,
                                   grad + i * kNumLabels);
            return loss / kNumRays;
          }};
}

class FieldEngineTest : public testing::Test {
 protected:
  void TearDown() override { SetNumThreads(0); }
  const SamplePool pool_ = RandomPool();
};

TEST_F(FieldEngineTest, GroupsAndAWholeAreTheSameStep) {
  ObjectField by_groups = SmallRandomField(), whole = SmallRandomField();
  FieldEngine engine_of_groups(&by_groups, 0.5f), engine_of_whole(&whole, 0.5f);
  double first = 0, last = 0;
  for (int64_t step = 1; step <= 40; ++step) {
    const kernels::AdamStep adam{.lr = 0.05f, .step = step};
    const std::vector<RayLoss> groups = {LossOfRays(pool_, RaysFrom(0, kRaysPerGroup)),
                                         LossOfRays(pool_, RaysFrom(kRaysPerGroup, kNumRays))};
    SetNumThreads(step % 2 == 0 ? 1 : 3);
    const std::vector<double> losses = engine_of_groups.StepOnGroups(groups, adam);
    ASSERT_EQ(losses.size(), 2u);
    const std::vector<RayLoss> all = {LossOfRays(pool_, RaysFrom(0, kNumRays))};
    last = engine_of_whole.Step(all, adam);
    EXPECT_NEAR(last, losses[0] + losses[1], 1e-9);
    if (step == 1) first = last;
  }
  EXPECT_LT(last, 0.9 * first);
  EXPECT_EQ(ValuesOf(by_groups), ValuesOf(whole));
  engine_of_whole.Release();
  EXPECT_EQ(whole.grid.params().m.size(), 0);
}

TEST_F(FieldEngineTest, OutputsAreThoseOfEachRay) {
  const ObjectField field = SmallRandomField();
  FieldReader reader(field);
  SetNumThreads(1);
  const std::vector<float> all = reader.Outputs(pool_, RaysFrom(0, kNumRays));
  SetNumThreads(3);
  EXPECT_EQ(reader.Outputs(pool_, RaysFrom(0, kNumRays)), all);
  const std::vector<int> two = {299, 4};
  const std::vector<float> chosen = reader.Outputs(pool_, two);
  for (size_t i = 0; i < two.size(); ++i)
    for (size_t l = 0; l < kNumLabels; ++l) EXPECT_EQ(chosen[i * kNumLabels + l], all[size_t(two[i]) * kNumLabels + l]);
}

}  // namespace
}  // namespace sanerf::mask_aggregator
