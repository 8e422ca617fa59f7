// A tiny scene, a radiance field trained for a moment, and a model of brightness instead of SAM: what tests of
// `segment` share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "sanerf/cli/cli_test_support.h"
#include "sanerf/core/byte_text.h"
#include "sanerf/core/json.h"
#include "sanerf/core/made_once_test_support.h"
#include "sanerf/models/onnx_test_support.h"

namespace sanerf::cli {

using Arguments = std::vector<std::string>;

inline Arguments operator+(Arguments a, const Arguments& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Every file below `folder` with a hash of its contents, and the empty folders.
inline std::map<std::string, std::string> Snapshot(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = std::filesystem::relative(entry.path(), folder).string();
    // A lock holds the number of the process that had it last.
    if (entry.is_regular_file()) files[name] = entry.path().filename() == ".lock" ? "" : Sha256OfFile(entry.path());
    if (entry.is_directory() && std::filesystem::is_empty(entry.path())) files[name] = "";
  }
  return files;
}

// For what is made once: half-made it must not be kept.
inline void MustSucceed(const Arguments& arguments, const std::filesystem::path& folder) {
  const ProgramResult result = RunSanerf(arguments, folder);
  if (result.exit_code != 0) throw std::runtime_error(result.err);
}

// place/scene, rendered in a moment.
inline void Synthesize(const std::filesystem::path& place) {
  MustSucceed({"synth", "scene", "--views", "10", "--size", "48", "--set", "synth.samples=1"}, place);
}

// A copied run remembers where the scene was that it was made of: now it is `scene`.
inline void RecordScene(const std::filesystem::path& run, const std::filesystem::path& scene) {
  Json record = ReadJsonFile(run / "run.json");
  record["scene"]["absolute_path"] = std::filesystem::canonical(scene).string();
  WriteJsonFile(run / "run.json", record);
}

class TinyRun : public ::testing::Test {
 protected:
  ProgramResult Sanerf(const Arguments& arguments) const { return RunSanerf(arguments, folder_.path()); }
  ProgramResult Succeeds(const Arguments& arguments) const {
    const ProgramResult result = Sanerf(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result;
  }
  // The text of the one error and its hint.
  std::string Fails(int exit_code, const Arguments& arguments) const {
    const ProgramResult result = Sanerf(arguments);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(EndsInOneError(result));
    return result.err.substr(std::min(result.err.find("error: "), result.err.size()));
  }

  static Arguments Train(const std::string& run) {
    return {"train",   "scene",
            "--out",   run,
            "--iters", "60",
            "--set",   "nerf.log2_table=14",
            "--set",   "nerf.batch_samples=8192",
            "--set",   "nerf.occupancy_resolution=64",
            "--set",   "nerf.near_gradients=0"};  // in so few steps the first fog has to go
  }
  // Goes with Train where a field has to be there and need show nothing: what it renders costs a fraction.
  static Arguments Rough() {
    Arguments rough;
    for (const char* option : {"nerf.levels=4", "nerf.features=4", "nerf.density_width=32", "nerf.color_width=32",
                               "nerf.occupancy_resolution=8", "nerf.step=0.2", "nerf.cone=0.2"})
      rough = rough + Arguments{"--set", option};
    return rough;
  }
  // With a model of 16 x 16 averages, whose masks are what is bright.
  static Arguments Segment(const Arguments& prompt, const std::string& run = "run") {
    return Arguments{"segment", run,
                     "--name",  "mug",
                     "--set",   "encode.model=encoder.onnx,decoder.onnx",
                     "--set",   "encode.size=64",
                     "--set",   "object.iters=2",
                     "--set",   "object.log2_table=10",
                     "--set",   "object.pool_rays=4096"} +
           prompt;
  }

  // Scene, run and models are copies of what one test of the program has made.
  void MakeScene() const { CopyOfWhatIsMadeOnce(folder_, "scene", Synthesize); }
  void MakeRun(const std::string& run = "run") const {
    CopyOfWhatIsMadeOnce(folder_, "run", [](const std::filesystem::path& place) { TrainIn(place); });
    RecordScene(folder_ / "run", folder_ / "scene");
    if (run != "run") std::filesystem::rename(folder_ / "run", folder_ / run);
  }
  // The run with a mug in it. instance: of the true masks, 0 = none. training: nothing or Rough().
  void MakeRunWithMug(int instance = 0, const Arguments& training = {}) const {
    const std::string name = (training.empty() ? "mug_" : "rough_mug_") + std::to_string(instance);
    CopyOfWhatIsMadeOnce(folder_, name, [&](const std::filesystem::path& place) {
      TrainIn(place, training);
      Arguments segment = Segment({"--box", "train/001:0,0,48,48"});
      if (instance != 0) segment = segment + Arguments{"--instance", std::to_string(instance)};
      MustSucceed(segment, place);
    });
    RecordScene(folder_ / "run", folder_ / "scene");
  }
  TestFolder folder_;

 private:
  static void TrainIn(const std::filesystem::path& place, const Arguments& training = {}) {
    Synthesize(place);
    MustSucceed(Train("run") + training, place);
    onnx_test::WriteSmallSam(place);
  }
};

}  // namespace sanerf::cli
