#include "sanerf/viewer/live/work_list.h"

#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
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

struct MessagesAudience : Audience {
  void StateChanged() override {}
  void Say(const std::string& event, const Json& data) override { said.push_back({event, data.value("kind", "")}); }
  Json said = Json::array();
};

TEST(WorkListMessages, HaveTheNamesThatThePageKnows) {
  MessagesAudience audience;
  WorkList work(audience);
  work.Message(Error("it failed"));
  work.Message(MessageKind::kWarning, "take care");
  work.Message(MessageKind::kInfo, "done");
  EXPECT_EQ(audience.said.dump(), R"([["message","error"],["message","warning"],["message","info"]])");
}

TEST(WorkListMessages, AQuietJobSaysWarningsAlone) {
  MessagesAudience audience;
  WorkList work(audience);
  const Job job = work.QuietJob();
  const Task task(job, "fit");
  job.Warn("take care");
  EXPECT_TRUE(work.AsJson().empty());
  EXPECT_EQ(audience.said.dump(), R"([["message","warning"]])");
}

}  // namespace
}  // namespace sanerf::viewer
