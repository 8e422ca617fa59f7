// A tiny scene, a radiance field trained for a moment, and a model of brightness instead of SAM: what tests of
// `segment` share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "sanerf/cli/cli_test_support.h"
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

  void MakeScene() const { Succeeds({"synth", "scene", "--views", "10", "--size", "48", "--set", "synth.samples=1"}); }
  static Arguments Train(const std::string& run) {
    return {"train",   "scene",
            "--out",   run,
            "--iters", "60",
            "--set",   "nerf.log2_table=14",
            "--set",   "nerf.batch_samples=8192",
            "--set",   "nerf.occupancy_resolution=64",
            "--set",   "nerf.near_gradients=0"};  // in so few steps the first fog has to go
  }
  void MakeRun(const std::string& run = "run") const {
    MakeScene();
    Succeeds(Train(run));
    WriteFileAtomic(folder_ / "encoder.onnx", onnx_test::AverageEncoder());
    WriteFileAtomic(folder_ / "decoder.onnx", onnx_test::ChoosingDecoder().Model());
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
  TestFolder folder_;
};

}  // namespace sanerf::cli
