// For tests: a scene of a few photos and a run of it whose training was interrupted.
#pragma once

#include <gtest/gtest.h>

#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/scene/load_scene.h"

namespace sanerf::run {

// Four photos around the origin in NeRF-synthetic format.
inline void WriteScene(const std::filesystem::path& folder, double angle = 0.9) {
  EnsureWritableFolder(folder);
  Json json = {{"camera_angle_x", angle}, {"frames", Json::array()}};
  for (int i = 0; i < 4; ++i) {
    const std::string name = "photo_" + std::to_string(i) + ".png";
    WritePng(folder / name, ImageU8(16, 12, 3, uint8_t(40 * i)));
    const double c = i % 2 == 0 ? (i == 0 ? 1 : -1) : 0, s = i % 2 == 1 ? (i == 1 ? 1 : -1) : 0;
    json["frames"].push_back(
        {{"file_path", name}, {"transform_matrix", {{c, 0, s, 3 * s}, {0, 1, 0, 0}, {-s, 0, c, 3 * c}, {0, 0, 0, 1}}}});
  }
  WriteJsonFile(folder / "transforms.json", json);
}

class RunFolderTest : public ::testing::Test {
 protected:
  RunFolderTest() {
    WriteScene(folder_ / "scene");
    EnsureWritableFolder(folder_ / "run");
    RunFolder run =
        RunFolder::Create(folder_ / "run", folder_ / "scene", scene::LoadScene(folder_ / "scene", {}, Job()), Job());
    run.SetOptions({{"nerf", {{"iters", 7}}}}, {{"nerf.iters", "--iters"}});
    run.SetStage(Stage::kTrain, StageState::kInterrupted, 1.5);
    run.Save(Job());
  }
  TestFolder folder_;
};

}  // namespace sanerf::run
