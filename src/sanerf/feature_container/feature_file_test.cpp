#include "sanerf/feature_container/feature_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <limits>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/odd_files_test_support.h"
#include "sanerf/feature_container/half.h"
#include "sanerf/sam/hq_test_support.h"
#include "sanerf/sam/load_sam.h"

namespace sanerf::feature_container {

using sam::SamFeatures;

namespace {

using testing::HasSubstr;

class FeatureFileTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::path(testing::TempDir()) /
            (std::string("feature_file_") + testing::UnitTest::GetInstance()->current_test_info()->name() + ".feat");
    stored_.view = "train/r 1.png";
    stored_.depth = ImageF(5, 3, 1);
    stored_.opacity = ImageF(5, 3, 1);
    for (size_t i = 0; i < 15; ++i) {
      stored_.depth.data[i] = 1.f / (static_cast<float>(i) + 3);
      stored_.opacity.data[i] = static_cast<float>(i) / 14.f;
    }
    stored_.features.image_width = 5;
    stored_.features.image_height = 3;
    stored_.features.maps = {{"high", {1, 2, 3}, {0.1f, -2.5f, 1e-7f, 60000.f, 0.f, -0.333f}},
                             {"embed", {1, 1}, {7.f}}};
  }
  void Write(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }
  std::string FailureOf(const std::string& view = "train/r 1.png") {
    try {
      ReadViewGeometry(path_, view, "the hint");
      ReadViewFeatures(path_, view, "the hint");
    } catch (const Error& error) {
      EXPECT_EQ(error.hint(), "the hint");
      return error.what();
    }
    return "no error";
  }

  std::filesystem::path path_;
  StoredView stored_;
};

TEST_F(FeatureFileTest, RoundTripKeepsDepthExactlyAndMapsToHalfPrecision) {
  Write(EncodeViewFile(stored_));
  const ViewGeometry geometry = ReadViewGeometry(path_, stored_.view, "");
  EXPECT_EQ(geometry.depth.data, stored_.depth.data);
  ASSERT_EQ(geometry.depth.width, 5);
  for (size_t i = 0; i < 15; ++i) EXPECT_NEAR(geometry.opacity.data[i], stored_.opacity.data[i], 0.5 / 255 + 1e-6);

  const SamFeatures features = ReadViewFeatures(path_, stored_.view, "");
  EXPECT_EQ(features.image_width, 5);
  EXPECT_EQ(features.image_height, 3);
  ASSERT_EQ(features.maps.size(), 2u);
  for (size_t m = 0; m < 2; ++m) {
    EXPECT_EQ(features.maps[m].name, stored_.features.maps[m].name);
    EXPECT_EQ(features.maps[m].shape, stored_.features.maps[m].shape);
    for (size_t i = 0; i < features.maps[m].data.size(); ++i) {
      EXPECT_EQ(features.maps[m].data[i], FloatFromHalf(HalfFromFloat(stored_.features.maps[m].data[i])));
    }
  }
}

TEST_F(FeatureFileTest, SameInputSameBytes) { EXPECT_EQ(EncodeViewFile(stored_), EncodeViewFile(stored_)); }

TEST_F(FeatureFileTest, TruncationAnywhereIsSaid) {
  const std::string bytes = EncodeViewFile(stored_);
  for (const size_t keep : {size_t{0}, size_t{10}, size_t{40}, bytes.size() / 2, bytes.size() - 1}) {
    Write(bytes.substr(0, keep));
    const std::string failure = FailureOf();
    EXPECT_THAT(failure, HasSubstr("truncated")) << keep;
    EXPECT_THAT(failure, HasSubstr(path_.string())) << keep;
  }
}

TEST_F(FeatureFileTest, DamageIsSaid) {
  const std::string good = EncodeViewFile(stored_);
  // A flipped bit in each section: depth is first, the last map is last.
  for (const size_t at : {good.find("]}") + 10, good.size() - 1}) {
    std::string bytes = good;
    bytes[at] ^= 4;
    Write(bytes);
    EXPECT_THAT(FailureOf(), HasSubstr("damaged")) << at;
  }
  std::string bytes = good;
  bytes[20] = '{';  // inside the JSON header
  Write(bytes);
  EXPECT_THAT(FailureOf(), HasSubstr("damaged"));
}

