#include "sanerf/segmentation/session.h"

#include <mutex>
#include <set>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/parallel.h"
#include "sanerf/segmentation/session_test_support.h"

namespace sanerf::segmentation {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Answer = SessionSnapshot::Answer;

// What a user would see of the session's masks: prompts, decisions, pixels.
std::string StateOf(const Session& session) {
  std::string state;
  for (const EditedObject& object : session.objects()) {
    state += fmt::format("{} {}:", object.about.name, int(object.state));
    for (const mask_decoder::ClickPrompt& click : object.AsPrompt().clicks)
      state += fmt::format(" {} {} {} {}", click.view, click.xy.x(), click.xy.y(), click.label);
    if (!object.masks) continue;
    for (const mask_decoder::ViewDecision& view : object.masks->views)
      state += fmt::format("\n{} {} {} ", view.view, view.used, view.reason) +
               std::string(view.mask.data.begin(), view.mask.data.end());
  }
  return state;
}

TEST_F(SessionTest, AClickBecomesTheObjectInUnseenViews) {
  Session session = MakeSession();
  EXPECT_EQ(session.Snapshot(job_).answer, Answer::kNone);
  session.AddObject(Clicked("ball", kBallId));
  session.Update(job_);
  const SessionSnapshot vote = session.Snapshot(job_);
  EXPECT_EQ(vote.answer, Answer::kVote);
  EXPECT_GT(Iou(*vote.model, {kBallId}), 0.6);
  EXPECT_EQ(session.steps_left(), SegmentOptionsForTests().object.iters);
  session.Step(session.steps_left(), job_);
  const SessionSnapshot field = session.Snapshot(job_);
  EXPECT_EQ(field.answer, Answer::kField);
  EXPECT_EQ(field.steps, SegmentOptionsForTests().object.iters);
  EXPECT_EQ(session.steps_left(), 0);
  EXPECT_GT(Iou(*field.model, {kBallId}), 0.75);
}

TEST_F(SessionTest, ARunIsAllPartsOnce) {
  Session parts = MakeSession(), whole = MakeSession(), voted = MakeSession();
  for (Session* session : {&parts, &whole, &voted}) session->AddObject(Clicked("ball", kBallId));
  parts.Prepare(job_);
  parts.Update(job_);
  parts.Step(parts.steps_left(), job_);
  const SessionSnapshot fitted = whole.Run(Answer::kField, job_);
  EXPECT_EQ(fitted.answer, Answer::kField);
  EXPECT_EQ(BytesOf(*fitted.model), BytesOf(*parts.Snapshot(job_).model));
  EXPECT_EQ(voted.Run(Answer::kVote, job_).answer, Answer::kVote);
}

TEST_F(SessionTest, ANegativeClickCorrectsAndUndoBringsTheMasksBack) {
  Session session = MakeSession();
  const ObjectId id = session.AddObject(Clicked("box", kBoxId));
  session.Update(job_);
  session.Step(session.steps_left(), job_);
  const SessionSnapshot before = session.Snapshot(job_);
  EXPECT_GT(Iou(*before.model, {kBoxId, kMugId}), 0.75);
  EXPECT_LT(Iou(*before.model, {kBoxId}), 0.7);
  const std::string masks_before = StateOf(session), field_before = BytesOf(*before.model);

  session.AddPrompt(id, ClickOn(kMugId, 0));
  session.Update(job_);
  EXPECT_EQ(session.steps_left(), SegmentOptionsForTests().segment.further_iters);  // the field goes on
  session.Step(session.steps_left(), job_);
  EXPECT_GT(Iou(*session.Snapshot(job_).model, {kBoxId}), 0.75);
  const std::string masks_after = StateOf(session);
  EXPECT_NE(masks_after, masks_before);

  ASSERT_TRUE(session.Undo());
  EXPECT_EQ(StateOf(session), masks_before);
  // The field does not remember what was undone: it is the one of a session that never had the click.
  EXPECT_EQ(session.steps_left(), SegmentOptionsForTests().object.iters);
  session.Step(session.steps_left(), job_);
  EXPECT_EQ(BytesOf(*session.Snapshot(job_).model), field_before);
  ASSERT_TRUE(session.Redo());
  EXPECT_EQ(StateOf(session), masks_after);
  EXPECT_FALSE(session.Redo());
}

TEST_F(SessionTest, AFieldIsFittedToSharpMasksAlsoAfterACorrectionInFewViews) {
  Session session = MakeSession();
  const ObjectId id = session.AddObject(Clicked("box", kBoxId));
  session.Update(job_);
  session.AddPrompt(id, ClickOn(kMugId, 0));
  session.Decode(/*max_views=*/2, job_);
  const auto num_blunt = [&] {
    const SessionSnapshot snapshot = session.Snapshot(job_);
    const std::vector<mask_decoder::ViewDecision>& views = snapshot.objects.masks[0]->views;
    return std::count_if(views.begin(), views.end(),
                         [](const mask_decoder::ViewDecision& view) { return view.used && !view.sharp_outline; });
  };
  EXPECT_GT(num_blunt(), 0);  // who looks on does not change them
  session.Step(1, job_);
  EXPECT_EQ(num_blunt(), 0);
}

TEST_F(SessionTest, AMovedPromptMeansAnotherThing) {
  Session session = MakeSession();
  session.AddObject(Clicked("thing", kBallId));
  session.Update(job_);
  session.MovePrompt(session.objects()[0].prompts[0].id, ClickOn(kBottleId));
  session.Update(job_);
  const mask_aggregator::ObjectModel model = *session.Snapshot(job_).model;
  EXPECT_GT(Iou(model, {kBottleId}), 0.4);  // a few pixels wide, and only voted for
  EXPECT_LT(Iou(model, {kBallId}), 0.05);
  // As if it had been there from the beginning: SAM is not shown masks of the ball.
  Session fresh = MakeSession();
  fresh.AddObject(Clicked("thing", kBottleId));
  fresh.Update(job_);
  EXPECT_EQ(StateOf(session), StateOf(fresh));
}

TEST_F(SessionTest, ARemovedPromptMeansNothing) {
  Session session = MakeSession();
  const ObjectId id = session.AddObject(Clicked("ball", kBallId));
  session.Update(job_);
  const std::string alone = StateOf(session);
  const PromptId click = session.AddPrompt(id, ClickOn(kBottleId));
  session.Update(job_);
  const mask_aggregator::ObjectModel both = *session.Snapshot(job_).model;
  EXPECT_GT(Iou(both, {kBallId, kBottleId}), Iou(both, {kBallId}) + 0.05);
  session.RemovePrompt(click);
  session.Update(job_);
  EXPECT_EQ(StateOf(session), alone);
  // Without any prompt an object has no mask and no label.
  session.RemovePrompt(session.objects()[0].prompts[0].id);
  session.Update(job_);
  EXPECT_EQ(session.Snapshot(job_).answer, Answer::kNone);
  EXPECT_THROW(session.Step(1, job_), Error);
  EXPECT_THROW(session.RemovePrompt(click), UsageError);
}

TEST_F(SessionTest, TwoObjectsShareAField) {
  Session session = MakeSession();
  session.AddObject(Clicked("ball", kBallId));
  session.Update(job_);
  session.Step(session.steps_left(), job_);
  const auto ball = session.objects()[0].masks;
  const ObjectId bottle = session.AddObject(Clicked("bottle", kBottleId));
  EXPECT_THROW(session.AddObject(Clicked("bottle", kBottleId)), UsageError);
  session.Update(job_);
  EXPECT_EQ(session.objects()[0].masks, ball);  // only what has changed is decoded
  session.Step(session.steps_left(), job_);
  const SessionSnapshot both = session.Snapshot(job_);
  EXPECT_EQ(both.model->num_labels(), 3);
  EXPECT_EQ(both.objects.ids[1], bottle);
  EXPECT_GT(Iou(*both.model, {kBallId}, 1), 0.7);
  EXPECT_GT(Iou(*both.model, {kBottleId}, 2), 0.6);
  session.RemoveObject(both.objects.ids[0]);
  session.RenameObject(bottle, "flask");
  EXPECT_EQ(session.prompts().objects[0].name, "flask");
  session.Step(session.steps_left(), job_);  // another label for the bottle: a field of its own
  EXPECT_EQ(session.Snapshot(job_).model->num_labels(), 2);
}

// The steps that the paper does not have, all off: masks as SAM gave them, a field from nothing.
TEST_F(SessionTest, AsPublishedNothingIsVotedOrSharpened) {
  SegmentationOptions options = SegmentOptionsForTests();
  options.segment.rounds = 0;
  options.segment.same_candidate = false;
  options.segment.sharp_outlines = false;
  options.segment.from_vote = false;
  options.object.iters = 200;
  options.object.label_smoothing = 0;
  options.object.rgb.weight = 1;
  EventRecorder recorder;
  const Job job(recorder, StopToken());
  Session session = MakeSession(options);
  session.Prepare(job);
  session.AddObject(Clicked("ball", kBallId));
  session.Decode(0, job);
  const auto decoded = session.objects()[0].masks;
  EXPECT_EQ(decoded->memory, nullptr);
  session.Refine(job);
  session.Step(session.steps_left(), job);
  EXPECT_EQ(session.objects()[0].state, MaskState::kRefined);
  const auto used = session.objects()[0].masks;
  for (size_t v = 0; v < used->views.size(); ++v) {
    EXPECT_EQ(used->views[v].mask.data, decoded->views[v].mask.data) << used->views[v].view;
    EXPECT_FALSE(used->views[v].sharp_outline);
  }
  const SessionSnapshot field = session.Snapshot(job);
  EXPECT_FALSE(field.model->has_vote());
  EXPECT_GT(Iou(*field.model, {kBallId}), 0.7);
  for (const std::string& line : recorder.Lines()) EXPECT_THAT(line, Not(HasSubstr("vote")));
}

TEST_F(SessionTest, TakesNoMoreThreadsThanItsJobMay) {
  SetNumThreads(4);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  sam_->on_predict = [&] {
    const std::lock_guard lock(mutex);
    threads.insert(std::this_thread::get_id());
  };
  Session session = MakeSession();
  session.AddObject(Clicked("ball", kBallId));
  session.Update(job_.WithThreads(1));
  EXPECT_EQ(threads, std::set<std::thread::id>{std::this_thread::get_id()});
  SetNumThreads(0);
}

TEST_F(SessionTest, ASnapshotStaysWhileOtherThreadsReadIt) {
  Session session = MakeSession();
  session.AddObject(Clicked("ball", kBallId));
  session.Update(job_);
  session.Step(10, job_);
  const SessionSnapshot snapshot = session.Snapshot(job_);
  const std::string bytes = BytesOf(*snapshot.model);
  const Camera camera = shared_scene_->views[0].camera;
  const ImageU8 labels = snapshot.model->Render(camera, Job()).labels;
  std::atomic<int> num_different = 0;
  std::thread reader([&] {
    for (int i = 0; i < 5; ++i) num_different += snapshot.model->Render(camera, Job()).labels.data != labels.data;
  });
  session.AddObject(Clicked("bottle", kBottleId));
  session.Step(20, job_);
  session.Update(job_);
  session.Step(5, job_);
  reader.join();
  EXPECT_EQ(num_different, 0);
  EXPECT_EQ(BytesOf(*snapshot.model), bytes);
  EXPECT_EQ(snapshot.steps, 10);
  EXPECT_EQ(snapshot.objects.masks.size(), 1u);
  EXPECT_NE(BytesOf(*session.Snapshot(job_).model), bytes);
}

TEST_F(SessionTest, AnInterruptedOrFailedUpdateLeavesTheSessionAsItWas) {
  Session session = MakeSession(), undisturbed = MakeSession();
  for (Session* s : {&session, &undisturbed}) {
    s->AddObject(Clicked("ball", kBallId));
    s->AddObject(Clicked("bottle", kBottleId));
  }
  const std::string before = StateOf(session);
  StopSource stop;
  sam_->on_predict = [&] { stop.RequestStop(); };  // while the first object is decoded
  EXPECT_THROW(session.Update(Job().With(stop.token())), InterruptedError);
  EXPECT_EQ(StateOf(session), before);
  sam_->on_predict = nullptr;
  mask_decoder::ObjectPrompt nowhere;
  nowhere.name = "nowhere";
  nowhere.points = {{Vec3(0, 0, 50), 1}};
  session.AddObject(nowhere);
  EXPECT_THROW(session.Update(job_), Error);
  session.Undo();
  EXPECT_EQ(StateOf(session), before);
  session.Update(job_);
  undisturbed.Update(job_);
  EXPECT_EQ(StateOf(session), StateOf(undisturbed));
}

TEST_F(SessionTest, PreparedTwiceIsTracedOnce) {
  Session session = MakeSession();
  session.Prepare(job_);
  const int before = features_->num_camera_calls;
  EXPECT_GT(before, 0);
  session.Prepare(job_);
  EXPECT_EQ(features_->num_camera_calls, before);
  // And it changes nothing that comes later.
  Session unprepared = MakeSession();
  for (Session* s : {&session, &unprepared}) {
    s->AddObject(Clicked("ball", kBallId));
    s->Update(job_);
    s->Step(5, job_);
  }
  EXPECT_EQ(BytesOf(*session.Snapshot(job_).model), BytesOf(*unprepared.Snapshot(job_).model));
}

TEST_F(SessionTest, WhoLooksAtAQuickCorrectionChangesNothing) {
  Session looked = MakeSession(), straight = MakeSession();
  for (Session* session : {&looked, &straight}) {
    const ObjectId id = session->AddObject(Clicked("box", kBoxId));
    session->Update(job_);
    session->AddPrompt(id, ClickOn(kMugId, 0));
    session->Decode(/*max_views=*/3, job_);
  }
  const auto decoded = looked.objects()[0].masks;
  looked.Snapshot(job_);
  EXPECT_EQ(looked.objects()[0].masks, decoded);
  for (Session* session : {&looked, &straight}) session->Update(job_);
  EXPECT_EQ(StateOf(looked), StateOf(straight));
}

// The masks of the held object are what the vote and the field show; SAM is asked for the other one only.
TEST_F(SessionTest, AHeldObjectKeepsItsMasks) {
  Session session = MakeSession();
  PromptEdits edits;
  const ObjectId ball = edits.AddObject(Clicked("ball", kBallId));
  session.SetEdits(edits);
  session.Update(job_);
  edits.TakeMasks(session.edits());
  edits.AddPrompt(ball, ClickOn(kBottleId, 0));
  const ObjectId bottle = edits.AddObject(Clicked("bottle", kBottleId));
  const auto held = edits.Object(ball).masks;
  session.SetEdits(edits.Select([&](const EditedObject& object) {
    return object.id == ball ? PromptEdits::Part::kHeld : PromptEdits::Part::kWanted;
  }));
  session.Update(job_);
  const SessionSnapshot snapshot = session.Snapshot(job_);
  ASSERT_EQ(snapshot.objects.ids, std::vector({ball, bottle}));
  EXPECT_EQ(snapshot.objects.masks[0], held);
  EXPECT_GT(Iou(*snapshot.model, {kBottleId}, 2), 0.4);
  edits.TakeMasks(session.edits());
  EXPECT_EQ(edits.Object(ball).state, MaskState::kOutgrown);  // still to be corrected
  EXPECT_EQ(edits.Object(bottle).state, MaskState::kRefined);
}

TEST_F(SessionTest, AQuickCorrectionIsCompletedByAnUpdate) {
  Session session = MakeSession();
  const ObjectId id = session.AddObject(Clicked("box", kBoxId));
  session.Update(job_);
  session.AddPrompt(id, ClickOn(kMugId, 0));
  session.Decode(/*max_views=*/3, job_);
  const auto count = [&](mask_decoder::Outcome outcome) {
    const auto& views = session.objects()[0].masks->views;
    return std::count_if(views.begin(), views.end(), [&](const auto& view) { return view.outcome == outcome; });
  };
  EXPECT_EQ(session.objects()[0].state, MaskState::kPartial);
  EXPECT_GT(count(mask_decoder::Outcome::kOutdated), 0);
  session.Update(job_);
  EXPECT_EQ(session.objects()[0].state, MaskState::kRefined);
  EXPECT_EQ(count(mask_decoder::Outcome::kOutdated), 0);
}

// What a window shows first costs nothing afterwards and changes nothing: pixels, decisions and field are the same.
TEST_F(SessionTest, AFirstLookIsCompletedByAnUpdateAsIfItHadNotBeen) {
  Session looked = MakeSession(), straight = MakeSession();
  for (Session* session : {&looked, &straight}) session->AddObject(Clicked("ball", kBallId));
  looked.PrepareVote(job_);
  looked.Decode(/*max_views=*/4, job_);
  EXPECT_EQ(looked.objects()[0].state, MaskState::kFirst);
  const auto& views = looked.objects()[0].masks->views;
  EXPECT_EQ(views.size(), shared_scene_->TrainViews().size());
  EXPECT_LE(std::count_if(views.begin(), views.end(), [](const auto& view) { return !view.mask.empty(); }), 4);
  const SessionSnapshot first = looked.Snapshot(job_);
  EXPECT_EQ(first.answer, Answer::kVote);
  EXPECT_GT(Iou(*first.model, {kBallId}), 0.4);
  const std::vector<MaskAgreement> agreements = looked.Agreements(job_);
  ASSERT_FALSE(agreements.empty());
  for (const MaskAgreement& agreement : agreements) EXPECT_EQ(agreement.object, first.objects.ids[0]);
  EXPECT_TRUE(std::any_of(views.begin(), views.end(), [](const auto& view) {
    return view.outcome == mask_decoder::Outcome::kNotSelected && view.reason == "not looked at yet";
  }));
  looked.Decode(/*max_views=*/0, job_);
  looked.Snapshot(job_);  // drawn once more
  looked.Refine(job_);
  straight.Update(job_);
  for (Session* session : {&looked, &straight}) session->Step(10, job_);
  EXPECT_EQ(StateOf(looked), StateOf(straight));
  EXPECT_EQ(BytesOf(*looked.Snapshot(job_).model), BytesOf(*straight.Snapshot(job_).model));
}

TEST_F(SessionTest, AFirstLookThatIsStoppedLeavesNothingBehind) {
  Session session = MakeSession(), undisturbed = MakeSession();
  for (Session* s : {&session, &undisturbed}) {
    s->AddObject(Clicked("ball", kBallId));
    s->Decode(/*max_views=*/3, job_);
  }
  StopSource stop;
  sam_->on_predict = [&] { stop.RequestStop(); };
  EXPECT_THROW(session.Update(Job().With(stop.token())), InterruptedError);
  sam_->on_predict = nullptr;
  EXPECT_EQ(session.objects()[0].state, MaskState::kFirst);
  session.Update(job_);
  undisturbed.Update(job_);
  EXPECT_EQ(StateOf(session), StateOf(undisturbed));
}

TEST_F(SessionTest, ADroppedViewHasNoSayAndAKeptOneHas) {
  Session session = MakeSession();
  const ObjectId id = session.AddObject(Clicked("ball", kBallId));
  session.Update(job_);
  const auto used = [&](const std::string& view) {
    for (const mask_decoder::ViewDecision& decision : session.objects()[0].masks->views)
      if (decision.view == view) return decision.used;
    return false;
  };
  std::string dropped;
  for (const mask_decoder::ViewDecision& decision : session.objects()[0].masks->views)
    if (decision.used) dropped = decision.view;
  const std::string before = StateOf(session);
  session.UseView(id, dropped, mask_decoder::ViewUse::kNever);
  EXPECT_FALSE(used(dropped));
  EXPECT_EQ(session.objects()[0].state, MaskState::kRefined);  // nothing is decoded for it
  session.AddPrompt(id, ClickOn(kBottleId, 0));
  session.Update(job_);  // and it stays dropped when all is decoded again
  EXPECT_FALSE(used(dropped));
  session.Undo();
  session.Undo();
  EXPECT_EQ(StateOf(session), before);
  EXPECT_TRUE(used(dropped));
}

TEST_F(SessionTest, TheUsersCandidateIsTakenInAllViewsAndKeptInItsOwn) {
  Session session = MakeSession();
  mask_decoder::ObjectPrompt object = Clicked("corner", kBallId);
  object.clicks[0].candidate = 1;  // a strip of pixels in the corner, whatever is clicked
  session.AddObject(object);
  EXPECT_THROW(session.Update(job_), Error);  // it lies beside the click: an object of its own it is not
  object.name = "ball";
  object.clicks[0].candidate = 0;
  session.Undo();
  session.AddObject(object);
  session.Update(job_);
  for (const mask_decoder::ViewDecision& view : session.objects()[0].masks->views)
    if (view.used && view.view == object.clicks[0].view) {
      EXPECT_EQ(view.candidate, 0);
    }
  EXPECT_GT(Iou(*session.Snapshot(job_).model, {kBallId}), 0.6);
}

}  // namespace
}  // namespace sanerf::segmentation
