// For tests of `sanerf poses` as a whole: eight photos in a folder, and a model of them that the stand-in for COLMAP
// gives. For tests only.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/poses/fake_tools_test_support.h"
#include "sanerf/poses/find_poses.h"

namespace sanerf::poses {

inline constexpr int kPhotos = 8;

class FindPosesTest : public FakeToolsTest {
 protected:
  void SetUp() override {
    for (int i = 0; i < kPhotos; ++i) AddPhoto("IMG_" + std::to_string(i) + ".png", uint64_t(i));
    SetModel("0", {0, 1, 2, 3, 4, 5, 6, 7});
  }
  void AddPhoto(const std::string& name, uint64_t seed, bool is_blurred = false) {
    std::filesystem::create_directories((photos_ / name).parent_path());
    WritePng(photos_ / name, NoisePhoto(seed, is_blurred));
  }
  // What the mapper will give as a model of that name: one of these photos.
  void SetModel(const std::string& name, const std::vector<int>& which, const std::string& where = "canned") {
    std::vector<std::string> files;
    for (const int i : which) files.push_back("00000" + std::to_string(i) + ".png");
    WriteSparseModel(RingModel(files, which, kPhotos), name.empty() ? fake_ / where : fake_ / where / name);
  }
  PosesResult Find(const PosesOptions& options = {}, const Job& job = Job()) {
    return FindPoses({photos_, scene_}, options, job);
  }
  std::string Failure(const PosesOptions& options = {}) {
    const std::string text = ErrorTextOf<Error>([&] { Find(options); });
    EXPECT_FALSE(std::filesystem::exists(scene_)) << "nothing half-written";
    return text;
  }
  static std::vector<std::string> NamesIn(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (!entry.is_directory()) names.push_back(entry.path().lexically_relative(folder).string());
    std::sort(names.begin(), names.end());
    return names;
  }

  const std::filesystem::path photos_ = folder_ / "my photos", scene_ = folder_ / "scene";
};

}  // namespace sanerf::poses
