#include "sanerf/export/coco.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/export/export_test_support.h"

namespace sanerf::exports {
namespace {

using ::testing::HasSubstr;

using CocoFile = ExportTest;

// As pycocotools' maskUtils.decode has it, written from its description.
ImageU8 MaskInAnnotation(const Json& segmentation) {
  const int height = segmentation.at("size")[0], width = segmentation.at("size")[1];
  const std::string text = segmentation.at("counts");
  ImageU8 mask(width, height, 1);
  std::vector<int64_t> runs;
  size_t at = 0, place = 0;
  while (at < text.size()) {
    int64_t value = 0;
    int shift = 0, letter = 0;
    do {
      letter = text[at++] - 48;
      value |= int64_t(letter & 31) << shift;
      shift += 5;
    } while ((letter & 32) != 0);
    if ((letter & 16) != 0) value |= -(int64_t{1} << shift);
    if (runs.size() > 2) value += runs[runs.size() - 2];
    runs.push_back(value);
    for (int64_t i = 0; i < value; ++i, ++place)
      mask.At(int(place) / height, int(place) % height) = runs.size() % 2 == 0 ? 255 : 0;
  }
  EXPECT_EQ(place, mask.data.size());
  return mask;
}

TEST_F(CocoFile, AnotherReaderFindsTheMasksOfRender) {
  ExportOptions options;
  options.photos.views = "test";
  const std::vector<ExportedFile> files = WriteCoco(Input(*scene_, 2), options, out_.path(), Job());
  ASSERT_EQ(files.size(), 1u);
  const Json file = ReadJsonFile(out_ / "annotations.json");
  EXPECT_EQ(file.at("images").size(), scene_->TestViews().size());
  EXPECT_EQ(file.at("categories").size(), 2u);
  EXPECT_EQ(file.at("categories")[1].at("name"), "ball");
  EXPECT_EQ(int64_t(file.at("annotations").size()), files[0].count);
  ASSERT_GT(file.at("annotations").size(), scene_->TestViews().size());  // both are seen in most photos
  int64_t id = 0;
  for (const Json& annotation : file.at("annotations")) {
    EXPECT_EQ(annotation.at("id"), ++id);
    EXPECT_EQ(annotation.at("iscrowd"), 0);
    const Json& image = file.at("images")[annotation.at("image_id").get<size_t>() - 1];
    EXPECT_EQ(image.at("id"), annotation.at("image_id"));
    const scene::View& view = scene_->views[size_t(scene_->FindView(image.at("file_name")))];
    EXPECT_EQ(image.at("width"), view.camera.width);
    const ImageU8 mask = MaskInAnnotation(annotation.at("segmentation"));
    EXPECT_EQ(mask.data, Rendered(view.camera, annotation.at("category_id")).data);
    EXPECT_EQ(annotation.at("area"), NumSet(mask));
    const Json& box = annotation.at("bbox");
    const int x0 = box[0], y0 = box[1], x1 = x0 + int(box[2]), y1 = y0 + int(box[3]);
    bool touches[4] = {};
    for (int y = 0; y < mask.height; ++y)
      for (int x = 0; x < mask.width; ++x) {
        if (mask.At(x, y) == 0) continue;
        ASSERT_TRUE(x >= x0 && x < x1 && y >= y0 && y < y1);
        touches[0] |= x == x0;
        touches[1] |= y == y0;
        touches[2] |= x == x1 - 1;
        touches[3] |= y == y1 - 1;
      }
    for (const bool is_tight : touches) EXPECT_TRUE(is_tight);
  }
}

TEST_F(CocoFile, SizesAreThoseOfThePixelsAsTheyLie) {
  scene::Scene scene = Some({0});
  scene.views[0] = OnItsSide(scene.views[0], out_.path());
  const auto first = [&](Lying lying) {
    ExportOptions options;
    options.photos.lying = lying;
    WriteCoco(Input(scene), options, out_.path(), Job());
    return ReadJsonFile(out_ / "annotations.json");
  };
  const Json stored = first(Lying::kStored);
  EXPECT_EQ(stored.at("images")[0].at("width"), 48);
  EXPECT_EQ(stored.at("images")[0].at("height"), 64);
  const ImageU8 as_stored = MaskInAnnotation(stored.at("annotations")[0].at("segmentation"));
  const ImageU8 upright = Rendered(scene.views[0].camera, 1);
  for (int y = 0; y < 48; ++y)
    for (int x = 0; x < 64; ++x) {
      const auto [u, v] = PlaceOnItsSide(x, y, 64);
      ASSERT_EQ(as_stored.At(u, v), upright.At(x, y));
    }
  const Json turned = first(Lying::kUpright);
  EXPECT_EQ(turned.at("images")[0].at("width"), 64);
  EXPECT_EQ(MaskInAnnotation(turned.at("annotations")[0].at("segmentation")).data, upright.data);
}

TEST_F(CocoFile, OfAnEmptyObjectIsASentence) {
  const scene::Scene away = LookingAway(Some({0}));
  EXPECT_THAT(ErrorTextOf<Error>([&] { WriteCoco(Input(away), {}, out_.path(), Job()); }),
              HasSubstr("the object 'box' is empty"));
  EXPECT_FALSE(std::filesystem::exists(out_ / "annotations.json"));
}

}  // namespace
}  // namespace sanerf::exports
