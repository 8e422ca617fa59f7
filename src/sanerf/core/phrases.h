// Counts and lists as a sentence has them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sanerf {

// "1 view", "3 views"; many: where it is not one with an s.
std::string Counted(int64_t count, std::string_view one, std::string_view many = {});
std::string Ordinal(int64_t n);  // "1st", "2nd", "8th", "21st"
// "1 mask file has", "2 mask files have": IsAre(2, "has", "have").
std::string_view IsAre(int64_t count, std::string_view one = "is", std::string_view many = "are");
// "a, b and 7 more"; separator: between the names.
std::string FirstFew(const std::vector<std::string>& names, size_t most, std::string_view separator = ", ");

}  // namespace sanerf
