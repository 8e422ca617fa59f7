// Text files that scenes come with, from whatever editor and system.
#pragma once

#include <filesystem>
#include <string>

#include "sanerf/core/input_file.h"

namespace sanerf::scene {

// All of it, without the byte order mark that Windows programs put first. Throws Error for UTF-16.
std::string ReadTextFile(const std::filesystem::path& path, FileKind kind = FileKind::kText);

}  // namespace sanerf::scene
