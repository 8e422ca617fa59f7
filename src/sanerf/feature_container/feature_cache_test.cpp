#include "sanerf/feature_container/feature_cache.h"

#include <fstream>

#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/feature_container/cache_index.h"
#include "sanerf/feature_container/encoded_views_test_support.h"

namespace sanerf::feature_container {
namespace {

using testing::AllOf;
using testing::HasSubstr;

using FeatureCacheTest = EncodedViewsTest;

TEST_F(FeatureCacheTest, RoundTrip) {
  Encode();
  const auto cache = Open();
  EXPECT_EQ(cache->options().size, 80);
  EXPECT_EQ(cache->ModelFingerprint(), 77u);
  for (const int i : {0, 4, 2, 1, 3, 0}) {  // more views than are kept in memory, one asked for again
    ASSERT_TRUE(cache->Has(i));
    const Camera camera = cache->WorkingCamera(i);
    EXPECT_EQ(camera.width, 80);
    EXPECT_EQ(camera.height, 40);
    EXPECT_DOUBLE_EQ(camera.fx, (100 + i) / 2.0);
    EXPECT_DOUBLE_EQ(camera.cx, 35);
    EXPECT_DOUBLE_EQ(camera.lens.terms().k1, 0.01);
    const ImageF depth = cache->Depth(i, Job());
    ASSERT_EQ(depth.width, 80);
    EXPECT_EQ(depth.At(79, 39), static_cast<float>(camera.fx));
    EXPECT_EQ(cache->Opacity(i, Job()).At(3, 3), 1.f);
    // The encoder saw the eight-bit level 100 + i, stored in half precision (step 2^-12 there).
    EXPECT_NEAR(cache->Features(i, Job())->maps.at(0).data.at(1), (100 + i) / 255.f, 0.0003);
    EXPECT_EQ(cache->Features(i, Job())->image_width, 80);
    EXPECT_FLOAT_EQ(cache->Rgb(i, Job()).At(5, 5, 2), (100 + i) / 255.f);
  }
  EXPECT_EQ(sam_.num_encoded, kNumViews);
}

TEST_F(FeatureCacheTest, KeepsAsManyViewsInMemoryAsItIsTold) {
  Encode();
  const auto cache = FeatureCache::Open(folder_, scene_, field_.fingerprint, {.views = 3});
  const auto first = cache->Features(0, Job()), second = cache->Features(1, Job()), third = cache->Features(2, Job());
  EXPECT_EQ(cache->Features(0, Job()), first);
  EXPECT_EQ(cache->Features(2, Job()), third);
  cache->Features(3, Job());
  EXPECT_EQ(cache->Features(0, Job()), first);
  EXPECT_NE(cache->Features(1, Job()), second);  // nobody has asked for it for the longest time
}

TEST_F(FeatureCacheTest, WhatItHasReadStaysWhenThereAreFurtherViews) {
  Encode({0, 1});
  const auto before = Open();
  const auto maps = before->Features(0, Job());
  const ImageF depth = before->Depth(1, Job());
  Encode({0, 1, 2});
  const auto grown = FeatureCache::Open(folder_, scene_, field_.fingerprint, {.earlier = before.get()});
  EXPECT_TRUE(grown->Has(2));
  std::filesystem::remove(folder_ / (FileStem("train/1.png") + ".feat"));
  EXPECT_EQ(grown->Features(0, Job()), maps);
  EXPECT_EQ(grown->Depth(1, Job()).data, depth.data);
  EXPECT_THROW(grown->Features(1, Job()), Error);  // of this view nobody has asked for them

  field_.fingerprint = 6;
  Encode();
  const auto other = FeatureCache::Open(folder_, scene_, field_.fingerprint, {.earlier = grown.get()});
  EXPECT_NE(other->Features(0, Job()), maps);
}

TEST_F(FeatureCacheTest, PhotosAsSource) {
  options_.source = EncodedPicture::kPhoto;
  Encode();
  EXPECT_NEAR(Open()->Features(3, Job())->maps[0].data[0], 30 / 255.f, 0.0002);
  EXPECT_FLOAT_EQ(Open()->Depth(3, Job()).At(0, 0), 51.5f);  // depth is the radiance field's all the same

  WritePng(scene_.views[1].image_path, ImageU8(160, 80, 4, 201));  // another photo under the same name
  EXPECT_THAT(OpenFailure(), HasSubstr("photo of view train/1.png"));
}

TEST_F(FeatureCacheTest, AbsentViewIsAnErrorWithTheCommand) {
  Encode({0});
  try {
    Open()->Features(1, Job());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("train/1.png has not been encoded"));
    EXPECT_EQ(error.hint(), "run: sanerf encode " + run_.string());
  }
}

TEST_F(FeatureCacheTest, TruncatedFileNamesFileAndCommandAndIsEncodedAgain) {
  Encode();
  const std::filesystem::path file = folder_ / (FileStem("train/3.png") + ".feat");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 7);
  try {
    Open()->Features(3, Job());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(file.string() + ": is truncated"));
    EXPECT_THAT(error.hint(), HasSubstr("sanerf encode " + run_.string()));
  }
  EXPECT_NO_THROW(Open()->Features(2, Job()));
  Encode();
  EXPECT_EQ(sam_.num_encoded, 6);
  EXPECT_NO_THROW(Open()->Features(3, Job()));
}

