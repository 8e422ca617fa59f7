// What somebody who typed an unknown name may have meant.
#pragma once

#include <string>
#include <vector>

namespace sanerf {

// The nearest names by edit distance (at most 3, nearest first, only plausible ones).
std::vector<std::string> NearestNames(const std::string& name, const std::vector<std::string>& known);
// "did you mean 'a' or 'b'?", or "".
std::string DidYouMean(const std::string& name, const std::vector<std::string>& known);
// "a, b or c".
std::string Listed(const std::vector<std::string>& items);

}  // namespace sanerf
