// Why a file or folder cannot be written, as the operating system says it.
#pragma once

#include <filesystem>
#include <string>

namespace sanerf {

// Throws WriteError "cannot ACTION PATH: reason of `error` (an errno)" with a hint that fits the reason.
[[noreturn]] void ThrowFileError(const std::string& action, const std::filesystem::path& path, int error);

}  // namespace sanerf