TEST_F(FeatureCacheTest, StaleWhenTheRadianceFieldChanges) {
  Encode();
  field_.fingerprint = 6;
  EXPECT_THAT(OpenFailure(), HasSubstr("radiance field has changed"));
  Encode({1});
  EXPECT_EQ(sam_.num_encoded, 6);
  EXPECT_FALSE(Open()->Has(0));  // the old ones are gone
  EXPECT_FALSE(std::filesystem::exists(folder_ / (FileStem("train/0.png") + ".feat")));
  Encode();
  EXPECT_EQ(sam_.num_encoded, 10);
  EXPECT_EQ(NumFiles(), 11u);
}

TEST_F(FeatureCacheTest, StaleWhenACameraChanges) {
  Encode();
  scene_.views[2].camera.world_from_cam.translation.x() += 0.1;
  EXPECT_THAT(OpenFailure(), HasSubstr("camera of view train/2.png"));
}

TEST_F(FeatureCacheTest, NoCacheBrokenIndexNewerIndex) {
  EXPECT_THAT(OpenFailure(), HasSubstr("no encoded views"));
  Encode({0});
  Json index = ReadJsonFile(folder_ / "index.json");
  index["version"] = 2;
  WriteJsonFile(folder_ / "index.json", index);
  EXPECT_THAT(OpenFailure(), HasSubstr("format 2"));
  index["version"] = 1;
  index["views"][0]["file"] = "../../elsewhere";
  WriteJsonFile(folder_ / "index.json", index);
  EXPECT_THROW(Open(), Error);
  std::ofstream(folder_ / "index.json") << "{";
  EXPECT_THROW(Open(), Error);
  Encode({0});  // starts again
  EXPECT_TRUE(Open()->Has(0));
}

TEST(RebuildHintTest, IsACommandThatCanBePasted) {
  EXPECT_EQ(RebuildHint("my run/features"), "run: sanerf encode 'my run'");
  EXPECT_EQ(RebuildHint("run/features/"), "run: sanerf encode run");
  EXPECT_EQ(RebuildHint("features"), "run: sanerf encode .");
}

TEST(FileStemTest, KeepsNamesApart) {
  EXPECT_EQ(FileStem("r_012.png"), "r_012.png");
  EXPECT_NE(FileStem("a/b.png"), FileStem("a_b.png"));
  EXPECT_NE(FileStem("a/b.png"), FileStem("a:b.png"));
  EXPECT_EQ(FileStem("../x/.hidden").find('/'), std::string::npos);
  EXPECT_NE(FileStem(".hidden").front(), '.');
  EXPECT_LE(FileStem(std::string(500, 'x')).size(), 140u);
}

}  // namespace
}  // namespace sanerf::feature_container
