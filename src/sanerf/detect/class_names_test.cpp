#include "sanerf/detect/class_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sanerf::detect {
namespace {

using testing::ElementsAre;
using testing::Optional;

std::string ClassOf(const std::string& phrase) {
  const auto found = FindClass(phrase, CocoNames());
  return found ? CocoNames()[*found] : "none";
}

TEST(ClassNames, CaseHyphensArticlesAndThePluralDoNotMatter) {
  EXPECT_EQ(CocoNames().size(), 80u);
  EXPECT_EQ(ClassOf("Banana"), "banana");
  EXPECT_EQ(ClassOf("bananas"), "banana");
  EXPECT_EQ(ClassOf("a hot-dog"), "hot dog");
  EXPECT_EQ(ClassOf("Hot Dogs"), "hot dog");
  EXPECT_EQ(ClassOf("the wine glasses"), "wine glass");
  EXPECT_EQ(ClassOf("wine glass"), "wine glass");
  EXPECT_EQ(ClassOf("knives"), "knife");
  EXPECT_EQ(ClassOf("scissors"), "scissors");
  EXPECT_EQ(ClassOf("ski"), "skis");
  EXPECT_EQ(ClassOf("people"), "person");
  EXPECT_EQ(ClassOf("couches"), "couch");
  EXPECT_EQ(ClassOf("bus"), "bus");
}

TEST(ClassNames, NothingElseIsGuessed) {
  EXPECT_EQ(ClassOf("mug"), "none");
  EXPECT_EQ(ClassOf("red banana"), "none");
  EXPECT_EQ(ClassOf("glass"), "none");
  EXPECT_EQ(ClassOf("dog hot"), "none");
  EXPECT_EQ(ClassOf("the"), "none");
  EXPECT_EQ(ClassOf("!"), "none");
  EXPECT_EQ(ClassOf(""), "none");
}

TEST(ClassNames, NearestAreThoseThatSharedAWordThenThoseWrittenAlike) {
  EXPECT_THAT(NearestClasses("red bananas", CocoNames()), testing::Contains("banana"));
  EXPECT_THAT(NearestClasses("glass", CocoNames()), testing::Contains("wine glass"));
  EXPECT_EQ(NearestClasses("bannana", CocoNames()).at(0), "banana");
  EXPECT_THAT(NearestClasses("quantum", {"person", "car"}), ElementsAre());
}

TEST(ClassNames, ReadsWhatExportersWrite) {
  EXPECT_THAT(ParseClassNames("{0: 'person', 1: 'hot dog'}"), Optional(ElementsAre("person", "hot dog")));
  EXPECT_THAT(ParseClassNames("{\"1\": \"b\", \"0\": \"it's\"}"), Optional(ElementsAre("it's", "b")));
  EXPECT_FALSE(ParseClassNames(""));
  EXPECT_FALSE(ParseClassNames("{}"));
  EXPECT_FALSE(ParseClassNames("{0: 'a', 2: 'c'}"));
  EXPECT_FALSE(ParseClassNames("{0: 'a', 1: 'c"));
  EXPECT_FALSE(ParseClassNames("person"));
}

}  // namespace
}  // namespace sanerf::detect
