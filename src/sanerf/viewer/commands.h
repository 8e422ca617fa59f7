// The command lines that do what the window does, to be pasted into a shell.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/pipeline/settings.h"
#include "sanerf/segmentation/prompt_edits.h"

namespace sanerf::viewer {

// What the window was set to do otherwise than by default, as flags of the commands that do the same: each with a
// blank before it.
struct StageFlags {
  std::string encode = {}, segment = {}, text = {}, everything = {};
};
StageFlags StageFlagsOf(const pipeline::Settings& settings);

// One command per object, joined by &&: the first begins a field, the others join it. "" without a usable object.
// flags: of every command, as above.
std::string SegmentCommand(const std::filesystem::path& run, const std::vector<segmentation::EditedObject>& objects,
                           const std::string& flags = "");
// By words, beside the objects that are there; all that there is for no words, which replaces them.
std::string FindCommand(const std::filesystem::path& run, const std::string& words, bool has_objects,
                        const StageFlags& flags = {});

}  // namespace sanerf::viewer
