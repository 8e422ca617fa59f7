#include "sanerf/core/error.h"

#include <gtest/gtest.h>

#include "sanerf/core/check.h"

namespace sanerf {
namespace {

TEST(Error, JoinsWhatAndWhyAndKeepsTheHint) {
  const Error error("cannot read a.png", "the file is truncated", "copy it again");
  EXPECT_STREQ(error.what(), "cannot read a.png: the file is truncated");
  EXPECT_EQ(error.hint(), "copy it again");
  EXPECT_EQ(error.summary(), "cannot read a.png");
  EXPECT_EQ(error.why(), "the file is truncated");
  EXPECT_STREQ(Error("no scene found").what(), "no scene found");
  EXPECT_EQ(Error("no scene found").why(), "");
}

TEST(Error, UsageErrorsAreErrors) { EXPECT_THROW(throw UsageError("wrong"), Error); }

TEST(Check, PrintsBothValues) {
  try {
    SANERF_CHECK_EQ(1 + 1, 3);
    FAIL();
  } catch (const std::logic_error& error) {
    EXPECT_NE(std::string(error.what()).find("1 + 1 == 3 (2 vs 3)"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace sanerf
