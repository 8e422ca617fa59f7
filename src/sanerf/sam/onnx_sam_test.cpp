// The two exports' contracts on tiny models whose answers are known by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/models/onnx_test_support.h"
#include "sanerf/sam/load_sam.h"
#include "sanerf/sam/sam.h"
#include "sanerf/sam/set_image_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::sam {
namespace {

using onnx_test::Attribute;
using onnx_test::AverageEncoder;
using onnx_test::ChoosingDecoder;
using onnx_test::Graph;
using ::testing::AllOf;
using ::testing::HasSubstr;

// SAM 2's names. Masks: the map's first channel times 1, 2, 3, enlarged; IoUs: has_mask_input times 1, 2, 3.
Graph ThreeMaskDecoder() {
  Graph graph;
  graph.Input("image_embed", {1, 3, 64, 64})
      .Input("high_res_feats_0", {1, 3, 256, 256})
      .Input("high_res_feats_1", {1, 3, 128, 128})
      .Input("point_coords", {-1, -1, 2})
      .Input("point_labels", {-1, -1})
      .Input("mask_input", {-1, 1, 256, 256})
      .Input("has_mask_input", {1})
      .Output("masks", {-1, -1, -1, -1})
      .Output("iou_predictions", {-1, 3})
      .Floats("weights", {3, 3, 1, 1}, {1, 0, 0, 2, 0, 0, 3, 0, 0})
      .Floats("hundred", {1}, {100})
      .Floats("one_two_three", {1, 3}, {1, 2, 3})
      .Node("Conv", {"high_res_feats_0", "weights"}, "plain")
      .Node("Mul", {"plain", "hundred"}, "masks")
      .Node("Mul", {"one_two_three", "has_mask_input"}, "iou_predictions");
  return graph;
}

std::string ThreeMapEncoder() {
  Graph graph;
  graph.Input("image", {1, 3, 1024, 1024});
  const std::pair<const char*, int64_t> maps[] = {
      {"high_res_feats_0", 4}, {"high_res_feats_1", 8}, {"image_embed", 16}};
  for (const auto& [name, step] : maps)
    graph.Output(name, {1, 3, 1024 / step, 1024 / step})
        .Node("AveragePool", {"image"}, name,
              {Attribute("kernel_shape", std::vector<int64_t>{step, step}),
               Attribute("strides", std::vector<int64_t>{step, step})});
  return graph.Model();
}

// Left half white, right half black.
ImageF HalfWhite(int width, int height) {
  ImageF image(width, height, 3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width / 2; ++x)
      for (int c = 0; c < 3; ++c) image.At(x, y, c) = 1;
  return image;
}

class OnnxSamTest : public testing::Test {
 protected:
  std::string Write(const std::string& encoder, const std::string& decoder) {
    WriteFileAtomic(folder_ / "my_encoder.onnx", encoder);
    WriteFileAtomic(folder_ / "my_decoder.onnx", decoder);
    return folder_.path().string();
  }
  static std::string ErrorOf(const std::string& name) {
    return ErrorTextOf<Error>([&] { LoadSam(name, Job()); });
  }

  const TestFolder folder_;
};

TEST_F(OnnxSamTest, StandardDecoderGivesAllMasksAndGetsSamsCoordinates) {
  const auto sam = LoadSam(Write(AverageEncoder(), ChoosingDecoder().Model()), Job());
  SetImage(HalfWhite(128, 64), sam.get());
  // Padded: 128 pixels are 1024, factor 8, and SAM adds the half pixel itself.
  const auto masks = sam->Predict({{{100, 40, 1}, {10, 20, 0}}, {}, {}}, true, Job());
  ASSERT_EQ(masks.size(), 4u);
  const float expected[4] = {799.5f, 319.5f, 79.5f, 159.5f};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(masks[size_t(i)].candidate, i);
    EXPECT_NEAR(masks[size_t(i)].predicted_iou, expected[i] * 1e-3, 1e-6);
    EXPECT_NEAR(masks[size_t(i)].logits.At(10, 10), (i + 1) * (1 - 0.485) / 0.229, 1e-4);
  }
  EXPECT_EQ(&ChooseMask(masks, MaskRule::kSingleMask), &masks[0]);
  EXPECT_EQ(&ChooseMask(masks, MaskRule::kHighestPredictedIou), &masks[1]);
  const auto single = sam->Predict({{{100, 40, 1}, {10, 20, 0}}, {}, {}}, false, Job());
  ASSERT_EQ(single.size(), 1u);
  EXPECT_EQ(single[0].candidate, 0);
}

