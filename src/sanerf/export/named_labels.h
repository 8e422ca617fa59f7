// The names of objects in files that know them by numbers.
#pragma once

#include <string>
#include <vector>

namespace sanerf::exports {

// What a label of the object model is called.
struct NamedLabel {
  int label = 0;
  std::string name;
};

// For the header of a PLY file, a line for each: "comment object 1 mug". A comment is one line, whatever the name.
std::string PlyCommentsOf(const std::vector<NamedLabel>& labels);

}  // namespace sanerf::exports
