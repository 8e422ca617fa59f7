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
  EXPECT_EQ(FlagsFor(settings.ToJson(), train), "");
  settings.Assign("nerf.lr=0.02");
  settings.Assign("encode.model=my model.onnx");
  EXPECT_EQ(FlagsFor(settings.ToJson(), train), " --set nerf.lr=0.02");
  EXPECT_EQ(FlagsFor(settings.ToJson(), {"encode"}), " --set 'encode.model=my model.onnx'");
  ApplyPreset(Preset::kFast, &settings);
  settings.Assign("nerf.lr=0.02");
  EXPECT_EQ(FlagsFor(settings.ToJson(), train), " --preset fast --set nerf.lr=0.02");
}

}  // namespace
}  // namespace sanerf::pipeline
