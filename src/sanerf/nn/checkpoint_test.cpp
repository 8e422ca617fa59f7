#include "sanerf/nn/checkpoint.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <fstream>

#include "sanerf/core/disk_test_support.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/core/odd_files_test_support.h"

namespace sanerf::nn {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class CheckpointTest : public testing::Test {
 protected:
  // Two tensors, one of odd length and with values that text would lose.
  void WriteSmall(const std::string& kind = "nerf") const {
    CheckpointWriter writer{kind, Json{{"step", 1200}, {"name", "mug \"blue\""}}, {}};
    writer.Add("weights", weights_);
    writer.Add("grid", grid_);
    writer.Add("nothing", {});
    writer.Write(path_);
  }

  // Hundreds of damaged copies: no need for each to be durable.
  void Overwrite(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc).write(bytes.data(), std::streamsize(bytes.size()));
  }

  std::string ErrorOf(const fs::path& path, const std::string& kind = "nerf") const {
    try {
      CheckpointReader reader(path, kind);
    } catch (const Error& error) {
      return std::string(error.what()) + "; hint: " + error.hint();
    }
    return "";
  }

  const std::vector<float> weights_ = {1.5f, -0.0f, 1e-42f, INFINITY, 3e38f};
  const std::vector<float> grid_ = {7, 8, 9, 10};
  const TestFolder folder_;
  fs::path path_ = folder_ / "model.ckpt";
};

TEST_F(CheckpointTest, RoundTrip) {
  WriteSmall();
  const CheckpointReader reader(path_, "nerf");
  EXPECT_EQ(reader.meta()["step"], 1200);
  EXPECT_EQ(reader.meta()["name"], "mug \"blue\"");
  ASSERT_EQ(reader.Size("weights"), 5);
  EXPECT_EQ(reader.Size("nothing"), 0);
  EXPECT_EQ(reader.Size("moments"), -1);
  EXPECT_TRUE(reader.Has("grid"));
  EXPECT_FALSE(reader.Has("moments"));
  std::vector<float> weights(5), grid(4);
  reader.Read("weights", weights);
  reader.Read("grid", grid);
  EXPECT_EQ(std::memcmp(weights.data(), weights_.data(), 20), 0);  // bit for bit
  EXPECT_EQ(grid, grid_);
}

TEST_F(CheckpointTest, SameContentsGiveTheSameBytesAndOtherContentsAnotherChecksum) {
  WriteSmall();
  const std::string bytes = ReadFile(path_);
  const uint64_t checksum = CheckpointReader(path_, "nerf").checksum();
  WriteSmall();
  EXPECT_EQ(ReadFile(path_), bytes);
  CheckpointWriter writer{"nerf", Json{{"step", 1200}, {"name", "mug \"blue\""}}, {}};
  std::vector<float> changed = weights_;
  changed[1] = 0.0f;  // only the sign of a zero
  writer.Add("weights", changed);
  writer.Add("grid", grid_);
  writer.Add("nothing", {});
  writer.Write(path_);
  EXPECT_NE(CheckpointReader(path_, "nerf").checksum(), checksum);
}

TEST_F(CheckpointTest, CutShortAnywhereIsAnError) {
  WriteSmall();
  const std::string bytes = ReadFile(path_);
  for (size_t size = 0; size < bytes.size(); ++size) {
    Overwrite(bytes.substr(0, size));
    ASSERT_THAT(ErrorOf(path_), HasSubstr(size < 8 ? "not a sanerf checkpoint" : "truncated")) << size << " bytes";
  }
}

TEST_F(CheckpointTest, AnyFlippedBitIsAnError) {
  WriteSmall();
  const std::string bytes = ReadFile(path_);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = char(damaged[i] ^ (1 << (i % 8)));
    Overwrite(damaged);
    const std::string error = ErrorOf(path_);
    ASSERT_THAT(error, HasSubstr("model.ckpt")) << "byte " << i;
    ASSERT_THAT(error, HasSubstr("hint: ")) << "byte " << i;
  }
}

// The checksum is right, what it covers is not: written by another program, or with intent.
TEST_F(CheckpointTest, TensorsOutsideOfTheFileAreAnError) {
  const auto error_with = [&](const std::string& tensors, const std::string& meta = "{}") {
    std::string header = R"({"kind": "nerf", "meta": )" + meta + R"(, "tensors": )" + tensors + "}";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    const std::string payload = header + std::string(16, '\1');  // room for four values
    const uint32_t numbers[2] = {1, uint32_t(header.size())};
    const uint64_t sizes[2] = {payload.size(), CheckpointChecksum(numbers[1], payload)};
    Overwrite("SANERFCK" + std::string(reinterpret_cast<const char*>(numbers), 8) +
              std::string(reinterpret_cast<const char*>(sizes), 16) + payload);
    return ErrorOf(path_);
  };
  EXPECT_EQ(error_with(R"({"grid": {"offset": 8, "count": 2}})"), "");
  EXPECT_EQ(CheckpointReader(path_, "nerf").Read("grid").size(), 2u);
  EXPECT_THAT(error_with(R"({"grid": {"offset": 12, "count": 2}})"),
              testing::AllOf(HasSubstr("model.ckpt: header: tensors.grid: "), HasSubstr("outside of the file")));
  EXPECT_THAT(error_with(R"({"a": {"offset": 0, "count": 3}, "b": {"offset": 0, "count": 2}})"),
              testing::AllOf(HasSubstr("tensors.b: "), HasSubstr("outside of the file")));  // two sharing a value
  EXPECT_THAT(error_with(R"({"grid": {"offset": -40, "count": 2}})"),
              HasSubstr("tensors.grid.offset: expected an integer"));
  EXPECT_THAT(error_with(R"({"grid": {"offset": 0, "count": 4611686018427387905}})"), HasSubstr("tensors.grid.count"));
  EXPECT_THAT(error_with("[]"), HasSubstr("tensors: expected an object"));
  EXPECT_THAT(error_with("{}", std::string(1000, '[') + std::string(1000, ']')), HasSubstr("nested"));
}

