// What the Tab key offers behind `sanerf`, as a script for each shell. Commands and flags come from the command line
// itself; everything else is completed as a file.
#pragma once

#include <string>

#include "sanerf/cli/command_tree.h"

namespace sanerf::cli {

std::string BashCompletion(const CommandDescription& program);
std::string ZshCompletion(const CommandDescription& program);
std::string FishCompletion(const CommandDescription& program);

}  // namespace sanerf::cli
