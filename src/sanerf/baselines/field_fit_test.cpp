#include "sanerf/baselines/field_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/baselines/lift_test_support.h"
#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"

namespace sanerf::baselines {
namespace {

using ::testing::HasSubstr;

// Two losses at once, of different numbers of rays and in several groups each: the field reaches what they ask for.
TEST(FieldFit, StepsOnTheSumOfLosses) {
  const ToyRays toy = MakeToyRays();
  std::vector<int> first, others;
  for (size_t r = 0; r < toy.ball_of.size(); ++r) (toy.ball_of[r] == 0 ? first : others).push_back(int(r));
  // Half the squared distance of every output to a target, per ray.
  const auto towards = [&](const std::vector<int>& rays, float target) {
    const auto loss_of = [n = rays.size() * 2, target](const float* outputs, float* grad) {
      double loss = 0;
      for (size_t i = 0; i < n; ++i) {
        grad[i] = (outputs[i] - target) / float(n);
        loss += 0.5 * double(grad[i]) * double(outputs[i] - target);
      }
      return loss;
    };
    return mask_aggregator::RayLoss{&toy.rays.pool, rays, loss_of};
  };
  std::vector<float> reached;
  for (const int threads : {1, 3}) {
    SetNumThreads(threads);
    const LiftOptions options = ToyOptions();
    mask_aggregator::ObjectField field(options.field, 2, 1, mask_aggregator::ObjectField::Start::kRandom);
    {
      FieldFit fit(options, &field);
      double loss = 0;
      const std::vector<mask_aggregator::RayLoss> losses = {towards(first, 1), towards(others, -1)};
      for (int i = 0; i < options.iters; ++i) loss = fit.Step(losses);
      EXPECT_LT(loss, 0.02);
    }
    const std::vector<float> outputs = mask_aggregator::FieldReader(field).Outputs(toy.rays.pool, toy.rays.AllRays());
    if (reached.empty()) reached = outputs;
    EXPECT_EQ(outputs, reached);  // the number of threads changes nothing
  }
  SetNumThreads(0);
}

TEST(RunSteps, StopsWhenAskedToAndOnNonsense) {
  StopSource stop;
  int num_steps = 0;
  const auto three_steps = [&](int) {
    if (++num_steps == 3) stop.RequestStop();
    return 0.0;
  };
  EXPECT_THROW(RunSteps("toy", "toy_stage", 9, three_steps, Job().With(stop.token())), InterruptedError);
  EXPECT_EQ(num_steps, 3);
  const auto nonsense = [](int i) { return i == 2 ? NAN : 0.0; };
  EXPECT_THAT(ErrorTextOf<Error>([&] { RunSteps("toy", "toy_stage", 9, nonsense, Job()); }),
              HasSubstr("toy, step 2: the loss is not a number\nlower the learning rate: --set toy_stage.lr"));
}

}  // namespace
}  // namespace sanerf::baselines
