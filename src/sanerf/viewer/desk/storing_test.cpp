#include "sanerf/viewer/desk/storing.h"

#include <gmock/gmock.h>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/viewer/desk/desk_test_support.h"

namespace sanerf::viewer {
namespace {

using segmentation::kBallId;
using ::testing::Contains;
using ::testing::HasSubstr;

class StoringTest : public DeskTest {};

TEST_F(StoringTest, ADroppedViewIsStoredAndComesBack) {
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

TEST_F(StoringTest, WhatCouldNotBeStoredIsStoredAtTheEnd) {
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

}  // namespace
}  // namespace sanerf::viewer
