#include "sanerf/sam/automatic_masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"

namespace sanerf::sam {
namespace {

using testing::HasSubstr;

constexpr int kSize = 64;

// A rectangle of logits `inside` on a ground of -9, with a rim one pixel wide of logits `rim` around it.
ImageF Rectangle(int x0, int y0, int x1, int y1, float inside = 9, float rim = -9) {
  ImageF logits(kSize, kSize, 1, -9.f);
  for (int y = std::max(y0 - 1, 0); y < std::min(y1 + 1, kSize); ++y)
    for (int x = std::max(x0 - 1, 0); x < std::min(x1 + 1, kSize); ++x)
      logits.At(x, y) = x >= x0 && x < x1 && y >= y0 && y < y1 ? inside : rim;
  return logits;
}

// Answers every point with the same candidates, or with those that `answer` gives for it.
class StubSam : public Sam {
 public:
  const std::string& name() const override { return name_; }
  uint64_t Fingerprint() const override { return 1; }
  MaskRule default_rule() const override { return MaskRule::kSingleMask; }
  SamFeatures Encode(const ImageF&, const Job&) const override { return {}; }
  std::unique_ptr<Sam> Share() const override { return nullptr; }
  void SetFeatures(std::shared_ptr<const SamFeatures>) override {}
  std::vector<SamMask> Predict(const SamPrompt& prompt, bool, const Job&) const override {
    asked.push_back(prompt.points.at(0));
    return answer ? answer(prompt.points[0]) : candidates;
  }
  ImageF ToImageFrame(const SamMask& mask) const override { return mask.logits; }
  ImageF ToImageFrame(const SamMask& mask, int, int) const override { return mask.logits; }
  ImageF FromImageFrame(const ImageF& logits) const override { return logits; }

  std::vector<SamMask> candidates;
  std::function<std::vector<SamMask>(const SamPrompt::Point&)> answer;
  mutable std::vector<SamPrompt::Point> asked;

