#include "sanerf/pipeline/flags_for.h"

#include <fmt/format.h>

#include <optional>

#include "sanerf/core/json.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/pipeline/presets.h"
#include "sanerf/pipeline/settings.h"

namespace sanerf::pipeline {
namespace {

// As --set takes it: options of single precision in their own digits.
std::string ValueText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number_float()) return value.dump();
  const double number = value.get<double>();
  const float rounded = float(number);
  return double(rounded) == number ? fmt::format("{}", rounded) : fmt::format("{}", number);
}

std::vector<std::string> Differences(const Json& options, const Json& from, const std::vector<std::string>& stages) {
  std::vector<std::string> assignments;
  for (const std::string& stage : stages) {
    for (const auto& [key, value] : options.at(stage).items())
      if (value != from.at(stage).at(key)) assignments.push_back(stage + "." + key + "=" + ValueText(value));
  }
  return assignments;
}

}  // namespace

std::string FlagsFor(const Json& options, const std::vector<std::string>& stages) {
  std::optional<std::vector<std::string>> fewest;
  std::string preset;
  for (const Preset choice : {Preset::kDefault, Preset::kFast, Preset::kPaper}) {
    std::vector<std::string> differences = Differences(options, ToJson(SettingsOf(choice)), stages);
    if (fewest && differences.size() >= fewest->size()) continue;
    fewest = std::move(differences);
    preset = choice == Preset::kDefault ? "" : " --preset " + NameOf(choice);
  }
  std::string flags = preset;
  for (const std::string& assignment : *fewest) flags += " --set " + ShellQuoted(assignment);
  return flags;
}

}  // namespace sanerf::pipeline
