// HQ-SAM's contract on a tiny graph with the names and shapes of the official export. No pretrained weights are needed
// or used: what the real networks answer is not tested here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/sam/hq_test_support.h"
#include "sanerf/sam/load_sam.h"
#include "sanerf/sam/sam.h"
#include "sanerf/sam/set_image_test_support.h"

namespace sanerf::sam {
namespace {

using onnx_test::ChoosingDecoder;
using onnx_test::HqDecoder;
using onnx_test::HqEncoder;
using onnx_test::HqMask;
using onnx_test::HqShape;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr float kRed = 0.8f, kBlue = 0.7f;
constexpr float kNormalRed = (kRed - 0.485f) / 0.229f, kNormalBlue = (kBlue - 0.406f) / 0.225f;  // SAM's own constants

ImageF Plain() {
  ImageF image(128, 64, 3);
  for (int64_t i = 0; i < image.num_pixels(); ++i) {
    image.data[size_t(i) * 3] = kRed;
    image.data[size_t(i) * 3 + 2] = kBlue;
  }
  return image;
}

class HqSamTest : public testing::TestWithParam<HqShape> {
 protected:
  std::string Write(const onnx_test::Graph& encoder, const onnx_test::Graph& decoder) {
    return Write(encoder.Model(), decoder.Model());
  }
  std::string Write(const std::string& encoder, const std::string& decoder) {
    WriteFileAtomic(folder_ / "hq_encoder.onnx", encoder);
    WriteFileAtomic(folder_ / "hq_decoder.onnx", decoder);
    return folder_.path().string();
  }
  static std::string ErrorOf(const std::string& name) {
    return ErrorTextOf<Error>([&] { LoadSam(name, Job()); });
  }

