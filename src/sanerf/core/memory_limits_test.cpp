#include "sanerf/core/memory_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

constexpr int64_t kMB = 1'000'000;

// A file system with the files of /proc and /sys that count.
class MemoryLimits : public ::testing::Test {
 protected:
  void Write(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    WriteFileAtomic(root_ / path, text);
  }
  TestFolder root_;
};

TEST_F(MemoryLimits, TheMachineHasWhatTheKernelSaysIsAvailable) {
  Write("proc/meminfo", "MemTotal:  8000 kB\nMemAvailable:   5000 kB\nCommitLimit: 4000 kB\nCommitted_AS: 1000 kB\n");
  EXPECT_EQ(MachineRoom(root_.path()).bytes, 5000 * 1024);
  Write("proc/sys/vm/overcommit_memory", "2\n");  // nothing is promised that is not there
  EXPECT_EQ(MachineRoom(root_.path()).bytes, 3000 * 1024);
}

TEST_F(MemoryLimits, WhatIsNotKnownDoesNotLimit) {
  EXPECT_EQ(MachineRoom(root_.path()).bytes, INT64_MAX);
  EXPECT_EQ(ContainerRoom(root_.path()).bytes, INT64_MAX);
  Write("proc/self/cgroup", "0::/app\n");
  Write("sys/fs/cgroup/app/memory.max", "max\n");
  Write("sys/fs/cgroup/app/memory.current", "500000000\n");
  EXPECT_EQ(ContainerRoom(root_.path()).bytes, INT64_MAX);
}

TEST_F(MemoryLimits, TheTightestOfNestedGroupsCounts) {
  Write("proc/self/cgroup", "0::/outer/inner\n");
  Write("sys/fs/cgroup/outer/memory.max", "900000000\n");
  Write("sys/fs/cgroup/outer/memory.current", "700000000\n");
  Write("sys/fs/cgroup/outer/inner/memory.max", "800000000\n");
  Write("sys/fs/cgroup/outer/inner/memory.current", "300000000\n");
  EXPECT_EQ(ContainerRoom(root_.path()).bytes, 200 * kMB);
}

TEST_F(MemoryLimits, AContainerThatSeesItsGroupAsTheRootIsLimitedByIt) {
  Write("proc/self/cgroup", "0::/docker/0123abc\n");  // the host's name of it
  Write("sys/fs/cgroup/memory.max", "1000000000\n");
  Write("sys/fs/cgroup/memory.current", "400000000\n");
  EXPECT_EQ(ContainerRoom(root_.path()).bytes, 600 * kMB);
}

TEST_F(MemoryLimits, FileContentsInMemoryAreNotUsedUp) {
  Write("proc/self/cgroup", "0::/\n");
  Write("sys/fs/cgroup/memory.max", "1000000000\n");
  Write("sys/fs/cgroup/memory.current", "950000000\n");
  Write("sys/fs/cgroup/memory.stat",
        "anon 100000000\nfile 850000000\ninactive_file 500000000\nactive_file 300000000\n");
  EXPECT_EQ(ContainerRoom(root_.path()).bytes, 850 * kMB);
}

TEST_F(MemoryLimits, VersionOneOfControlGroupsCountsAsWell) {
  Write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory,hugetlb:/jobs/a:b\n0::/elsewhere\n");
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  Write("sys/fs/cgroup/memory/memory.usage_in_bytes", "5000000000\n");
  Write("sys/fs/cgroup/memory/jobs/a:b/memory.limit_in_bytes", "600000000\n");
  Write("sys/fs/cgroup/memory/jobs/a:b/memory.usage_in_bytes", "450000000\n");
  Write("sys/fs/cgroup/memory/jobs/a:b/memory.stat", "total_inactive_file 50000000\ntotal_active_file 0\n");
  EXPECT_EQ(ContainerRoom(root_.path()).bytes, 200 * kMB);
}

TEST_F(MemoryLimits, MoreUsedThanAllowedIsNoRoom) {
  Write("proc/self/cgroup", "0::/\n");
  Write("sys/fs/cgroup/memory.max", "100\n");
  Write("sys/fs/cgroup/memory.current", "200\n");
  EXPECT_EQ(ContainerRoom(root_.path()).bytes, 0);
}

TEST_F(MemoryLimits, TheShellsLimitCountsLessWhatIsTaken) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "sanitizers end the process that has such a limit";
#endif
  rlimit before{};
  getrlimit(RLIMIT_DATA, &before);
  if (before.rlim_max != RLIM_INFINITY) GTEST_SKIP() << "this shell has a limit of its own";
  rlimit limit = before;
  limit.rlim_cur = rlim_t{1} << 40;
  setrlimit(RLIMIT_DATA, &limit);
  const MemoryRoom room = ShellRoom();
  setrlimit(RLIMIT_DATA, &before);
  EXPECT_LT(room.bytes, int64_t{1} << 40);
  EXPECT_GT(room.bytes, 0);
  EXPECT_THAT(room.of, ::testing::HasSubstr("ulimit"));
}

TEST_F(MemoryLimits, ThisMachineHasRoomAndSaysOfWhat) {
  const MemoryRoom room = AvailableMemory();
  EXPECT_GT(room.bytes, 0);
  EXPECT_FALSE(room.of.empty());
}

}  // namespace
}  // namespace sanerf
