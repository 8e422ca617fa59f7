#include "sanerf/run/output_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

using ::testing::HasSubstr;

// photos/scene with its photos in train/, and masks in train_mask/.
class OutputPlaceTest : public ::testing::Test {
 protected:
  OutputPlaceTest() {
    root_ = folder_ / "photos";
    scene_.root = root_ / "scene";
    for (const char* name : {"train/000.png", "train_mask/000.png"}) Write(scene_.root / name);
    Write(scene_.root / "transforms.json");
    scene::View view;
    view.image_path = scene_.root / "train" / "000.png";
    view.mask_path = scene_.root / "train_mask" / "000.png";
    scene_.views.push_back(view);
  }
  static void Write(const fs::path& path) {
    fs::create_directories(path.parent_path());
    WriteFileAtomic(path, "x");
  }
  std::string WhyNot(const fs::path& run) const {
    return ErrorTextOf<UsageError>([&] { CheckPlaceOfNewRun(run, scene_); });
  }

  TestFolder folder_;
  fs::path root_;
  scene::Scene scene_;
};

TEST_F(OutputPlaceTest, SpellingsAndLinksOfAPlaceAreTheSame) {
  fs::create_directory_symlink(scene_.root, folder_ / "link");
  EXPECT_TRUE(IsInside(folder_ / "link" / "train" / "new" / "run", scene_.root / "train"));
  EXPECT_TRUE(IsInside(root_ / "scene" / ".." / "scene/", scene_.root));
  EXPECT_FALSE(IsInside(root_ / "scene2", scene_.root));
  EXPECT_FALSE(IsInside(root_, scene_.root));
  EXPECT_TRUE(IsSamePlace(folder_ / "none/", folder_ / "x" / ".." / "none"));
  EXPECT_FALSE(IsSamePlace(folder_ / "none", folder_ / "other"));
}

TEST_F(OutputPlaceTest, ARunIsNotMixedWithPhotos) {
  fs::create_directory_symlink(scene_.root, folder_ / "link");
  for (const fs::path& same : {scene_.root, root_ / "scene/", root_ / "." / "scene", folder_ / "link"})
    EXPECT_THAT(WhyNot(same), HasSubstr("it is the scene's own folder")) << same;
  EXPECT_THAT(WhyNot(scene_.root / "train"), HasSubstr("among the scene's photos or masks"));
  EXPECT_THAT(WhyNot(folder_ / "link" / "train_mask" / "run"), HasSubstr("among the scene's photos or masks"));
  EXPECT_EQ(WhyNot(scene_.root / "run"), "");
  EXPECT_EQ(WhyNot(folder_ / "run"), "");

  // Around the scene alone, as in the demo; not around several.
  EXPECT_EQ(WhyNot(root_), "");
  fs::create_directory(root_ / "garden");
  EXPECT_THAT(WhyNot(root_), HasSubstr("beside the scene it holds other folders, garden for one"));

  // Nor with the photos of another scene; a log beside the run is no photo.
  Write(folder_ / "other" / "log.txt");
  EXPECT_EQ(WhyNot(folder_ / "other"), "");
  Write(folder_ / "other" / "IMG_1.JPG");
  EXPECT_THAT(WhyNot(folder_ / "other"), HasSubstr("with IMG_1.JPG it looks like the folder of a scene"));

  // The same before there is a scene to look into.
  const auto why_not_with = [&](const fs::path& run, const fs::path& scene) {
    return ErrorTextOf<UsageError>([&] { CheckPlaceOfNewRun(run, scene); });
  };
  EXPECT_THAT(why_not_with(scene_.root, scene_.root / "new"), HasSubstr("cannot make a run in"));
  EXPECT_THAT(why_not_with(root_, root_ / "new"), HasSubstr("beside the scene it holds other folders"));
  EXPECT_EQ(why_not_with(folder_ / "run", folder_ / "run" / "scene"), "");

  // A run that lost its record is not taken over; one that is there may be continued wherever it is.
  Write(folder_ / "lost" / "nerf" / "model.ckpt");
  EXPECT_THAT(ErrorTextOf<Error>([&] { CheckPlaceOfNewRun(folder_ / "lost", scene_); }), HasSubstr("it is missing"));
  Write(scene_.root / "run.json");
  EXPECT_EQ(WhyNot(scene_.root), "");
}

TEST_F(OutputPlaceTest, ResultsAreNotMixedWithPhotosOrTheRun) {
  Write(folder_ / "run" / "nerf" / "model.ckpt");
  const RunFolder run = RunFolder::Create(folder_ / "run", scene_.root, scene_, Job());
  const auto why_not = [&](const fs::path& out, const std::string& layer = "rgb") {
    return ErrorTextOf<UsageError>([&] { CheckPlaceOfResults("--out", out, {layer}, run, scene_); });
  };
  EXPECT_THAT(why_not(scene_.root), HasSubstr("it is the scene's own folder"));
  EXPECT_THAT(why_not(folder_ / "run/"), HasSubstr("it is the run's own folder"));
  EXPECT_THAT(why_not(folder_ / "run" / "nerf" / "mine"), HasSubstr("what the run keeps in nerf/"));
  EXPECT_THAT(why_not(scene_.root / "train"), HasSubstr("the scene has photos or masks in"));
  fs::create_directory_symlink(scene_.root / "train", folder_ / "rgb");
  EXPECT_THAT(why_not(folder_.path()), HasSubstr("the scene has photos or masks in"));
  EXPECT_EQ(why_not(folder_.path(), "depth"), "");
  EXPECT_EQ(why_not(folder_ / "run" / "renders" / "mine"), "");
}

TEST_F(OutputPlaceTest, ASceneThatHoldsARunIsNotReplaced) {
  const auto why_not = [&] { return ErrorTextOf<Error>([&] { CheckPlaceOfSynthScene(scene_.root); }); };
  EXPECT_EQ(why_not(), "");
  Write(scene_.root / "run" / "run.json");
  EXPECT_THAT(why_not(), HasSubstr("with it the run in " + (scene_.root / "run").string()));
}

}  // namespace
}  // namespace sanerf::run
