#include "sanerf/export/mask_pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/npy.h"
#include "sanerf/export/export_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

using ::testing::HasSubstr;

using MaskPictures = ExportTest;

// Pixel for pixel what `render` shows, and called as the photos are.
TEST_F(MaskPictures, AreThoseOfRender) {
  ExportOptions options;
  options.photos.views = "test";
  options.photos.arrays = true;
  const std::vector<ExportedFile> files = WriteMaskPictures(Input(*scene_, 2), options, out_.path(), Job());
  ASSERT_EQ(files.size(), 5u);  // of each object masks and arrays, and the pictures of numbers
  for (const ExportedFile& file : files) {
    EXPECT_EQ(file.count, int64_t(scene_->TestViews().size()));
    EXPECT_GT(file.bytes, 0);
  }
  for (const int v : scene_->TestViews()) {
    const scene::View& view = scene_->views[size_t(v)];
    const std::string name = fs::path(view.name).filename().replace_extension("").string();
    const ImageU8 numbers = ReadImage(out_ / "labels" / (name + ".png"));
    for (int label = 1; label <= 2; ++label) {
      const char* object = label == 1 ? "box" : "ball";
      const ImageU8 mask = ReadImage(out_ / "masks" / object / (name + ".png"));
      const ImageU8 rendered = Rendered(view.camera, label);
      EXPECT_GE(IouOf(mask, rendered), 0.99);
      EXPECT_EQ(mask.data, rendered.data);
      const NumericArray array = ReadNpy(out_ / "probability" / object / (name + ".npy"));
      EXPECT_EQ(array.shape, (std::vector<int64_t>{64, 64}));
      for (size_t i = 0; i < mask.data.size(); ++i) {
        EXPECT_EQ(numbers.data[i] == label, mask.data[i] == 255);
        ASSERT_GE(array.data[i], 0);
        ASSERT_LE(array.data[i], 1.0001);
      }
    }
  }
  const Json numbers = ReadJsonFile(out_ / "labels.json");
  EXPECT_EQ(numbers.at("1"), "box");
  EXPECT_EQ(numbers.at("2"), "ball");
}

TEST_F(MaskPictures, AreBentAsThePhotosAre) {
  scene::Scene scene = Some({0, 1});
  for (scene::View& view : scene.views) view.camera.lens = Lens::Radial(-0.2, 0.05, 0.01, -0.02);
  WriteMaskPictures(Input(scene), {}, out_.path(), Job());
  double straight = 0;
  for (size_t v = 0; v < 2; ++v) {
    const std::string name = fs::path(scene.views[v].name).filename().string();
    const ImageU8 mask = ReadImage(out_ / "masks" / "box" / name);
    EXPECT_EQ(mask.data, Rendered(scene.views[v].camera, 1).data);
    straight += IouOf(mask, Rendered(scene_->views[v].camera, 1));
  }
  EXPECT_LT(straight, 2);  // and not as if they were not
}

// The file lies as the photo's, and says so: whatever a tool does with the note, it does to both.
TEST_F(MaskPictures, LieAsThePhotoDoes) {
  scene::Scene scene = Some({0, 1});
  for (scene::View& view : scene.views) view.camera.height = 48;
  scene.views[0] = OnItsSide(scene.views[0], out_.path());
  const ImageU8 upright = Rendered(scene.views[0].camera, 1);
  ASSERT_GT(NumSet(upright), 20);

  WriteMaskPictures(Input(scene), {}, out_ / "stored", Job());
  const ImageU8 stored = ReadImage(out_ / "stored" / "masks" / "box" / "side.png");
  EXPECT_EQ(ReadImageInfo(out_ / "stored" / "masks" / "box" / "side.png").orientation, 6);
  ASSERT_EQ(stored.width, 48);
  ASSERT_EQ(stored.height, 64);
  for (int y = 0; y < 48; ++y)
    for (int x = 0; x < 64; ++x) {
      const auto [u, v] = PlaceOnItsSide(x, y, stored.height);
      ASSERT_EQ(stored.At(u, v), upright.At(x, y)) << x << " " << y;
    }

  ExportOptions options;
  options.photos.lying = Lying::kUpright;
  WriteMaskPictures(Input(scene), options, out_ / "upright", Job());
  EXPECT_EQ(ReadImage(out_ / "upright" / "masks" / "box" / "side.png").data, upright.data);
  EXPECT_EQ(ReadImageInfo(out_ / "upright" / "masks" / "box" / "side.png").orientation, 1);
}

TEST_F(MaskPictures, RenderedSmallerTheyStillHaveThePhotosSize) {
  const scene::Scene scene = Some({0});
  ExportOptions options;
  options.photos.longest_side = 32;
  WriteMaskPictures(Input(scene), options, out_.path(), Job());
  const ImageU8 mask = ReadImage(out_ / "masks" / "box" / fs::path(scene.views[0].name).filename());
  ASSERT_EQ(mask.width, 64);
  for (const uint8_t value : mask.data) EXPECT_TRUE(value == 0 || value == 255);
  EXPECT_GT(IouOf(mask, Rendered(scene.views[0].camera, 1)), 0.8);
}

TEST_F(MaskPictures, OfAnEmptyObjectAreASentence) {
  const scene::Scene away = LookingAway(Some({0, 1}));
  const std::string text = ErrorTextOf<Error>([&] { WriteMaskPictures(Input(away), {}, out_.path(), Job()); });
  EXPECT_THAT(text, HasSubstr("the object 'box' is empty: no photo that is exported shows a pixel of it"));
  EXPECT_THAT(text, HasSubstr("\nsegment again"));
}

TEST_F(MaskPictures, AStopEndsThem) {
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(WriteMaskPictures(Input(*scene_), {}, out_.path(), Job().With(stop.token())), InterruptedError);
}

TEST_F(MaskPictures, TheSameBytesWithAnyNumberOfThreads) {
  const scene::Scene scene = Some({0});
  const std::string name = fs::path(scene.views[0].name).filename().string();
  SetNumThreads(1);
  WriteMaskPictures(Input(scene), {}, out_ / "1", Job());
  SetNumThreads(3);
  WriteMaskPictures(Input(scene), {}, out_ / "3", Job());
  EXPECT_EQ(ReadFile(out_ / "1" / "masks" / "box" / name), ReadFile(out_ / "3" / "masks" / "box" / name));
}

}  // namespace
}  // namespace sanerf::exports
