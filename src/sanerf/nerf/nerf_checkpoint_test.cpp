// What checkpoints of radiance fields are refused, and why.
#include "sanerf/nerf/nerf_checkpoint.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/system_info.h"
#include "sanerf/nerf/model_access.h"
#include "sanerf/nerf/small_field_test_support.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::nerf {

using scene::Scene;

namespace {

class NerfCheckpointTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    synth::WriteSynthScene(folder_->path() / "scene", synth::SmallScene(12, 64), Job());
    scene_ = new Scene(scene::LoadScene(folder_->path() / "scene", {}, Job()));
  }
  static void TearDownTestSuite() {
    delete scene_;
    delete folder_;
  }
  static std::filesystem::path Path(const std::string& name) { return folder_->path() / name; }

  static TestFolder* folder_;
  static Scene* scene_;
};
TestFolder* NerfCheckpointTest::folder_;
Scene* NerfCheckpointTest::scene_;

TEST_F(NerfCheckpointTest, ResumeRefusesOtherOptions) {
  NerfTrainer trainer(*scene_, SmallOptions(), Job());
  trainer.Step();
  trainer.Save(Path("options.ckpt"), false);
  NerfOptions other = SmallOptions();
  other.huber_delta = 0.2f;
  NerfTrainer wrong(*scene_, other, Job());
  try {
    wrong.Resume(Path("options.ckpt"));
    FAIL() << "resumed with other options";
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("huber_delta"));
  }
}

// Of a training by a version that had an option more.
TEST_F(NerfCheckpointTest, ResumeRefusesWhatARemovedOptionDid) {
  NerfTrainer trainer(*scene_, SmallOptions(), Job());
  trainer.Step();
  const NerfModel model = trainer.Model();
  const auto save_with = [&](const char* background) {
    nn::CheckpointWriter writer;
    WriteNerf(ModelAccess::Traced(model), model.model_from_file(), SmallOptions(), &writer);
    (*writer.meta)["options"]["background"] = background;
    writer.Write(Path("removed.ckpt"));
    return nn::CheckpointReader(Path("removed.ckpt"), kNerfCheckpointKind);
  };
  const auto check = [&](const nn::CheckpointReader& reader) {
    CheckSameTraining(reader, Path("removed.ckpt"), SmallOptions(), scene_->model_from_file);
  };
  EXPECT_NO_THROW(check(save_with("random")));
  EXPECT_THAT(ErrorTextOf<Error>([&] { check(save_with("last_sample")); }),
              testing::HasSubstr("it was trained with background=\"last_sample\", now what shows behind a ray"));
  EXPECT_NO_THROW(NerfModel::Load(Path("removed.ckpt")));  // as it is
}

// By a version whose only appearance was a flag, nerf.exposure, and that kept no names of photos.
TEST_F(NerfCheckpointTest, GainsOfAnEarlierVersionAreReadAndGoOn) {
  NerfOptions options = SmallOptions();
  options.appearance = Appearance::kGain;
  NerfTrainer trainer(*scene_, options, Job());
  for (int i = 0; i < 6; ++i) trainer.Step();
  trainer.Save(Path("gains.ckpt"), false);
  const nn::CheckpointReader reader(Path("gains.ckpt"), kNerfCheckpointKind);
  Json header = reader.meta();
  header.erase("appearance_photos");
  for (const char* later : {"appearance", "appearance_identity", "appearance_tv", "occlusion", "occlusion_range",
                            "ray_end", "point_depth", "coarse_to_fine", "coarse_levels", "coarse_tv", "prune_below"})
    header["options"].erase(later);
  header["options"]["exposure"] = true;
  std::vector<std::pair<std::string, std::vector<float>>> tensors;
  for (const char* name : {"grid", "density", "colour", "occupancy_bits", "occupancy_density", "exposure", "grid.m",
                           "grid.v", "density.m", "density.v", "colour.m", "colour.v", "exposure.m", "exposure.v"})
    tensors.emplace_back(name, reader.Read(name));
  nn::CheckpointWriter writer;
  writer.kind = kNerfCheckpointKind;
  *writer.meta = header;
  for (const auto& [name, values] : tensors) writer.Add(name, values);
  writer.Write(Path("earlier.ckpt"));

  EXPECT_EQ(NerfModel::Load(Path("earlier.ckpt")).appearance(), nullptr);
  NerfTrainer resumed(*scene_, options, Job());
  resumed.Resume(Path("earlier.ckpt"));
  EXPECT_EQ(resumed.Step().loss, trainer.Step().loss);
  NerfTrainer other(*scene_, SmallOptions(), Job());
  EXPECT_THAT(ErrorTextOf<Error>([&] { other.Resume(Path("earlier.ckpt")); }),
              testing::HasSubstr("it was trained with appearance=\"gain\", now appearance=\"none\""));
  NerfOptions newer = options;
  newer.occlusion = 0.1f;  // which that version did not have
  NerfTrainer with_more(*scene_, newer, Job());
  EXPECT_THAT(ErrorTextOf<Error>([&] { with_more.Resume(Path("earlier.ckpt")); }),
              testing::HasSubstr("it was trained with occlusion=0"));
}

