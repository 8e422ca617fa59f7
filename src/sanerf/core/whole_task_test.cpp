#include "sanerf/core/whole_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/events_test_support.h"

namespace sanerf {
namespace {

using Kind = Event::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Three parts on a machine of a given slowness: 10 views of 2 s, 100 points of 0.1 s, 50 steps of 0.2 s.
class WholeTaskTest : public testing::Test {
 protected:
  WholeTask Whole(std::vector<WholeTask::Part> parts) {
    return {job_, "auto", std::move(parts), [this] { return now_; }};
  }
  // A task of a part, one thing after the other.
  void Run(WholeTask* whole, const std::string& title, int total, double each, uint64_t id) {
    Event event;
    event.task_id = id;
    event.title = title;
    event.unit = "things";
    event.total = total;
    event.kind = Kind::kStarted;
    whole->job().Report(event);
    event.kind = Kind::kProgress;
    for (event.done = 1; event.done <= total; ++event.done) {
      now_ += each;
      event.seconds += each;
      whole->job().Report(event);
      left_.push_back(whole->SecondsLeft().value_or(-1));
    }
    event.done = total;
    event.kind = Kind::kFinished;
    whole->job().Report(event);
  }

  EventRecorder recorder_;
  const Job job_{recorder_, StopToken()};
  double now_ = 0;
  std::vector<double> left_;  // after each thing
};

TEST_F(WholeTaskTest, SaysOnceHowLongTheWholeTakesAsSoonAsItIsKnown) {
  for (const double slowness : {0.1, 1.0, 10.0}) {
    EventRecorder recorder;
    const Job job(recorder, StopToken());
    now_ = 0;
    WholeTask whole(job, "auto", {{"encode"}, {"search", 100, 0.1 * slowness}, {"fit", 50, 0.2 * slowness}},
                    [this] { return now_; });
    EXPECT_THAT(recorder.Texts("info"), testing::IsEmpty());  // nobody knows how many views
    Run(&whole, "encode", 10, 2 * slowness, 1);
    ASSERT_EQ(recorder.Texts("info").size(), 1u);
    EXPECT_THAT(recorder.Texts("info")[0], HasSubstr(slowness == 10  ? "about 6m40s in all"
                                                     : slowness == 1 ? "about 40.0s in all"
                                                                     : "about 4.0s in all"));
    Run(&whole, "search", 100, 0.1 * slowness, 2);
    Run(&whole, "fit", 50, 0.2 * slowness, 3);
    EXPECT_EQ(recorder.Texts("info").size(), 1u);
    EXPECT_NEAR(now_, 40 * slowness, 1e-6);
    EXPECT_EQ(whole.SecondsLeft(), 0);
  }
}

TEST_F(WholeTaskTest, TheTimeLeftIsThatOfAllPartsAndFallsSteadily) {
  WholeTask whole = Whole({{"encode", 10, 2}, {"search", 100, 0.1}, {"fit", 50, 0.2}});
  Run(&whole, "encode", 10, 2, 1);
  Run(&whole, "search", 100, 0.1, 2);
  Run(&whole, "fit", 50, 0.2, 3);
  for (size_t i = 0; i < left_.size(); ++i) {
    const double spent = i < 10 ? 2.0 * double(i + 1) : i < 110 ? 20 + 0.1 * double(i - 9) : 30 + 0.2 * double(i - 109);
    EXPECT_NEAR(left_[i], 40 - spent, 1e-6) << i;
  }
}

TEST_F(WholeTaskTest, WhatIsMeasuredTakesThePlaceOfWhatWasExpected) {
  WholeTask whole = Whole({{"search", 100, 0.1}});
  Run(&whole, "search", 100, 0.3, 1);     // three times slower than expected
  EXPECT_NEAR(left_[4], 95 * 0.2, 1e-6);  // after a twentieth the two count alike
  EXPECT_NEAR(left_[49], 50 * 0.3, 1);
}

TEST_F(WholeTaskTest, AmountsThatTurnOutOtherwiseCount) {
  WholeTask whole = Whole({{"decode", 160, 0.1}, {"decode again", 160, 0.2}});
  EXPECT_NEAR(*whole.SecondsLeft(), 48, 1e-9);
  Run(&whole, "decode", 80, 0.1, 1);  // half of the objects that were expected
  EXPECT_NEAR(left_[39], 4 + 32, 1e-6);
  whole.Expect({{"decode again", 80}});
  EXPECT_NEAR(*whole.SecondsLeft(), 16, 1e-6);
  Run(&whole, "decode again object_01", 40, 0.2, 2);  // a piece of that part, not of "decode"
  EXPECT_NEAR(*whole.SecondsLeft(), 8, 1e-6);
  Run(&whole, "decode again object_02", 40, 0.2, 3);
  EXPECT_EQ(*whole.SecondsLeft(), 0);
}

TEST_F(WholeTaskTest, APartThatIsNotNeededIsOverWhenALaterOneBegins) {
  WholeTask whole = Whole({{"encode"}, {"search", 100, 0.1}});
  EXPECT_FALSE(whole.SecondsLeft());
  Run(&whole, "search", 100, 0.1, 1);
  EXPECT_NEAR(left_[0], 9.9, 1e-6);
}

TEST_F(WholeTaskTest, AListenerSeesOneTaskAndTheSentencesOfAllParts) {
  {
    WholeTask whole = Whole({{"search", 2, 1}});
    whole.job().Warn("careful");
    Run(&whole, "search", 2, 1, 77);
    whole.Finish("two things");
  }
  EXPECT_THAT(recorder_.Texts("warning"), ElementsAre("careful"));
  for (const uint64_t id : recorder_.task_ids()) EXPECT_EQ(id, recorder_.task_ids()[0]);
  EXPECT_THAT(recorder_.Texts("progress"), testing::Contains("auto 1000/2000 : search 1/2 things"));
  EXPECT_THAT(recorder_.Texts("finished"), ElementsAre("auto 2000/2000 : two things"));
}

}  // namespace
}  // namespace sanerf
