// The command lines that do what the window does, to be pasted into a shell.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/segmentation/prompt_edits.h"

namespace sanerf::viewer {

// One command per object, joined by &&: the first begins a field, the others join it. "" without a usable object.
// flags: of every command, with a blank before each.
std::string SegmentCommand(const std::filesystem::path& run, const std::vector<segmentation::EditedObject>& objects,
                           const std::string& flags = "");
// By words, beside the objects that are there; all that there is for no words, which replaces them.
std::string FindCommand(const std::filesystem::path& run, const std::string& words, bool has_objects);

}  // namespace sanerf::viewer
