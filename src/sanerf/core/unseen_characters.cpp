#include "sanerf/core/unseen_characters.h"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

namespace sanerf {
namespace {

bool IsDirectionCode(char32_t code) {
  return code == 0x61c || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

bool IsControlCode(char32_t code) { return code < 0x20 || (code >= 0x7f && code <= 0x9f); }

// The unseen character that the text begins with, and how many bytes it has; 0 bytes: it begins with none. All of them
// have at most three.
std::pair<char32_t, size_t> UnseenAtBeginning(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? uint8_t(text[i]) : uint8_t{0}; };
  const auto goes_on = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
  char32_t code = byte(0);
  size_t size = 1;
  if (byte(0) >= 0x80) {
    if ((byte(0) & 0xe0) == 0xc0 && goes_on(1)) {
      code = char32_t(byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
      size = 2;
    } else if ((byte(0) & 0xf0) == 0xe0 && goes_on(1) && goes_on(2)) {
      code = char32_t(byte(0) & 0x0f) << 12 | char32_t(byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
      size = 3;
    } else {
      return {0, 0};
    }
  }
  return IsControlCode(code) || IsDirectionCode(code) ? std::pair(code, size) : std::pair(char32_t{0}, size_t{0});
}

}  // namespace

std::string UnseenCharacter::Name() const { return fmt::format("U+{:04X}", uint32_t(code)); }
bool UnseenCharacter::IsDirection() const { return IsDirectionCode(code); }

std::optional<UnseenCharacter> FirstUnseen(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i)
    if (const auto [code, size] = UnseenAtBeginning(text.substr(i)); size > 0) return UnseenCharacter{code};
  return std::nullopt;
}

std::string WithUnseenNamed(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto [code, size] = UnseenAtBeginning(text);
    shown += size > 0 ? fmt::format("<{}>", UnseenCharacter{code}.Name()) : std::string(1, text[0]);
    text.remove_prefix(size > 0 ? size : 1);
  }
  return shown;
}

}  // namespace sanerf
