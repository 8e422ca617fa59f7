// Text as BERT's uncased vocabularies want it: code points, lower case, accents taken off.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sanerf::detect {

// Bytes that are not UTF-8 become U+FFFD.
std::u32string DecodeUtf8(std::string_view text);
void AppendUtf8(char32_t code, std::string* text);

// Lower case without accents: Latin (to U+017F), Greek and Cyrillic. A letter that is no base letter with an accent (ø,
// ß, đ) is kept. Combining accents give U'\0': they are dropped.
char32_t PlainLetter(char32_t code);

bool IsSpace(char32_t code);
bool IsControl(char32_t code);      // also U+FFFD: what BERT's tokenizer drops
bool IsPunctuation(char32_t code);  // what is a word of its own
bool IsIdeograph(char32_t code);    // likewise: CJK is written without spaces

}  // namespace sanerf::detect
