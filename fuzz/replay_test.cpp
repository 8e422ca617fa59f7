// Replays the corpora: every seed, which its reader must take, every past finding (found-*), and each of them cut
// short.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "fuzz.h"
#include "sanerf/core/files.h"

// targets.inc has a line per target, written by CMake.
#define SANERF_FUZZ_TARGET(name)                 \
  namespace sanerf::fuzz::name {                 \
  int FuzzOne(const uint8_t* data, size_t size); \
  }
#include "targets.inc"
#undef SANERF_FUZZ_TARGET

namespace sanerf::fuzz {
namespace {
namespace fs = std::filesystem;

struct Target {
  const char* name;
  int (*fuzz_one)(const uint8_t*, size_t);
};

std::vector<Target> Targets() {
  return {
#define SANERF_FUZZ_TARGET(name) {#name, &name::FuzzOne},
#include "targets.inc"
#undef SANERF_FUZZ_TARGET
  };
}

void Run(const Target& target, std::string_view bytes) {
  // A copy of its own, so that the address sanitizer sees a read beyond the end.
  const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  EXPECT_EQ(target.fuzz_one(copy.data(), copy.size()), 0);
}

class FuzzReplay : public testing::TestWithParam<Target> {};

TEST_P(FuzzReplay, Corpus) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(SANERF_FUZZ_CORPUS) / GetParam().name)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  ASSERT_FALSE(files.empty());

  std::vector<std::string> contents;
  int num_seeds = 0;
  for (const fs::path& file : files) {
    SCOPED_TRACE(file);
    contents.push_back(ReadFile(file));
    const Verdicts before = CountedVerdicts();
    fuzz::Run(GetParam(), contents.back());
    if (file.filename().string().starts_with("found-")) continue;
    ++num_seeds;
    EXPECT_GT(CountedVerdicts().accepted, before.accepted);
    EXPECT_EQ(CountedVerdicts().refused, before.refused) << "the reader refuses this seed: renew it (make_seeds)";
  }
  EXPECT_GT(num_seeds, 0);

  constexpr size_t kCuts = 64;
  for (size_t i = 0; i < files.size(); ++i) {
    SCOPED_TRACE(files[i]);
    const std::string_view bytes = contents[i];
    for (size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / kCuts)
      fuzz::Run(GetParam(), bytes.substr(0, size));
  }
}

INSTANTIATE_TEST_SUITE_P(All, FuzzReplay, testing::ValuesIn(Targets()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace sanerf::fuzz
