#include "sanerf/core/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ParseErrorOf(const std::string& text) {
  const TestFolder folder;
  WriteFileAtomic(folder / "a.json", text);
  const std::string error = ErrorTextOf<Error>([&] { ReadJsonFile(folder / "a.json"); });
  const std::string path = (folder / "a.json").string();
  return error.rfind(path, 0) == 0 ? error.substr(path.size()) : "path missing: " + error;
}

TEST(Json, BrokenFilesAreErrorsWithLineAndColumn) {
  EXPECT_THAT(ParseErrorOf("{\n  \"a\": 1,\n  \"b\" 2\n}"), StartsWith(":3:7: broken JSON"));
  EXPECT_THAT(ParseErrorOf("nonsense"), StartsWith(":1:2: broken JSON"));
  EXPECT_THAT(ParseErrorOf("[1, NaN]"), StartsWith(":1:5: broken JSON"));
  EXPECT_THAT(ParseErrorOf("{\"a\": [1, 2"), HasSubstr("broken JSON: "));
  EXPECT_THAT(ParseErrorOf(""), StartsWith(":1:1: broken JSON"));
  EXPECT_THAT(ParseErrorOf("[1,\n 1e999]"), StartsWith(":2:2: broken JSON: number overflow"));
}

TEST(Json, CommentsAreAllowedAndOrderIsKept) {
  const TestFolder folder;
  WriteFileAtomic(folder / "a.json", "// head\n{\"z\": 1, /* mid */ \"a\": 2}");
  EXPECT_EQ(ReadJsonFile(folder / "a.json").dump(), R"({"z":1,"a":2})");
}

// Copying and writing a value calls itself per level: a megabyte of brackets must not reach that.
TEST(Json, DeepNestingIsAnError) {
  const auto nested = [](size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_THAT(ParseErrorOf(nested(1'000'000)),
              StartsWith(": broken JSON: values are nested more than 200 levels deep"));
  EXPECT_THAT(ParseErrorOf(nested(210)), HasSubstr("nested more than 200 levels"));
  EXPECT_EQ(ParseJson(nested(190), "text").dump(), nested(190));
}

TEST(Json, OnlyWhatIsInAFileCanBeFixedThere) {
  EXPECT_THAT(ParseErrorOf("[1, }"), HasSubstr("fix the file at that position"));
  EXPECT_EQ(ErrorTextOf<Error>([] { ParseJson("[1, }", "the request"); }).find("file"), std::string::npos);
}

TEST(Json, WhatWasWrittenIsRead) {
  const TestFolder folder;
  const Json json = {{"name", "mug"}, {"xy", {1.5, -2}}, {"pi", 3.141592653589793}};
  WriteJsonFile(folder / "a.json", json);
  EXPECT_EQ(ReadJsonFile(folder / "a.json"), json);
}

class CursorTest : public ::testing::Test {
 protected:
  const Json json_ =
      Json::parse(R"({"frames": [{"path": "a"}, {"path": 7, "w": 2.5}], "n": 3, "f": 3.0, "on": true, "none": null})");
  const JsonCursor root_{json_, "t.json"};
};

TEST_F(CursorTest, NumbersWithinBounds) {
  EXPECT_EQ(root_["n"].IntegerIn(3, 3), 3);
  EXPECT_EQ(root_["frames"][1]["w"].NumberIn(0, 2.5), 2.5);
  EXPECT_THAT(ErrorTextOf<Error>([&] { root_["n"].IntegerIn(4, 9); }),
              HasSubstr("t.json: n: expected an integer from 4 to 9, found 3"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { root_["n"].IntegerIn(0, 2); }), HasSubstr("found 3"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { root_["frames"][1]["w"].NumberIn(-1, 2); }),
              HasSubstr("t.json: frames[1].w: expected a number from -1 to 2, found 2.5"));
}

TEST_F(CursorTest, ReadsValues) {
  EXPECT_EQ(root_["frames"].size(), 2u);
  EXPECT_EQ(root_["frames"][0]["path"].String(), "a");
  EXPECT_EQ(root_["frames"][1]["w"].Number(), 2.5);
  EXPECT_EQ(root_["f"].Integer(), 3);
  EXPECT_TRUE(root_["on"].Bool());
  EXPECT_EQ(root_.NumberOr("absent", 4), 4);
  EXPECT_EQ(root_.IntegerOr("n", 4), 3);
  EXPECT_EQ(root_.StringOr("absent", "x"), "x");
  EXPECT_FALSE(root_["frames"].Has("path"));
  EXPECT_EQ(root_["frames"][1]["w"].where(), "t.json: frames[1].w");
  EXPECT_EQ(root_.where(), "t.json");
}

TEST(Json, HoldsUtf8AndNothingElse) {
  for (const char* text : {"", "photo \xc3\xbc.png", "\xe2\x82\xac", "\xf0\x9f\x8d\x8c", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(IsUtf8(text)) << text;
  // Neither overlong forms nor halves of UTF-16 pairs, up to U+10FFFF (RFC 3629).
  for (const char* text : {"p\xff.png", "\x80", "\xc3", "\xc3(", "\xe2\x82", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
                           "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80"})
    EXPECT_FALSE(IsUtf8(text)) << text;
}

TEST(Json, FingerprintsKeepAll64Bits) {
  const Json json = ParseJson("[18446744073709551615, 0, -1, 1.5, 1e300]", "f");
  const JsonCursor list(json, "f");
  EXPECT_EQ(list[size_t{0}].Unsigned(), ~uint64_t{0});
  EXPECT_EQ(list[1].Unsigned(), 0u);
  for (const size_t i : {2, 3, 4})
    EXPECT_THAT(ErrorTextOf<Error>([&] { list[i].Unsigned(); }), HasSubstr("expected an integer from 0 to 2^64 - 1"));
}

TEST_F(CursorTest, ErrorsNameFileAndKey) {
  EXPECT_EQ(ErrorTextOf<Error>([&] { root_["frames"][1]["path"].String(); }),
            "t.json: frames[1].path: expected a string, found 7\n");
  EXPECT_EQ(ErrorTextOf<Error>([&] { root_["frames"][0]["w"]; }), "t.json: frames[0]: \"w\" is missing\n");
  EXPECT_EQ(ErrorTextOf<Error>([&] { root_["frames"][2]; }), "t.json: frames: expected at least 3 elements, found 2\n");
  EXPECT_EQ(ErrorTextOf<Error>([&] { root_["none"].Number(); }), "t.json: none: expected a number, found null\n");
  EXPECT_EQ(ErrorTextOf<Error>([&] { root_["frames"][1]["w"].Integer(); }),
            "t.json: frames[1].w: expected an integer, found 2.5\n");
  EXPECT_EQ(ErrorTextOf<Error>([&] { root_["n"]["x"]; }), "t.json: n: expected an object with \"x\", found 3\n");
  EXPECT_EQ(ErrorTextOf<Error>([&] { root_["n"].Bool(); }), "t.json: n: expected true or false, found 3\n");
  EXPECT_EQ(ErrorTextOf<Error>([&] { root_["n"].size(); }), "t.json: n: expected an array, found 3\n");
}

}  // namespace
}  // namespace sanerf
