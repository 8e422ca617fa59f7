#include "sanerf/core/phrases.h"

#include <fmt/format.h>

#include <algorithm>

namespace sanerf {

std::string Counted(int64_t count, std::string_view one, std::string_view many) {
  if (count == 1 || !many.empty()) return fmt::format("{} {}", count, count == 1 ? one : many);
  return fmt::format("{} {}s", count, one);
}

std::string Ordinal(int64_t n) {
  const bool is_teen = n % 100 > 10 && n % 100 < 14;
  const int64_t last = is_teen ? 0 : n % 10;
  return fmt::format("{}{}", n, last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th");
}

std::string_view IsAre(int64_t count, std::string_view one, std::string_view many) { return count == 1 ? one : many; }

std::string FirstFew(const std::vector<std::string>& names, size_t most, std::string_view separator) {
  const size_t num_named = std::min(names.size(), most);
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + long(num_named), separator));
  if (names.size() > num_named) text += fmt::format(" and {} more", names.size() - num_named);
  return text;
}

}  // namespace sanerf
