// Bytes as text: their SHA-256, and Base64.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sanerf {

// 64 digits of lower-case hex.
std::string Sha256(std::string_view bytes);
std::string Sha256OfFile(const std::filesystem::path& path);  // throws Error when it cannot be read
std::string Base64(std::string_view bytes);

}  // namespace sanerf
