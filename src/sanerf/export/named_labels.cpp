#include "sanerf/export/named_labels.h"

#include <fmt/format.h>

#include <algorithm>

namespace sanerf::exports {

std::string PlyCommentsOf(const std::vector<NamedLabel>& labels) {
  std::string lines;
  for (auto [label, name] : labels) {
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return c < ' '; }, ' ');
    lines += fmt::format("comment object {} {}\n", label, name);
  }
  return lines;
}

}  // namespace sanerf::exports
