#include "sanerf/mask_aggregator/regions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"

namespace sanerf::mask_aggregator {
namespace {

class RegionsTest : public AggregatorTest {
 protected:
  // The middle of the object in each of the first views that show it.
  static std::vector<ErrorMaps::Site> OnTheObject() {
    std::vector<ErrorMaps::Site> sites;
    for (int v = 0; v < 3; ++v) {
      const ImageU8& labels = views_[size_t(v)].labels;
      Vec2 sum(0, 0);
      int count = 0;
      for (int y = 0; y < labels.height; ++y)
        for (int x = 0; x < labels.width; ++x)
          if (labels.At(x, y) == 1) sum += Vec2(x + 0.5, y + 0.5), ++count;
      if (count > 20) sites.push_back({v, sum / count});
    }
    return sites;
  }
};

// A place on the object's surface comes with rays of several views, all of which see it.
TEST_F(RegionsTest, RegionsShowTheSamePlaceFromSeveralViews) {
  const std::vector<ErrorMaps::Site> sites = OnTheObject();
  ASSERT_FALSE(sites.empty());
  const RegionPool pool = TraceRegions(*nerf_, views_, sites, {4, 4, 16}, Job());
  ASSERT_EQ(pool.regions.size(), sites.size());
  ASSERT_EQ(int64_t(pool.rgb.size()), pool.pool.size());
  for (const RegionPool::Region& region : pool.regions) {
    EXPECT_GT(region.count, 2 * 16);  // more than two of the four views
    // The places where the rays end lie together: in the model frame the object spans a fifth of the scene.
    float low[3] = {1, 1, 1}, high[3] = {0, 0, 0};
    for (int i = region.first; i < region.first + region.count; ++i) {
      const nerf::TracedRays& rays = pool.pool.rays;
      const auto first = rays.weight.begin() + rays.first[size_t(i)];
      const auto heaviest = std::max_element(first, first + rays.NumSamples(i)) - rays.weight.begin();
      const auto& unit = rays.unit[size_t(heaviest)];
      for (size_t a = 0; a < 3; ++a) {
        low[a] = std::min(low[a], unit[a]);
        high[a] = std::max(high[a], unit[a]);
      }
      for (const float c : pool.rgb[size_t(i)]) EXPECT_TRUE(c >= 0 && c <= 1);
    }
    std::vector<float> extent;
    for (int a = 0; a < 3; ++a) extent.push_back(high[a] - low[a]);
    std::sort(extent.begin(), extent.end());
    EXPECT_LT(extent[0], 0.2f);
    EXPECT_LT(extent[1], 0.35f);
  }
}

TEST_F(RegionsTest, RegionsHaveTheColorsOfTheRenderedView) {
  const Camera& camera = views_[0].camera;
  const ImageF rgb = nerf_->Render(camera, Job()).rgb;
  std::vector<ErrorMaps::Site> sites;
  for (int y = 10; y < camera.height; y += 16)
    for (int x = 10; x < camera.width; x += 16) sites.push_back({0, Vec2(x + 0.5, y + 0.5)});
  int num_compared = 0;
  for (const ErrorMaps::Site& site : sites) {
    const RegionPool pool = TraceRegions(*nerf_, views_, {site}, {1, 1, 1}, Job());  // the pixel itself
    if (pool.regions.empty()) continue;                                              // in the air
    ASSERT_EQ(pool.pool.size(), 1);
    for (int c = 0; c < 3; ++c)
      EXPECT_NEAR(pool.rgb[0][size_t(c)], rgb.At(int(site.px.x()), int(site.px.y()), c), 5e-3);
    ++num_compared;
  }
  EXPECT_GT(num_compared, 5);
}

TEST_F(RegionsTest, IgnoredPixelsGiveNoRay) {
  const std::vector<ErrorMaps::Site> sites = OnTheObject();
  std::vector<LabelView> views = views_;
  const auto num_rays = [&] { return TraceRegions(*nerf_, views, sites, {4, 4, 16}, Job()).pool.size(); };
  const int64_t all = num_rays();
  ASSERT_GT(all, 0);
  for (LabelView& view : views) view.ignored = ImageU8(view.labels.width, view.labels.height, 1);
  EXPECT_EQ(num_rays(), all);
  for (LabelView& view : views)
    for (int y = 0; y < view.ignored.height; ++y)
      for (int x = 0; x < view.ignored.width; x += 2) view.ignored.At(x, y) = 255;
  EXPECT_LT(num_rays(), 2 * all / 3);
  for (LabelView& view : views) view.ignored = ImageU8(view.labels.width, view.labels.height, 1, 255);
  EXPECT_EQ(num_rays(), 0);
  ImageU8 labels(2, 1, 1, 1);
  ImageU8 ignored(2, 1, 1);
  ignored.data[1] = 255;
  IgnorePixels(ignored, &labels);
  EXPECT_EQ(labels.data, (std::vector<uint8_t>{1, kIgnoreLabel}));
}

TEST(RegionPool, StepsTakeDifferentRegionsAndDifferentReferences) {
  RegionPool pool;
  for (int i = 0; i < 6; ++i) pool.regions.push_back({10 * i, 5 + i});
  Random random(2);
  for (int trial = 0; trial < 50; ++trial) {
    const std::vector<RegionSample> samples = SampleRegions(pool, 4, 7, &random);
    ASSERT_EQ(samples.size(), 4u);
    std::set<int> regions;
    for (const RegionSample& sample : samples) {
      regions.insert(sample.region.first);
      const std::set<int> references(sample.references.begin(), sample.references.end());
      EXPECT_EQ(sample.references.size(), size_t(std::min(7, sample.region.count)));
      EXPECT_EQ(references.size(), sample.references.size());
      EXPECT_LT(*references.rbegin(), sample.region.count);
    }
    EXPECT_EQ(regions.size(), 4u);
  }
  EXPECT_EQ(SampleRegions(pool, 8, 7, &random).size(), 6u);  // no more than there are
  EXPECT_TRUE(SampleRegions({}, 8, 7, &random).empty());
}

// With a patch of one pixel each view that sees the place has one ray.
TEST_F(RegionsTest, EveryViewThatSeesThePlaceTakesPart) {
  const std::vector<ErrorMaps::Site> sites = OnTheObject();
  ASSERT_FALSE(sites.empty());
  const RegionPool few = TraceRegions(*nerf_, views_, sites, {4, 1, 1}, Job());
  const RegionPool all = TraceRegions(*nerf_, views_, sites, {0, 1, 1}, Job());
  const RegionPool as_many = TraceRegions(*nerf_, views_, sites, {int(views_.size()), 1, 1}, Job());
  ASSERT_EQ(few.regions.size(), sites.size());
  ASSERT_EQ(all.regions.size(), sites.size());
  for (size_t i = 0; i < sites.size(); ++i) {
    EXPECT_LE(few.regions[i].count, 4);
    EXPECT_GT(all.regions[i].count, 4);
    EXPECT_EQ(all.regions[i].count, as_many.regions[i].count);
  }
}

// 64 rays are asked of 16 pixels: each is taken once, also where the patch would reach beyond the image.
TEST_F(RegionsTest, RaysOfAPatchAreDifferent) {
  const Camera& camera = views_[0].camera;
  for (const Vec2& px :
       {Vec2(camera.width / 2 + 0.5, camera.height / 2 + 0.5), Vec2(camera.width - 0.5, camera.height - 0.5)}) {
    const RegionPool pool = TraceRegions(*nerf_, views_, {{0, px}}, {1, 4, 64}, Job());
    if (pool.regions.empty()) continue;  // in the air
    EXPECT_LE(pool.pool.size(), 16);
    const nerf::TracedRays& rays = pool.pool.rays;
    std::set<nerf::TracedRays::Vec3f> starts;
    for (int64_t ray = 0; ray < rays.num_rays(); ++ray) starts.insert(rays.unit[size_t(rays.first[size_t(ray)])]);
    EXPECT_EQ(int64_t(starts.size()), rays.num_rays());
  }
  // On the object all of them meet something.
  EXPECT_EQ(TraceRegions(*nerf_, views_, {OnTheObject()[0]}, {1, 4, 64}, Job()).pool.size(), 16);
}

}  // namespace
}  // namespace sanerf::mask_aggregator