// A header that is whole and lies: sizes beyond the file, products that overflow, offsets that wrap around.
TEST_F(FeatureFileTest, SizesThatTheFileDoesNotHoldAreSaid) {
  const std::string good = EncodeViewFile(stored_);
  const auto failure_with = [&](const std::string& from, const std::string& to) {
    std::string bytes = good;
    const size_t at = bytes.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    bytes.replace(at, from.size(), to);
    uint32_t header_bytes = 0;
    std::memcpy(&header_bytes, &bytes[12], 4);
    header_bytes = uint32_t(header_bytes + to.size() - from.size());
    std::memcpy(&bytes[12], &header_bytes, 4);
    Write(bytes);
    return FailureOf();
  };
  const auto is_damaged = testing::AllOf(HasSubstr(path_.string()), HasSubstr("is damaged"));
  EXPECT_EQ(failure_with("\"view\"", "\"view\""), "no error");
  EXPECT_THAT(failure_with("[3,5]", "[-3,5]"), is_damaged);
  EXPECT_THAT(failure_with("[3,5]", "[3,5000000]"), is_damaged);
  EXPECT_THAT(failure_with("[3,5]", "[15]"), HasSubstr("its depth is not a picture"));
  EXPECT_THAT(failure_with("[3,5]", "[5,3]"), HasSubstr("depth and opacity differ in size"));
  // 60 bytes by a product that is 15 in 64 bits.
  EXPECT_THAT(failure_with("[3,5]", "[3,5,16777216,16777216,65536]"), is_damaged);
  EXPECT_THAT(failure_with("\"bytes\":60", "\"bytes\":60000000000"), is_damaged);
  EXPECT_THAT(failure_with("\"offset\":0", "\"offset\":18446744073709551600"), is_damaged);
  EXPECT_THAT(failure_with("\"offset\":0", "\"offset\":1000"), is_damaged);
  EXPECT_THAT(failure_with("\"type\":\"f4\"", "\"type\":\"f8\""), is_damaged);
  const std::string size = fmt::format("\"payload_bytes\":{}", 60 + 15 + 12 + 2);
  EXPECT_THAT(failure_with(size, "\"payload_bytes\":18446744073709551000"), is_damaged);
  EXPECT_THAT(failure_with(size, "\"payload_bytes\":900"), HasSubstr("is truncated"));
  // The last section where the first is, and a payload without room for both.
  const std::string last = "\"offset\":87";
  const std::string apart = good.substr(good.find(size), good.find(last) + last.size() - good.find(size));
  const std::string between = apart.substr(size.size(), apart.size() - size.size() - last.size());
  EXPECT_THAT(failure_with(apart, "\"payload_bytes\":88" + between + "\"offset\":0"),
              HasSubstr("is damaged: its sections share their bytes"));
}

TEST_F(FeatureFileTest, ForeignNewerAndMisplacedFilesAreSaid) {
  std::string bytes = EncodeViewFile(stored_);
  Write(bytes);
  EXPECT_THAT(FailureOf("train/r 2.png"), HasSubstr("another view"));
  bytes[8] = 9;
  Write(bytes);
  EXPECT_THAT(FailureOf(), HasSubstr("format 9"));
  Write("PNG and something that is longer than the preamble");
  EXPECT_THAT(FailureOf(), HasSubstr("not a feature file"));
  std::filesystem::remove(path_);
  EXPECT_THAT(FailureOf(), HasSubstr("No such file"));
}

TEST_F(FeatureFileTest, ValuesThatHalfPrecisionCannotHoldAreRefused) {
  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -70000.f}) {
    stored_.features.maps[0].data[2] = value;
    try {
      EncodeViewFile(stored_);
      FAIL() << value;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("'high'"));
    }
  }
}

TEST_F(FeatureFileTest, HqSamsFiveDimensionalMapsComeBackAsTheDecoderWantsThem) {
  const onnx_test::HqShape shape{4, 32};
  const std::filesystem::path folder = path_.string() + "_model";
  std::filesystem::create_directories(folder);
  WriteFileAtomic(folder / "encoder.onnx", onnx_test::HqEncoder(shape).Model());
  WriteFileAtomic(folder / "decoder.onnx", onnx_test::HqDecoder(shape).Model());
  const auto sam = sam::LoadSam(folder.string(), Job());
  stored_.features = sam->Encode(ImageF(64, 64, 3, 0.75f), Job());
  Write(EncodeViewFile(stored_));
  const auto read = std::make_shared<SamFeatures>(ReadViewFeatures(path_, stored_.view, ""));

  ASSERT_EQ(read->maps.size(), 2u);
  const models::Tensor &before = stored_.features.maps[1], &after = read->maps[1];
  EXPECT_EQ(after.name, "interm_embeddings");
  EXPECT_EQ(after.shape, (std::vector<int64_t>{4, 1, 64, 64, 32}));
  ASSERT_EQ(after.data.size(), before.data.size());
  for (size_t i = 0; i < after.data.size(); ++i)
    ASSERT_EQ(after.data[i], FloatFromHalf(HalfFromFloat(before.data[i]))) << i;

  const auto logit = [&](std::shared_ptr<const SamFeatures> features) {
    sam->SetFeatures(std::move(features));
    return sam->Predict({{{30, 30, 1}, {40, 40, 1}}, {}, {}}, true, Job()).at(0).logits.At(9, 9);
  };
  const float exact = logit(std::make_shared<SamFeatures>(stored_.features));
  EXPECT_GT(exact, 10);
  EXPECT_NEAR(logit(read), exact, 2e-3f * exact);

  // What half precision cannot hold is an error, not an infinity.
  stored_.features.maps[1].data.back() = 1e5f;
  try {
    EncodeViewFile(stored_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("'interm_embeddings'"), HasSubstr("100000")));
  }
  std::filesystem::remove_all(folder);
}

TEST(ViewFile, WhatIsNoFileIsRefused) {
  ExpectOddFilesAreRefused("a.feat", [](const std::filesystem::path& path) { ReadViewGeometry(path, "a", ""); });
  ExpectOddFilesAreRefused("a.feat", [](const std::filesystem::path& path) { ReadViewFeatures(path, "a", ""); });
}

}  // namespace
}  // namespace sanerf::feature_container
