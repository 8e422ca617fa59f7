// Names without regard to case.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>

namespace sanerf {

// Of ASCII letters.
inline std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

// ".jpg" of "IMG_1.JPG".
inline std::string LowerExtension(const std::filesystem::path& path) { return LowerCase(path.extension().string()); }

}  // namespace sanerf
