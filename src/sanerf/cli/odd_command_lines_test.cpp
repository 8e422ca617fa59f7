// Command lines that nobody should write: each ends in one sentence and exit code 2, none in a crash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/cli/cli_test_support.h"
#include "sanerf/core/odd_files_test_support.h"
#include "sanerf/core/parallel.h"

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Arguments = std::vector<std::string>;

// In this process: what crashes ends the test program.
ProgramResult InProcess(const Arguments& arguments) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  ProgramResult result;
  result.exit_code = RunCommandLine(arguments);
  std::fflush(stdout);
  result.out = ::testing::internal::GetCapturedStdout();
  result.err = ::testing::internal::GetCapturedStderr();
  return result;
}

std::string Joined(const Arguments& arguments) {
  std::string text;
  for (const std::string& word : arguments) text += " [" + word.substr(0, 40) + "]";
  return text;
}

void ExpectUsageError(const Arguments& arguments, const std::string& error, const std::string& hint) {
  const ProgramResult result = InProcess(arguments);
  EXPECT_EQ(result.exit_code, 2) << Joined(arguments) << "\n" << result.err;
  EXPECT_EQ(result.out, "") << Joined(arguments);
  EXPECT_TRUE(EndsInOneError(result)) << Joined(arguments);
  EXPECT_THAT(result.err, AllOf(HasSubstr(error), HasSubstr(hint))) << Joined(arguments);
}

TEST(OddCommandLine, WhatStandsBeforeTheCommandIsNamed) {
  const Arguments with_common = {"-q", "-v",  "--json", "--set",    "--seed",     "--bogus",   "--",
                                 "-",  "---", "-x",     "--help=3", "--version=", "--set=a=b", "-vq"};
  for (const std::string& word : with_common) {
    ExpectUsageError({word}, "error: '" + word + "' stands before the command", "sanerf --help");
    ExpectUsageError({word, "info", "x"}, "'" + word + "' stands before the command",
                     "write the command first: sanerf info");
  }
  ExpectUsageError({"--set", "a=b"}, "'--set' stands before the command", "sanerf --help");
  ExpectUsageError({"-v", "--json"}, "'-v' stands before the command", "sanerf --help");
}

TEST(OddCommandLine, WordsThatAreNoCommandAreShownShortAndPlain) {
  ExpectUsageError({""}, "error: unknown command ''", "sanerf --help");
  ExpectUsageError({" "}, "error: unknown command ' '", "sanerf --help");
  EXPECT_THAT(RunSanerf({"./nowhere"}).err, HasSubstr("nowhere: the folder does not exist\nhint: "));
  ExpectUsageError({"", "train"}, "error: unknown command ''", "sanerf --help");
  const ProgramResult result = InProcess({std::string(1 << 20, 'a')});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, StartsWith("error: unknown command '" + std::string(80, 'a') + "...'\n"));
  ExpectUsageError({"tr\033[31main"}, "unknown command 'tr?[31main'", "hint: ");
  ExpectUsageError({"\xff\xfe\x80"}, "unknown command", "sanerf --help");
}

TEST(OddCommandLine, EveryCommandRefusesWhatItDoesNotKnow) {
  const TestFolder folder;
  for (const std::string& command : CommandsThatWork()) {
    const ProgramResult help = InProcess({command, "--help"});
    EXPECT_EQ(help.exit_code, 0) << command;
    EXPECT_THAT(help.out, AllOf(HasSubstr("\nUsage: sanerf " + command + " "), Not(HasSubstr("REQUIRED")),
                                Not(HasSubstr(" TEXT")), Not(HasSubstr("SUBCOMMAND")), Not(HasSubstr(" INT"))));
    ExpectUsageError({command, "--bogus-flag"}, "unknown option '--bogus-flag' for '" + command + "'", "hint: ");
    ExpectUsageError({command, "--bogus-flag=" + std::string(5000, 'x')}, "unknown option '--bogus-flag'", "hint: ");
    ExpectUsageError({command, "--\xff\xfe"}, "unknown option", "hint: ");
    if (command == "models") {  // its actions compute nothing
      ExpectUsageError({command, "--seed", "3"}, "unknown option '--seed' for 'models'", "hint: ");
      continue;
    }
    ExpectUsageError({command, "--set"}, "--set needs a value", "sanerf " + command + " --help");
    ExpectUsageError({command, "--seed"}, "--seed needs a value", "sanerf " + command + " --help");
    ExpectUsageError({command, "--seed", "many"}, "--seed", "expected an integer");
    ExpectUsageError({command, "--threads", "99999999999999999999"}, "--threads", "expected an integer");
    const std::string no_place = (folder / "none").string();
    if (command != "doctor" && command != "demo")  // which need nothing
      ExpectUsageError({command, no_place, "a", "b", "c", "--bogus-flag"}, "error: ", "hint: ");
  }
}

