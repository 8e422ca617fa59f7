#include "sanerf/viewer/desk/truth.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/eval/ground_truth.h"
#include "sanerf/scene/instance_masks.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::viewer {
namespace {

// Masks of exactly what an instance is in the views that show it.
std::shared_ptr<const mask_decoder::DecodedObject> MasksOf(int instance, const scene::Scene& scene) {
  auto masks = std::make_shared<mask_decoder::DecodedObject>();
  for (const int view_idx : scene.TrainViews()) {
    const scene::View& view = scene.views[size_t(view_idx)];
    mask_decoder::ViewDecision& decision = masks->views.emplace_back();
    decision.view_idx = view_idx;
    decision.view = view.name;
    decision.used = true;
    decision.mask = *eval::TruthMask(view, instance);
  }
  return masks;
}

TEST(KnownInstances, ReadMasksOnceForTheMasksOfAnObject) {
  const TestFolder folder;
  synth::WriteSynthScene(folder / "scene", synth::SmallScene(4, 32), Job());
  const scene::Scene scene = scene::LoadScene(folder / "scene", {}, Job());
  std::map<int, int64_t> pixels;
  for (const uint16_t id : scene::LoadViewInstances(scene.views[size_t(scene.TrainViews()[0])]).data) ++pixels[id];
  pixels.erase(0);
  ASSERT_GE(pixels.size(), 2u);
  const int first = pixels.begin()->first, second = std::next(pixels.begin())->first;

  KnownInstances known;
  segmentation::EditedObject object;
  object.id = segmentation::ObjectId(1);
  EXPECT_FALSE(known.Of(object, scene));
  object.masks = MasksOf(first, scene);
  EXPECT_EQ(known.Of(object, scene), first);
  const auto others = MasksOf(second, scene);

  std::set<std::filesystem::path> files;
  for (const scene::View& view : scene.views)
    if (!view.mask_path.empty()) files.insert(view.mask_path);
  for (const std::filesystem::path& file : files) std::filesystem::rename(file, file.string() + ".away");
  EXPECT_EQ(known.Of(object, scene), first);
  for (const std::filesystem::path& file : files) std::filesystem::rename(file.string() + ".away", file);

  object.masks = others;
  EXPECT_EQ(known.Of(object, scene), second);
  object.about.instance = 77;  // the user has said it
  EXPECT_EQ(known.Of(object, scene), 77);
}

}  // namespace
}  // namespace sanerf::viewer
