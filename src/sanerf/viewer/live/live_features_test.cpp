#include "sanerf/viewer/live/live_features.h"

#include "sanerf/core/files.h"
#include "sanerf/feature_container/cache_index.h"
#include "sanerf/feature_container/encoded_views_test_support.h"

namespace sanerf::viewer {
namespace {

using LiveFeaturesTest = feature_container::EncodedViewsTest;

TEST_F(LiveFeaturesTest, WhatAFirstAnswerReadsStaysInMemoryWhileMoreViewsAreEncoded) {
  static_assert(kNumViews <= kFirstViews);
  LiveFeatures features(folder_, scene_, field_.fingerprint, sam_.fingerprint, options_.size, Job());
  EXPECT_FALSE(features.Has(0));
  EXPECT_THROW(features.Features(0, Job()), Error);
  std::vector<int> encoded;
  std::vector<std::shared_ptr<const sam::SamFeatures>> seen;
  for (int view = 0; view < kNumViews; ++view) {
    encoded.push_back(view);
    Encode(encoded);
    features.Reload(Job());
    ASSERT_TRUE(features.Has(view));
    seen.push_back(features.Features(view, Job()));
    features.Depth(view, Job());
  }
  for (int view = 0; view < kNumViews; ++view) {
    std::filesystem::remove(folder_ / (feature_container::FileStem(scene_.views[size_t(view)].name) + ".feat"));
    EXPECT_EQ(features.Features(view, Job()), seen[size_t(view)]);
    EXPECT_EQ(features.Depth(view, Job()).At(0, 0), float(features.WorkingCamera(view).fx));
  }
}

TEST_F(LiveFeaturesTest, ViewsOfAnotherModelAreNotThere) {
  Encode({0});
  EXPECT_TRUE(LiveFeatures(folder_, scene_, field_.fingerprint, sam_.fingerprint, options_.size, Job()).Has(0));
  EXPECT_FALSE(LiveFeatures(folder_, scene_, field_.fingerprint, sam_.fingerprint + 1, options_.size, Job()).Has(0));
  EXPECT_FALSE(LiveFeatures(folder_, scene_, field_.fingerprint + 1, sam_.fingerprint, options_.size, Job()).Has(0));
  EXPECT_FALSE(LiveFeatures(folder_, scene_, field_.fingerprint, sam_.fingerprint, options_.size / 2, Job()).Has(0));
}

TEST_F(LiveFeaturesTest, AnIndexThatCannotBeReadIsAWarningAndOldViewsAreNone) {
  EventRecorder events;
  const Job job = Job().With(events);
  const auto warnings = [&](uint64_t nerf_fingerprint) {
    const LiveFeatures features(folder_, scene_, nerf_fingerprint, sam_.fingerprint, options_.size, job);
    return events.Texts("warning");
  };
  EXPECT_THAT(warnings(field_.fingerprint), testing::IsEmpty());  // there are none yet
  Encode({0});
  EXPECT_THAT(warnings(field_.fingerprint + 1), testing::IsEmpty());
  WriteFileAtomic(folder_ / "index.json", "{");
  EXPECT_THAT(warnings(field_.fingerprint),
              testing::ElementsAre(testing::StartsWith("the encoded views cannot be used: ")));
}

}  // namespace
}  // namespace sanerf::viewer
