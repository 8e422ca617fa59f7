#include "sanerf/core/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

namespace sanerf {
namespace {

class ParallelTest : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override { SetNumThreads(GetParam()); }
  void TearDown() override { SetNumThreads(0); }
};

TEST_P(ParallelTest, VisitsEveryIndexOnce) {
  EXPECT_EQ(NumThreads(), GetParam());
  for (const int64_t n : {0, 1, 2, 7, 1000, 100000}) {
    std::vector<int> visits(size_t(n), 0);
    ParallelFor(n, [&](int64_t i) { ++visits[size_t(i)]; });
    EXPECT_EQ(std::count(visits.begin(), visits.end(), 1), n);
  }
}

TEST_P(ParallelTest, ChunksAreConsecutiveAndBounded) {
  std::vector<int> visits(1003, 0);
  ParallelForChunks(1003, 10, [&](int64_t begin, int64_t end) {
    EXPECT_EQ(begin % 10, 0);
    EXPECT_LE(end - begin, 10);
    for (int64_t i = begin; i < end; ++i) ++visits[size_t(i)];
  });
  EXPECT_EQ(std::count(visits.begin(), visits.end(), 1), 1003);
}

TEST_P(ParallelTest, ExceptionsComeBackAndThePoolGoesOn) {
  for (int round = 0; round < 20; ++round) {
    EXPECT_THROW(ParallelFor(1000,
                             [&](int64_t i) {
                               if (i == 500) throw std::runtime_error("at 500");
                             }),
                 std::runtime_error);
    std::atomic<int64_t> sum{0};
    ParallelFor(100, [&](int64_t i) { sum += i; });
    EXPECT_EQ(sum.load(), 4950);
  }
}

TEST_P(ParallelTest, NestedLoopsRunSerially) {
  std::atomic<int> wrong_thread{0}, visits{0};
  ParallelFor(8, [&](int64_t) {
    const std::thread::id here = std::this_thread::get_id();
    ParallelFor(50, [&](int64_t) {
      ++visits;
      if (std::this_thread::get_id() != here) ++wrong_thread;
    });
  });
  EXPECT_EQ(visits.load(), 400);
  EXPECT_EQ(wrong_thread.load(), 0);
}

TEST_P(ParallelTest, LoopsOfSeveralThreadsDoNotDisturbEachOther) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        std::vector<int64_t> squares(64);
        ParallelFor(64, [&](int64_t i) { squares[size_t(i)] = i * i; });
        for (int64_t i = 0; i < 64; ++i) wrong += squares[size_t(i)] != i * i;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
}

TEST_P(ParallelTest, SurvivesManyShortLoops) {
  std::vector<int64_t> counts(4, 0);
  for (int round = 0; round < 20000; ++round) ParallelFor(4, [&](int64_t i) { ++counts[size_t(i)]; });
  for (const int64_t count : counts) EXPECT_EQ(count, 20000);
}

// Every body waits for another one of the same loop: true when two of them met.
bool TwoThreadsMeetInALoop() {
  std::atomic<int> num_inside{0};
  std::atomic<bool> met{false};
  ParallelForChunks(2, 1, [&](int64_t, int64_t) {
    ++num_inside;
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!met && std::chrono::steady_clock::now() < patience) {
      if (num_inside == 2) met = true;
      std::this_thread::yield();
    }
    --num_inside;
  });
  return met;
}

TEST(Parallel, ALoopDoesNotWaitForAnotherThreadsLoopToEnd) {
  SetNumThreads(2);
  std::atomic<bool> has_begun{false}, may_end{false};
  std::thread other([&] {
    ParallelForChunks(1 << 20, 1, [&](int64_t, int64_t) {
      has_begun = true;
      if (!may_end) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
  });
  while (!has_begun) std::this_thread::yield();
  EXPECT_TRUE(TwoThreadsMeetInALoop());
  may_end = true;
  other.join();
  SetNumThreads(0);
}

TEST(Parallel, ALimitKeepsLoopsOfThisThreadSmall) {
  SetNumThreads(3);
  EXPECT_TRUE(TwoThreadsMeetInALoop());
  {
    const ThreadLimit two(2), more(5);
    EXPECT_EQ(NumThreads(), 2);
    const ThreadLimit one(1), none(0);
    EXPECT_EQ(NumThreads(), 1);
    const std::thread::id here = std::this_thread::get_id();
    ParallelFor(1000, [&](int64_t) { EXPECT_EQ(std::this_thread::get_id(), here); });
  }
  EXPECT_EQ(NumThreads(), 3);
  SetNumThreads(0);
}

INSTANTIATE_TEST_SUITE_P(Threads, ParallelTest, ::testing::Values(1, 2, 5));

}  // namespace
}  // namespace sanerf