TEST_F(OnnxSamTest, BoxIsTwoPointsInFront) {
  const auto sam = LoadSam(Write(AverageEncoder(), ChoosingDecoder().Model()), Job());
  SetImage(HalfWhite(128, 64), sam.get());
  SamPrompt prompt;
  prompt.box = SamPrompt::Box{16, 8, 32, 24};
  const auto masks = sam->Predict(prompt, true, Job());
  const float expected[4] = {127.5f, 63.5f, 255.5f, 191.5f};
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(masks[size_t(i)].predicted_iou, expected[i] * 1e-3, 1e-6);
}

TEST_F(OnnxSamTest, MaskGoesBackOntoTheImage) {
  const auto sam = LoadSam(Write(AverageEncoder(), ChoosingDecoder().Model()), Job());
  for (const auto& [width, height] : {std::pair{192, 64}, std::pair{64, 192}, std::pair{512, 512}}) {
    SetImage(HalfWhite(width, height), sam.get());
    const ImageF logits = sam->ToImageFrame(sam->Predict({{{1, 1, 1}, {1, 1, 1}}, {}, {}}, true, Job())[0]);
    ASSERT_EQ(logits.width, width);
    ASSERT_EQ(logits.height, height);
    for (int y = 0; y < height; ++y) {
      ASSERT_GT(logits.At(width / 2 - 2, y), 0) << width << " x " << height << ", row " << y;
      ASSERT_LT(logits.At(width / 2 + 1, y), 0) << width << " x " << height << ", row " << y;
    }
  }
}

TEST_F(OnnxSamTest, EarlierMaskIsHandedOver) {
  const auto sam = LoadSam(Write(AverageEncoder(), ChoosingDecoder().Model()), Job());
  SetImage(ImageF(64, 64, 3, 1.0f), sam.get());
  SamPrompt prompt{{{1, 1, 1}, {2, 2, 1}}, {}, ImageF(256, 256, 1, -3.0f)};
  // all_masks = enlarged + has_mask_input * enlarged * mask_input
  EXPECT_NEAR(sam->Predict(prompt, true, Job())[0].logits.At(0, 0), (1 - 3) * (1 - 0.485) / 0.229, 1e-4);
}

TEST_F(OnnxSamTest, Sam2GetsThreeMapsAndAStretchedImage) {
  const auto sam = LoadSam(Write(ThreeMapEncoder(), ThreeMaskDecoder().Model()), Job());
  const SamFeatures features = sam->Encode(HalfWhite(300, 100), Job());
  ASSERT_EQ(features.maps.size(), 3u);
  EXPECT_EQ(features.maps[0].name, "high_res_feats_0");
  EXPECT_EQ(features.maps[2].shape, (std::vector<int64_t>{1, 3, 64, 64}));
  sam->SetFeatures(std::make_shared<SamFeatures>(features));
  const auto masks = sam->Predict({{{1, 1, 1}}, {}, ImageF(256, 256, 1)}, true, Job());
  // No single mask is offered: the hypotheses are numbered from 1.
  ASSERT_EQ(masks.size(), 3u);
  EXPECT_EQ(masks[0].candidate, 1);
  EXPECT_EQ(masks[2].predicted_iou, 3);
  EXPECT_EQ(masks[0].logits.At(3, 3), 32);       // limited as SAM 2 does
  EXPECT_EQ(masks[0].logits.At(200, 200), -32);  // the bottom is image, not padding
  EXPECT_EQ(ChooseMask(masks, MaskRule::kSingleMask).candidate, 3);
  EXPECT_EQ(sam->Predict({{{1, 1, 1}}, {}, ImageF(256, 256, 1)}, false, Job()).size(), 1u);
  const ImageF logits = sam->ToImageFrame(masks[0]);
  EXPECT_GT(logits.At(148, 99), 0);
  EXPECT_LT(logits.At(151, 99), 0);
}

TEST_F(OnnxSamTest, EncodesTheSameBytesEveryTime) {
  const auto sam = LoadSam(Write(AverageEncoder(), ChoosingDecoder().Model()), Job());
  const ImageF image = HalfWhite(100, 80);
  EXPECT_EQ(sam->Encode(image, Job()).maps[0].data, sam->Encode(image, Job()).maps[0].data);
}

