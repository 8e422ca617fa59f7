#include "sanerf/segmentation/session_field.h"

#include "sanerf/core/error.h"
#include "sanerf/segmentation/session_test_support.h"

namespace sanerf::segmentation {
namespace {

TEST_F(SessionTest, StepsInPiecesAreTheSameSteps) {
  Session whole = MakeSession(), pieces = MakeSession();
  for (Session* session : {&whole, &pieces}) {
    session->AddObject(Clicked("ball", kBallId));
    session->Update(job_);
  }
  whole.Step(30, job_);
  pieces.Step(7, job_);
  pieces.Prepare(job_);
  pieces.Update(job_);
  pieces.Step(1, job_);
  pieces.Step(22, job_);
  EXPECT_EQ(BytesOf(*pieces.Snapshot(job_).model), BytesOf(*whole.Snapshot(job_).model));
  EXPECT_EQ(BytesOf(*pieces.Finish(job_).model), BytesOf(*whole.Snapshot(job_).model));
}

TEST_F(SessionTest, AnInterruptedStepKeepsTheStepsThatAreComplete) {
  // A sink that asks to stop when the second of ten reported steps is done.
  struct StopAtProgress : EventSink {
    void Take(const Event& event) override {
      if (event.kind == Event::Kind::kProgress && event.title == "object field" && event.done >= 2) stop.RequestStop();
    }
    StopSource stop;
  } sink;
  Session session = MakeSession(), undisturbed = MakeSession();
  for (Session* s : {&session, &undisturbed}) {
    s->AddObject(Clicked("ball", kBallId));
    s->Update(job_);
  }
  EXPECT_THROW(session.Step(10, Job(sink, sink.stop.token())), InterruptedError);
  const int64_t done = session.Snapshot(job_).steps;
  EXPECT_EQ(done, 2);
  session.Step(10 - int(done), job_);
  undisturbed.Step(10, job_);
  EXPECT_EQ(BytesOf(*session.Snapshot(job_).model), BytesOf(*undisturbed.Snapshot(job_).model));
}

}  // namespace
}  // namespace sanerf::segmentation
