#include "sanerf/viewer/pictures/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/viewer/pictures/frame_part.h"

namespace sanerf::viewer {
namespace {

using mask_aggregator::ObjectModel;
using testing::HasSubstr;

// The cereal box of the procedural scene as label 1, from exact masks.
class FramesTest : public mask_aggregator::AggregatorTest {
 protected:
  static void SetUpTestSuite() {
    mask_aggregator::AggregatorTest::SetUpTestSuite();
    frame_ = new FrameScene;
    frame_->nerf = std::make_shared<const nerf::NerfModel>(*nerf_);
    frame_->objects = std::make_shared<const ObjectModel>(
        mask_aggregator::TrainObjectModel(*nerf_, views_, 2, Options(), nullptr, Job()));
    frame_->color_of_label = {{1, 0xff0000}};
  }
  static void TearDownTestSuite() {
    delete frame_;
    mask_aggregator::AggregatorTest::TearDownTestSuite();
  }
  static Camera CameraOf(int width, int height) {
    return scene_->views[size_t(scene_->TestViews()[0])].camera.Resized(width, height);
  }
  static std::vector<FrameRecord> Records(const FrameRequest& request) {
    std::vector<FrameRecord> records;
    const auto keep = [&](const FrameRecord& record) {
      records.push_back(record);
      return true;
    };
    RenderFrame(*frame_, request, keep, Job());
    return records;
  }
  static inline FrameScene* frame_;
};

TEST_F(FramesTest, BlocksHaveTheBytesOfTheWholePicture) {
  const Camera camera = CameraOf(200, 170);
  const nerf::RenderedView whole = frame_->nerf->Render(camera, Job());
  const ImageU8 labels = frame_->objects->Render(camera, Job()).labels;
  ImageU8 times(200, 170, 1);
  double last = 0;
  for (const nerf::PixelBlock& block : BlocksFromTheMiddle(200, 170)) {
    const double distance = std::hypot(block.x0 + block.x1 - 200, block.y0 + block.y1 - 170);
    EXPECT_GE(distance, last);
    last = distance;
    const nerf::PartOfView view(camera, block);
    const FramePart part = RenderFramePart(*frame_, {camera, FrameLayer::kRgb, 1}, view, Job());
    const FramePart both = RenderFramePart(*frame_, {camera, FrameLayer::kOverlay, 1}, view, Job());
    for (int y = block.y0; y < block.y1; ++y) {
      for (int x = block.x0; x < block.x1; ++x) {
        ++times.At(x, y);
        const int u = x - block.x0, v = y - block.y0;
        for (int c = 0; c < 3; ++c) ASSERT_EQ(part.rgb.At(u, v, c), whole.rgb.At(x, y, c)) << x << " " << y;
        ASSERT_EQ(part.depth.At(u, v), whole.depth.At(x, y));
        ASSERT_EQ(part.opacity.At(u, v), whole.opacity.At(x, y));
        // The same in one pass with the labels, but for the rounding of what shines through.
        for (int c = 0; c < 3; ++c) ASSERT_NEAR(both.rgb.At(u, v, c), whole.rgb.At(x, y, c), 1e-6) << x << " " << y;
        ASSERT_EQ(both.depth.At(u, v), whole.depth.At(x, y));
        ASSERT_EQ(both.opacity.At(u, v), whole.opacity.At(x, y));
        ASSERT_EQ(both.labels.At(u, v), labels.At(x, y));
      }
    }
  }
  for (const uint8_t t : times.data) ASSERT_EQ(t, 1);
}

// Widths of the pictures that are of the whole frame, in their order.
TEST_F(FramesTest, TheLargerAFrameTheMoreCoarsePicturesComeFirst) {
  const auto widths = [](int width, int height) {
    std::vector<int> of_whole;
    const auto is_coarse = [&](const FrameRecord& record) {
      if (record.width < width) return false;
      ImageU8 picture;
      EXPECT_EQ(DecodeJpeg(record.bytes, &picture), "");
      of_whole.push_back(picture.width);
      return true;
    };
    RenderFrame(*frame_, {CameraOf(width, height), FrameLayer::kRgb, -1}, is_coarse, Job());
    return of_whole;
  };
  EXPECT_THAT(widths(128, 128), testing::ElementsAre(128));
  EXPECT_THAT(widths(200, 170), testing::ElementsAre(50));
  EXPECT_THAT(widths(320, 240), testing::ElementsAre(40, 160));
  EXPECT_THAT(widths(640, 480), testing::ElementsAre(80, 160));
}

TEST_F(FramesTest, TheWholeCoarselyThenItsBlocks) {
  const Camera camera = CameraOf(200, 170);
  const std::vector<FrameRecord> records = Records({camera, FrameLayer::kRgb, -1});
  ASSERT_EQ(records.size(), 1 + BlocksFromTheMiddle(200, 170).size());
  EXPECT_EQ(records[0].width, 200);
  EXPECT_EQ(records[0].height, 170);
  // JPEG at this quality differs by no more than a few levels from what was rendered.
  const ImageU8 whole = ToU8(frame_->nerf->Render(camera, Job()).rgb);
  double difference = 0;
  for (size_t i = 1; i < records.size(); ++i) {
    const FrameRecord& record = records[i];
    ImageU8 picture;
    ASSERT_EQ(DecodeJpeg(record.bytes, &picture), "");
    ASSERT_EQ(picture.width, record.width);
    ASSERT_EQ(picture.height, record.height);
    for (int y = 0; y < record.height; ++y)
      for (int x = 0; x < record.width; ++x)
        for (int c = 0; c < 3; ++c)
          difference += std::abs(picture.At(x, y, c) - whole.At(record.x0 + x, record.y0 + y, c));
  }
  EXPECT_LT(difference / double(whole.data.size()), 2.5);
}

TEST_F(FramesTest, EndsWhenNobodyListensOrItIsStopped) {
  const FrameRequest request{CameraOf(200, 170), FrameLayer::kDepth, -1};
  int num_records = 0;
  RenderFrame(
      *frame_, request, [&](const FrameRecord&) { return ++num_records < 3; }, Job());
  EXPECT_EQ(num_records, 3);

  StopSource stop;
  const auto stop_at_second = [&](const FrameRecord&) {
    if (++num_records == 5) stop.RequestStop();
    return true;
  };
  EXPECT_THROW(RenderFrame(*frame_, request, stop_at_second, Job().With(stop.token())), InterruptedError);
  EXPECT_EQ(num_records, 5);
}

TEST_F(FramesTest, MasksAndCutoutsAreExact) {
  const Camera camera = CameraOf(64, 64);  // so small that it is one record
  const ImageU8 mask = MaskOfLabel(frame_->objects->Render(camera, Job()).labels, 1);
  const std::vector<FrameRecord> of_mask = Records({camera, FrameLayer::kMask, 1});
  ASSERT_EQ(of_mask.size(), 1u);
  ImageU8 picture;
  ASSERT_EQ(DecodePng(of_mask[0].bytes, &picture), "");
  EXPECT_EQ(picture.data, mask.data);

  const std::vector<FrameRecord> of_cutout = Records({camera, FrameLayer::kCutout, 1});
  ASSERT_EQ(DecodePng(of_cutout.at(0).bytes, &picture), "");
  ASSERT_EQ(picture.channels, 4);
  int64_t differing = 0;
  for (size_t i = 0; i < mask.data.size(); ++i) differing += (picture.data[4 * i + 3] > 127) != (mask.data[i] != 0);
  EXPECT_EQ(differing, 0);

  // Without an object all visible ones are meant, in their colors.
  ASSERT_EQ(DecodePng(Records({camera, FrameLayer::kMask, -1}).at(0).bytes, &picture), "");
  ASSERT_EQ(picture.channels, 3);
  for (size_t i = 0; i < mask.data.size(); ++i) {
    ASSERT_EQ(picture.data[3 * i], mask.data[i]);
    ASSERT_EQ(picture.data[3 * i + 1], 0);
  }
}

TEST_F(FramesTest, WithoutTheObjectShowsWhatIsBehindAndLeavesTheRest) {
  const Camera camera = CameraOf(64, 64);
  const nerf::RenderedView before = frame_->nerf->Render(camera, Job());
  const FramePart after = RenderFramePart(*frame_, {camera, FrameLayer::kWithout, 1}, camera, Job());
  const ImageU8 labels = frame_->objects->Render(camera, Job()).labels;
  int64_t object = 0, farther = 0, others = 0, same = 0;
  for (size_t i = 0; i < labels.data.size(); ++i) {
    const bool has_gone = after.depth.data[i] > before.depth.data[i] * 1.01f || after.depth.data[i] == 0;
    float difference = 0;
    for (size_t c = 0; c < 3; ++c)
      difference = std::max(difference, std::fabs(after.rgb.data[3 * i + c] - before.rgb.data[3 * i + c]));
    object += labels.data[i] == 1;
    farther += labels.data[i] == 1 && has_gone;
    others += labels.data[i] != 1;
    same += labels.data[i] != 1 && difference < 0.02f;
  }
  ASSERT_GT(object, 50);
  EXPECT_GT(double(farther), 0.7 * double(object));
  EXPECT_GT(double(same), 0.9 * double(others));
}

TEST_F(FramesTest, DisagreementGlowsAlongTheOutlineOnly) {
  const Camera camera = CameraOf(64, 64);
  const FramePart part = RenderFramePart(*frame_, {camera, FrameLayer::kDisagreement, 1}, camera, Job());
  int64_t unsure = 0;
  for (const float p : part.probability.data) {
    ASSERT_GE(p, 0.499f);  // of two labels the one that won
    ASSERT_LE(p, 1.0001f);
    unsure += p < 0.75f;
  }
  EXPECT_LT(unsure, 64 * 64 / 4);
}

TEST_F(FramesTest, WhatNobodyVotedOnIsNoDisagreement) {
  const Camera camera = CameraOf(64, 64);
  const FrameRequest request{camera, FrameLayer::kDisagreement, -1};
  const auto glowing = [&](const FrameScene& scene) {
    const FramePart part = RenderFramePart(scene, request, camera, Job());
    const ImageU8 picture = Paint(part, scene, request, {}, Outlines::kNone);
    int64_t count = 0;
    for (size_t i = 0; i < picture.data.size(); i += 3) count += picture.data[i] > picture.data[i + 2] + 40;
    return count;
  };
  EXPECT_GT(glowing(*frame_), 10);
  FrameScene unvoted = *frame_;
  const auto nobody =
      std::make_shared<const mask_aggregator::LabelPrior>(mask_aggregator::LabelPrior::FromLogits(16, {}, 2, {}));
  unvoted.objects = std::make_shared<const ObjectModel>(ObjectModel::OfVote(nobody, *nerf_));
  EXPECT_EQ(glowing(unvoted), 0);
  // Met by somebody's rays, but under no label.
  std::vector<float> cells;
  for (int x = 0; x < 16; ++x)
    for (int y = 0; y < 16; ++y)
      for (int z = 0; z < 16; ++z) cells.insert(cells.end(), {float(x), float(y), float(z)});
  const auto silent = std::make_shared<const mask_aggregator::LabelPrior>(
      mask_aggregator::LabelPrior::FromLogits(16, cells, 2, std::vector<float>(2 * 16 * 16 * 16, 0)));
  unvoted.objects = std::make_shared<const ObjectModel>(ObjectModel::OfVote(silent, *nerf_));
  EXPECT_EQ(glowing(unvoted), 0);
}

TEST_F(FramesTest, SaysWhatCannotBeShown) {
  EXPECT_EQ(ParseFrameLayer("without"), FrameLayer::kWithout);
  EXPECT_THAT(ErrorTextOf<UsageError>([] { ParseFrameLayer("overlai"); }), HasSubstr("did you mean 'overlay'?"));
  FrameScene without_answer = *frame_;
  without_answer.objects = nullptr;
  const FrameRequest request{CameraOf(64, 64), FrameLayer::kCutout, 1};
  const auto ignore = [](const FrameRecord&) { return true; };
  EXPECT_THAT(ErrorTextOf<Error>([&] { RenderFrame(without_answer, request, ignore, Job()); }),
              HasSubstr("there is none yet"));
  EXPECT_NO_THROW(RenderFrame(without_answer, {request.camera, FrameLayer::kOverlay, -1}, ignore, Job()));
  EXPECT_THAT(ErrorTextOf<Error>([&] {
                RenderFrame(*frame_, {request.camera, FrameLayer::kMask, 2}, ignore, Job());
              }),
              HasSubstr("not in the answer so far"));
}

}  // namespace
}  // namespace sanerf::viewer
