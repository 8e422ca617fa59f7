#include "sanerf/cli/wrapped_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "sanerf/cli/cli_test_support.h"

namespace sanerf::cli {
namespace {

TEST(Wrapped, GoesOnBelowTheLastColumn) {
  EXPECT_EQ(Wrapped("  --name N   what it is and what it is good for\n", 44),
            "  --name N   what it is and what it is good\n"
            "             for\n");
  EXPECT_EQ(Wrapped("one column of words that is too long\nshort\n", 20),
            "one column of words\nthat is too long\nshort\n");
}

TEST(Wrapped, ANarrowLastColumnGivesWayToTheWholeLine) {
  EXPECT_EQ(Wrapped("  a.b    1    0 to 1    how much of it is used\n", 40),
            "  a.b    1    0 to 1    how much of it\n"
            "      is used\n");
}

TEST(Wrapped, CommandsToPasteStayWhole) {
  const std::string command = "  sanerf segment run --name mug --click a:1,2 --click b:3,4\n";
  EXPECT_EQ(Wrapped(command, 30), command);
  EXPECT_EQ(Wrapped("  sanerf render run      held-out views, color and depth, everything\n", 60),
            "  sanerf render run      held-out views, color and depth,\n"
            "                         everything\n");
}

TEST(Wrapped, CountsCharactersAndKeepsLongWords) {
  EXPECT_EQ(Wrapped("\u00e4\u00e4\u00e4\u00e4 \u00f6\u00f6\u00f6\u00f6\n", 9),
            "\u00e4\u00e4\u00e4\u00e4 \u00f6\u00f6\u00f6\u00f6\n");
  EXPECT_EQ(Wrapped("a /very/long/path/without/spaces b\n", 10), "a\n/very/long/path/without/spaces\nb\n");
}

TEST(Wrapped, WhatTheProgramExplainsFitsAHundredColumns) {
  std::vector<std::vector<std::string>> all = {{"--help"}, {"options"}, {"models", "list", "-q"}};
  for (const std::string& command : CommandsThatWork()) all.push_back({command, "--help"});
  for (const auto& arguments : all) {
    const ProgramResult result = RunSanerf(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::istringstream lines(result.out);
    for (std::string line; std::getline(lines, line);)
      EXPECT_TRUE(line.size() <= 100 || line.find("  sanerf ") == 0 || line.find("folder: ") == 0)
          << arguments[0] << ": " << line;
  }
}

}  // namespace
}  // namespace sanerf::cli
