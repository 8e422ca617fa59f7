#include "sanerf/segmentation/automatic/associate_masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"
#include "sanerf/segmentation/automatic/coplanar.h"
#include "sanerf/segmentation/automatic/found_object.h"

namespace sanerf::segmentation {
namespace {

using namespace testing_scene;
using testing::HasSubstr;

constexpr mask_decoder::DepthTolerance kTolerance{0.02, 0.03};
constexpr int kNumAround = 8, kHidden = 8;

// Eight cameras around the two balls, and one for which the other ball hides nearly all of the first.
scene::Scene AroundTheBalls() {
  scene::Scene scene;
  for (int i = 0; i < kNumAround; ++i) {
    const double angle = (i + 0.5) * 2 * M_PI / kNumAround;
    scene.views.push_back(MakeView("view" + std::to_string(i) + ".png",
                                   Vec3(0.7, 2.5, 0) + 4.5 * Vec3(std::cos(angle), 0, std::sin(angle)),
                                   Vec3(0.7, 0.3, 0)));
  }
  scene.views.push_back(MakeView("hidden.png", {6, 0.6, 0.1}, kBallCenter));
  return scene;
}

class AssociateMasksTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.step = 1;
    for (int view = 0; view <= kHidden; ++view) all_views_.push_back(view);
  }

  // The pixels that show a point of which `is_inside` is true.
  template <class F>
  BitMask MaskWhere(int view, const F& is_inside) const {
    const Camera camera = container_.WorkingCamera(view);
    ImageU8 mask(camera.width, camera.height, 1);
    for (int y = 0; y < mask.height; ++y)
      for (int x = 0; x < mask.width; ++x) {
        const Vec3 ray = camera.RayInWorld({x + 0.5, y + 0.5});
        const Hit hit = Trace(camera.center(), ray);
        if (hit.label != kNothing && is_inside(hit.label, Vec3(camera.center() + hit.z * ray))) mask.At(x, y) = 255;
      }
    return BitMask::Above(mask, uint8_t{0});
  }
  template <class F>
  void AddMasks(const std::vector<int>& views, const F& is_inside) {
    for (const int view : views) {
      BitMask mask = MaskWhere(view, is_inside);
      if (mask.Count() > 10) masks_.push_back({view, std::move(mask), 0.9f, 1});
    }
  }
  void AddLabel(int label) {
    AddMasks(all_views_, [=](int at, const Vec3&) { return at == label; });
  }
  MaskOverlaps Overlaps() const { return MaskOverlaps(masks_, container_, kTolerance, options_.step, Job()); }
  Association Associate() const { return AssociateMasks(masks_, Overlaps(), options_, Job()); }
  // The label that most of the object's pixels show.
  int LabelOf(const FoundObject& object) const {
    std::map<int, int64_t> votes;
    for (const int m : object.masks) {
      const FoundMask& mask = masks_[size_t(m)];
      for (const int label : {kTable, kBall, kOther})
        votes[label] += mask.mask.CountBoth(MaskWhere(mask.view_idx, [=](int at, const Vec3&) { return at == label; }));
    }
    return std::max_element(votes.begin(), votes.end(), [](auto& a, auto& b) { return a.second < b.second; })->first;
  }

  scene::Scene scene_ = AroundTheBalls();
  AnalyticContainer container_{scene_};
  AssociateOptions options_;
  std::vector<FoundMask> masks_;
  std::vector<int> all_views_;
};

TEST_F(AssociateMasksTest, OverlapsAreThoseOfTheSurface) {
  AddLabel(kBall);
  const int num_ball = int(masks_.size());
  AddLabel(kOther);
  const MaskOverlaps overlaps = Overlaps();
  EXPECT_GT(overlaps.Of(0, 1).Iou(), 0.9);          // the ball in neighboring views
  EXPECT_LT(overlaps.Of(0, num_ball).Iou(), 0.02);  // two balls in one view
  EXPECT_LT(overlaps.Of(0, num_ball + 1).Iou(), 0.1);
  EXPECT_NEAR(overlaps.Of(0, 0).Iou(), 1, 1e-9);
  EXPECT_EQ(overlaps.Seen(0, overlaps.view_of(0)), masks_[0].mask.Count());
  // From the other side nothing of what this view shows of the ball can be seen but its top.
  EXPECT_LT(overlaps.Seen(0, overlaps.view_of(4)), overlaps.size(0) / 2);
}

