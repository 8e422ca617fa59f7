#include "sanerf/viewer/live/work_list.h"

#include <gtest/gtest.h>

#include "sanerf/core/job.h"
#include "sanerf/viewer/nobody_test_support.h"

namespace sanerf::viewer {
namespace {

class WorkListTest : public testing::Test {
 protected:
  bool CancelTheOnlyTask() {
    const Json tasks = work_.AsJson();
    return tasks.size() == 1 && work_.Cancel(tasks[0].at("id"));
  }

  Nobody nobody_;
  WorkList work_{nobody_};
};

TEST_F(WorkListTest, CancelingATaskStopsItsLineUntilThatIsTakenUpAgain) {
  WorkList::Line line(work_), other(work_);
  const Job job = line.job();
  const Task task(job, "fit");
  ASSERT_TRUE(CancelTheOnlyTask());
  EXPECT_TRUE(job.stop_requested());
  EXPECT_TRUE(line.job().stop_requested());
  EXPECT_FALSE(other.job().stop_requested());
  line.TakeUpAgain();
  EXPECT_FALSE(line.job().stop_requested());
  EXPECT_TRUE(job.stop_requested());  // it was canceled all the same
}

TEST_F(WorkListTest, WhatGoesOnCanBeCanceledAfterItsLineWasTakenUpAgain) {
  WorkList::Line line(work_);
  const Job job = line.job();
  const Task task(job, "fit");
  line.TakeUpAgain();
  ASSERT_TRUE(CancelTheOnlyTask());
  EXPECT_TRUE(job.stop_requested());
}

TEST_F(WorkListTest, ALineTakesItsTasksWithIt) {
  {
    WorkList::Line line(work_);
    Event event;
    event.kind = Event::Kind::kStarted;
    event.task_id = 7;
    line.Take(event);
    EXPECT_EQ(work_.AsJson().size(), 1u);
  }
  EXPECT_TRUE(work_.AsJson().empty());
  EXPECT_FALSE(work_.Cancel(7));
}

}  // namespace
}  // namespace sanerf::viewer
