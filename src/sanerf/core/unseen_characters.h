// Characters that nobody sees and that change how the text around them is shown: control characters (C0, DEL, C1) and
// those that say in which direction text runs. A name with one is not what it looks like.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sanerf {

struct UnseenCharacter {
  char32_t code;
  std::string Name() const;  // "U+202E"
  bool IsDirection() const;  // not a control character
};

// In UTF-8; bytes that are none are passed over.
std::optional<UnseenCharacter> FirstUnseen(std::string_view text);
// "mug<U+202E>gpj": fit to be shown.
std::string WithUnseenNamed(std::string_view text);

}  // namespace sanerf
