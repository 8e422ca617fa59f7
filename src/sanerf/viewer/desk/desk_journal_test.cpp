#include "sanerf/viewer/desk/desk_journal.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "sanerf/core/files.h"
#include "sanerf/viewer/desk/desk_test_support.h"

namespace sanerf::viewer {
namespace {

using segmentation::kBallId;
using segmentation::kBottleId;
using ::testing::HasSubstr;

class DeskJournalTest : public DeskTest {};

TEST_F(DeskJournalTest, ARestartGoesOnFromTheJournal) {
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

TEST_F(DeskJournalTest, ADamagedJournalIsSetAside) {
  WriteFileAtomic(run_ / "window.json", "{\"version\": 1, \"objects\": [{\"id\": 0}]}");
  Desk desk(Room(), work_, listener_);
  EXPECT_TRUE(desk.Objects().empty());
  EXPECT_TRUE(std::filesystem::exists(run_ / "window.json.damaged"));
  ASSERT_EQ(listener_.messages().size(), 1u);
  EXPECT_THAT(listener_.messages()[0], HasSubstr("cannot be read"));
  desk.Edit({{"op", "add_object"}, {"name", "mug"}});
  EXPECT_TRUE(std::filesystem::exists(run_ / "window.json"));
}

TEST_F(DeskJournalTest, ADamagedJournalThatCannotBeSetAsideIsNotWrittenOver) {
  const std::string damaged = "{\"version\": 1, \"objects\": [{\"id\": 0}]}";
  WriteFileAtomic(run_ / "window.json", damaged);
  std::filesystem::create_directory(run_ / "window.json.damaged");  // which no file takes the place of
  Desk desk(Room(), work_, listener_);
  ASSERT_EQ(listener_.messages().size(), 1u);
  EXPECT_THAT(listener_.hints(), testing::ElementsAre(HasSubstr("no prompts are kept while it is there")));
  desk.Edit({{"op", "add_object"}, {"name", "mug"}});
  EXPECT_EQ(desk.Objects().size(), 1u);
  EXPECT_EQ(ReadFile(run_ / "window.json"), damaged);
}

TEST_F(DeskJournalTest, WhatIsSaidBeforeThereIsARunIsWrittenDownOnceThereIsOne) {
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

}  // namespace
}  // namespace sanerf::viewer