TEST_F(OnnxSamTest, FingerprintFollowsTheFiles) {
  const uint64_t first = LoadSam(Write(AverageEncoder("a"), ChoosingDecoder().Model()), Job())->Fingerprint();
  const uint64_t same = LoadSam(Write(AverageEncoder("a"), ChoosingDecoder().Model()), Job())->Fingerprint();
  const uint64_t other = LoadSam(Write(AverageEncoder("b"), ChoosingDecoder().Model()), Job())->Fingerprint();
  EXPECT_EQ(first, same);
  EXPECT_NE(first, other);
}

TEST_F(OnnxSamTest, FingerprintFollowsWeightsBesideTheModel) {
  const std::string encoder = Graph()
                                  .Input("image", {1, 3, 1024, 1024})
                                  .Output("embedding", {1, 3, 64, 64})
                                  .ExternalFloats("factor", {1}, "my_encoder.onnx.data")
                                  .Node("AveragePool", {"image"}, "small",
                                        {Attribute("kernel_shape", std::vector<int64_t>{16, 16}),
                                         Attribute("strides", std::vector<int64_t>{16, 16})})
                                  .Node("Mul", {"small", "factor"}, "embedding")
                                  .Model();
  std::vector<uint64_t> fingerprints;
  for (const float factor : {1.0f, 2.0f, 1.0f}) {
    WriteFileAtomic(folder_ / "my_encoder.onnx.data", {reinterpret_cast<const char*>(&factor), sizeof factor});
    const auto sam = LoadSam(Write(encoder, ChoosingDecoder().Model()), Job());
    fingerprints.push_back(sam->Fingerprint());
    EXPECT_NEAR(sam->Encode(ImageF(64, 64, 3, 1.0f), Job()).maps[0].data[0], factor * (1 - 0.485) / 0.229, 1e-4);
  }
  EXPECT_NE(fingerprints[0], fingerprints[1]);
  EXPECT_EQ(fingerprints[0], fingerprints[2]);
  fs::remove(folder_ / "my_encoder.onnx.data");
  EXPECT_THAT(ErrorOf(folder_.path().string()), HasSubstr("my_encoder.onnx"));
}

TEST_F(OnnxSamTest, SaysWhatDoesNotFit) {
  const std::string decoder = ChoosingDecoder().Model();
  EXPECT_THAT(
      ErrorOf(Write(AverageEncoder("e", 512), decoder)),
      AllOf(HasSubstr("my_encoder.onnx"), HasSubstr("\"image\" is [1, 3, 512, 512], needed is [1, 3, 1024, 1024]")));
  EXPECT_THAT(ErrorOf(Write(AverageEncoder(), ChoosingDecoder("embedding").Model())),
              AllOf(HasSubstr("my_decoder.onnx"), HasSubstr("no mask decoder")));
  EXPECT_THAT(ErrorOf(Write(AverageEncoder(), AverageEncoder())),
              AllOf(HasSubstr("my_decoder.onnx"), HasSubstr("no mask decoder")));
  EXPECT_THAT(ErrorOf(Write(AverageEncoder(), ThreeMaskDecoder().Model())),
              AllOf(HasSubstr("my_encoder.onnx"), HasSubstr("no output \"high_res_feats_0\"")));
  EXPECT_THAT(ErrorOf(Write(decoder, decoder)), AllOf(HasSubstr("my_encoder.onnx"), HasSubstr("one input")));
  EXPECT_THAT(ErrorOf(Write(AverageEncoder(), decoder.substr(0, decoder.size() / 2))), HasSubstr("my_decoder.onnx"));
  EXPECT_THAT(ErrorOf((folder_ / "a.onnx").string() + "," + (folder_ / "my_decoder.onnx").string()),
              AllOf(HasSubstr("a.onnx"), HasSubstr("no such file")));
  fs::remove(folder_ / "my_decoder.onnx");
  EXPECT_THAT(ErrorOf(folder_.path().string()), AllOf(HasSubstr("0 .onnx"), HasSubstr("\"decoder\"")));
}

TEST_F(OnnxSamTest, RefusesAnotherModelsFeatures) {
  const auto sam = LoadSam(Write(AverageEncoder(), ChoosingDecoder().Model()), Job());
  auto features = std::make_shared<SamFeatures>(sam->Encode(ImageF(32, 32, 3), Job()));
  features->maps[0].shape = {1, 256, 64, 64};
  EXPECT_THROW(sam->SetFeatures(features), Error);
}

}  // namespace
}  // namespace sanerf::sam
