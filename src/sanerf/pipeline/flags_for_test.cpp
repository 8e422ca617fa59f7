#include "sanerf/pipeline/flags_for.h"

#include <gtest/gtest.h>

#include "sanerf/core/json.h"
#include "sanerf/pipeline/presets.h"
#include "sanerf/pipeline/settings.h"

namespace sanerf::pipeline {
namespace {

TEST(FlagsFor, FlagsSayWhatDiffersInTheFewestWords) {
  Settings settings;
  const std::vector<std::string> train = {"scene", "nerf"};
  EXPECT_EQ(FlagsFor(ToJson(settings), train), "");
  Assign(settings, "nerf.lr=0.02");
  Assign(settings, "encode.model=my model.onnx");
  EXPECT_EQ(FlagsFor(ToJson(settings), train), " --set nerf.lr=0.02");
  EXPECT_EQ(FlagsFor(ToJson(settings), {"encode"}), " --set 'encode.model=my model.onnx'");
  ApplyPreset(Preset::kFast, &settings);
  Assign(settings, "nerf.lr=0.02");
  EXPECT_EQ(FlagsFor(ToJson(settings), train), " --preset fast --set nerf.lr=0.02");
}

}  // namespace
}  // namespace sanerf::pipeline