TEST_F(AssociateMasksTest, TwoObjectsOnATableOneOfThemOnceHidden) {
  AddLabel(kBall);
  AddLabel(kOther);
  AddLabel(kTable);
  const Association found = Associate();
  ASSERT_EQ(found.objects.size(), 2u);
  EXPECT_EQ(found.num_background, 1);  // the table covers most of the pictures' borders
  EXPECT_THAT((std::vector<int>{LabelOf(found.objects[0]), LabelOf(found.objects[1])}),
              testing::UnorderedElementsAre(kBall, kOther));
  for (const FoundObject& object : found.objects) {
    EXPECT_GE(object.masks.size(), size_t(kNumAround));
    EXPECT_GT(object.agreement, 0.85);
    const int label = LabelOf(object);
    for (const int m : object.masks) {
      const BitMask truth = MaskWhere(masks_[size_t(m)].view_idx, [=](int at, const Vec3&) { return at == label; });
      EXPECT_NEAR(masks_[size_t(m)].mask.Iou(truth), 1, 1e-9);
    }
  }
  EXPECT_GE(found.objects[0].size, found.objects[1].size);
}

TEST_F(AssociateMasksTest, AWholeThatAllViewsConfirmIsTakenInsteadOfItsParts) {
  AddLabel(kBall);
  AddMasks(all_views_, [](int at, const Vec3& p) { return at == kBall && p.y() > 0.75; });   // its top
  AddMasks({0, 1, 2, 3}, [](int at, const Vec3& p) { return at == kBall && p.z() > 0.1; });  // a side
  const Association found = Associate();
  ASSERT_EQ(found.objects.size(), 1u);
  EXPECT_GE(found.num_other_levels, 1);
  for (const int m : found.objects[0].masks) {
    const BitMask truth = MaskWhere(masks_[size_t(m)].view_idx, [](int at, const Vec3&) { return at == kBall; });
    EXPECT_NEAR(masks_[size_t(m)].mask.Iou(truth), 1, 1e-9);
  }
}

// Both balls as one thing in half of the views; every view tells them apart.
TEST_F(AssociateMasksTest, AGroupOfObjectsThatFewViewsConfirmIsNotTaken) {
  AddLabel(kBall);
  AddLabel(kOther);
  AddMasks({0, 2, 4, 6}, [](int at, const Vec3&) { return at != kTable; });
  options_.min_agreement = 0.3;
  const Association found = Associate();
  ASSERT_EQ(found.objects.size(), 2u);
  for (const FoundObject& object : found.objects) EXPECT_GT(object.agreement, 0.8);
}

TEST_F(AssociateMasksTest, WhatOneViewAloneShowsIsDropped) {
  AddLabel(kBall);
  AddMasks({3}, [](int at, const Vec3& p) { return at == kTable && (p - Vec3(-1, 0, 0)).norm() < 0.5; });
  const Association found = Associate();
  ASSERT_EQ(found.objects.size(), 1u);
  EXPECT_EQ(LabelOf(found.objects[0]), kBall);
  EXPECT_EQ(found.num_rare, 1);
  options_.min_views = 100;
  EXPECT_TRUE(Associate().objects.empty());
  masks_.clear();
  EXPECT_TRUE(Associate().objects.empty());
}

