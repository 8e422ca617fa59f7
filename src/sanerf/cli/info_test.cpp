// `sanerf info`.
#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/json.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Info : public TinyRun {
 protected:
  Json Described(const std::string& path) const { return Json::parse(Succeeds({"info", path, "--json"}).out); }
};

TEST_F(Info, ListsTheHeldOutViewsOfSceneAndRun) {
  MakeRun();
  for (const char* path : {"scene", "run"})
    EXPECT_THAT(Succeeds({"info", path}).out,
                AllOf(HasSubstr("10 to train on, 2 held out"), HasSubstr("held out: test/000.png test/001.png"),
                      Not(HasSubstr("warning"))));
  EXPECT_THAT(Described("run")["scene"]["held_out"].get<std::vector<std::string>>(),
              ElementsAre("test/000.png", "test/001.png"));
  EXPECT_THAT(Succeeds({"info", "scene/"}).err, HasSubstr("next:  sanerf train scene/ --out scene_run\n"));
}

TEST_F(Info, SaysWhatHasBecomeOfTheSceneOfARun) {
  MakeRun();
  const fs::path photo = folder_ / "scene/train/003.png";
  const std::string bytes = ReadFile(photo);
  std::string other = bytes;
  other[other.size() / 2] ^= 1;
  WriteFileAtomic(photo, other);
  EXPECT_THAT(Succeeds({"info", "run"}).out, HasSubstr("warning  the scene in "));
  EXPECT_THAT(Described("run")["scene"]["problem"].get<std::string>(),
              HasSubstr("the photo train/003.png is not the one that run was trained on"));
  WriteFileAtomic(photo, bytes);
  EXPECT_FALSE(Described("run")["scene"].contains("problem"));

  const fs::path cameras = folder_ / "scene/transforms_train.json";
  Json transforms = ReadJsonFile(cameras);
  transforms["frames"][2]["transform_matrix"][0][3] = 7.0;
  WriteJsonFile(cameras, transforms);
  EXPECT_THAT(Described("run")["scene"]["problem"].get<std::string>(), HasSubstr("photos or cameras"));

  fs::rename(folder_ / "scene", folder_ / "moved");
  EXPECT_THAT(Described("run")["scene"]["problem"].get<std::string>(), HasSubstr("is gone"));
  EXPECT_THAT(Succeeds({"info", "run"}).out, HasSubstr("--scene DIR"));
}

TEST_F(Info, TrainRecordsWhereTheSceneIsNow) {
  MakeRun();
  fs::rename(folder_ / "scene", folder_ / "moved");
  EXPECT_THAT(Fails(1, {"train", "run"}), HasSubstr("--scene DIR"));
  Succeeds({"train", "run", "--scene", "moved"});
  EXPECT_FALSE(Described("run")["scene"].contains("problem"));
}

TEST_F(Info, ARecordWithAValueOfTheWrongKindIsNamed) {
  MakeRun();
  const Json good = ReadJsonFile(folder_ / "run/run.json");
  for (const char* key : {"/sanerf", "/scene/summary", "/stages/train/when", "/stages/train/fingerprint"}) {
    Json bad = good;
    bad[Json::json_pointer(key)] = 7;
    WriteJsonFile(folder_ / "run/run.json", bad);
    EXPECT_THAT(Fails(1, {"info", "run"}), AllOf(HasSubstr("run.json: "), HasSubstr("expected a string"))) << key;
  }
}

}  // namespace
}  // namespace sanerf::cli
