#include "sanerf/scene/export_listing.h"

#include <gmock/gmock.h>

#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ExportListingTest : public SceneFolderTest {
 protected:
  std::string Found(const std::string& listed) {
    ExportListing listing(root_, root_ / "cameras.xml", Job());
    const auto photo = listing.Find(listed);
    return photo ? NameInScene(root_, *photo) : "";
  }
};

TEST_F(ExportListingTest, OfAPathTheLongestEndThatExists) {
  for (const char* name : {"images/day 1/a.png", "images/day 2/a.png", "photos/b.png", "c.png"}) WriteImage(name);
  EXPECT_EQ(Found("D:\\work\\day 2\\a.jpg"), "images/day 2/a.png");
  EXPECT_EQ(Found("/home/me/capture/day 1/a.JPG"), "images/day 1/a.png");
  EXPECT_EQ(Found("/home/me/b"), "photos/b.png");
  EXPECT_EQ(Found("images/c.png"), "c.png");
  EXPECT_EQ(Found("a.png"), "") << "in neither of the folders where photos are looked for";
}

TEST_F(ExportListingTest, WhatIsMissingIsListed) {
  ExportListing listing(root_, root_ / "cameras.xml", Job());
  EXPECT_FALSE(listing.Find("C:\\a.jpg"));
  EXPECT_THAT(listing.listing().missing, ElementsAre("C:\\a.jpg"));
}

TEST_F(ExportListingTest, NumbersMayBeTexts) {
  const Json json = {"1.5", 2, "-3e2", "", "1.5 "};
  const JsonCursor list(json, "file.sfm");
  EXPECT_EQ(NumberIn(list[0]), 1.5);
  EXPECT_EQ(NumberIn(list[1]), 2);
  EXPECT_EQ(NumberIn(list[2]), -300);
  for (const size_t i : {3u, 4u})
    EXPECT_THAT(ErrorText([&] { NumberIn(list[i]); }), HasSubstr("file.sfm: [" + std::to_string(i) + "]: expected"));
}

TEST(SetLens, AllTermsAreTheCameras) {
  Camera camera;
  SetLens({.k1 = 0.1, .k2 = 0.2, .p1 = 0.3, .p2 = 0.4, .k3 = 0.5, .k4 = 0.6, .k5 = 0.7, .k6 = 0.8}, &camera);
  EXPECT_EQ(camera.lens.model(), LensModel::kPerspective);
  const LensTerms& terms = camera.lens.terms();
  EXPECT_THAT(terms.Values(), ElementsAre(0.1, 0.2, 0.5, 0.6, 0.7, 0.8, 0.3, 0.4, 0, 0, 0, 0));
  SetLens({.k1 = 0.1, .is_fisheye = true}, &camera);
  EXPECT_EQ(camera.lens.model(), LensModel::kFisheye);
  EXPECT_EQ(camera.lens.terms().k1, 0.1);
  SetLens({}, &camera);
  EXPECT_TRUE(camera.lens.IsStraight());
}

}  // namespace
}  // namespace sanerf::scene
