#include "sanerf/core/unseen_characters.h"

#include <gtest/gtest.h>

namespace sanerf {
namespace {

TEST(UnseenCharacters, AreFoundAndNamed) {
  const auto name = [](std::string_view text) {
    const auto unseen = FirstUnseen(text);
    return unseen ? unseen->Name() : std::string();
  };
  EXPECT_EQ(name("mug\x1b[31m"), "U+001B");
  EXPECT_EQ(name(std::string_view("a\0b", 3)), "U+0000");
  EXPECT_EQ(name("mug\x7f"), "U+007F");
  EXPECT_EQ(name("\xC2\x9B"
                 "31m"),
            "U+009B");                              // what a terminal takes for ESC [
  EXPECT_EQ(name("\xD8\x9Cmug"), "U+061C");         // Arabic letter mark
  EXPECT_EQ(name("mug\xE2\x80\x8F"), "U+200F");     // right-to-left mark
  EXPECT_EQ(name("mug\xE2\x80\xAEgpj"), "U+202E");  // right-to-left override
  EXPECT_EQ(name("\xE2\x81\xA6mug\xE2\x81\xA9"), "U+2066");
  EXPECT_TRUE(FirstUnseen("\xE2\x80\xAE")->IsDirection());
  EXPECT_FALSE(FirstUnseen("\x7f")->IsDirection());
}

TEST(UnseenCharacters, AreNotTheLettersOfAnyScript) {
  for (const char* text : {"", "mug 2",
                           "Stra\xC3\x9F"
                           "e",
                           "\xD7\x9B\xD7\x95\xD7\xA1", "\xE6\x9D\xAF", "\xF0\x9F\x8D\xB5", "\xC2\xA0", "\xE2\x80\x93",
                           "\xff\xfe", "\xE2\x80", "\xC2", "\x80"})
    EXPECT_FALSE(FirstUnseen(text)) << text;
}

TEST(UnseenCharacters, AreShownByTheirNames) {
  EXPECT_EQ(WithUnseenNamed("mug\xE2\x80\xAEgpj\x7f"), "mug<U+202E>gpj<U+007F>");
  EXPECT_EQ(WithUnseenNamed("Stra\xC3\x9F"
                            "e"),
            "Stra\xC3\x9F"
            "e");
}

}  // namespace
}  // namespace sanerf
