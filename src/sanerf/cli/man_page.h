// Manual pages, from the same texts as --help.
#pragma once

#include <string>

#include "sanerf/cli/command_tree.h"

namespace sanerf::cli {

// sanerf(1) for the program itself.
std::string ManPageOfProgram(const CommandDescription& program, const std::string& version);
// sanerf-train(1), of one of its commands; what that one's own commands take is in it.
std::string ManPageOfCommand(const CommandDescription& command, const std::string& version);

}  // namespace sanerf::cli
