// The report of a benchmark: one page with its table and the contact sheet of every scene.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sanerf/experiments/compare/compare_result.h"

namespace sanerf::experiments {

struct EvalSetPage {
  std::string name;  // of the benchmark
  const std::vector<CompareResult>& scenes;
  const std::vector<std::pair<std::string, std::string>>& failed;  // scene and why
  std::string command;                                             // that makes it again
  double seconds = 0;
};
// One file that asks nothing of a network (eval/report_page.h). A sheet that cannot be read is left out.
std::string ToHtml(const EvalSetPage& page);

}  // namespace sanerf::experiments