TEST_F(NerfCheckpointTest, ResumeRefusesAnotherFrame) {
  NerfTrainer trainer(*scene_, SmallOptions(), Job());
  trainer.Step();
  trainer.Save(Path("frame.ckpt"), false);
  const Mat3 turned = Eigen::AngleAxisd(0.2, Vec3(0, 0, 1)).toRotationMatrix();
  for (const Similarity& change :
       {Similarity{1.1}, Similarity{1, turned}, Similarity{1, Mat3::Identity(), Vec3(0, 1, 0)}}) {
    Scene moved = *scene_;
    moved.model_from_file.scale *= change.scale;
    moved.model_from_file.rotation = change.rotation * moved.model_from_file.rotation;
    moved.model_from_file.translation += change.translation;
    NerfTrainer other(moved, SmallOptions(), Job());
    EXPECT_THAT(ErrorTextOf<Error>([&] { other.Resume(Path("frame.ckpt")); }),
                testing::HasSubstr("it was trained on other camera poses"));
  }
}

TEST_F(NerfCheckpointTest, TruncatedAndWrongCheckpointsAreErrors) {
  NerfTrainer trainer(*scene_, SmallOptions(), Job());
  trainer.Save(Path("whole.ckpt"), true);
  const std::string bytes = ReadFile(Path("whole.ckpt"));
  for (const size_t size : {size_t{0}, size_t{10}, size_t{30}, bytes.size() / 2, bytes.size() - 1}) {
    WriteFileAtomic(Path("cut.ckpt"), bytes.substr(0, size));
    EXPECT_THAT(ErrorTextOf<Error>([] { NerfModel::Load(Path("cut.ckpt")); }),
                testing::StartsWith(Path("cut.ckpt").string() +
                                    (size < 8 ? ": not a sanerf checkpoint" : ": truncated checkpoint")))
        << size;
  }
  EXPECT_THAT(ErrorTextOf<Error>([] { NerfModel::Load(Path("absent.ckpt")); }),
              testing::StartsWith("cannot read " + Path("absent.ckpt").string() + ": No such file"));
}

// The checksum is right, the options are not those that the tensors were written with: no memory is asked for by them.
TEST_F(NerfCheckpointTest, OptionsThatTheTensorsDoNotFitAreErrors) {
  NerfTrainer(*scene_, SmallOptions(), Job()).Save(Path("whole.ckpt"), true);
  const auto error_with = [&](const std::string& from, const std::string& to) {
    std::string bytes = ReadFile(Path("whole.ckpt"));
    bytes.replace(bytes.find(from), from.size(), to);  // of the same length
    uint32_t header_bytes = 0;
    std::memcpy(&header_bytes, &bytes[12], sizeof header_bytes);
    const uint64_t checksum = nn::CheckpointChecksum(header_bytes, std::string_view(bytes).substr(32));
    std::memcpy(&bytes[24], &checksum, sizeof checksum);
    WriteFileAtomic(Path("other.ckpt"), bytes);
    return ErrorTextOf<Error>([] { NerfModel::Load(Path("other.ckpt")); });
  };
  EXPECT_EQ(error_with("\"occupancy_resolution\":32", "\"occupancy_resolution\":32"), "");
  for (const char* cells : {"96", "30", "00"}) {
    EXPECT_THAT(error_with("\"occupancy_resolution\":32", std::string("\"occupancy_resolution\":") + cells),
                testing::HasSubstr(cells[0] == '0'   ? "broken JSON"
                                   : cells[0] == '3' ? "nerf.occupancy_resolution=30: expected an integer"
                                                     : "are not those of its occupancy grid"))
        << cells;
  }
  EXPECT_THAT(error_with("\"extent\":", "\"extend\":"), testing::HasSubstr("damaged checkpoint header"));
  // A table of a gigabyte, which is not in the file.
  ResetPeakRss();
  const int64_t before = PeakRssBytes();
  nn::CheckpointWriter writer;
  writer.kind = kNerfCheckpointKind;
  const std::vector<float> bits(8 * 8 * 8 / 32);
  writer.Add("occupancy_bits", bits);
  *writer.meta = {{"options", {{"occupancy_resolution", 8}, {"levels", 32}, {"features", 8}, {"log2_table", 20}}},
                  {"extent", 1}};
  writer.Write(Path("other.ckpt"));
  EXPECT_THAT(ErrorTextOf<Error>([] { NerfModel::Load(Path("other.ckpt")); }),
              testing::HasSubstr("tensor 'grid' is missing"));
  EXPECT_LT(PeakRssBytes() - before, int64_t{1} << 28);
}