TEST(OddCommandLine, CommandsThatNeedSomethingSaySo) {
  for (const Arguments& arguments : {Arguments{"synth"},
                                     {"train"},
                                     {"encode"},
                                     {"segment"},
                                     {"render"},
                                     {"eval"},
                                     {"compare"},
                                     {"eval-set"},
                                     {"ablate"},
                                     {"info"},
                                     {"view"},
                                     {"models", "fetch"}})
    ExpectUsageError(arguments, "is required", "--help explains it");
  ExpectUsageError({"models"}, "'models' needs to know what to do: list, fetch or verify", "sanerf models --help");
}

TEST(OddCommandLine, NestedActionsAreNamedInFull) {
  ExpectUsageError({"models", "lst"}, "unknown command 'models lst'", "did you mean 'list'?");
  ExpectUsageError({"models", ""}, "unknown command 'models '", "sanerf models --help");
  ExpectUsageError({"models", "list", "--bogus"}, "unknown option '--bogus' for 'models list'",
                   "sanerf models list --help");
  ExpectUsageError({"models", "list", "more"}, "unexpected argument 'more' for 'models list'",
                   "sanerf models list --help");
  ExpectUsageError({"models", "--bogus", "list"}, "unknown option '--bogus' for 'models'", "sanerf models --help");
  ExpectUsageError({"models", "fetch", "--bogus"}, "unknown option '--bogus' for 'models fetch'", "hint: ");
  ExpectUsageError({"models", "fetch", ""}, "error: ", "hint: ");
  EXPECT_EQ(InProcess({"models", "list", "-q"}).exit_code, 0);
  EXPECT_THAT(InProcess({"models", "fetch", "--help"}).out, HasSubstr("Usage: sanerf models fetch [OPTIONS] NAME\n"));
}

TEST(OddCommandLine, EmptyAndOddValuesEndInASentence) {
  const TestFolder folder;
  const std::string none = (folder / "none").string();
  for (const std::string& command : CommandsThatWork()) {
    if (command == "doctor" || command == "demo" || command == "models") continue;
    for (const std::string& value :
         {std::string(), std::string("\xc3\x28"), std::string(100000, '/'), std::string(" ")}) {
      for (const Arguments& arguments : {Arguments{command, value},
                                         {command, none, value},
                                         {command, none, "--config", value},
                                         {command, none, "--set", value},
                                         {command, none, "--out", value}}) {
        if (command == "synth") continue;  // would write
        const ProgramResult result = InProcess(arguments);
        EXPECT_THAT(result.exit_code, AnyOf(1, 2)) << Joined(arguments) << result.err;
        EXPECT_TRUE(EndsInOneError(result)) << Joined(arguments);
      }
      std::error_code none;
      EXPECT_FALSE(std::filesystem::exists(value, none) && value[0] != '/') << command << " left '" << value << "'";
    }
  }
}

TEST(Help, TheDemoNamesItsOwnDefaults) {
  EXPECT_THAT(InProcess({"demo", "--help"}).out, AllOf(HasSubstr("[minisam]"), HasSubstr("[1600]")));
  EXPECT_THAT(InProcess({"train", "--help"}).out, HasSubstr("[3000]; or the preset's"));
}

TEST(Help, HelpAndVersionAreCommandsToo) {
  EXPECT_EQ(InProcess({"help"}).out, InProcess({"--help"}).out);
  EXPECT_EQ(InProcess({"help", "train"}).out, InProcess({"train", "--help"}).out);
  EXPECT_EQ(InProcess({"help", "models", "fetch"}).out, InProcess({"models", "fetch", "--help"}).out);
  for (const Arguments& arguments : {Arguments{"help", "help"}, {"help", "--help"}, {"help", "-h"}})
    EXPECT_THAT(InProcess(arguments).out, HasSubstr("Usage: sanerf help [OPTIONS] [COMMAND]\n"));
  EXPECT_EQ(InProcess({"version"}).out, InProcess({"--version"}).out);
  EXPECT_THAT(InProcess({"--help"}).out,
              AllOf(HasSubstr("Usage: sanerf COMMAND [OPTIONS]\n"), HasSubstr("\nCommands:\n")));
  ExpectUsageError({"help", "trian"}, "unknown command 'trian'", "did you mean 'train'?");
  ExpectUsageError({"help", "models", "lst"}, "unknown command 'models lst'", "did you mean 'list'?");
  ExpectUsageError({"help", "train", "x"}, "unexpected argument 'x' for 'help'", "sanerf help COMMAND");
  ExpectUsageError({"version", "--bogus"}, "unknown option '--bogus' for 'version'", "hint: ");
}

}  // namespace
}  // namespace sanerf::cli
