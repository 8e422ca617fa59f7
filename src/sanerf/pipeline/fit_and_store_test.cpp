#include "sanerf/pipeline/fit_and_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/events_test_support.h"

namespace sanerf::pipeline {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(WarnIfUseless, WhenMostOfTheMasksAreMissed) {
  EventRecorder events;
  const Job job = Job().With(events);
  WarnIfUseless({.num_views = 4, .num_missed = 2, .mean_iou = 0.55}, "mug", "run", job);
  WarnIfUseless({}, "mug", "run", job);  // nothing is known
  EXPECT_THAT(events.Texts("warning"), IsEmpty());
  WarnIfUseless({.num_views = 5, .num_missed = 3, .mean_iou = 0.314}, "red mug", "my run", job);
  EXPECT_THAT(events.Texts("warning"),
              ElementsAre(AllOf(HasSubstr("object red mug: "), HasSubstr("in 3 of 5 views, 31 % in the mean"),
                                HasSubstr("sanerf render 'my run' --object 'red mug'"),
                                HasSubstr("sanerf segment 'my run' --name 'red mug' --add --click"))));
}

}  // namespace
}  // namespace sanerf::pipeline
