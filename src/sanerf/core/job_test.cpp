#include "sanerf/core/job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"

namespace sanerf {
namespace {

using Kind = Event::Kind;
using ::testing::ElementsAre;

TEST(Job, WithoutSinksAndStopsNothingHappens) {
  const Job job;
  job.Warn("nobody listens");
  Task task(job, "train", 3, "steps");
  task.Update(2);
  task.Finish();
  EXPECT_FALSE(job.stop_requested());
  job.ThrowIfStopped("training");
}

TEST(Job, ATaskIsReportedFromStartToFinish) {
  EventRecorder recorder;
  const Job job(recorder, StopToken());
  {
    Task task(job, "train", 300, "steps", /*already_done=*/100);
    task.Update(150, "loss 1");
    task.Update(120);  // late, from another thread
    task.Metrics(200, std::array{Metric{"loss", 0.5}});
    task.Finish("loss 0.5");
    task.Update(300);  // after the end: nothing
  }
  EXPECT_THAT(recorder.Lines(),
              ElementsAre("started train 100/300 steps", "progress train 150/300 steps: loss 1",
                          "progress train 150/300 steps: loss 1", "metrics train 200/300 steps loss=0.5",
                          "finished train 200/300 steps: loss 0.5"));
}

TEST(Job, ATaskThatIsLeftEarlyIsAbandoned) {
  EventRecorder recorder;
  const Job job(recorder, StopToken());
  try {
    const Task task(job, "encode", 2, "views");
    throw Error("broken");
  } catch (const Error&) {
  }
  EXPECT_THAT(recorder.Lines(), ElementsAre("started encode 0/2 views", "abandoned encode 0/2 views"));
}

TEST(Job, TasksOfOneTitleAreToldApart) {
  EventRecorder recorder;
  const Job job(recorder, StopToken());
  const Task one(job, "render", 1, "views"), two(job, "render", 1, "views");
  EXPECT_NE(recorder.task_ids()[0], recorder.task_ids()[1]);
}

TEST(Job, AddedSinksAndStopsBelongToTheCopy) {
  EventRecorder first, second;
  StopSource all, one;
  const Job job(first, all.token());
  const Job part = job.With(second).With(one.token());
  job.Info("both jobs");
  part.Saved("run/field.ckpt");
  EXPECT_THAT(first.Lines(), ElementsAre("info both jobs", "saved run/field.ckpt"));
  EXPECT_THAT(second.Lines(), ElementsAre("saved run/field.ckpt"));

  one.RequestStop();
  EXPECT_TRUE(part.stop_requested());
  EXPECT_FALSE(job.stop_requested());
  job.ThrowIfStopped("rendering");
  EXPECT_THAT([&] { part.ThrowIfStopped("rendering"); },
              testing::ThrowsMessage<InterruptedError>(testing::StrEq("rendering interrupted")));
  all.RequestStop();
  EXPECT_TRUE(job.stop_requested());
}

}  // namespace
}  // namespace sanerf
