#include "sanerf/export/splat_writers.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "sanerf/core/disk_test_support.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/export/splat_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

const Vec3 kFarOnEarth(1'500'123.25, 5'291'877.125, 412.5);

// Three Gaussians, the second the largest.
Splats ThreeSplats(const Vec3& origin, int degree) {
  Splats splats;
  splats.color_degree = degree;
  for (int i = 0; i < 3; ++i) {
    splats.positions.push_back(origin + Vec3(i, 0.5 * i, -i));
    splats.normals.push_back({0, 0, 1});
    splats.scales.push_back(i == 1 ? std::array<float, 3>{0.5f, 0.25f, 0.125f}
                                   : std::array<float, 3>{0.1f, 0.2f, 0.05f});
    splats.rotations.push_back({0.5f, -0.5f, 0.5f, 0.5f});
    splats.opacities.push_back(i == 2 ? 1.0f : 0.8f);
    splats.labels.push_back(uint8_t(i));
    for (int k = 0; k < splats.num_functions(); ++k)
      for (int c = 0; c < 3; ++c) splats.colors.push_back(float(100 * i + 10 * k + c) / 1000);
  }
  return splats;
}

TEST(SplatWriters, PlyIsWhatOthersRead) {
  const TestFolder folder;
  for (const int degree : {0, 1, 2}) {
    const Splats splats = ThreeSplats(Vec3::Zero(), degree);
    const SplatFile written = WriteSplatPly(splats, {{1, "mug"}, {2, "bowl\nof rice"}}, folder / "a.ply");
    EXPECT_EQ(written.offset, Vec3::Zero());
    EXPECT_THAT(written.files, testing::ElementsAre(folder / "a.ply"));
    const PlainPly ply(folder / "a.ply");
    ASSERT_EQ(ply.size(), 3u);
    std::vector<std::string> expected = {"x", "y", "z", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2"};
    const int num_rest = 3 * ((degree + 1) * (degree + 1) - 1);  // 0, 9, 24: the numbers that readers know a degree by
    for (int i = 0; i < num_rest; ++i) expected.push_back("f_rest_" + std::to_string(i));
    for (const char* name :
         {"opacity", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3", "object_id"})
      expected.push_back(name);
    EXPECT_EQ(ply.properties, expected);
    EXPECT_THAT(ply.comments, testing::Contains("object 1 mug"));
    EXPECT_THAT(ply.comments, testing::Contains("object 2 bowl of rice"));
    const auto at = [&](const std::string& name) { return ply.columns.at(name)[1]; };
    EXPECT_NEAR(at("x"), 1, 1e-6);
    EXPECT_NEAR(at("y"), 0.5, 1e-6);
    EXPECT_NEAR(at("z"), -1, 1e-6);
    EXPECT_NEAR(at("nz"), 1, 1e-6);
    EXPECT_NEAR(at("opacity"), std::log(0.8 / 0.2), 1e-5);
    EXPECT_NEAR(at("scale_0"), std::log(0.5), 1e-6);
    EXPECT_NEAR(at("rot_0"), 0.5, 1e-6);
    EXPECT_NEAR(at("rot_1"), -0.5, 1e-6);
    EXPECT_EQ(at("object_id"), 1);
    EXPECT_NEAR(at("f_dc_2"), 0.102, 1e-6);
    const int num_others = num_rest / 3;  // channel by channel: function k of channel c is f_rest_(c others + k - 1)
    for (int c = 0; c < 3; ++c)
      for (int k = 1; k <= num_others; ++k)
        EXPECT_NEAR(at("f_rest_" + std::to_string(c * num_others + k - 1)), 0.1 + 0.01 * k + 0.001 * c, 1e-6);
    EXPECT_TRUE(std::isfinite(ply.columns.at("opacity")[2]));  // of an opacity of 1
  }
}

TEST(SplatWriters, FarOnEarthPositionsAreRelativeToAnOffsetThatIsTold) {
  const TestFolder folder;
  const Splats splats = ThreeSplats(kFarOnEarth, 0);
  const SplatFile ply_file = WriteSplatPly(splats, {}, folder / "a.ply");
  const PlainPly ply(folder / "a.ply");
  ASSERT_EQ(ply.comments.size(), 2u);
  Vec3 told;
  ASSERT_EQ(std::sscanf(ply.comments[1].c_str(), "offset %lf %lf %lf: add it to x y z", &told[0], &told[1], &told[2]),
            3);
  EXPECT_EQ(told, ply_file.offset);
  for (int a = 0; a < 3; ++a) EXPECT_EQ(told[a], std::round(told[a]));  // whole units for something of a few
  for (size_t i = 0; i < 3; ++i) {
    const Vec3 p = told + Vec3(ply.columns.at("x")[i], ply.columns.at("y")[i], ply.columns.at("z")[i]);
    EXPECT_LT((p - splats.positions[i]).norm(), 1e-6) << i;
  }

  const SplatFile splat_file = WriteAntimatterSplat(splats, folder / "a.splat");
  EXPECT_THAT(splat_file.files, testing::ElementsAre(folder / "a.splat", folder / "a.splat.json"));
  const Json beside = Json::parse(ReadFile(folder / "a.splat.json"));
  for (int a = 0; a < 3; ++a) EXPECT_EQ(beside.at("offset").at(size_t(a)).get<double>(), splat_file.offset[a]);
  // Near the origin there is none, and what an earlier file had beside it is gone.
  WriteAntimatterSplat(ThreeSplats(Vec3::Zero(), 0), folder / "a.splat");
  EXPECT_FALSE(fs::exists(folder / "a.splat.json"));
}

TEST(SplatWriters, SplatHas32BytesOfEachTheLargestFirst) {
  const TestFolder folder;
  const Splats splats = ThreeSplats(Vec3::Zero(), 1);
  WriteAntimatterSplat(splats, folder / "a.splat");
  const std::string bytes = ReadFile(folder / "a.splat");
  ASSERT_EQ(bytes.size(), 3u * 32);
  float floats[6];
  std::memcpy(floats, bytes.data(), sizeof floats);
  EXPECT_EQ(floats[0], 1.0f);  // number 1
  EXPECT_EQ(floats[1], 0.5f);
  EXPECT_EQ(floats[2], -1.0f);
  EXPECT_EQ(floats[3], 0.5f);
  EXPECT_EQ(floats[5], 0.125f);
  const auto byte = [&](size_t at) { return int(uint8_t(bytes[at])); };
  EXPECT_EQ(byte(24), std::lround(255 * (0.5 + 0.28209479 * 0.1)));
  EXPECT_EQ(byte(27), std::lround(255 * 0.8));
  EXPECT_EQ(byte(28), 192);  // 128 + 64
  EXPECT_EQ(byte(29), 64);
}

// Three balls in a row, red, green and blue, and below them a yellow needle that lies along x and is turned to stand
// up: what scripts/check_splats_in_browser.sh shows to another viewer.
TEST(SplatWriters, SampleForAnotherViewer) {
  Splats sample;
  const auto add = [&](const Vec3& position, const std::array<float, 3>& scale, const std::array<float, 4>& rotation,
                       const std::array<float, 3>& rgb) {
    sample.positions.push_back(position);
    sample.normals.push_back({0, 0, 1});
    sample.scales.push_back(scale);
    sample.rotations.push_back(rotation);
    sample.opacities.push_back(0.99f);
    sample.labels.push_back(uint8_t(sample.labels.size()));
    for (const float c : rgb) sample.colors.push_back((c - 0.5f) / 0.28209479f);
  };
  for (int i = 0; i < 3; ++i) {
    std::array<float, 3> rgb = {0, 0, 0};
    rgb[size_t(i)] = 1;
    add(Vec3(i - 1, 0.5, 0), {0.25f, 0.25f, 0.25f}, {1, 0, 0, 0}, rgb);
  }
  add(Vec3(0, -1, 0), {0.5f, 0.05f, 0.05f}, {std::sqrt(0.5f), 0, 0, std::sqrt(0.5f)}, {1, 1, 0});
  const TestFolder folder;
  const char* wanted = std::getenv("SANERF_SAMPLE_PLY");
  const fs::path path = wanted != nullptr ? fs::path(wanted) : folder / "sample.ply";
  WriteSplatPly(sample, {{1, "green"}, {2, "blue"}}, path);
  EXPECT_EQ(PlainPly(path).size(), 4u);
}

TEST(SplatWriters, OfAFullDiskNothingIsLeft) {
  TestDisk disk(64);
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  Splats splats = ThreeSplats(kFarOnEarth, 1);
  Splats many = splats;
  while (many.size() < 2000) {
    const auto append = [](auto* to, const auto& from) { to->insert(to->end(), from.begin(), from.end()); };
    append(&many.positions, splats.positions);
    append(&many.normals, splats.normals);
    append(&many.scales, splats.scales);
    append(&many.rotations, splats.rotations);
    append(&many.opacities, splats.opacities);
    append(&many.labels, splats.labels);
    append(&many.colors, splats.colors);
  }
  disk.LeaveFree(16 << 10);
  EXPECT_THAT(ErrorTextOf<WriteError>([&] { WriteSplatPly(many, {}, disk / "a.ply"); }),
              testing::AllOf(testing::HasSubstr("a.ply"), testing::HasSubstr("space")));
  EXPECT_FALSE(fs::exists(disk / "a.ply"));
  EXPECT_THAT(ErrorTextOf<WriteError>([&] { WriteAntimatterSplat(many, disk / "a.splat"); }),
              testing::HasSubstr("a.splat"));
  EXPECT_FALSE(fs::exists(disk / "a.splat"));
  EXPECT_FALSE(fs::exists(disk / "a.splat.json"));
}

}  // namespace
}  // namespace sanerf::exports
