#include "sanerf/viewer/desk/desk.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/segmentation/session_test_support.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/desk/edit_request.h"
#include "sanerf/viewer/schema_test_support.h"

namespace sanerf::viewer {
namespace {

using segmentation::kBallId;
using segmentation::kBottleId;
using segmentation::kBoxId;
using segmentation::kMugId;
using segmentation::MaskState;
using ::testing::Contains;
using ::testing::HasSubstr;

// What a page would have been told.
class Listener : public Audience {
 public:
  void StateChanged() override { ++num_changes; }
  void Say(const std::string& event, const Json& data) override {
    const std::lock_guard lock(mutex_);
    if (event == "answer") kinds_.push_back(data.at("kind").get<std::string>());
    if (event == "message") messages_.push_back(data.at("text").get<std::string>());
  }
  std::vector<std::string> kinds() const {
    const std::lock_guard lock(mutex_);
    return kinds_;
  }
  std::vector<std::string> messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }
  std::atomic<int> num_changes = 0;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> kinds_, messages_;
};

// Some views are not encoded yet.
class GradualFeatures : public segmentation::InstanceFeatures {
 public:
  using InstanceFeatures::InstanceFeatures;
  bool Has(int view_idx) const override {
    const std::lock_guard lock(missing_mutex_);
    return missing_.count(view_idx) == 0;
  }
  ImageF Depth(int view_idx, const Job& job) const override {
    if (!Has(view_idx)) throw Error("the view has not been encoded");
    return InstanceFeatures::Depth(view_idx, job);
  }
  void Lack(std::set<int> views) {
    const std::lock_guard lock(missing_mutex_);
    missing_ = std::move(views);
  }

