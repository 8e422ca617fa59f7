// What the program understands, as data: for completion in a shell and for manual pages.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace sanerf::cli {

struct FlagDescription {
  std::vector<std::string> names;  // "-o", "--out"
  std::string value;               // "DIR"; "" for one that takes none
  std::string help;
  std::string group;  // heading: "OPTIONS", "Everywhere"
};

struct CommandDescription {
  std::string name;  // "train"
  std::string help;  // one line; of the program itself some
  std::string footer;
  std::vector<FlagDescription> flags;      // in the order of the help
  std::vector<FlagDescription> arguments;  // names: one, "SCENE"
  std::vector<CommandDescription> commands;
};

CommandDescription Describe(const CLI::App& app);

}  // namespace sanerf::cli
