#include "sanerf/core/run_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/stopwatch.h"

namespace sanerf {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

CommandResult Shell(const std::string& script, const CommandOptions& options = {}, const Job& job = Job()) {
  return RunCommand({"sh", "-c", script}, options, job);
}

TEST(RunCommand, ExitCodesOutputAndWorkingFolder) {
  const TestFolder folder;
  EXPECT_EQ(Shell("exit 3").exit_code, 3);
  EXPECT_EQ(Shell("kill -9 $$").exit_code, 128 + SIGKILL);
  const CommandResult both = RunCommand({"sh", "-c", "pwd; echo bad >&2; cat"}, folder.path(), Job());
  EXPECT_TRUE(both.started);
  EXPECT_EQ(both.exit_code, 0);
  EXPECT_THAT(both.output, HasSubstr(folder.path().filename().string() + "\nbad\n"));
  EXPECT_EQ(Shell("yes | head -c 100000").output.size(), 4096u);
}

TEST(RunCommand, ArgumentsAreNoShellsBusiness) {
  const std::string odd = "a b; $(echo c) 'd' \"e\"";
  EXPECT_EQ(RunCommand({"printf", "%s", odd}, "/", Job()).output, odd);
}

TEST(RunCommand, WhatIsNotThereIsNotStarted) {
  const TestFolder folder;
  std::ofstream(folder / "text") << "no program";
  EXPECT_FALSE(RunCommand({"sanerf-no-such-program"}, folder.path(), Job()).started);
  EXPECT_FALSE(RunCommand({(folder / "text").string()}, folder.path(), Job()).started);
  EXPECT_FALSE(FindProgram("sanerf-no-such-program"));
  EXPECT_FALSE(FindProgram(""));
  ASSERT_TRUE(FindProgram("sh"));
  EXPECT_EQ(FindProgram("sh")->filename(), "sh");
  EXPECT_EQ(FindProgram("/bin/sh"), fs::path("/bin/sh"));
  // A script whose interpreter is missing.
  std::ofstream(folder / "script") << "#!/sanerf-no-such-interpreter\n";
  fs::permissions(folder / "script", fs::perms::owner_all);
  EXPECT_FALSE(RunCommand({(folder / "script").string()}, folder.path(), Job()).started);
}

TEST(RunCommand, LinesAndBytesAreHandedOverAsTheyCome) {
  std::vector<std::string> lines;
  std::string bytes;
  CommandOptions options;
  options.on_line = [&](const std::string& line) { lines.push_back(line); };
  EXPECT_EQ(Shell("echo one; printf '1%%\\r2%%\\r\\n'; echo two >&2; printf last", options).exit_code, 0);
  EXPECT_THAT(lines, ElementsAre("one", "1%", "2%", "two", "last"));

  lines.clear();
  options.on_stdout = [&](std::string_view some) { bytes.append(some); };
  const CommandResult result = Shell("head -c 300000 /dev/zero; echo said >&2", options);
  EXPECT_EQ(bytes, std::string(300000, '\0'));
  EXPECT_THAT(lines, ElementsAre("said"));
  EXPECT_EQ(result.output, "said\n");
}

TEST(RunCommand, EnvironmentIsAddedAndReplaced) {
  CommandOptions options;
  options.environment = {"SANERF_TEST_NEW=new", "HOME=/other"};
  EXPECT_EQ(Shell("echo $SANERF_TEST_NEW $HOME", options).output, "new /other\n");
}

TEST(RunCommand, AStopEndsTheProgramAndWhatItHasStarted) {
  const TestFolder folder;
  StopSource stop;
  CommandOptions options;
  options.working_folder = folder.path();
  options.on_line = [&](const std::string&) { stop.RequestStop(); };
  const Stopwatch watch;
  EXPECT_THROW(Shell("(sleep 100; echo late > late) & echo $! ; wait", options, Job().With(stop.token())),
               InterruptedError);
  EXPECT_LT(watch.seconds(), 4);
  // Closed outputs do not hide a program that goes on.
  StopSource later;
  std::thread asks([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    later.RequestStop();
  });
  EXPECT_THROW(Shell("exec >/dev/null 2>&1; sleep 100", {}, Job().With(later.token())), InterruptedError);
  asks.join();
  EXPECT_LT(watch.seconds(), 8);
}

TEST(RunCommand, WhatIgnoresTheRequestIsKilled) {
  StopSource stop;
  CommandOptions options;
  options.on_line = [&](const std::string&) { stop.RequestStop(); };
  const Stopwatch watch;
  EXPECT_THROW(Shell("trap '' TERM; echo up; while :; do sleep 1; done", options, Job().With(stop.token())),
               InterruptedError);
  EXPECT_LT(watch.seconds(), 20);
}

TEST(RunCommand, ACallbackThatThrowsEndsTheProgram) {
  CommandOptions options;
  options.on_line = [](const std::string&) { throw std::runtime_error("enough"); };
  const Stopwatch watch;
  EXPECT_THROW(Shell("echo up; sleep 100", options), std::runtime_error);
  EXPECT_LT(watch.seconds(), 4);
}

}  // namespace
}  // namespace sanerf
