// With which options the radiance field is trained: a preset, what the user said above it, or what a run has recorded.
#pragma once

#include <filesystem>
#include <string>

#include "sanerf/pipeline/settings.h"

namespace sanerf::viewer {

pipeline::Settings RecordedSettings(const std::filesystem::path& run);  // throws Error as RunFolder::Open does
// The preset, and above it what the user said otherwise: by --set, say. Throws UsageError for an unknown preset.
pipeline::Settings WithPreset(const std::string& preset, const pipeline::Settings& said);
// The preset that trains the same field; "" when these options are somebody's own.
std::string PresetOf(const pipeline::Settings& settings);

}  // namespace sanerf::viewer
