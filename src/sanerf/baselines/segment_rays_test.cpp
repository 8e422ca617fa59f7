#include "sanerf/baselines/segment_rays.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/baselines/field_fit.h"
#include "sanerf/baselines/lift_test_support.h"
#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"

namespace sanerf::baselines {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(NumberSegments, InOrderOfAppearance) {
  SegmentRays rays;
  rays.segment_of = {7, 7, 2, 9, 2};
  int num_segments = 0;
  EXPECT_THAT(NumberSegments(rays, {4, 0, 2, 1}, &num_segments), ElementsAre(0, 1, 0, 1));
  EXPECT_EQ(num_segments, 2);
}

// Two losses at once, of different numbers of rays and in several groups each: the field reaches what they ask for.
TEST(FieldFit, StepsOnTheSumOfLosses) {
  const ToyRays toy = MakeToyRays();
  std::vector<int> first, others;
  for (size_t r = 0; r < toy.ball_of.size(); ++r) (toy.ball_of[r] == 0 ? first : others).push_back(int(r));
  // Half the squared distance of every output to a target, per ray.
  const auto towards = [](const std::vector<int>& rays, float target) {
    return OutputLoss{rays, [n = rays.size() * 2, target](const float* outputs, float* grad) {
                        double loss = 0;
                        for (size_t i = 0; i < n; ++i) {
                          grad[i] = (outputs[i] - target) / float(n);
                          loss += 0.5 * double(grad[i]) * double(outputs[i] - target);
                        }
                        return loss;
                      }};
  };
  std::vector<float> reached;
  for (const int threads : {1, 3}) {
    SetNumThreads(threads);
    const LiftOptions options = ToyOptions();
    mask_aggregator::ObjectField field(options.field, 2, 1, mask_aggregator::ObjectField::Start::kRandom);
    {
      FieldFit fit(toy.rays.pool, options, &field);
      double loss = 0;
      for (int i = 0; i < options.iters; ++i) loss = fit.Step({towards(first, 1), towards(others, -1)});
      EXPECT_LT(loss, 0.02);
    }
    const std::vector<float> outputs = FieldOutputs(field).Of(toy.rays.pool, toy.rays.AllRays());
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

TEST(LiftOptions, OutOfRangeIsAUsageError) {
  LiftOptions options;
  options.rays = 1;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { CheckOptions(options, "contrastive_lift"); }),
              HasSubstr("contrastive_lift.rays=1: expected an integer from 2 to"));
}

}  // namespace
}  // namespace sanerf::baselines
