// Every file that a loader looks for, with something else in its place.
#include <fmt/format.h>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/odd_files_test_support.h"
#include "sanerf/scene/instance_masks.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// Loads `folder` and looks at everything in it.
void Use(const fs::path& folder) {
  for (const View& view : LoadScene(folder, {}, Job()).views) {
    LoadViewImage(view);
    if (!view.mask_path.empty()) LoadViewInstances(view);
  }
}

class OddSceneFiles : public SceneFolderTest {
 protected:
  // Each in turn: never a wait, never anything but an Error, and one that says "pipe" where the file must be there.
  void ExpectNamed(const std::vector<std::string>& files) {
    const Watchdog watchdog;
    ASSERT_EQ(ErrorText([&] { Use(root_); }), "");
    for (const std::string& file : files) {
      fs::rename(root_ / file, root_ / "aside");
      MakeOddFile(OddFile::kPipe, root_ / file);
      EXPECT_THAT(ErrorText([&] { Use(root_); }), HasSubstr(file + ": it is a pipe, not a file")) << file;
      fs::remove(root_ / file);
      fs::rename(root_ / "aside", root_ / file);
    }
  }
};

TEST_F(OddSceneFiles, OfTransforms) {
  for (const char* name : {"images/00.png", "images/01.png", "images/02.png"}) WriteImage(name);
  Json json = {{"camera_angle_x", 0.8}, {"frames", RingFrames(3)}};
  WriteImage("masks/00.png", 16, 12, 1);
  json["frames"][0]["mask_path"] = "masks/00.png";
  WriteText("transforms.json", json.dump());
  ExpectNamed({"transforms.json", "images/01.png", "masks/00.png"});
}

TEST_F(OddSceneFiles, OfColmap) {
  for (int i = 0; i < 4; ++i) WriteImage("images/" + std::to_string(i) + ".png", 32, 24);
  WriteText("sparse/0/cameras.txt", "1 PINHOLE 32 24 30 30 16 12\n");
  std::string images;
  for (int i = 0; i < 4; ++i) {
    const Mat3 world_from_cv = RingPose(i, 4).rotation * Vec3(1, -1, -1).asDiagonal();
    const Eigen::Quaterniond q(Mat3(world_from_cv.transpose()));
    const Vec3 t = -(world_from_cv.transpose() * RingPose(i, 4).translation);
    images +=
        fmt::format("{} {} {} {} {} {} {} {} 1 {}.png\n\n", i + 1, q.w(), q.x(), q.y(), q.z(), t.x(), t.y(), t.z(), i);
  }
  WriteText("sparse/0/images.txt", images);
  WriteText("sparse/0/points3D.txt", "1 0 0 0 9 9 9 0.5 1 0\n");
  ExpectNamed({"sparse/0/cameras.txt", "sparse/0/images.txt", "sparse/0/points3D.txt", "images/2.png"});
}

}  // namespace
}  // namespace sanerf::scene