TEST_F(CheckpointTest, TrailingBytesAreAnError) {
  WriteSmall();
  Overwrite(ReadFile(path_) + std::string(8, '\0'));
  EXPECT_THAT(ErrorOf(path_), HasSubstr("damaged"));
}

TEST_F(CheckpointTest, OtherKindIsAnErrorThatNamesBoth) {
  WriteSmall("object-field");
  EXPECT_THAT(ErrorOf(path_), testing::AllOf(HasSubstr("'object-field'"), HasSubstr("'nerf'")));
  EXPECT_EQ(ErrorOf(path_, "object-field"), "");
}

TEST_F(CheckpointTest, NewerVersionAsksForAnUpdate) {
  WriteSmall();
  std::string bytes = ReadFile(path_);
  bytes[8] = 2;  // u32 version after the eight bytes of the magic
  Overwrite(bytes);
  EXPECT_THAT(ErrorOf(path_), testing::AllOf(HasSubstr("format 2"), HasSubstr("update sanerf")));
}

TEST_F(CheckpointTest, SomethingElseIsNotACheckpoint) {
  Overwrite("\x89PNG\r\n\x1a\n and so on, long enough to hold a header of ours");
  EXPECT_THAT(ErrorOf(path_), HasSubstr("not a sanerf checkpoint"));
  EXPECT_THAT(ErrorOf(folder_ / "absent.ckpt"), HasSubstr("absent.ckpt"));
}

TEST_F(CheckpointTest, MissingAndMisfitTensorsAreNamed) {
  WriteSmall();
  const CheckpointReader reader(path_, "nerf");
  const auto error_of = [&](const std::string& name, size_t size) -> std::string {
    std::vector<float> into(size);
    try {
      reader.Read(name, into);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(error_of("moments", 4), HasSubstr("'moments' is missing"));
  EXPECT_THAT(error_of("grid", 5), HasSubstr("'grid' has 4 values, 5 are needed"));
  EXPECT_EQ(error_of("grid", 4), "");
  EXPECT_THROW(reader.CheckSize("moments", 4), Error);
  EXPECT_THROW(reader.CheckSize("grid", 5), Error);
  EXPECT_NO_THROW(reader.CheckSize("grid", 4));
}

TEST_F(CheckpointTest, WhatIsComputedWithMustBeNumbers) {
  WriteSmall();
  const CheckpointReader reader(path_, "nerf");
  std::vector<float> grid(4), weights(5);
  reader.ReadFinite("grid", grid);
  EXPECT_EQ(grid, grid_);
  EXPECT_EQ(ErrorTextOf<Error>([&] { reader.ReadFinite("weights", weights); }),  // one is infinite
            path_.string() +
                ": tensor 'weights' holds values that are no numbers\nthe training that wrote it failed: train again");
}

TEST_F(CheckpointTest, FailedWriteLeavesTheOldFile) {
  WriteSmall();
  const std::string before = ReadFile(path_);
  CheckpointWriter writer{"nerf", {}, {}};
  writer.Add("grid", grid_);
  const fs::path nowhere = folder_ / "no such folder" / "model.ckpt", below_a_file = path_ / "below a file.ckpt";
  EXPECT_EQ(ErrorTextOf<Error>([&] { writer.Write(nowhere); }),
            "cannot write " + nowhere.string() + ": No such file or directory\ncheck the path");
  EXPECT_EQ(ErrorTextOf<Error>([&] { writer.Write(below_a_file); }),
            "cannot write " + below_a_file.string() + ": Not a directory\na part of this path is a file, not a folder");
  EXPECT_EQ(ReadFile(path_), before);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()),
            1);  // no temporary file left
}

TEST_F(CheckpointTest, AFullDiskIsSaidAndLeavesTheOldFile) {
  const TestDisk disk;
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  path_ = disk / "model.ckpt";
  WriteSmall();
  const std::string before = ReadFile(path_);
  const std::vector<float> large(1 << 18, 1.5f);  // 1 MiB, four times the disk
  CheckpointWriter writer{"nerf", {}, {}};
  writer.Add("grid", large);
  EXPECT_EQ(ErrorTextOf<Error>([&] { writer.Write(path_); }),
            "cannot write " + path_.string() + ": No space left on device\nfree some space or choose another folder");
  EXPECT_EQ(ReadFile(path_), before);
  EXPECT_EQ(ErrorOf(path_), "");
  EXPECT_EQ(std::distance(fs::directory_iterator(path_.parent_path()), fs::directory_iterator()), 1);
  EXPECT_THROW(writer.Write(disk / "new.ckpt"), Error);
  EXPECT_FALSE(fs::exists(disk / "new.ckpt"));
}

TEST(CheckpointReader, RefusesWhatIsNoFile) {
  ExpectOddFilesAreRefused("model.ckpt", [](const fs::path& path) { CheckpointReader(path, "nerf"); });
}

}  // namespace
}  // namespace sanerf::nn
