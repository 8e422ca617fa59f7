#include "sanerf/export/photo_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sanerf::exports {
namespace {

using ::testing::ElementsAre;

scene::Scene SceneOf(const std::vector<std::string>& names) {
  scene::Scene scene;
  for (const std::string& name : names) {
    scene.views.emplace_back();
    scene.views.back().name = name;
  }
  return scene;
}

std::vector<std::string> Names(const std::vector<std::string>& names) {
  const scene::Scene scene = SceneOf(names);
  std::vector<int> all;
  for (size_t i = 0; i < names.size(); ++i) all.push_back(int(i));
  return PhotoNames(scene, all);
}

TEST(PhotoFiles, NamesGoWithoutTheFolderThatAllShare) {
  EXPECT_THAT(Names({"images/1.jpg", "images/2.jpg"}), ElementsAre("1.jpg", "2.jpg"));
  EXPECT_THAT(Names({"a/images/1.jpg", "a/images/b/2.jpg"}), ElementsAre("1.jpg", "b/2.jpg"));
  EXPECT_THAT(Names({"train/000.png", "test/000.png"}), ElementsAre("train/000.png", "test/000.png"));
  EXPECT_THAT(Names({"only.png"}), ElementsAre("only.png"));
}

TEST(PhotoFiles, NamesNeverLeadOutOfAFolder) {
  EXPECT_THAT(Names({"../other/1.jpg", "images/2.jpg"}), ElementsAre("other/1.jpg", "images/2.jpg"));
  EXPECT_THAT(Names({"/data/1.jpg", "/data/2.jpg"}), ElementsAre("1.jpg", "2.jpg"));
  const std::vector<std::string> met = Names({"../1.jpg", "../../1.jpg"});
  EXPECT_NE(met[0], met[1]);
  for (const std::string& name : met) EXPECT_EQ(name.find(".."), std::string::npos);
}

TEST(PhotoFiles, PicturesAreCalledAsThePhotos) {
  EXPECT_THAT(PictureNames({"1.jpg", "b/2.JPG"}), ElementsAre("1.png", "b/2.png"));
  EXPECT_THAT(PictureNames({"1.jpg", "1.png"}), ElementsAre("1.jpg.png", "1.png.png"));
  EXPECT_THAT(PictureNames({"a.b.jpg"}, ".npy"), ElementsAre("a.b.npy"));
}

}  // namespace
}  // namespace sanerf::exports
