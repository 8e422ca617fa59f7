// What `compare` and `eval-set` say about the methods that they run.
#pragma once

#include <string>
#include <vector>

namespace sanerf::cli {

std::vector<std::string> CompareStages();  // whose options they take (--set)
std::string MethodHelp();                  // the methods' names explained

}  // namespace sanerf::cli
