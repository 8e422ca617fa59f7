#include "sanerf/viewer/live/wakeful_thread.h"

#include <gtest/gtest.h>

#include <atomic>

#include "sanerf/core/stopwatch.h"

namespace sanerf::viewer {
namespace {

using std::chrono::milliseconds;

void AwaitLooks(const std::atomic<int>& num_looks, int wanted) {
  for (const Stopwatch watch; watch.seconds() < 20 && num_looks < wanted;) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_GE(num_looks, wanted);
}

TEST(WakefulThread, LooksAtFirstAndWheneverItIsWoken) {
  std::atomic<int> num_looks = 0;
  WakefulThread thread([&](const StopToken&) { ++num_looks; });
  AwaitLooks(num_looks, 1);
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(num_looks, 1);  // not by itself
  thread.Wake();
  AwaitLooks(num_looks, 2);
}

TEST(WakefulThread, WhatWakesItWhileItLooksIsNotLost) {
  std::atomic<int> num_looks = 0;
  std::atomic<bool> may_end = false;
  WakefulThread thread([&](const StopToken&) {
    ++num_looks;
    while (!may_end) std::this_thread::sleep_for(milliseconds(1));
  });
  AwaitLooks(num_looks, 1);
  thread.Wake();
  thread.Wake();
  may_end = true;
  AwaitLooks(num_looks, 2);
}

TEST(WakefulThread, LooksEverySoOften) {
  std::atomic<int> num_looks = 0;
  const WakefulThread thread([&](const StopToken&) { ++num_looks; }, milliseconds(1));
  AwaitLooks(num_looks, 3);
}

TEST(WakefulThread, ItsEndAsksToStopAndWaits) {
  std::atomic<int> num_looks = 0;
  std::atomic<bool> has_stopped = false;
  WakefulThread thread([&](const StopToken& closing) {
    ++num_looks;
    while (!closing.stop_requested()) std::this_thread::sleep_for(milliseconds(1));
    std::this_thread::sleep_for(milliseconds(20));
    has_stopped = true;
  });
  AwaitLooks(num_looks, 1);
  thread.End();
  EXPECT_TRUE(has_stopped);
  EXPECT_TRUE(thread.closing().stop_requested());
  thread.Wake();
  EXPECT_EQ(num_looks, 1);
}

}  // namespace
}  // namespace sanerf::viewer
