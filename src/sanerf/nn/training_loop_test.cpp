#include "sanerf/nn/training_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf::nn {
namespace {

using testing::ElementsAre;

class TrainingLoopTest : public testing::Test {
 protected:
  TrainingLoopTest() {
    loop_.title = "toy";
    loop_.end_step = 7;
    loop_.report_every = 3;
    loop_.step = [this](int64_t step) { steps_.push_back(step); };
    loop_.report = [](int64_t done) {
      return TrainingLoop::Report{{{"loss", 1.0 / double(done)}}, "after " + std::to_string(done)};
    };
  }
  TrainingLoop loop_;
  std::vector<int64_t> steps_;
  EventRecorder events_;
  StopSource stop_;
  const Job job_{events_, stop_.token()};
};

TEST_F(TrainingLoopTest, ReportsNowAndThenAndAtTheEnd) {
  loop_.result = [] { return "well"; };
  loop_.Run(job_);
  EXPECT_THAT(steps_, ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_THAT(events_.Texts("metrics"),
              ElementsAre("toy 3/7 steps loss=0.333333", "toy 6/7 steps loss=0.166667", "toy 7/7 steps loss=0.142857"));
  EXPECT_THAT(events_.Texts("progress"),
              ElementsAre("toy 3/7 steps: after 3", "toy 6/7 steps: after 6", "toy 7/7 steps: after 7"));
  EXPECT_EQ(events_.Lines().back(), "finished toy 7/7 steps: well");
}

TEST_F(TrainingLoopTest, GoesOnWhereItWas) {
  loop_.first_step = 5;
  loop_.Run(job_);
  EXPECT_THAT(steps_, ElementsAre(5, 6));
  EXPECT_EQ(events_.Lines().front(), "started toy 5/7 steps");
  steps_.clear();
  loop_.first_step = 7;  // nothing is left to do
  loop_.Run(job_);
  EXPECT_TRUE(steps_.empty());
}

TEST_F(TrainingLoopTest, StopsAfterTheStepInWhichItIsAskedTo) {
  loop_.step = [this](int64_t step) {
    steps_.push_back(step);
    if (step == 3) stop_.RequestStop();
  };
  EXPECT_THAT(ErrorTextOf<InterruptedError>([&] { loop_.Run(job_); }), testing::HasSubstr("toy interrupted"));
  EXPECT_THAT(steps_, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(events_.Lines().back(), "abandoned toy 3/7 steps");
}

TEST_F(TrainingLoopTest, WhatHasToBeKeptIsKeptFirst) {
  int64_t kept = -1;
  loop_.stopped = [&](int64_t done) {
    kept = done;
    throw InterruptedError("stopped and saved", "");
  };
  stop_.RequestStop();
  EXPECT_THAT(ErrorTextOf<InterruptedError>([&] { loop_.Run(job_); }), testing::HasSubstr("stopped and saved"));
  EXPECT_EQ(kept, 1);
}

}  // namespace
}  // namespace sanerf::nn
