#include "sanerf/core/thread_priority.h"

#include <gtest/gtest.h>

#ifdef __linux__
#include <sys/resource.h>
#endif

#include <thread>

namespace sanerf {
namespace {

TEST(ThreadPriority, IsLoweredForOneThreadAlone) {
#ifdef __linux__
  const int before = getpriority(PRIO_PROCESS, 0);
  int once = before, lowered = before;
  std::thread([&] {
    LowerPriorityOfThisThread();
    once = getpriority(PRIO_PROCESS, 0);
    LowerPriorityOfThisThread();
    lowered = getpriority(PRIO_PROCESS, 0);
  }).join();
  EXPECT_GT(once, before);
  EXPECT_EQ(lowered, once);
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), before);
#else
  LowerPriorityOfThisThread();  // does nothing
#endif
}

}  // namespace
}  // namespace sanerf
