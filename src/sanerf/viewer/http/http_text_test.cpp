#include "sanerf/viewer/http/http_text.h"

#include <gtest/gtest.h>

namespace sanerf::viewer {
namespace {

TEST(HttpText, EscapesAreDecodedOrRefused) {
  EXPECT_EQ(PercentDecoded("a%20b+%c3%BC", false), "a b+\xC3\xBC");
  EXPECT_EQ(PercentDecoded("a+b%2B", true), "a b+");
  for (const char* text : {"%", "%2", "%zz", "%00", "%ff", "%c3", "%-1"})
    EXPECT_EQ(PercentDecoded(text, true), std::nullopt) << text;
}

}  // namespace
}  // namespace sanerf::viewer
