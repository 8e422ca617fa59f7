#include "sanerf/segmentation/text/search_photos.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"

namespace sanerf::segmentation {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Sees as many cups as the photo is bright, up to ten, and half a spoon.
class CountingDetector : public detect::TextDetector {
 public:
  explicit CountingDetector(std::vector<std::string> labels) : labels_(std::move(labels)) {}
  const std::string& name() const override { return name_; }
  const std::string& license() const override { return license_; }
  uint64_t Fingerprint() const override { return 1; }
  const std::vector<std::string>& Labels() const override { return labels_; }
  double box_threshold() const override { return 0.3; }
  void CheckPhrases(const std::vector<std::string>&) const override {}
  detect::Detections Detect(const ImageF& rgb, const std::vector<std::string>& phrases, const Job&) const override {
    const int num_cups = int(10 * rgb.data[0] + 0.5f);
    detect::Detections detections;
    for (const std::string& phrase : phrases) {
      detect::PhraseBoxes boxes;
      boxes.best_score = phrase == "cup" ? 0.9f : 0.2f;
      for (int i = 0; phrase == "cup" && i < num_cups; ++i)
        boxes.boxes.push_back({1, 2, 5, 6, 0.9f - 0.05f * float(i)});
      detections.phrases.push_back(boxes);
    }
    if (num_cups > 0) detections.seen = {{"cup", 0.9f}};
    return detections;
  }

 private:
  std::string name_ = "counter", license_;
  std::vector<std::string> labels_;
};

class SearchPhotosTest : public testing::Test {
 protected:
  SearchPhotosTest() {
    for (const int brightness : {0, 51, 255}) {
      scene::View view;
      view.name = "photo_" + std::to_string(scene_.views.size());
      view.image_path = folder_ / (view.name + ".png");
      view.camera.width = view.camera.height = 8;
      WritePng(view.image_path, ImageU8(8, 8, 3, uint8_t(brightness)));
      scene_.views.push_back(view);
    }
  }
  const TestFolder folder_;
  scene::Scene scene_;
};

TEST_F(SearchPhotosTest, KeepsTheBestBoxesOfEachViewInAPromptsPixels) {
  const auto found = SearchPhotos(CountingDetector({}), {"cup"}, scene_, {0, 1, 2}, Job());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FALSE(found[0].nowhere);
  const std::vector<BoxInView>& boxes = found[0].boxes;
  ASSERT_EQ(boxes.size(), 2u + 8u);  // none in the dark, two, and no more than eight
  EXPECT_EQ(boxes[0].view_idx, 1);
  EXPECT_EQ(boxes[0].box.view, "photo_1");
  EXPECT_EQ(boxes[0].box.x0, 0.5);  // integers are pixel centers there
  EXPECT_EQ(boxes[0].box.y1, 5.5);
  EXPECT_FLOAT_EQ(float(boxes[0].score), 0.9f);
  EXPECT_EQ(boxes[2].view_idx, 2);
}

TEST_F(SearchPhotosTest, WhatWasSeenInHowManyViewsIsSaid) {
  EventRecorder recorder;
  SearchPhotos(CountingDetector({}), {"cup", "spoon"}, scene_, {0, 1, 2}, Job().With(recorder));
  EXPECT_THAT(recorder.Texts("info"), testing::ElementsAre("text   seen in 3 views: cup in 2, spoon in none"));
  EventRecorder other;
  SearchPhotos(CountingDetector({}), {"spoon"}, scene_, {0, 1, 2}, Job().With(other));
  EXPECT_THAT(other.Texts("info"), testing::ElementsAre("text   seen in 3 views: spoon in none; besides: cup (2)"));
}

TEST_F(SearchPhotosTest, WhatIsNowhereIsSaidWithHowCloseItWas) {
  const auto error = [&](const std::vector<std::string>& labels) {
    const auto found = SearchPhotos(CountingDetector(labels), {"cup", "spoon"}, scene_, {0, 1, 2}, Job());
    EXPECT_FALSE(found[0].nowhere);
    return ErrorTextOf<NothingFound>([&] { throw found[1].nowhere.value(); });
  };
  EXPECT_THAT(error({}), AllOf(HasSubstr("the detector counter finds nothing like 'spoon' in 3 views: the best score "
                                         "is 0.20, 0.30 are needed\nit sees (in so many views): cup (2); "),
                               HasSubstr("--set text.box_threshold=0.16"), HasSubstr("say it in other words")));
  EXPECT_THAT(error({"cup", "spoon"}), Not(HasSubstr("say it in other words")));
}

}  // namespace
}  // namespace sanerf::segmentation
