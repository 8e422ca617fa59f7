#include "sanerf/run/photo_hashes.h"

#include <gmock/gmock.h>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/scene/load_scene.h"

namespace sanerf::run {
namespace {

// What a version before lenses had kinds and poses a scale recorded of this camera. Another hash, be it for the last
// bit of a rotation, and no run of before would open.
TEST(CameraHashes, AreThoseOfFormerVersions) {
  const TestFolder folder;
  WritePng(folder / "000.png", ImageU8(400, 400, 3, 90));
  WritePng(folder / "001.png", ImageU8(400, 400, 3, 80));
  Json file = {
      {"fl_x", 449.20735478084316}, {"fl_y", 449.20735478084316}, {"cx", 200.0}, {"cy", 200.0}, {"w", 400}, {"h", 400}};
  for (const char* term : {"k1", "k2", "p1", "p2"}) file[term] = 0.0;
  const Json pose = {{-0.7774895429611206, -0.30032655596733093, 0.5525519847869873, 1.114698052406311},
                     {0.62889564037323, -0.37128663063049316, 0.6831077933311462, 1.4446959495544434},
                     {-1.9411517371281661e-07, 0.8786068558692932, 0.47754573822021484, 1.1071330547332763},
                     {0.0, 0.0, 0.0, 1.0}};
  Json beside = pose;
  beside[0][3] = 2.0;
  file["frames"] = {{{"file_path", "000.png"}, {"transform_matrix", pose}},
                    {{"file_path", "001.png"}, {"transform_matrix", beside}}};
  WriteJsonFile(folder / "transforms.json", file);
  const Json hashes = CameraHashes(scene::LoadScene(folder.path(), {}, Job()));
  EXPECT_EQ(hashes.at("000.png"), "829061678deb8978");
  EXPECT_NE(hashes.at("001.png"), hashes.at("000.png"));
}

}  // namespace
}  // namespace sanerf::run
