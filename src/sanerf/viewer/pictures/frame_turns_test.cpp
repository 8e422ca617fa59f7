#include "sanerf/viewer/pictures/frame_turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/viewer/call_errors.h"

namespace sanerf::viewer {
namespace {

using testing::HasSubstr;

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
