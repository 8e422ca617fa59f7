// Tiny scene folders that the tests write themselves.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "sanerf/core/camera.h"
#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/json.h"

namespace sanerf::scene {

class SceneFolderTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(root_); }

  void WriteText(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << text;
  }
  // Of one value, but for the first pixel of a picture in color: no two photos are the same.
  void WriteImage(const std::string& name, int width = 16, int height = 12, int channels = 3, uint8_t value = 90) {
    std::filesystem::create_directories((root_ / name).parent_path());
    ImageU8 image(width, height, channels, value);
    const size_t mark = std::hash<std::string>()(name);
    for (int c = 0; c < 3 && channels >= 3; ++c) image.At(0, 0, c) = uint8_t(mark >> (8 * c));
    WritePng(root_ / name, image);
  }

  const TestFolder folder_;  // of its own: a loader that finds no scene also looks beside and above
  const std::filesystem::path root_ = folder_ / "scene";
};

inline Json MatrixOf(const Pose& pose) {
  Json rows = Json::array();
  for (int r = 0; r < 3; ++r) {
    rows.push_back({pose.rotation(r, 0), pose.rotation(r, 1), pose.rotation(r, 2), pose.translation[r]});
  }
  rows.push_back({0, 0, 0, 1});
  return rows;
}

// Camera i of n on a ring around the origin.
inline Pose RingPose(int i, int n, double radius = 2, double height = 1) {
  const double angle = 2 * M_PI * i / n;
  return LookAt({radius * std::cos(angle), radius * std::sin(angle), height}, Vec3::Zero());
}

inline Json RingFrames(int n, const std::string& pattern = "images/", const std::string& extension = ".png") {
  Json frames = Json::array();
  for (int i = 0; i < n; ++i) {
    frames.push_back({{"file_path", pattern + std::string(i < 10 ? "0" : "") + std::to_string(i) + extension},
                      {"transform_matrix", MatrixOf(RingPose(i, n))}});
  }
  return frames;
}

// The error that `f` throws, as the command line would print it; "" when it throws none.
template <class F>
std::string ErrorText(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return std::string(error.what()) + " | " + error.hint();
  }
  return "";
}

}  // namespace sanerf::scene
