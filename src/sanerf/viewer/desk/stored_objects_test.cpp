#include "sanerf/viewer/desk/stored_objects.h"

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/viewer/desk/desk_test_support.h"

namespace sanerf::viewer {
namespace {

using segmentation::kBallId;
using segmentation::kBottleId;
using segmentation::kBoxId;
using segmentation::kMugId;

class StoredObjectsTest : public DeskTest {};

// What the window stored is its own; what somebody has changed there since is taken over, and can be undone.
TEST_F(StoredObjectsTest, ObjectsThatTheCommandLineHasChangedAreTakenOver) {
  int64_t id = 0;
  {
    Desk desk(Room(), work_, listener_);
    desk.SetGround(Input());
    desk.ViewsEncoded(true);
    id = desk.Edit(ClickRequest(kBallId)).at("object");
    desk.Edit({{"op", "rename_object"}, {"object", id}, {"name", "ball"}});
    const int64_t removed = desk.Edit(ClickRequest(kBoxId)).at("object");
    desk.Edit({{"op", "rename_object"}, {"object", removed}, {"name", "box"}});
    desk.Edit({{"op", "remove_object"}, {"object", removed}});
    WaitUntil([&] { return num_stored_ > 0 && IsKept(desk, "ball"); });
  }
  const segmentation::SessionSnapshot own = *snapshot_;
  {
    Desk desk(Room(), work_, listener_);
    desk.Load(Reread(own));
    EXPECT_EQ(desk.History().at("undo"), "remove object");
    EXPECT_EQ(desk.Objects()[0].at("status"), "answered");
    EXPECT_TRUE(IsKept(desk, "ball"));
    desk.Edit(ClickRequest(kBottleId, 0, id));  // the journal is newer than the run now
  }
  {
    Desk desk(Room(), work_, listener_);
    desk.Load(Reread(own));
    EXPECT_EQ(desk.Objects()[0].at("prompts").size(), 2u);
    EXPECT_EQ(desk.History().at("undo"), "add click");
  }
  segmentation::Session session = MakeSession();
  mask_decoder::ObjectPrompt ball = own.objects.prompts.objects[0];
  ball.clicks.push_back(ClickOn(kMugId, 0));
  ball.clicks.push_back(ClickOn(kBottleId, 0));
  session.AddObject(ball);
  session.AddObject(Clicked("box", kBoxId));  // a name that the window has removed
  session.Update(job_);
  session.Step(5, job_);
  Desk desk(Room(), work_, listener_);
  const int num_stored = num_stored_;
  desk.Load(Reread(session.Snapshot(job_)));
  ASSERT_EQ(desk.Objects().size(), 2u);
  EXPECT_EQ(desk.Objects()[0].at("id"), id);
  EXPECT_EQ(desk.Objects()[0].at("prompts").size(), 3u);
  EXPECT_EQ(desk.Objects()[1].at("name"), "box");
  EXPECT_EQ(desk.History().at("undo"), "change on the command line");
  EXPECT_EQ(desk.answer()->kind, Answer::Kind::kField);  // as it was stored: nothing is fitted
  EXPECT_TRUE(IsKept(desk, "ball"));
  EXPECT_TRUE(IsKept(desk, "box"));
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  desk.Edit({{"op", "undo"}});
  EXPECT_EQ(desk.Objects()[0].at("prompts").size(), 2u);
  WaitUntil([&] { return num_stored_ > num_stored && IsKept(desk, "ball"); });
  EXPECT_EQ(num_stored_, num_stored + 1);
  EXPECT_EQ(retired_, std::vector<std::string>{"box"});
}

// As the run has them: at once, without SAM, features or votes.
TEST_F(StoredObjectsTest, FieldsThatWereFittedOneByOneAreShownTogether) {
  std::vector<run::StoredField> fields;
  for (const auto& [name, instance] : {std::pair("bottle", kBottleId), std::pair("ball", kBallId)}) {
    segmentation::Session session = MakeSession();
    session.AddObject(Clicked(name, instance));
    session.Update(job_);
    session.Step(session.steps_left(), job_);
    fields.push_back(std::move(Reread(session.Snapshot(job_))[0]));
  }
  Desk desk(Room(), work_, listener_);
  desk.Load(std::move(fields));
  const std::shared_ptr<const Answer> shown = desk.answer();
  EXPECT_EQ(shown->kind, Answer::Kind::kField);
  ASSERT_TRUE(shown->is_joined());
  const auto id_of = [&](size_t object) {
    return segmentation::ObjectId(desk.Objects()[object].at("id").get<int64_t>());
  };
  EXPECT_GT(Iou(*shown->snapshot.model, {kBottleId}, shown->LabelOf(id_of(0))), 0.6);
  EXPECT_GT(Iou(*shown->snapshot.model, {kBallId}, shown->LabelOf(id_of(1))), 0.6);
  for (size_t i : {0, 1}) EXPECT_EQ(desk.Objects()[i].at("status"), "answered");
  EXPECT_EQ(desk.AnswerState().at("kind"), "field");
  EXPECT_TRUE(IsKept(desk, "bottle"));
  EXPECT_TRUE(IsKept(desk, "ball"));
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  desk.Save();  // nothing is to be saved
  EXPECT_EQ(desk.answer(), shown);
  // What is said makes one field of them, and so does taking it back.
  desk.Edit(ClickRequest(kMugId, 0, int64_t(id_of(1))));
  WaitUntil([&] { return num_stored_ == 1 && IsAnswered(desk) && IsKept(desk, "ball"); });
  EXPECT_FALSE(desk.answer()->is_joined());
  EXPECT_EQ(desk.answer()->snapshot.model->num_labels(), 3);
  EXPECT_EQ(stored_.at("objects").size(), 2u);
  desk.Edit({{"op", "undo"}});
  WaitUntil([&] { return num_stored_ == 2 && IsAnswered(desk); });
  EXPECT_FALSE(desk.answer()->is_joined());
  EXPECT_GT(Iou(*desk.answer()->snapshot.model, {kBottleId}, 1), 0.6);
}

}  // namespace
}  // namespace sanerf::viewer