TEST_F(AssociateMasksTest, DrawingsOnASurfaceAreNoObjects) {
  AddLabel(kBall);
  AddMasks(all_views_, [](int at, const Vec3& p) { return at == kTable && std::abs(p.x() - 0.7) < 0.6 && p.z() > 1; });
  ASSERT_EQ(Associate().objects.size(), 2u);
  for (FoundMask& mask : masks_) mask.is_coplanar = IsCoplanar(mask.mask, container_.Depth(mask.view_idx, Job()));
  const Association found = Associate();
  ASSERT_EQ(found.objects.size(), 1u);
  EXPECT_EQ(LabelOf(found.objects[0]), kBall);
  EXPECT_GE(found.num_coplanar, 1);
}

TEST_F(AssociateMasksTest, PointsOfAFoundObjectLieOnItAndAllAround) {
  AddLabel(kBall);
  masks_[0].mask.Add(MaskWhere(masks_[0].view_idx, [](int at, const Vec3&) { return at == kOther; }));  // a mistake
  const Association found = Associate();
  ASSERT_EQ(found.objects.size(), 1u);
  const mask_decoder::ObjectPrompt prompt = PromptOf(found.objects[0], masks_, container_, {6, kTolerance}, Job());
  ASSERT_EQ(prompt.points.size(), 6u);
  Vec3 mean = Vec3::Zero();
  for (const mask_decoder::PointPrompt& point : prompt.points) {
    EXPECT_NEAR((point.p - kBallCenter).norm(), kBallRadius, 0.03);
    EXPECT_EQ(point.label, 1);
    mean += point.p / 6;
  }
  EXPECT_LT((mean - kBallCenter).norm(), 0.4);  // not all on one side
}

TEST_F(AssociateMasksTest, ViewsThatWereNotSearchedGetAMaskFromThePoints) {
  AddMasks({0, 2, 4, 6}, [](int at, const Vec3&) { return at == kBall; });
  masks_[0].mask.Add(MaskWhere(0, [](int at, const Vec3& p) { return at == kTable && p.norm() < 0.6; }));
  const Association found = Associate();
  ASSERT_EQ(found.objects.size(), 1u);
  mask_decoder::ObjectPrompt prompt = PromptOf(found.objects[0], masks_, container_, {6, kTolerance}, Job());
  prompt.name = "object_01";
  AnalyticSam sam;
  size_t num_views = 0;
  const mask_decoder::DecodedObject decoded =
      DecodeFound(prompt, {all_views_, MasksOf(found.objects[0], masks_), [&] { ++num_views; }},
                  {scene_, container_, sam, Similarity(), {}}, Job());
  ASSERT_EQ(decoded.views.size(), all_views_.size());
  EXPECT_EQ(num_views, all_views_.size());
  EXPECT_EQ(decoded.points.size(), prompt.points.size());
  EXPECT_EQ(sam.prompts.size(), all_views_.size() - 4 - 1);              // the hidden view sees too few of the points
  EXPECT_EQ(decoded.views[0].mask.data, masks_[0].mask.ToImage().data);  // its own
  EXPECT_THAT(decoded.views[0].reason, HasSubstr("without a prompt"));
  for (const int view : {1, 3, 5, 7}) {
    EXPECT_TRUE(decoded.views[size_t(view)].used);
    EXPECT_EQ(decoded.views[size_t(view)].mask.data,
              MaskWhere(view, [](int at, const Vec3&) { return at == kBall; }).ToImage().data);
  }
  EXPECT_FALSE(decoded.views[kHidden].used);
}

TEST_F(AssociateMasksTest, OptionsOutOfRangeAndInterruption) {
  AddLabel(kBall);
  options_.match = 0;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Associate(); }),
              HasSubstr("auto.match=0: expected a number from 0.05 to 1"));
  options_.match = 0.5;
  StopSource stop;
  stop.RequestStop();
  EXPECT_THAT(ErrorTextOf<InterruptedError>(
                  [&] { MaskOverlaps(masks_, container_, kTolerance, options_.step, Job().With(stop.token())); }),
              HasSubstr("comparing the views' masks interrupted"));
}

}  // namespace
}  // namespace sanerf::segmentation
