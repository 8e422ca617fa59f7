#include "sanerf/core/suggestions.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sanerf/core/lower_case.h"

namespace sanerf {
namespace {

// Edits (insert, delete, replace, swap of neighbors) that turn a into b.
size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

// Distance of a plausible match, or npos. A name typed without its stage or folder, or only begun, is a near match.
size_t Closeness(const std::string& typed, const std::string& known) {
  const std::string a = LowerCase(typed), b = LowerCase(known);
  if (a.size() >= 3 && b.size() > a.size()) {
    const bool is_prefix = b.compare(0, a.size(), a) == 0;
    const bool is_last_part = b.compare(b.size() - a.size(), a.size(), a) == 0 &&
                              std::ispunct(static_cast<unsigned char>(b[b.size() - a.size() - 1]));
    if (is_prefix || is_last_part) return 1;
  }
  const size_t plausible = std::max<size_t>(1, std::max(a.size(), b.size()) / 3);
  // What differs more in length needs more edits; a file may hold a name of megabytes.
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > plausible) return std::string::npos;
  const size_t distance = EditDistance(a, b);
  return distance <= plausible && distance < std::max(a.size(), b.size()) ? distance : std::string::npos;
}

}  // namespace

// "a", "a or b", "a, b or c"
std::string Listed(const std::vector<std::string>& items) {
  std::string text;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? " or " : ", ";
    text += items[i];
  }
  return text;
}

std::vector<std::string> NearestNames(const std::string& name, const std::vector<std::string>& known) {
  std::vector<std::pair<size_t, std::string>> near;
  for (const std::string& candidate : known) {
    const size_t closeness = Closeness(name, candidate);
    if (closeness != std::string::npos) near.emplace_back(closeness, candidate);
  }
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min<size_t>(3, near.size()); ++i) {
    if (near[i].first <= near[0].first + 1) names.push_back(near[i].second);  // much worse ones only confuse
  }
  return names;
}

std::string DidYouMean(const std::string& name, const std::vector<std::string>& known) {
  std::vector<std::string> names = NearestNames(name, known);
  if (names.empty()) return "";
  for (std::string& near : names) near = "'" + near + "'";
  return "did you mean " + Listed(names) + "?";
}

}  // namespace sanerf
