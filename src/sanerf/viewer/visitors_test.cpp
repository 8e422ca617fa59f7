#include "sanerf/viewer/visitors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/viewer/nobody_test_support.h"

namespace sanerf::viewer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Visitors, AreKnownByTheHashOfTheirToken) {
  const TestFolder run;
  Nobody nobody;
  EXPECT_FALSE(RememberVisitor(run.path(), "secret", {}, nobody));
  EXPECT_TRUE(std::filesystem::is_empty(run.path()));
  WriteFileAtomic(run / "run.json", "{}");
  EXPECT_TRUE(RememberVisitor(run.path(), "secret", {}, nobody));
  EXPECT_THAT(ReadVisitors(run.path()), ElementsAre(Sha256("secret")));
  EXPECT_EQ(ReadFile(run / ".visitors").find("secret"), std::string::npos);
}

TEST(Visitors, OnlyTheLastAreKept) {
  const TestFolder run;
  Nobody nobody;
  WriteFileAtomic(run / "run.json", "{}");
  for (int i = 0; i < 20; ++i) RememberVisitor(run.path(), std::to_string(i), ReadVisitors(run.path()), nobody);
  const std::vector<std::string> visitors = ReadVisitors(run.path());
  ASSERT_EQ(visitors.size(), 8u);
  EXPECT_EQ(visitors.front(), Sha256("19"));
  EXPECT_EQ(visitors.back(), Sha256("12"));
}

struct VisitorsAudience : Audience {
  void StateChanged() override {}
  void Say(const std::string&, const Json& message) override { messages.push_back(message.at("text")); }
  std::vector<std::string> messages;
};

TEST(Visitors, ThatTheyCannotBeRememberedIsSaid) {
  const TestFolder run;
  WriteFileAtomic(run / "run.json", "{}");
  std::filesystem::create_directories(run / ".visitors" / "in the way");
  VisitorsAudience audience;
  EXPECT_TRUE(RememberVisitor(run.path(), "secret", {}, audience));
  EXPECT_THAT(audience.messages, ElementsAre(testing::HasSubstr("opened with its address again")));
}

TEST(Visitors, ADamagedFileKnowsNobody) {
  const TestFolder run;
  EXPECT_THAT(ReadVisitors(run.path()), IsEmpty());
  for (const char* text : {"", "[1]", "{\"a\": 1}", "[\"x\""}) {
    WriteFileAtomic(run / ".visitors", text);
    EXPECT_THAT(ReadVisitors(run.path()), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace sanerf::viewer
