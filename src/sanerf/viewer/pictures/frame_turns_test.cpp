#include "sanerf/viewer/pictures/frame_turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/viewer/call_errors.h"

namespace sanerf::viewer {
namespace {

using testing::HasSubstr;

TEST(NewestWins, StopsTheOneBeforeOfTheSameClientOnly) {
  NewestWins frames;
  const StopToken first = frames.Begin("a", 1), other = frames.Begin("b", 1);
  EXPECT_FALSE(first.stop_requested());
  const StopToken second = frames.Begin("a", 3);
  EXPECT_TRUE(first.stop_requested());
  EXPECT_FALSE(other.stop_requested());
  EXPECT_TRUE(frames.Begin("a", 2).stop_requested());  // arrived late
  EXPECT_FALSE(second.stop_requested());
  for (int i = 0; i < 1000; ++i) frames.Begin("client " + std::to_string(i), 1);
  EXPECT_FALSE(frames.Begin("a", 1).stop_requested());  // forgotten by now
}

TEST(FrameTurns, AreLimitedAndComeBack) {
  FrameTurns turns(2);
  auto first = turns.Take({}, {}), second = turns.Take({}, {});
  EXPECT_THAT(ErrorTextOf<TooMuch>([&] { turns.Take({}, {}); }), HasSubstr("2 at a time"));
  first.reset();
  const auto third = turns.Take({}, {});
  EXPECT_THROW(turns.Take({}, {}), TooMuch);
}

// It still has its picture in memory until it has noticed.
TEST(FrameTurns, WhatWasAskedToStopIsWaitedFor) {
  FrameTurns turns(1);
  StopSource newer;
  auto old = turns.Take(newer.token(), {});
  newer.RequestStop();
  std::atomic<bool> has_ended = false;
  std::thread drawing([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    has_ended = true;
    old.reset();
  });
  const auto next = turns.Take({}, {});
  EXPECT_TRUE(has_ended);
  drawing.join();
}

TEST(FrameTurns, AreNotTakenByWhoIsOutdatedOrGone) {
  FrameTurns turns(1);
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(turns.Take(stop.token(), {}), InterruptedError);
  EXPECT_THROW(turns.Take({}, stop.token()), InterruptedError);
  EXPECT_NO_THROW(turns.Take({}, {}));
}

}  // namespace
}  // namespace sanerf::viewer
