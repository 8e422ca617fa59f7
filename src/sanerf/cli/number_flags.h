// Flags that are numbers. A flag that stands for an option takes its meaning, default and range from there.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/experiments/settings.h"

namespace sanerf::cli {

// Values of flags that are options in disguise: --iters N is --set nerf.iters=N, and wins over it.
class OptionFlags {
 public:
  OptionFlags() = default;
  // Help names these values as the defaults.
  explicit OptionFlags(experiments::ExperimentSettings defaults) : defaults_(std::move(defaults)) {}

  // remark: added to the option's own help.
  void Add(CLI::App* sub, const std::string& flag, const std::string& option, const std::string& remark = "");
  // Throws UsageError that names the flag.
  void Apply(experiments::ExperimentSettings* settings) const;

 private:
  struct Flag {
    std::string flag, option, text;
  };
  experiments::ExperimentSettings defaults_;
  std::vector<std::shared_ptr<Flag>> flags_;  // CLI11 writes into them
};

// A flag that is a number of its own. Anything but an integer (for a double: a number) of the range is a UsageError
// that names flag, range and help.
CLI::Option* AddNumber(CLI::App* sub, const std::string& flag, int* value, const std::string& help, Range range);
CLI::Option* AddNumber(CLI::App* sub, const std::string& flag, std::optional<int>* value, const std::string& help,
                       Range range);
CLI::Option* AddNumber(CLI::App* sub, const std::string& flag, double* value, const std::string& help, Range range);

}  // namespace sanerf::cli
