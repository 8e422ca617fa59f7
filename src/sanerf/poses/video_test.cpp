#include "sanerf/poses/video.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf::poses {
namespace {

using ::testing::HasSubstr;

VideoInfo ReadStream(const std::string& stream, const std::string& format = "{}") {
  return ReadProbe("{\"streams\": [" + stream + "], \"format\": " + format + "}", "clip.mp4");
}

// As ffprobe 5.1 writes it of a telephone's video that was held upright.
TEST(Probe, OfATelephoneHeldUpright) {
  const VideoInfo info = ReadStream(R"({"codec_name": "hevc", "width": 1920, "height": 1080,
      "sample_aspect_ratio": "1:1", "avg_frame_rate": "30000/1001", "r_frame_rate": "30/1", "duration": "12.500000",
      "side_data_list": [{"side_data_type": "Display Matrix", "displaymatrix": "...", "rotation": -90}]})");
  EXPECT_EQ(info.width, 1080);
  EXPECT_EQ(info.height, 1920);
  EXPECT_NEAR(info.fps, 29.97, 0.01);
  EXPECT_EQ(info.seconds, 12.5);
  EXPECT_FALSE(info.is_stretched);
}

TEST(Probe, OlderTagsOtherContainersAndWidePixels) {
  EXPECT_EQ(
      ReadStream(R"({"width": 64, "height": 48, "avg_frame_rate": "25/1", "duration": "1", "tags": {"rotate": "270"}})")
          .width,
      48);
  EXPECT_EQ(
      ReadStream(R"({"width": 64, "height": 48, "avg_frame_rate": "25/1", "duration": "1", "tags": {"rotate": "180"}})")
          .width,
      64);
  const VideoInfo matroska =
      ReadStream(R"({"width": 64, "height": 48, "avg_frame_rate": "0/0", "r_frame_rate": "24/1", "duration": "N/A"})",
                 R"({"duration": "7.25"})");
  EXPECT_EQ(matroska.seconds, 7.25);
  EXPECT_EQ(matroska.fps, 24);
  const VideoInfo wide = ReadStream(
      R"({"width": 720, "height": 576, "sample_aspect_ratio": "16:15", "avg_frame_rate": "25/1", "duration": "3"})");
  EXPECT_TRUE(wide.is_stretched);
  EXPECT_EQ(wide.width, 768);
}

TEST(Probe, WhatIsNoVideoIsSaid) {
  const auto error = [](const std::string& json) { return ErrorTextOf<Error>([&] { ReadProbe(json, "a.mp4"); }); };
  for (const char* none : {"{}", "[]", R"({"streams": []})", R"({"streams": 3})", R"({"streams": [5]})"})
    EXPECT_THAT(error(none), HasSubstr("a.mp4 is not a video that ffmpeg reads: it has no pictures")) << none;
  EXPECT_THAT(error(R"({"streams": [{"avg_frame_rate": "25/1", "duration": "1"}]})"), HasSubstr("how large"));
  EXPECT_THAT(error(R"({"streams": [{"width": -3, "height": 1e9, "avg_frame_rate": "25/1", "duration": "1"}]})"),
              HasSubstr("how large"));
  EXPECT_THAT(error(R"({"streams": [{"width": 8, "height": 8, "avg_frame_rate": "25/1", "duration": "0"}]})"),
              HasSubstr("how long"));
  EXPECT_THAT(error("ffprobe?"), HasSubstr("ffprobe"));
}

TEST(Candidates, AreAllOfAShortVideoAndEightForEachPhotoOfALongOne) {
  VideoInfo info;
  info.fps = 30;
  info.seconds = 10;
  EXPECT_EQ(CandidateRate(info, 150), 30);
  info.seconds = 100;
  EXPECT_EQ(CandidateRate(info, 150), 12);
}

// Reads an expression of eq(n,K), + and parentheses as ffmpeg does, and says how deep it is.
struct SelectReader {
  const std::string& text;
  size_t at = 0;
  int depth = 0, deepest = 0;
  std::vector<int> numbers = {};

  void Term() {
    if (text[at] == '(') {
      ++at;
      deepest = std::max(deepest, ++depth);
      Sum();
      --depth;
      ASSERT_EQ(text[at], ')');
      ++at;
      return;
    }
    ASSERT_EQ(text.substr(at, 5), "eq(n,");
    size_t digits = 0;
    numbers.push_back(std::stoi(text.substr(at + 5), &digits));
    at += 5 + digits;
    ASSERT_EQ(text[at], ')');
    ++at;
  }
  void Sum() {
    Term();
    while (at < text.size() && text[at] == '+') {
      ++at;
      Term();
    }
  }
};

TEST(Select, NamesEveryFrameAndIsFlat) {
  for (const int count : {1, 2, 3, 5, 150, 2000}) {
    std::vector<int> frames(static_cast<size_t>(count));
    std::iota(frames.begin(), frames.end(), 7);
    const std::string text = SelectExpression(frames);
    SelectReader reader{text};
    reader.Sum();
    EXPECT_EQ(reader.at, text.size());
    EXPECT_EQ(reader.numbers, frames);
    EXPECT_LE(reader.deepest, 11);
  }
  EXPECT_EQ(SelectExpression({}), "0");
}

TEST(ReadCount, OfColmapsLines) {
  int done = 0, total = 0;
  EXPECT_TRUE(ReadCount("Processed file [3/10]", "Processed file", &done, &total));
  EXPECT_EQ(done, 3);
  EXPECT_EQ(total, 10);
  EXPECT_TRUE(ReadCount("I1201 12:00 x.cc:9] Processed file [7/8]", "Processed file", &done, &total));
  EXPECT_EQ(done, 7);
  EXPECT_FALSE(ReadCount("Processed file", "Processed file", &done, &total));
  EXPECT_FALSE(ReadCount("Elapsed time: 3", "Processed file", &done, &total));
}

}  // namespace
}  // namespace sanerf::poses
