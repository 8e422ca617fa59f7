#include "sanerf/cli/method_flags.h"

#include <fmt/format.h>

#include <set>

#include "sanerf/experiments/compare/methods.h"

namespace sanerf::cli {

std::vector<std::string> CompareStages() {
  std::set<std::string> stages;
  for (const experiments::Method& method : experiments::Methods())
    stages.insert(method.stages.begin(), method.stages.end());
  return {stages.begin(), stages.end()};
}

std::string MethodHelp() {
  std::string text = "methods:";
  for (const experiments::Method& method : experiments::Methods())
    text += fmt::format("\n  {:<18}{}{}", method.name, method.help, method.is_automatic ? " (--auto)" : "");
  return text;
}

}  // namespace sanerf::cli
