#include "sanerf/detect/plain_letters.h"

#include <algorithm>
#include <iterator>

namespace sanerf::detect {
namespace {

struct CodeRange {
  char32_t first, last;
};

template <size_t N>
bool IsIn(const CodeRange (&ranges)[N], char32_t code) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [code](const CodeRange& range) { return code >= range.first && code <= range.last; });
}

// U+00C0 to U+017F: the lower-case base letter, '.' for a letter that has no accent to take off.
constexpr char kBaseLetters[] =
    "aaaaaa.ceeeeiiii"   // À … Ï
    ".nooooo..uuuuy.."   // Ð … ß
    "aaaaaa.ceeeeiiii"   // à … ï
    ".nooooo..uuuuy.y"   // ð … ÿ
    "aaaaaaccccccccdd"   // U+0100
    "..eeeeeeeeeegggg"   // U+0110
    "gggghh..iiiiiiii"   // U+0120
    "i...jjkk.llllll."   // U+0130
    "...nnnnnn...oooo"   // U+0140
    "oo..rrrrrrssssss"   // U+0150
    "sstttt..uuuuuuuu"   // U+0160
    "uuuuwwyyyzzzzzz.";  // U+0170
static_assert(sizeof(kBaseLetters) == 0x180 - 0xC0 + 1);

char32_t Lower(char32_t code) {
  if (code >= U'A' && code <= U'Z') return code + 32;
  if (code >= 0xC0 && code <= 0xDE && code != 0xD7) return code + 32;
  if (code == 0x0130) return U'i';
  if ((code >= 0x0100 && code <= 0x0137) || (code >= 0x014A && code <= 0x0177)) return code | 1;
  if ((code >= 0x0139 && code <= 0x0148) || (code >= 0x0179 && code <= 0x017E)) return code + (code & 1);
  if (code == 0x0178) return 0xFF;
  if (code >= 0x0391 && code <= 0x03A9 && code != 0x03A2) return code + 32;
  if (code >= 0x0410 && code <= 0x042F) return code + 32;
  if (code >= 0x0400 && code <= 0x040F) return code + 80;
  return code;
}

// Greek and Cyrillic letters with accents; lower case, but for Greek capitals, whose lower case has no regular place.
char32_t WithoutAccent(char32_t code) {
  switch (code) {
    case 0x0386:
    case 0x03AC:
      return 0x03B1;
    case 0x0388:
    case 0x03AD:
      return 0x03B5;
    case 0x0389:
    case 0x03AE:
      return 0x03B7;
    case 0x038A:
    case 0x03AF:
    case 0x03CA:
    case 0x0390:
      return 0x03B9;
    case 0x038C:
    case 0x03CC:
      return 0x03BF;
    case 0x038E:
    case 0x03CD:
    case 0x03CB:
    case 0x03B0:
      return 0x03C5;
    case 0x038F:
    case 0x03CE:
      return 0x03C9;
    case 0x0439:
      return 0x0438;
    case 0x0450:
    case 0x0451:
      return 0x0435;
    default:
      return code;
  }
}

}  // namespace

std::u32string DecodeUtf8(std::string_view text) {
  std::u32string codes;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const int length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    char32_t code = length == 1 ? lead : length > 1 ? lead & (0x7F >> length) : 0;
    bool is_good = length > 0 && i + size_t(length) <= text.size();
    for (int k = 1; is_good && k < length; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + size_t(k)]);
      is_good = byte >> 6 == 2;
      code = code << 6 | (byte & 0x3F);
    }
    codes.push_back(is_good ? code : 0xFFFD);
    i += is_good ? size_t(length) : 1;
  }
  return codes;
}

void AppendUtf8(char32_t code, std::string* text) {
  if (code < 0x80) {
    text->push_back(char(code));
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  text->push_back(char((0xFF00 >> (more + 1) & 0xFF) | code >> (6 * more)));
  for (int k = more - 1; k >= 0; --k) text->push_back(char(0x80 | (code >> (6 * k) & 0x3F)));
}

char32_t PlainLetter(char32_t code) {
  if (code >= 0x0300 && code <= 0x036F) return 0;
  const char32_t lower = Lower(code);
  if (lower >= 0xC0 && lower <= 0x017F) {
    const char base = kBaseLetters[lower - 0xC0];
    return base >= 'a' && base <= 'z' ? char32_t(base) : lower;
  }
  return WithoutAccent(lower);
}

bool IsSpace(char32_t code) {
  return code == U' ' || code == U'\t' || code == U'\n' || code == U'\r' || code == 0xA0 || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200A) || code == 0x202F || code == 0x205F || code == 0x3000;
}

bool IsControl(char32_t code) {
  if (IsSpace(code)) return false;
  static constexpr CodeRange kRanges[] = {{0, 0x1F},        {0x7F, 0x9F},     {0xAD, 0xAD},
                                          {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064},
                                          {0xD800, 0xF8FF}, {0xFEFF, 0xFEFF}, {0xFFFD, 0xFFFD}};
  return IsIn(kRanges, code);
}

bool IsPunctuation(char32_t code) {
  // All of ASCII that is neither letter nor digit, also "$" and "~"; beyond it Unicode's punctuation.
  static constexpr CodeRange kRanges[] = {
      {33, 47},         {58, 64},         {91, 96},         {123, 126},       {0xA1, 0xA1},     {0xA7, 0xA7},
      {0xAB, 0xAB},     {0xB6, 0xB7},     {0xBB, 0xBB},     {0xBF, 0xBF},     {0x2010, 0x2027}, {0x2030, 0x2043},
      {0x2045, 0x2051}, {0x2053, 0x205E}, {0x3001, 0x3003}, {0x3008, 0x3011}, {0x3014, 0x301F}, {0xFF01, 0xFF03},
      {0xFF05, 0xFF0A}, {0xFF0C, 0xFF0F}, {0xFF1A, 0xFF1B}, {0xFF1F, 0xFF20}, {0xFF3B, 0xFF3D}, {0xFF3F, 0xFF3F},
      {0xFF5B, 0xFF5B}, {0xFF5D, 0xFF5D}, {0xFF5F, 0xFF65}};
  return IsIn(kRanges, code);
}

bool IsIdeograph(char32_t code) {
  static constexpr CodeRange kRanges[] = {{0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xF900, 0xFAFF},
                                          {0x20000, 0x2A6DF}, {0x2A700, 0x2CEAF}, {0x2F800, 0x2FA1F}};
  return IsIn(kRanges, code);
}

}  // namespace sanerf::detect