  const TestFolder folder_;
};

using HqSamSizes = HqSamTest;

TEST_P(HqSamSizes, TheMaskIsSamsPlusWhatTheFirstIntermediateMapAdds) {
  const HqShape shape = GetParam();
  const auto sam = LoadSam(Write(HqEncoder(shape), HqDecoder(shape)), Job());
  const auto features = std::make_shared<SamFeatures>(sam->Encode(Plain(), Job()));
  ASSERT_EQ(features->maps.size(), 2u);
  EXPECT_EQ(features->maps[0].name, "image_embeddings");
  EXPECT_EQ(features->maps[0].shape, (std::vector<int64_t>{1, 256, 64, 64}));
  EXPECT_EQ(features->maps[1].name, "interm_embeddings");
  EXPECT_EQ(features->maps[1].shape, (std::vector<int64_t>{shape.num_maps, 1, 64, 64, shape.channels}));

  sam->SetFeatures(features);
  // Padded as SAM's: 128 pixels are 1024, factor 8.
  const auto masks = sam->Predict({{{100, 40, 1}, {10, 20, 0}}, {}, {}}, true, Job());
  ASSERT_EQ(masks.size(), 1u);
  EXPECT_EQ(masks[0].candidate, 0);
  EXPECT_NEAR(masks[0].logits.At(10, 10), kNormalRed + 10 * kNormalBlue, 1e-4);
  EXPECT_EQ(masks[0].logits.At(10, 200), 0);  // padding
  EXPECT_NEAR(masks[0].predicted_iou, 799.5e-3, 1e-6);

  // Other intermediate maps, another mask.
  auto without = std::make_shared<SamFeatures>(*features);
  std::fill(without->maps[1].data.begin(), without->maps[1].data.end(), 0.0f);
  sam->SetFeatures(without);
  EXPECT_NEAR(sam->Predict({{{100, 40, 1}, {10, 20, 0}}, {}, {}}, true, Job())[0].logits.At(10, 10), kNormalRed, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Backbones, HqSamSizes,
                         testing::Values(HqShape{4, 768}, HqShape{4, 1024}, HqShape{4, 1280}, HqShape{1, 160}),
                         [](const auto& info) {
                           return std::to_string(info.param.num_maps) + "x" + std::to_string(info.param.channels);
                         });

constexpr HqShape kTiny{1, 160};  // the fastest to run

TEST_F(HqSamTest, OneMaskWhateverTheExportsFlagsAndTheCallerAskFor) {
  const SamPrompt prompt{{{10, 40, 1}, {100, 20, 0}}, {}, {}};  // 79.5, 319.5, 799.5, 159.5: the third is the best
  const struct {
    HqMask mask;
    float logit, iou;
  } cases[] = {{HqMask::kCorrected, kNormalRed + 10 * kNormalBlue, 79.5e-3f},
               {HqMask::kBestCorrected, 3 * kNormalRed + 10 * kNormalBlue, 799.5e-3f},
               {HqMask::kHqTokenOnly, 10 * kNormalBlue, 79.5e-3f}};
  for (const auto& [mask, logit, iou] : cases) {
    const auto sam = LoadSam(Write(HqEncoder(kTiny), HqDecoder(kTiny, mask)), Job());
    SetImage(Plain(), sam.get());
    for (const bool multimask : {true, false}) {
      const auto masks = sam->Predict(prompt, multimask, Job());
      ASSERT_EQ(masks.size(), 1u) << int(mask);
      EXPECT_EQ(masks[0].candidate, 0);
      EXPECT_NEAR(masks[0].logits.At(10, 10), logit, 1e-4) << int(mask);
      EXPECT_NEAR(masks[0].predicted_iou, iou, 1e-6) << int(mask);
      for (const MaskRule rule : {MaskRule::kHighestPredictedIou, MaskRule::kSingleMask})
        EXPECT_EQ(&ChooseMask(masks, rule), &masks[0]);
    }
  }
}

TEST_F(HqSamTest, LoadsByPathsAndByFolder) {
  const std::string folder = Write(HqEncoder(kTiny), HqDecoder(kTiny));
  for (const std::string& name : {folder + "/hq_encoder.onnx," + folder + "/hq_decoder.onnx", folder}) {
    const auto sam = LoadSam(name, Job());
    EXPECT_EQ(sam->name(), name);
    SetImage(Plain(), sam.get());
    EXPECT_NEAR(sam->Predict({{{1, 1, 1}, {2, 2, 1}}, {}, {}}, true, Job())[0].logits.At(0, 0),
                kNormalRed + 10 * kNormalBlue, 1e-4);
  }
}

TEST_F(HqSamTest, OnlyTheImagesMapMayHaveAnotherName) {
  const auto sam = LoadSam(Write(HqEncoder(kTiny, "embedding"), HqDecoder(kTiny)), Job());
  const SamFeatures features = sam->Encode(Plain(), Job());
  ASSERT_EQ(features.maps.size(), 2u);
  EXPECT_EQ(features.maps[0].name, "image_embeddings");
  EXPECT_EQ(features.maps[0].shape.size(), 4u);
  EXPECT_EQ(features.maps[1].shape.size(), 5u);
}

TEST_F(HqSamTest, AnEncoderWithoutIntermediateMapsIsRefused) {
  const std::string decoder = HqDecoder(kTiny).Model();
  onnx_test::Graph plain;
  plain.Input("image", {1, 3, 1024, 1024})
      .Output("image_embeddings", {1, 256, 64, 64})
      .Floats("weights", {256, 3, 16, 16}, std::vector<float>(256 * 3 * 16 * 16))
      .Node("Conv", {"image", "weights"}, "image_embeddings",
            {onnx_test::Attribute("strides", std::vector<int64_t>{16, 16})});
  EXPECT_THAT(ErrorOf(Write(plain.Model(), decoder)),
              AllOf(HasSubstr("hq_encoder.onnx"), HasSubstr("no output \"interm_embeddings\""),
                    HasSubstr("its outputs: image_embeddings"), HasSubstr("docs/models.md")));
  EXPECT_THAT(ErrorOf(Write(HqEncoder(kTiny, "image_embeddings", "maps"), HqDecoder(kTiny))),
              AllOf(HasSubstr("no output \"interm_embeddings\""), HasSubstr("image_embeddings, maps")));
}

TEST_F(HqSamTest, IntermediateMapsOfAnotherShapeAreRefused) {
  const std::string needed = "needed is [1, 1, 64, 64, 160]";
  EXPECT_THAT(ErrorOf(Write(HqEncoder({1, 768}), HqDecoder(kTiny))),
              AllOf(HasSubstr("hq_encoder.onnx"), HasSubstr("\"interm_embeddings\" is [1, 1, 64, 64, 768]"),
                    HasSubstr(needed)));
  EXPECT_THAT(ErrorOf(Write(HqEncoder({4, 160}), HqDecoder(kTiny))),
              AllOf(HasSubstr("\"interm_embeddings\" is [4, 1, 64, 64, 160]"), HasSubstr(needed)));
  // A decoder that wants the map without the leading axis.
  onnx_test::Graph decoder = ChoosingDecoder();
  decoder.Input("interm_embeddings", {1, 64, 64, 160});
  EXPECT_THAT(ErrorOf(Write(HqEncoder(kTiny), decoder)),
              AllOf(HasSubstr("hq_decoder.onnx"), HasSubstr("\"interm_embeddings\" is [1, 64, 64, 160]"),
                    HasSubstr("needed is [any, 1, 64, 64, any]")));
}

TEST_F(HqSamTest, RefusesFeaturesWithoutTheIntermediateMaps) {
  const auto hq = LoadSam(Write(HqEncoder(kTiny), HqDecoder(kTiny)), Job());
  SamFeatures features = hq->Encode(Plain(), Job());
  features.maps[1].shape = {1, 64, 64, 160};
  EXPECT_THROW(hq->SetFeatures(std::make_shared<SamFeatures>(features)), Error);
  features.maps[1] = features.maps[0];
  EXPECT_THROW(hq->SetFeatures(std::make_shared<SamFeatures>(features)), Error);
}

}  // namespace
}  // namespace sanerf::sam
