// Nothing leaves the machine: `segment` in an empty HOME and TMPDIR, without a network, under the kernel's eyes.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "sanerf/cli/recorded_process_test_support.h"
#include "sanerf/cli/tiny_run_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<fs::path> Outside(const std::vector<fs::path>& paths, const fs::path& folder) {
  std::vector<fs::path> outside;
  for (const fs::path& path : paths) {
    const fs::path inside = path.lexically_relative(folder);
    if (inside.empty() || *inside.begin() == "..") outside.push_back(path);
  }
  return outside;
}

TEST(Recorder, SeesFilesSocketsAndChildren) {
  const TestFolder folder;
  const Recording recording = Record([&] {
    if (chdir(folder.path().c_str()) != 0) _exit(1);
    close(open("/proc/self/status", O_RDONLY));  // reading is nobody's business
    close(open("made", O_WRONLY | O_CREAT, 0600));
    unlink("made");
    const uint64_t how[3] = {O_WRONLY | O_CREAT, 0600, 0};  // flags, mode, how links are followed
    close(int(syscall(SYS_openat2, AT_FDCWD, "made_too", how, sizeof how)));
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in nobody{};
    nobody.sin_family = AF_INET;
    nobody.sin_port = htons(9);
    nobody.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket, reinterpret_cast<const sockaddr*>(&nobody), sizeof nobody) == 0) _exit(2);
    if (const pid_t child = fork(); child == 0) {
      execl("/bin/true", "true", nullptr);
      _exit(3);
    } else {
      waitpid(child, nullptr, 0);
    }
  });
  EXPECT_EQ(recording.exit_code, 0);
  const fs::path root = fs::canonical(folder.path());
  EXPECT_THAT(recording.writes, ElementsAre(root / "made", root / "made_too"));
  EXPECT_THAT(recording.sockets, ElementsAre("socket " + std::to_string(AF_INET), ::testing::StartsWith("connect")));
  EXPECT_THAT(recording.children, ElementsAre("fork", ::testing::EndsWith("/true")));
}

class Privacy : public TinyRun {
 protected:
  // The program itself, with whatever its libraries do when they are loaded.
  Recording Run(const Arguments& arguments) const {
    Arguments all = Arguments{SANERF_PROGRAM} + arguments;
    std::vector<char*> argv;
    for (std::string& argument : all) argv.push_back(argument.data());
    argv.push_back(nullptr);
    for (const char* name : {"home", "tmp"}) fs::create_directories(folder_ / name);
    const std::string home = "HOME=" + (folder_ / "home").string(), tmp = "TMPDIR=" + (folder_ / "tmp").string();
    const std::vector<const char*> environment = {home.c_str(), tmp.c_str(), "PATH=/usr/bin:/bin",
                                                  "ASAN_OPTIONS=detect_leaks=0",  // it wants to trace, too
                                                  nullptr};
    return Record([&] {
      if (chdir(folder_.path().c_str()) != 0) _exit(90);
      execve(argv[0], argv.data(), const_cast<char* const*>(environment.data()));
      _exit(91);
    });
  }
};

TEST_F(Privacy, SegmentWritesOnlyIntoItsRunStartsNothingAndConnectsToNothing) {
  MakeRun();
  const Recording recording = Run(Segment({"--click", "train/000:24,24"}));
  ASSERT_EQ(recording.exit_code, 0);
  EXPECT_THAT(recording.writes, Contains(::testing::ResultOf([](const fs::path& path) { return path.string(); },
                                                             ::testing::HasSubstr("objects"))));
  EXPECT_THAT(Outside(recording.writes, fs::canonical(folder_ / "run")), IsEmpty());
  EXPECT_THAT(recording.sockets, IsEmpty());
  EXPECT_THAT(recording.children, IsEmpty());
  EXPECT_TRUE(fs::is_empty(folder_ / "home"));
  EXPECT_TRUE(fs::is_empty(folder_ / "tmp"));
  // With a network it might have gone another way.
  if (!recording.is_offline) GTEST_SKIP() << "this system gives a test no network namespace of its own";
}

}  // namespace
}  // namespace sanerf::cli
