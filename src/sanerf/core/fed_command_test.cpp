#include "sanerf/core/fed_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf {
namespace {

using ::testing::HasSubstr;

TEST(FedCommand, TakesEveryByteInOrder) {
  const TestFolder folder;
  std::string sent;
  for (int i = 0; i < 300'000; ++i) sent += char(i * 7 % 251);  // more than a socket holds at once
  FedCommand command({"sh", "-c", "cat > got"}, folder.path());
  for (size_t at = 0; at < sent.size(); at += 10'007) EXPECT_TRUE(command.Write(sent.substr(at, 10'007), Job()));
  EXPECT_EQ(command.Finish(Job()), 0);
  EXPECT_EQ(ReadFile(folder / "got"), sent);
}

TEST(FedCommand, AProgramThatEndsEarlyIsNoSignalAndSaysWhy) {
  const TestFolder folder;
  FedCommand command({"sh", "-c", "echo no such codec >&2; exit 3"}, folder.path());
  bool is_taken = true;
  for (int i = 0; i < 1000 && is_taken; ++i) is_taken = command.Write(std::string(1 << 16, 'x'), Job());
  EXPECT_FALSE(is_taken);
  EXPECT_EQ(command.Finish(Job()), 3);
  EXPECT_THAT(command.output(), HasSubstr("no such codec"));
}

TEST(FedCommand, OneThatIsKilledHasTheSignalAsItsCode) {
  const TestFolder folder;
  FedCommand command({"sh", "-c", "kill -9 $$"}, folder.path());
  EXPECT_EQ(command.Finish(Job()), 128 + SIGKILL);
}

TEST(FedCommand, OneThatTalksALotDoesNotBlock) {
  const TestFolder folder;
  FedCommand command({"sh", "-c", "head -c 300000 /dev/zero | tr '\\0' y; cat > /dev/null"}, folder.path());
  EXPECT_TRUE(command.Write(std::string(1 << 20, 'x'), Job()));
  EXPECT_EQ(command.Finish(Job()), 0);
  EXPECT_EQ(command.output().size(), 4096u);
}

TEST(FedCommand, AStopEndsIt) {
  const TestFolder folder;
  StopSource stop;
  FedCommand command({"sleep", "100"}, folder.path());
  stop.RequestStop();
  EXPECT_THROW(command.Write("x", Job().With(stop.token())), InterruptedError);
}

TEST(FedCommand, AMissingProgramIsASentence) {
  const std::string text = ErrorTextOf<Error>([] { FedCommand({"no-such-program-at-all"}, "/"); });
  EXPECT_THAT(text, HasSubstr("cannot run no-such-program-at-all: No such file"));
}

}  // namespace
}  // namespace sanerf