TEST_F(NerfCheckpointTest, WhatACheckpointRecordedOutOfRangeIsAnErrorOfThatFile) {
  const auto error_of = [](const Json& options, double extent) {
    nn::CheckpointWriter writer;
    writer.kind = kNerfCheckpointKind;
    *writer.meta = {{"options", options}, {"extent", extent}};
    writer.Write(Path("bad.ckpt"));
    return ErrorTextOf<Error>([] { NerfModel::Load(Path("bad.ckpt")); });
  };
  const std::string file = Path("bad.ckpt").string() + ": ";
  EXPECT_THAT(error_of({{"occupancy_resolution", 0}}, 1),
              testing::HasSubstr(file + "nerf.occupancy_resolution=0: expected an integer from 8 to 512"));
  EXPECT_THAT(error_of({{"density_layers", -1}}, 1), testing::HasSubstr(file + "nerf.density_layers=-1"));
  EXPECT_THAT(error_of({{"top", 4}}, 1), testing::HasSubstr(file + "hash grid"));  // below the base
  EXPECT_THAT(error_of(Json::object(), 0), testing::HasSubstr(file + "damaged checkpoint: extent 0 "));
}

// The checksum is right; no field has such a header or such weights.
TEST_F(NerfCheckpointTest, HeadersAndWeightsThatCannotBeAreErrors) {
  const std::filesystem::path path = Path("odd.ckpt");
  nn::CheckpointWriter writer;
  const NerfTrainer trainer(*scene_, SmallOptions(), Job());
  const NerfModel model = trainer.Model();
  WriteNerf(ModelAccess::Traced(model), model.model_from_file(), SmallOptions(), &writer);
  const auto error_of = [&](const nn::CheckpointWriter& odd) {
    odd.Write(path);
    return ErrorTextOf<Error>([&] { NerfModel::Load(path); });
  };
  const auto error_with = [&](const char* key, const Json& value) {
    nn::CheckpointWriter odd = writer;
    (*odd.meta)[Json::json_pointer(key)] = value;
    return error_of(odd);
  };
  EXPECT_EQ(error_with("/near", 0.05), "");
  const struct {
    const char *key, *error;
    Json value;
  } kOdd[] = {{"/near", "near: expected a number from 0 to 65536, found -0.5", -0.5},
              {"/extent", "extent: expected a number, found \"2\"", "2"},
              {"/background/1", "background[1]: expected a number from 0 to 1, found 1e+300", 1e300},
              {"/model_from_file/scale", "model_from_file.scale: expected a positive number", 0},
              {"/model_from_file/translation", "model_from_file.translation: expected at least 1 elements, found 0",
               Json::array()},
              {"/model_from_file/rotation/4", "model_from_file.rotation: it is no rotation", 3}};
  for (const auto& odd : kOdd)
    EXPECT_EQ(error_with(odd.key, odd.value),
              path.string() + ": damaged checkpoint header: " + odd.error + "\ntrain again");

  for (auto& [name, values] : writer.tensors) {
    if (name == "occupancy_bits") continue;  // any bits are
    std::vector<float> damaged(values.begin(), values.end());
    damaged.back() = NAN;
    nn::CheckpointWriter odd = writer;
    for (auto& [odd_name, odd_values] : odd.tensors)
      if (odd_name == name) odd_values = damaged;
    EXPECT_EQ(error_of(odd), path.string() + ": tensor '" + name +
                                 "' holds values that are no numbers\nthe training that wrote it failed: train again");
  }
}

}  // namespace
}  // namespace sanerf::nerf
