// Presets: named values of options of all stages. One page that says what the paper's method is, in numbers.
#pragma once

#include <string>
#include <vector>

#include "sanerf/pipeline/settings.h"

namespace sanerf::pipeline {

enum class Preset {
  kFast,     // a coarser radiance field in about half the time: for a first look
  kDefault,  // what the options' structs say: chosen by measurement (docs/studies)
  kPaper,    // SANeRF-HQ as published, sections 3 and A
};

std::vector<std::string> PresetNames();
Preset ParsePreset(const std::string& name);  // throws UsageError for an unknown one
std::string NameOf(Preset preset);

// Settings with nothing else in them.
Settings SettingsOf(Preset preset);
// "nerf.iters", ...: the options that presets speak about. Each preset speaks about all of them.
std::vector<std::string> PresetOptions();

// What the preset says about options of these stages; what no preset speaks about stays as it is.
void ApplyPreset(Preset preset, const std::vector<std::string>& stages, Settings* settings);
void ApplyPreset(Preset preset, Settings* settings);  // all stages

}  // namespace sanerf::pipeline
