// Words of HTTP: letters, blanks, escapes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sanerf::viewer {

std::string LowerCase(std::string_view text);     // of A to Z, whatever the locale
std::string_view Trimmed(std::string_view text);  // without blanks and tabs around it
// What a method and a header's name may consist of (RFC 9110, 5.6.2).
bool IsToken(std::string_view text);

// "%C3%BC+x" to "ü x" (plus only in queries); nothing for a broken escape, a zero byte, or what is not UTF-8.
std::optional<std::string> PercentDecoded(std::string_view text, bool is_query);
// Content-Disposition of a file to be downloaded, "mug ü.zip" for browsers old and new; nothing in the name ends the
// header.
std::string AsAttachment(std::string_view name);

}  // namespace sanerf::viewer
