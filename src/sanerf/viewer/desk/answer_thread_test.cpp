#include "sanerf/viewer/desk/answer_thread.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/desk/desk_test_support.h"
#include "sanerf/viewer/desk/edit_request.h"
#include "sanerf/viewer/schema_test_support.h"

namespace sanerf::viewer {
namespace {

using segmentation::kBallId;
using segmentation::kBottleId;
using segmentation::kMugId;
using segmentation::MaskState;
using ::testing::Contains;
using ::testing::HasSubstr;

class AnswerThreadTest : public DeskTest {};

TEST_F(AnswerThreadTest, AnObjectThatCannotBeDecodedHoldsUpNoOther) {
  Desk desk(Room(), work_, listener_);
  Json nowhere = ClickRequest(kBallId);
  nowhere.erase("view");
  nowhere["camera"] = ToJson(shared_scene_->views[0].camera);  // a free view: a point in space
  desk.Edit(nowhere);
  desk.Edit(ClickRequest(kBallId));
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  WaitUntil([&] { return num_stored_ == 1; });
  EXPECT_EQ(desk.Objects()[0].at("status"), "stale");
  EXPECT_THAT(desk.Objects()[0].at("problem").get<std::string>(), HasSubstr("object-1"));
  EXPECT_EQ(Schema().FaultIn("object", desk.Objects()[0]), "");
  EXPECT_EQ(desk.Objects()[1].at("status"), "answered");
  EXPECT_THAT(listener_.messages(), Contains(HasSubstr("object-1")));
  EXPECT_GT(Iou(*desk.answer()->snapshot.model, {kBallId}), 0.75);
}

TEST_F(AnswerThreadTest, AFieldThatWasCanceledIsUnfinishedAndGoesOn) {
  DeskRoom room = Room();
  room.settings.object.iters = 100'000;  // nobody waits for them
  Desk desk(std::move(room), work_, listener_);
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  desk.Edit(ClickRequest(kBallId));
  const auto status = [&] { return desk.Objects()[0].at("status").get<std::string>(); };
  const auto cancel_field = [&] {
    bool is_canceled = false;
    WaitUntil([&] {
      for (const Json& task : work_.AsJson())
        is_canceled |= task.at("title") == "object field" && work_.Cancel(task.at("id"));
      return is_canceled;
    });
  };
  cancel_field();
  WaitUntil([&] { return status() != "working"; });
  EXPECT_EQ(status(), "unfinished");
  EXPECT_EQ(Schema().FaultIn("object", desk.Objects()[0]), "");
  EXPECT_THAT(ErrorTextOf<NotNow>([&] { desk.CheckKept({"object-1"}); }), HasSubstr("go on with it"));
  desk.Resume();
  EXPECT_EQ(status(), "working");
  cancel_field();
  WaitUntil([&] { return status() == "unfinished"; });
  EXPECT_EQ(num_stored_, 0);
}

TEST_F(AnswerThreadTest, WhatHasFailedIsTriedAgainByWhoGoesOn) {
  std::atomic<bool> fails = true;
  sam_->on_predict = [&] {
    if (fails) throw Error("no mask here");
  };
  Desk desk(HastyRoom(), work_, listener_);
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  desk.Edit(ClickRequest(kBallId));
  WaitUntil([&] { return desk.Objects()[0].at("status") == "stale"; });
  fails = false;
  desk.Resume();
  WaitUntil([&] { return num_stored_ == 1 && IsAnswered(desk); });
}

TEST_F(AnswerThreadTest, WhatCannotBeDecodedIsTriedAgainWithFurtherViews) {
  std::atomic<bool> fails = true;
  std::atomic<int> num_failed = 0;
  sam_->on_predict = [&] {
    if (!fails) return;
    ++num_failed;
    throw Error("no mask here");
  };
  Desk desk(Room(), work_, listener_);
  desk.SetGround(Input());
  desk.ViewsEncoded(false);
  desk.Edit(ClickRequest(kBallId));
  WaitUntil([&] { return num_failed > 0; });
  EXPECT_EQ(desk.Objects()[0].at("status"), "working");
  EXPECT_FALSE(desk.Objects()[0].contains("problem"));
  EXPECT_THAT(listener_.messages(), testing::IsEmpty());
  fails = false;
  WaitUntil([&] {
    desk.ViewsEncoded(false);
    return desk.answer()->kind == Answer::Kind::kFirst;
  });
}

TEST_F(AnswerThreadTest, AnObjectThatWaitsForAViewShowsTheMasksItHas) {
  const int missing = ClickRequest(kBottleId).at("view");
  gradual_->Lack({missing});
  Desk desk(Room(), work_, listener_);
  desk.SetGround(GradualInput());
  desk.ViewsEncoded(true);
  const Json ball = desk.Edit(ClickRequestOutside({missing}, kBallId)).at("object");
  const auto first = segmentation::ObjectId(ball.get<int64_t>());
  WaitUntil([&] { return num_stored_ == 1 && IsAnswered(desk); });
  const int64_t revision = desk.answer()->revision;
  desk.Edit(ClickRequest(kBottleId, 0, ball));  // in the view that is missing
  EXPECT_THAT(desk.WantedViews(), Contains(missing));
  EXPECT_EQ(desk.Objects()[0].at("status"), "working");
  const Json mug = desk.Edit(ClickRequestOutside({missing}, kMugId)).at("object");
  const auto second = segmentation::ObjectId(mug.get<int64_t>());
  WaitUntil([&] { return desk.answer()->LabelOf(second) > 0 && desk.Object(second).state == MaskState::kRefined; });
  EXPECT_GT(desk.answer()->revision, revision);
  EXPECT_EQ(desk.answer()->LabelOf(first), 1);
  EXPECT_THROW(desk.Save(), NotNow);  // the masks are not those of the prompts
  EXPECT_EQ(num_stored_, 1);
  gradual_->Lack({});
  desk.ViewsEncoded(true);
  WaitUntil([&] { return num_stored_ == 2 && IsAnswered(desk); });
  EXPECT_EQ(desk.Object(first).state, MaskState::kRefined);
  // Another radiance field: what was there stays in view until there is something new.
  const std::vector<int> all = shared_scene_->TrainViews();
  gradual_->Lack({all.begin(), all.end()});
  const std::shared_ptr<const Answer> before = desk.answer();
  desk.SetGround(GradualInput());
  desk.ViewsEncoded(false);
  gradual_->Lack({});
  desk.ViewsEncoded(true);
  WaitUntil([&] { return num_stored_ == 3 && IsAnswered(desk); });
  const std::vector<std::string> kinds = listener_.kinds();
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), "none"), 0);
  EXPECT_GT(desk.answer()->revision, before->revision);
}

}  // namespace
}  // namespace sanerf::viewer
