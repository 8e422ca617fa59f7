#include "sanerf/viewer/desk/desk.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/desk/desk_test_support.h"
#include "sanerf/viewer/desk/edit_request.h"

namespace sanerf::viewer {
namespace {

using segmentation::kBallId;
using segmentation::kBottleId;
using segmentation::kBoxId;
using segmentation::kMugId;
using ::testing::Contains;
using ::testing::HasSubstr;

TEST_F(DeskTest, AClickIsAnsweredAtFirstRoughlyAndThenByTheField) {
  Desk desk(Room(), work_, listener_);
  EXPECT_THROW(desk.Hover({{"view", shared_scene_->TrainViews()[0]}, {"xy", {3, 3}}}, Job()), NotNow);
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  const Json done = desk.Edit(ClickRequest(kBallId));
  const auto id = segmentation::ObjectId(done.at("object").get<int64_t>());
  WaitUntil([&] { return num_stored_ == 1; });
  const std::vector<std::string> kinds = listener_.kinds();
  EXPECT_EQ(kinds.front(), "first");
  EXPECT_THAT(kinds, Contains("vote"));
  EXPECT_EQ(kinds.back(), "field");
  const std::shared_ptr<const Answer> answer = desk.answer();
  EXPECT_EQ(answer->LabelOf(id), 1);
  EXPECT_GT(Iou(*answer->snapshot.model, {kBallId}), 0.75);
  EXPECT_EQ(desk.Objects()[0].at("status"), "answered");
  EXPECT_EQ(desk.Strip(id).at("views").size(), shared_scene_->TrainViews().size());
  EXPECT_GE(desk.AnswerState().at("agreement").size(), 2u);
  // The session behind it computed what a command would have.
  segmentation::Session session = MakeSession();
  mask_decoder::ObjectPrompt same = Clicked("object-1", kBallId);
  same.min_visible = 0;
  session.AddObject(same);
  session.Update(job_);
  session.Step(session.steps_left(), job_);
  EXPECT_EQ(BytesOf(*answer->snapshot.model), BytesOf(*session.Snapshot(job_).model));
  // It can be exported as it is, until there is another prompt.
  WaitUntil([&] { return IsKept(desk, "object-1"); });
  EXPECT_FALSE(IsKept(desk, "object-2"));
  desk.Edit(ClickRequest(kBottleId, 0, int64_t(id)));
  EXPECT_FALSE(IsKept(desk, "object-1"));
  WaitUntil([&] { return IsKept(desk, "object-1"); });
}

TEST_F(DeskTest, TwentyUndosBringThePromptsBackByteForByte) {
  Desk desk(Room(), work_, listener_);
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  const int64_t id = desk.Edit(ClickRequest(kBallId)).at("object");
  const std::string before = Prompts(desk);
  for (int i = 0; i < 7; ++i) desk.Edit(ClickRequest(i % 2 == 0 ? kBottleId : kMugId, i % 2, id));  // while it works
  const int64_t prompt = desk.Objects()[0].at("prompts")[1].at("id");
  for (int i = 0; i < 5; ++i) desk.Edit({{"op", "move_prompt"}, {"prompt", prompt}, {"xy", {10 + i, 20}}});
  desk.Edit({{"op", "remove_prompt"}, {"prompt", prompt}});
  desk.Edit({{"op", "rename_object"}, {"object", id}, {"name", "ball"}});
  desk.Edit({{"op", "use_view"}, {"object", id}, {"view", shared_scene_->TrainViews()[0]}, {"use", "never"}});
  desk.Edit({{"op", "add_object"}, {"name", "empty"}});
  for (int i = 0; i < 3; ++i) desk.Edit(ClickRequest(kBoxId, 1, id));
  desk.Edit({{"op", "remove_object"}, {"object", id}});
  for (int i = 0; i < 20; ++i) desk.Edit({{"op", "undo"}});
  EXPECT_EQ(Prompts(desk), before);
  for (int i = 0; i < 20; ++i) desk.Edit({{"op", "redo"}});
  EXPECT_THROW(desk.Edit({{"op", "redo"}}), NotNow);
  for (int i = 0; i < 20; ++i) desk.Edit({{"op", "undo"}});
  EXPECT_EQ(Prompts(desk), before);
  WaitUntil([&] { return IsAnswered(desk); });
  EXPECT_GT(Iou(*desk.answer()->snapshot.model, {kBallId}), 0.6);
}

TEST_F(DeskTest, ASearchGoesOnWhileOthersClick) {
  std::atomic<int> num_searches = 0;
  std::atomic<bool> finds = false;
  DeskRoom room = Room();
  room.find = [&](const Json&, const Job& job) {
    Task task(job, "search");
    ++num_searches;
    while (!finds) {
      job.ThrowIfStopped("the search");
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return FoundObjects{{{Clicked("bottle", kBottleId)}}};
  };
  Desk desk(std::move(room), work_, listener_);
  EXPECT_THROW(desk.Find({{"text", "bottle"}}), NotNow);
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  desk.Find({{"text", "bottle"}});
  WaitUntil([&] { return num_searches == 1; });
  desk.Edit(ClickRequest(kBallId));
  WaitUntil([&] { return IsAnswered(desk); });
  finds = true;
  WaitUntil([&] { return desk.Objects().size() == 2 && IsAnswered(desk); });
  EXPECT_EQ(desk.History().at("undo"), "find objects");
  EXPECT_EQ(num_searches, 1);
  // What is said meanwhile is stored beside a search. One that somebody stops says so.
  WaitUntil([&] { return IsKept(desk, "bottle"); });
  const int num_stored = num_stored_;
  finds = false;
  desk.Find({{"text", "bottle"}});
  WaitUntil([&] { return num_searches == 2 && !work_.AsJson().empty(); });
  desk.Edit({{"op", "rename_object"}, {"object", desk.Objects()[0].at("id")}, {"name", "ball"}});
  WaitUntil([&] { return num_stored_ > num_stored; });
  for (const Json& task : work_.AsJson())
    if (task.at("title") == "search") {
      EXPECT_TRUE(work_.Cancel(task.at("id")));
    }
  WaitUntil([&] { return !listener_.messages().empty(); });
  EXPECT_THAT(listener_.messages(), Contains(HasSubstr("stopped")));
}

TEST_F(DeskTest, EverythingIsRefusedWithTheNumberOfViewsThatAreMissing) {
  const std::vector<int> views = shared_scene_->TrainViews();
  gradual_->Lack({views[0], views[1]});
  Desk desk(Room(), work_, listener_);
  desk.SetGround(GradualInput());
  desk.ViewsEncoded(false);
  const auto refusal = [&] { return ErrorTextOf<NotNow>([&] { desk.Find({{"everything", true}}); }); };
  EXPECT_THAT(refusal(), HasSubstr("2 of " + std::to_string(views.size()) + " views are not encoded"));
  EXPECT_THAT(refusal(), HasSubstr("wait until they are"));
  gradual_->Lack({views[0]});
  desk.ViewsEncoded(true);  // no more will come
  EXPECT_THAT(refusal(), HasSubstr("1 of " + std::to_string(views.size()) + " views is not encoded"));
  EXPECT_THAT(refusal(), HasSubstr("go on with it"));
}

TEST_F(DeskTest, APlaceInSpaceIsLookedForWhileOthersAreAnswered) {
  Desk* asked = nullptr;
  std::future<Json> objects;
  DeskRoom room = Room();
  room.point_at = [&](const Camera&, const Vec2&) {
    objects = std::async(std::launch::async, [&] { return asked->Objects(); });
    EXPECT_EQ(objects.wait_for(std::chrono::seconds(10)), std::future_status::ready);
    return Vec3(0, 0, 50);
  };
  Desk desk(std::move(room), work_, listener_);
  asked = &desk;
  Json click = ClickRequest(kBallId);
  click.erase("view");
  click["camera"] = ToJson(shared_scene_->views[0].camera);
  desk.Edit(click);
  EXPECT_EQ(objects.get().size(), 0u);
  EXPECT_EQ(desk.Objects().size(), 1u);
}

TEST_F(DeskTest, OnlyAnObjectWithAPlaceOnItIsWorkedOn) {
  Desk desk(Room(), work_, listener_);
  desk.Edit(ClickRequest(kBallId, 0));
  EXPECT_EQ(desk.Objects()[0].at("status"), "empty");
  EXPECT_THAT(desk.Objects()[0].at("problem").get<std::string>(), HasSubstr("no positive"));
}

TEST_F(DeskTest, MistakesAreSentencesAndChangeNothing) {
  Desk desk(Room(), work_, listener_);
  const int64_t id = desk.Edit(ClickRequest(kBallId)).at("object");
  const std::string before = Prompts(desk);
  for (const Json& wrong : std::vector<Json>{Json(),
                                             Json(7),
                                             {{"op", "fly"}},
                                             {{"op", "add_click"}, {"view", 0}},
                                             {{"op", "add_click"}, {"view", 0}, {"xy", {3, 4}}, {"labl", 0}},
                                             {{"op", "add_click"}, {"xy", "x"}},
                                             {{"op", "add_box"}, {"view", 0}, {"xyxy", {9, 9, 1, 1}}},
                                             {{"op", "add_click"}, {"camera", {{"w", 0}}}},
                                             {{"op", "rename_object"}, {"object", id}, {"name", "../x"}},
                                             {{"op", "use_view"}, {"object", id}}})
    EXPECT_THROW(desk.Edit(wrong), UsageError) << wrong;
  EXPECT_THROW(desk.Edit({{"op", "remove_prompt"}, {"prompt", 999}}), NotFound);
  EXPECT_THROW(desk.Edit({{"op", "remove_object"}, {"object", 999}}), NotFound);
  EXPECT_THROW(desk.Edit({{"op", "redo"}}), NotNow);
  EXPECT_THROW(desk.Save(), NotNow);
  EXPECT_EQ(Prompts(desk), before);
}

}  // namespace
}  // namespace sanerf::viewer