 private:
  std::string name_ = "stub";
};

AutomaticMaskOptions AskAll() {
  AutomaticMaskOptions options;
  options.grid = 2;
  options.skip_area = 0;
  options.min_area = 0;
  options.predicted_iou = 0.8f;
  options.stability = 0.9f;
  return options;
}

std::vector<AutomaticMask> Generate(const StubSam& sam, const AutomaticMaskOptions& options, const Job& job = {}) {
  return GenerateMasks(sam, kSize, kSize, options, {}, job);
}

TEST(AutomaticMasksTest, AsksTheCentersOfTheGridsCells) {
  StubSam sam;
  std::vector<int> reported;
  GenerateMasks(
      sam, kSize, kSize / 2, AskAll(), [&](int done) { reported.push_back(done); }, Job());
  ASSERT_EQ(sam.asked.size(), 4u);
  EXPECT_EQ(sam.asked[0].x, 16.5f);  // (0 + 1/2) / 2 of 64 pixels: the pixel that begins there
  EXPECT_EQ(sam.asked[0].y, 8.5f);
  EXPECT_EQ(sam.asked[3].x, 48.5f);
  EXPECT_EQ(sam.asked[3].y, 24.5f);
  EXPECT_THAT(reported, testing::ElementsAre(1, 2, 3, 4));
}

TEST(AutomaticMasksTest, DropsWhatTheModelRatesLow) {
  StubSam sam;
  sam.candidates = {{Rectangle(0, 0, 20, 20), 0.79f, 1}, {Rectangle(30, 30, 60, 60), 0.81f, 2}};
  const auto masks = Generate(sam, AskAll());
  ASSERT_EQ(masks.size(), 1u);
  EXPECT_EQ(masks[0].candidate, 2);
  EXPECT_EQ(masks[0].mask.Count(), 900);
  EXPECT_EQ(masks[0].box.x0, 30);
  EXPECT_EQ(masks[0].box.y1, 60);
}

// 20 x 20 pixels inside; with the rim, which is between -1 and +1, 22 x 22: stability 400 / 484 = 0.826.
TEST(AutomaticMasksTest, StabilityIsTheIouAtTwoThresholds) {
  StubSam sam;
  sam.candidates = {{Rectangle(10, 10, 30, 30, 9, -0.5f), 0.9f, 1}};
  AutomaticMaskOptions options = AskAll();
  EXPECT_TRUE(Generate(sam, options).empty());
  options.stability = 0.8f;
  ASSERT_EQ(Generate(sam, options).size(), 1u);
  EXPECT_NEAR(Generate(sam, options)[0].stability, 400.0 / 484, 1e-6);
  EXPECT_EQ(Generate(sam, options)[0].mask.Count(), 400);  // the mask itself ends at 0
  options.stability = 0.9f;
  options.stability_offset = 0.4f;
  EXPECT_NEAR(Generate(sam, options).at(0).stability, 1, 1e-6);
}

TEST(AutomaticMasksTest, OfOverlappingBoxesTheBetterRatedStays) {
  StubSam sam;
  // Boxes of 400 pixels that share 320: IoU 320 / 480 = 0.67; those that share 360: 360 / 440 = 0.82.
  sam.candidates = {{Rectangle(10, 10, 30, 30), 0.85f, 1},
                    {Rectangle(12, 10, 32, 30), 0.95f, 2},
                    {Rectangle(16, 10, 36, 30), 0.9f, 3}};
  const auto masks = Generate(sam, AskAll());
  ASSERT_EQ(masks.size(), 2u);
  EXPECT_EQ(masks[0].candidate, 2);  // best first
  EXPECT_EQ(masks[1].candidate, 3);  // shares 320 with it
}

TEST(AutomaticMasksTest, NearDuplicatesGoEvenWhenTheirBoxesDiffer) {
  StubSam sam;
  ImageF with_whisker = Rectangle(10, 10, 30, 30);
  for (int x = 30; x < kSize; ++x) with_whisker.At(x, 20) = 9;  // 34 pixels more, the box nearly three times as wide
  sam.candidates = {{Rectangle(10, 10, 30, 30), 0.95f, 1}, {with_whisker, 0.9f, 2}};
  AutomaticMaskOptions options = AskAll();
  EXPECT_EQ(Generate(sam, options).size(), 1u);
  options.duplicate = 0.95f;  // they share 400 / 434 = 0.92
  EXPECT_EQ(Generate(sam, options).size(), 2u);
}

TEST(AutomaticMasksTest, NestedMasksMayBothStay) {
  StubSam sam;
  sam.candidates = {{Rectangle(10, 10, 20, 20), 0.9f, 1}, {Rectangle(5, 5, 40, 40), 0.9f, 2}};
  EXPECT_EQ(Generate(sam, AskAll()).size(), 2u);
  AutomaticMaskOptions options = AskAll();
  options.min_area = 101.0f / (kSize * kSize);
  EXPECT_EQ(Generate(sam, options).size(), 1u);
}

TEST(AutomaticMasksTest, PointsOnAStableMaskAreNotAskedAgain) {
  StubSam sam;
  sam.answer = [](const SamPrompt::Point& point) -> std::vector<SamMask> {
    const int left = point.x < 32 ? 0 : 32;
    return {{Rectangle(left, 0, left + 32, 64), 0.9f, 1}};
  };
  AutomaticMaskOptions options = AskAll();
  options.grid = 4;
  options.skip_area = 0.5f;
  EXPECT_EQ(Generate(sam, options).size(), 2u);
  EXPECT_EQ(sam.asked.size(), 2u);  // one in each half
  sam.asked.clear();
  options.skip_area = 0.4f;  // the halves are larger than that
  EXPECT_EQ(Generate(sam, options).size(), 2u);
  EXPECT_EQ(sam.asked.size(), 16u);
}

TEST(AutomaticMasksTest, OptionsOutOfRangeAndInterruption) {
  StubSam sam;
  AutomaticMaskOptions options;
  options.grid = 0;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Generate(sam, options); }),
              HasSubstr("auto.grid=0: expected an integer from 1 to 128"));
  options = {};
  options.stability = 1.5f;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Generate(sam, options); }), HasSubstr("auto.stability=1.5"));
  StopSource stop;
  stop.RequestStop();
  EXPECT_THAT(ErrorTextOf<InterruptedError>([&] { Generate(sam, AskAll(), Job().With(stop.token())); }),
              HasSubstr("interrupted"));
}

}  // namespace
}  // namespace sanerf::sam
