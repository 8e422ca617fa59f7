#include "sanerf/scene/alpha_meaning.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <functional>

#include "sanerf/core/job.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using AlphaAt = std::function<int(int x, int y)>;

class AlphaMeaningTest : public SceneFolderTest {
 protected:
  static constexpr int kViews = 6;

  void WritePhoto(int i, const AlphaAt& alpha, int channels = 4) {
    ImageU8 photo(40, 30, channels, uint8_t(60 + 5 * i));
    for (int y = 0; alpha && y < photo.height; ++y)
      for (int x = 0; x < photo.width; ++x) photo.At(x, y, channels - 1) = uint8_t(alpha(x, y));
    std::filesystem::create_directories(root_ / "images");
    WritePng(root_ / fmt::format("images/0{}.png", i), photo);
  }
  void WritePhotos(const AlphaAt& alpha, int channels = 4) {
    for (int i = 0; i < kViews; ++i) WritePhoto(i, alpha, channels);
  }
  Scene Load() {
    const Json file = {{"fl_x", 40}, {"frames", RingFrames(kViews)}};
    WriteText("transforms.json", file.dump());
    return LoadScene(root_, {}, Job());
  }
};

int Disc(int x, int y) {
  const double r = std::hypot(x + 0.5 - 20, y + 0.5 - 15);
  return r < 8 ? 255 : r < 10 ? int(255 * (10 - r) / 2) : 0;  // a soft edge
}

TEST_F(AlphaMeaningTest, CutOutThingsAreCutOut) {
  for (const int channels : {2, 4}) {
    WritePhotos(Disc, channels);
    const Scene scene = Load();
    EXPECT_TRUE(scene.has_alpha);
    EXPECT_THAT(scene.notes, IsEmpty());
    const ImageF photo = LoadViewImage(scene.views[0]);
    EXPECT_EQ(photo.channels, 4);
    EXPECT_EQ(photo.At(0, 0, 3), 0);
  }
}

TEST_F(AlphaMeaningTest, AThingMayFillOnePhotoAndBeOutOfAnother) {
  WritePhotos(Disc);
  WritePhoto(0, [](int, int) { return 255; });
  WritePhoto(3, [](int, int) { return 0; });
  EXPECT_TRUE(Load().has_alpha);
}

TEST_F(AlphaMeaningTest, OpaquePhotosSayNothing) {
  WritePhotos([](int x, int) { return x == 0 ? 254 : 255; });
  const Scene scene = Load();
  EXPECT_FALSE(scene.has_alpha);
  EXPECT_THAT(scene.notes, IsEmpty());
}

TEST_F(AlphaMeaningTest, GarbageIsNotUsedAndThatIsSaid) {
  const std::pair<AlphaAt, const char*> kinds[] = {
      {[](int, int) { return 0; }, "nothing would be left of them"},
      {[](int x, int y) { return (x + y) % 3; }, "nothing would be left of them"},
      {[](int, int) { return 128; }, "100 % of their pixels"},
      {[](int x, int y) { return 3 * x + 4 * y; }, "neither opaque nor transparent"}};  // depth perhaps
  for (const auto& [alpha, why] : kinds) {
    WritePhotos(alpha);
    const Scene scene = Load();
    EXPECT_FALSE(scene.has_alpha);
    EXPECT_THAT(scene.notes,
                ElementsAre(AllOf(HasSubstr("the alpha channel of 6 photos is not used"), HasSubstr(why))));
    const ImageF photo = LoadViewImage(scene.views[2]);
    EXPECT_EQ(photo.channels, 3);
    EXPECT_NEAR(photo.At(5, 5), 70 / 255.0, 1e-6);
  }
}

TEST_F(AlphaMeaningTest, AFewPhotosWithoutAlphaAreLeftOutAndMoreMeanThatItSaysNothing) {
  WritePhotos(Disc);
  WritePhoto(4, nullptr, 3);
  Scene scene = Load();
  EXPECT_TRUE(scene.has_alpha);
  EXPECT_EQ(scene.views.size(), 5u);
  EXPECT_THAT(scene.warnings,
              ElementsAre(AllOf(HasSubstr("1 photo has no alpha channel"), HasSubstr("images/04.png"))));
  for (const int i : {1, 2, 3}) WritePhoto(i, nullptr, 3);
  scene = Load();
  EXPECT_FALSE(scene.has_alpha);
  EXPECT_EQ(scene.views.size(), 6u);
  EXPECT_THAT(scene.notes, ElementsAre(HasSubstr("2 photos are cut out, the others are not")));
  EXPECT_EQ(LoadViewImage(scene.views[0]).channels, 3);
}

}  // namespace
}  // namespace sanerf::scene