 private:
  mutable std::mutex missing_mutex_;
  std::set<int> missing_;
};

class DeskTest : public segmentation::SessionTest {
 protected:
  void SetUp() override {
    run_ = *folder_ / testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(run_);
    WriteFileAtomic(run_ / "run.json", "{}");  // a run, as far as the journal asks
  }
  // Where it does not matter how good the field becomes.
  DeskRoom HastyRoom() {
    DeskRoom room = Room();
    room.settings.object.iters = 10;
    room.settings.segment.further_iters = 5;
    return room;
  }
  DeskRoom Room() {
    DeskRoom room;
    room.scene = shared_scene_;
    static_cast<segmentation::SegmentationOptions&>(room.settings) = SegmentOptionsForTests();
    room.settings.encode.size = std::max(shared_scene_->views[0].camera.width, shared_scene_->views[0].camera.height);
    room.run = run_;
    room.point_at = [](const Camera&, const Vec2&) { return Vec3(0, 0, 50); };  // nothing is there
    room.store = [this](const segmentation::SessionSnapshot& fitted, const std::filesystem::path&,
                        const std::vector<std::string>& retired, const Job&) {
      stored_ = mask_decoder::ToJson(fitted.objects.prompts);
      retired_ = retired;
      snapshot_ = fitted;
      ++num_stored_;
      return true;
    };
    return room;
  }
  // As it is read from the run.
  static std::vector<run::StoredField> Reread(const segmentation::SessionSnapshot& stored) {
    run::StoredField field{stored.objects.prompts, {}, stored.model};
    for (const auto& masks : stored.objects.masks) field.objects.push_back(*masks);
    std::vector<run::StoredField> fields;
    fields.push_back(std::move(field));
    return fields;
  }
  segmentation::SegmentationInput GradualInput() const {
    return {shared_scene_, *nerf_, gradual_, sam_, shared_scene_->TrainViews()};
  }
  // On the instance, in a view that is none of those.
  static Json ClickRequestOutside(const std::set<int>& views, int instance, int label = 1, int64_t object = 0) {
    for (const int view : shared_scene_->TrainViews()) {
      if (views.count(view) > 0) continue;
      const ImageU8 ids = scene::LoadViewMask(shared_scene_->views[size_t(view)]);
      for (int y = 2; y + 2 < ids.height; ++y)
        for (int x = 2; x + 2 < ids.width; ++x)
          if (ids.At(x, y) == instance && ids.At(x - 2, y) == instance && ids.At(x + 2, y) == instance &&
              ids.At(x, y - 2) == instance && ids.At(x, y + 2) == instance)
            return {{"op", "add_click"}, {"object", object}, {"view", view}, {"xy", {x, y}}, {"label", label}};
    }
    return {};
  }
  static Json StripRows(const Desk& desk, int64_t id) { return desk.Strip(segmentation::ObjectId(id)).at("views"); }
  // By view, -1 where it is not known.
  static std::vector<double> AgreementsIn(const Desk& desk, int64_t id) {
    std::vector<double> agreements;
    for (const Json& view : StripRows(desk, id))
      agreements.push_back(view.at("agreement").is_null() ? -1 : view.at("agreement").get<double>());
    return agreements;
  }
  static std::map<std::string, int> Outcomes(const Desk& desk, int64_t id) {
    std::map<std::string, int> outcomes;
    for (const Json& view : StripRows(desk, id)) ++outcomes[view.at("outcome").get<std::string>()];
    return outcomes;
  }
  segmentation::SegmentationInput Input() const {
    return {shared_scene_, *nerf_, features_, sam_, shared_scene_->TrainViews()};
  }
  static Json ClickRequest(int instance, int label = 1, int64_t object = 0) {
    const mask_decoder::ClickPrompt click = ClickOn(instance, label);
    return {{"op", "add_click"},
            {"object", object},
            {"view", shared_scene_->FindView(click.view)},
            {"xy", {click.xy.x(), click.xy.y()}},
            {"label", label}};
  }
  // Three of four views, where fewer say enough; not those of the clicks.
  static std::set<int> MostBut(const std::vector<Json>& clicks) {
    std::set<int> views;
    for (const int view : shared_scene_->TrainViews())
      if (view % 4 != 0) views.insert(view);
    for (const Json& click : clicks) views.erase(click.at("view").get<int>());
    return views;
  }
  static void WaitUntil(const std::function<bool()>& holds) {
    for (int i = 0; i < 6000 && !holds(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_TRUE(holds());
  }
  static bool IsAnswered(const Desk& desk) {
    for (const Json& object : desk.Objects())
      if (object.at("status") == "working") return false;
    return true;
  }
  static bool IsKept(const Desk& desk, const std::string& name) {
    try {
      desk.CheckKept({name});
    } catch (const NotNow&) {
      return false;
    }
    return true;
  }
  static std::string Prompts(const Desk& desk) {
    Json prompts = Json::array();
    for (const Json& object : desk.Objects()) {
      prompts.push_back({object.at("id"), object.at("name"), object.at("dropped")});
      for (Json prompt : object.at("prompts")) {
        prompt.erase("p");  // known once it is decoded
        prompts.push_back(prompt);
      }
    }
    return prompts.dump();
  }

  std::filesystem::path run_;
  Listener listener_;
  WorkList work_{listener_};
  std::atomic<int> num_stored_ = 0;
  Json stored_;
  std::vector<std::string> retired_;
  std::optional<segmentation::SessionSnapshot> snapshot_;
  std::shared_ptr<GradualFeatures> gradual_ = std::make_shared<GradualFeatures>(*shared_scene_, *nerf_);
};

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
  // It can be taken home as it is, until there is another prompt.
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

TEST_F(DeskTest, ARestartGoesOnFromTheJournal) {
  std::string before;
  {
    Desk desk(Room(), work_, listener_);
    const int64_t id = desk.Edit(ClickRequest(kBallId)).at("object");
    desk.Edit(ClickRequest(kBottleId, 0, id));
    desk.Edit({{"op", "use_view"}, {"object", id}, {"view", shared_scene_->TrainViews()[1]}, {"use", "never"}});
    desk.Edit({{"op", "undo"}});
    desk.Edit({{"op", "show"}, {"object", id}, {"visible", false}});
    before = Prompts(desk) + desk.History().dump();
  }
  Desk desk(Room(), work_, listener_);
  EXPECT_EQ(Prompts(desk) + desk.History().dump(), before);
  EXPECT_FALSE(desk.Objects()[0].at("visible").get<bool>());
  EXPECT_EQ(desk.History().at("redo"), "drop view");
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  WaitUntil([&] { return num_stored_ > 0; });
  EXPECT_GT(Iou(*desk.answer()->snapshot.model, {kBallId}), 0.6);
}

TEST_F(DeskTest, ADamagedJournalIsSetAside) {
  WriteFileAtomic(run_ / "window.json", "{\"version\": 1, \"objects\": [{\"id\": 0}]}");
  Desk desk(Room(), work_, listener_);
  EXPECT_TRUE(desk.Objects().empty());
  EXPECT_TRUE(std::filesystem::exists(run_ / "window.json.damaged"));
  ASSERT_EQ(listener_.messages().size(), 1u);
  EXPECT_THAT(listener_.messages()[0], HasSubstr("cannot be read"));
  desk.Edit({{"op", "add_object"}, {"name", "mug"}});
  EXPECT_TRUE(std::filesystem::exists(run_ / "window.json"));
}

TEST_F(DeskTest, AnObjectThatCannotBeDecodedHoldsUpNoOther) {
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

TEST_F(DeskTest, ADroppedViewIsStoredAndComesBack) {
  Desk desk(Room(), work_, listener_);
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  const int64_t id = desk.Edit(ClickRequest(kBallId)).at("object");
  WaitUntil([&] { return num_stored_ == 1; });
  int used = -1;
  for (const Json& view : StripRows(desk, id))
    if (view.at("used").get<bool>()) used = view.at("idx");
  const auto row = [&] {
    for (const Json& view : StripRows(desk, id))
      if (view.at("idx") == used) return view;
    return Json();
  };
  desk.Edit({{"op", "use_view"}, {"object", id}, {"view", used}, {"use", "never"}});
  EXPECT_EQ(row().at("outcome"), "dropped");
  EXPECT_EQ(row().at("choice"), "never");
  WaitUntil([&] { return num_stored_ == 2; });
  desk.Edit({{"op", "undo"}});
  EXPECT_EQ(row().at("outcome"), "used");
  const size_t before = listener_.kinds().size();
  WaitUntil([&] { return num_stored_ == 3; });
  // What was fitted to these masks is known: no step is taken again.
  EXPECT_LE(listener_.kinds().size(), before + 2);
  desk.Edit({{"op", "remove_object"}, {"object", id}});
  WaitUntil([&] { return num_stored_ == 4; });  // the run loses its only object
  EXPECT_EQ(desk.answer()->kind, Answer::Kind::kNone);
  EXPECT_EQ(retired_, std::vector<std::string>{"object-1"});
}

TEST_F(DeskTest, UndosBringBackMasksThatNobodyDecodesAgain) {
  std::atomic<int> num_predicted = 0;
  sam_->on_predict = [&] { ++num_predicted; };
  gradual_->Lack(MostBut({ClickRequest(kBallId), ClickRequest(kBottleId), ClickRequest(kMugId)}));
  Desk desk(HastyRoom(), work_, listener_);
  desk.SetGround(GradualInput());
  desk.ViewsEncoded(true);
  const int64_t object = desk.Edit(ClickRequest(kBallId)).at("object");
  const auto id = segmentation::ObjectId(object);
  WaitUntil([&] { return num_stored_ == 1 && IsAnswered(desk); });
  const auto first = desk.Object(id).masks;
  desk.Edit(ClickRequest(kBottleId, 0, object));
  WaitUntil([&] { return num_stored_ == 2 && IsAnswered(desk); });
  desk.Edit(ClickRequest(kMugId, 0, object));
  WaitUntil([&] { return num_stored_ == 3 && IsAnswered(desk); });
  ASSERT_NE(desk.Object(id).masks, first);
  const int before = num_predicted;
  ASSERT_GT(before, 0);
  const size_t num_answers = listener_.kinds().size();
  desk.Edit({{"op", "undo"}});
  desk.Edit({{"op", "undo"}});
  // They are there already, whatever the desk is at.
  EXPECT_EQ(desk.Object(id).masks, first);
  EXPECT_EQ(desk.Object(id).state, MaskState::kRefined);
  const auto shows_first = [&] {
    const auto& masks = desk.answer()->snapshot.objects.masks;
    return masks.size() == 1 && masks[0] == first;
  };
  WaitUntil([&] { return shows_first() && IsAnswered(desk); });
  EXPECT_EQ(num_predicted, before);
  const std::vector<std::string> kinds = listener_.kinds();
  ASSERT_GT(kinds.size(), num_answers);
  for (size_t i = num_answers; i < kinds.size(); ++i) EXPECT_NE(kinds[i], "first");
}

// What the window stored is its own; what somebody has changed there since is taken over, and can be undone.
TEST_F(DeskTest, ObjectsThatTheCommandLineHasChangedAreTakenOver) {
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

TEST_F(DeskTest, WhatCouldNotBeStoredIsStoredAtTheEnd) {
  std::atomic<int> num_tries = 0;
  {
    DeskRoom room = HastyRoom();
    room.store = [&, store = room.store](const auto&... what) {
      if (++num_tries == 1) throw Error("the disk is full");
      return store(what...);
    };
    Desk desk(std::move(room), work_, listener_);
    desk.SetGround(Input());
    desk.ViewsEncoded(true);
    desk.Edit(ClickRequest(kBallId));
    WaitUntil([&] { return !listener_.messages().empty(); });
    EXPECT_THAT(listener_.messages(), Contains(HasSubstr("the disk is full")));
    WaitUntil([&] { return IsAnswered(desk); });
    EXPECT_FALSE(IsKept(desk, "object-1"));
    EXPECT_EQ(num_tries, 1);  // not again and again
  }
  EXPECT_EQ(num_tries, 2);
  EXPECT_EQ(num_stored_, 1);
}

// As the run has them: at once, without SAM, features or votes.
TEST_F(DeskTest, FieldsThatWereFittedOneByOneAreShownTogether) {
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

TEST_F(DeskTest, AFieldThatWasCancelledIsUnfinishedAndGoesOn) {
  DeskRoom room = Room();
  room.settings.object.iters = 100'000;  // nobody waits for them
  Desk desk(std::move(room), work_, listener_);
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  desk.Edit(ClickRequest(kBallId));
  const auto status = [&] { return desk.Objects()[0].at("status").get<std::string>(); };
  const auto cancel_field = [&] {
    bool is_cancelled = false;
    WaitUntil([&] {
      for (const Json& task : work_.AsJson())
        is_cancelled |= task.at("title") == "object field" && work_.Cancel(task.at("id"));
      return is_cancelled;
    });
  };
  cancel_field();
  WaitUntil([&] { return status() != "working"; });
  EXPECT_EQ(status(), "unfinished");
  EXPECT_EQ(Schema().FaultIn("object", desk.Objects()[0]), "");
  EXPECT_THAT(ErrorTextOf<NotNow>([&] { desk.CheckKept({"object-1"}); }), HasSubstr("go on with it"));
  desk.GoOn();
  EXPECT_EQ(status(), "working");
  cancel_field();
  WaitUntil([&] { return status() == "unfinished"; });
  EXPECT_EQ(num_stored_, 0);
}

TEST_F(DeskTest, WhatHasFailedIsTriedAgainByWhoGoesOn) {
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
  desk.GoOn();
  WaitUntil([&] { return num_stored_ == 1 && IsAnswered(desk); });
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

TEST_F(DeskTest, AnObjectThatWaitsForAViewShowsTheMasksItHas) {
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

TEST_F(DeskTest, WhatCannotBeDecodedIsTriedAgainWithFurtherViews) {
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

TEST_F(DeskTest, AFinishedAnswerStaysInViewWhileMissingViewsAreAdded) {
  std::set<int> missing;
  for (const int view : shared_scene_->TrainViews())
    if (view % 3 == 0) missing.insert(view);
  gradual_->Lack(missing);
  Desk desk(Room(), work_, listener_);
  desk.SetGround(GradualInput());
  desk.ViewsEncoded(true);
  const int64_t id = desk.Edit(ClickRequestOutside(missing, kBallId)).at("object");
  WaitUntil([&] { return num_stored_ == 1 && IsAnswered(desk); });
  EXPECT_GT(Outcomes(desk, id).count("not_encoded"), 0u);
  desk.Edit(ClickRequestOutside(missing, kBottleId, 0, id));  // corrects the masks that there are
  WaitUntil([&] { return num_stored_ == 2 && IsAnswered(desk); });
  EXPECT_GT(Outcomes(desk, id).count("not_encoded"), 0u);
  const size_t before = listener_.kinds().size();
  desk.ViewsEncoded(false);  // the encoder goes on
  gradual_->Lack({});
  desk.ViewsEncoded(true);
  WaitUntil([&] { return num_stored_ == 3; });
  EXPECT_EQ(Outcomes(desk, id).count("not_encoded"), 0u);
  const std::vector<std::string> kinds = listener_.kinds();
  for (size_t i = before; i < kinds.size(); ++i) EXPECT_EQ(kinds[i], "field");
}

TEST_F(DeskTest, AFirstAnswerSaysHowWellItsViewsAgree) {
  Desk desk(Room(), work_, listener_);
  desk.SetGround(Input());
  const int64_t id = desk.Edit(ClickRequest(kBallId)).at("object");
  WaitUntil([&] { return !desk.AnswerState().at("agreement").empty(); });
  int num_compared = 0;
  for (const Json& view : StripRows(desk, id)) {
    num_compared += view.at("agreement").is_number();
    if (view.at("outcome") == "not_selected") {
      EXPECT_EQ(view.at("reason"), "not looked at yet");
    }
  }
  EXPECT_GE(num_compared, 2);
  EXPECT_TRUE(desk.Objects()[0].at("agreement").is_number());
}

TEST_F(DeskTest, AgreementComesBackWithTheMasksThatUndoBringsBack) {
  DeskRoom room = HastyRoom();
  room.settings.segment.rounds = 0;  // masks that do not say it themselves
  Desk desk(std::move(room), work_, listener_);
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  const int64_t id = desk.Edit(ClickRequest(kBallId)).at("object");
  WaitUntil([&] { return num_stored_ == 1 && IsAnswered(desk); });
  const std::vector<double> of_ball = AgreementsIn(desk, id);
  EXPECT_THAT(of_ball, Contains(testing::Ge(0)));
  desk.Edit(ClickRequest(kBottleId, 1, id));
  WaitUntil([&] { return num_stored_ == 2 && IsAnswered(desk); });
  EXPECT_NE(AgreementsIn(desk, id), of_ball);
  desk.Edit({{"op", "undo"}});
  WaitUntil([&] { return num_stored_ == 3 && IsAnswered(desk); });
  EXPECT_EQ(AgreementsIn(desk, id), of_ball);
}

TEST_F(DeskTest, HowWellTheMasksOfARunAgreeIsFoundOut) {
  segmentation::Session session = MakeSession();
  session.AddObject(Clicked("ball", kBallId));
  session.Update(job_);
  session.Step(5, job_);
  std::vector<run::StoredField> fields = Reread(session.Snapshot(job_));
  for (mask_decoder::ViewDecision& view : fields[0].objects[0].views) view.agreement = -1;  // as without any round
  Desk desk(Room(), work_, listener_);
  desk.Load(std::move(fields));
  EXPECT_TRUE(desk.Objects()[0].at("agreement").is_null());
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  WaitUntil([&] { return desk.Objects()[0].at("agreement").is_number(); });
  EXPECT_THAT(AgreementsIn(desk, desk.Objects()[0].at("id")), Contains(testing::Ge(0)));
  EXPECT_EQ(desk.Objects()[0].at("status"), "answered");
  EXPECT_TRUE(desk.AnswerState().at("agreement").empty());  // no edit was answered
  EXPECT_THAT(listener_.kinds(), testing::IsEmpty());
}

TEST_F(DeskTest, AFirstAnswerWaitsForNoViewButItsOwn) {
  const int clicked = ClickRequest(kBallId).at("view");
  std::set<int> missing;
  for (const int view : shared_scene_->TrainViews())
    if (view != clicked) missing.insert(view);
  gradual_->Lack(missing);
  Desk desk(HastyRoom(), work_, listener_);
  desk.SetGround(GradualInput());
  desk.ViewsEncoded(false);
  desk.Edit(ClickRequest(kBallId));
  WaitUntil([&] { return desk.answer()->kind == Answer::Kind::kFirst; });
  EXPECT_EQ(desk.AnswerState().at("views"), 1);
  EXPECT_EQ(desk.Objects()[0].at("status"), "working");  // more of it is to come
  gradual_->Lack(MostBut({ClickRequest(kBallId)}));
  desk.ViewsEncoded(true);
  WaitUntil([&] { return num_stored_ == 1 && IsAnswered(desk); });
  EXPECT_GT(desk.AnswerState().at("views"), 1);
}

TEST_F(DeskTest, AHoverOnAViewThatIsNotEncodedIsRefusedAndAsksForIt) {
  const Json click = ClickRequest(kBallId);
  const int missing = click.at("view");
  const Json asked = {{"view", missing}, {"xy", click.at("xy")}, {"size", 64}};
  gradual_->Lack({missing});
  Desk desk(Room(), work_, listener_);
  EXPECT_THROW(desk.Hover(asked, Job()), NotNow);  // no depth yet
  desk.SetGround(GradualInput());
  desk.ViewsEncoded(false);
  EXPECT_THAT(ErrorTextOf<NotNow>([&] { desk.Hover(asked, Job()); }), HasSubstr("is not encoded yet"));
  EXPECT_THAT(desk.WantedViews(), Contains(missing));
  EXPECT_TRUE(desk.Objects().empty());
  gradual_->Lack({});
  EXPECT_EQ(desk.Hover(asked, Job()).at("candidates").size(), 2u);
  EXPECT_THAT(desk.WantedViews(), testing::IsEmpty());  // nobody waits any more
}

TEST_F(DeskTest, WhatIsSaidBeforeThereIsARunIsWrittenDownOnceThereIsOne) {
  std::filesystem::remove(run_ / "run.json");
  Desk desk(Room(), work_, listener_);
  desk.Edit(ClickRequest(kBallId));
  desk.KeepPrompts();
  EXPECT_FALSE(std::filesystem::exists(run_ / "window.json"));
  WriteFileAtomic(run_ / "run.json", "{}");
  desk.KeepPrompts();
  ASSERT_TRUE(std::filesystem::exists(run_ / "window.json"));
  Desk next(Room(), work_, listener_);
  EXPECT_EQ(Prompts(next), Prompts(desk));
}

TEST_F(DeskTest, OnlyAnObjectWithAPlaceOnItIsWorkedOn) {
  Desk desk(Room(), work_, listener_);
  desk.Edit(ClickRequest(kBallId, 0));
  EXPECT_EQ(desk.Objects()[0].at("status"), "empty");
  EXPECT_THAT(desk.Objects()[0].at("problem").get<std::string>(), HasSubstr("no positive"));
}

TEST_F(DeskTest, HoverAsksWithoutChangingAnything) {
  Desk desk(Room(), work_, listener_);
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  const Json click = ClickRequest(kBallId);
  const Json hover = desk.Hover({{"view", click.at("view")}, {"xy", click.at("xy")}, {"size", 64}}, Job());
  ASSERT_EQ(hover.at("candidates").size(), 2u);
  EXPECT_EQ(hover.at("best"), 0);
  EXPECT_FALSE(hover.at("candidates")[0].at("png").get<std::string>().empty());
  EXPECT_TRUE(desk.Objects().empty());
  EXPECT_THROW(desk.Hover({{"view", 0}, {"xy", {1e6, 3}}}, Job()), UsageError);
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
