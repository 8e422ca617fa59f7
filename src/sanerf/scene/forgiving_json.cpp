#include "sanerf/scene/forgiving_json.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/lower_case.h"
#include "sanerf/scene/text_file.h"

namespace sanerf::scene {
namespace {

constexpr std::array<const char*, 3> kNotFinite = {"NaN", "Infinity", "-Infinity"};

// What may be a number or a name: letters, digits and the signs in "-1.5e+3", "-nan(ind)" and "1.#QNAN".
bool IsOfWord(char c) {
  return std::isalnum(uint8_t(c)) != 0 || std::string_view("+-.#()_").find(c) != std::string::npos;
}

// The text that stands for a word which is no number that JSON knows; null for any other word.
const char* InsteadOf(std::string word) {
  word = LowerCase(std::move(word));
  const bool is_negative = word[0] == '-';
  const std::string_view plain = std::string_view(word).substr(is_negative || word[0] == '+' ? 1 : 0);
  if (plain.rfind("nan", 0) == 0 || plain.rfind("1.#qnan", 0) == 0 || plain.rfind("1.#ind", 0) == 0 ||
      plain.rfind("1.#snan", 0) == 0)
    return kNotFinite[0];
  if (plain == "inf" || plain == "infinity" || plain.rfind("1.#inf", 0) == 0) return kNotFinite[is_negative ? 2 : 1];
  if (plain.empty() || std::isdigit(uint8_t(plain[0])) == 0) return nullptr;
  char* end = nullptr;
  const double value = std::strtod(word.c_str(), &end);
  return *end == '\0' && std::isinf(value) ? kNotFinite[is_negative ? 2 : 1] : nullptr;
}

// Where a text or a comment that begins at `at` ends; `at` when none does.
size_t EndOfTextOrComment(std::string_view json, size_t at) {
  const auto behind = [&](std::string_view mark, size_t from) {
    const size_t found = json.find(mark, from);
    return found == std::string_view::npos ? json.size() : found + mark.size();
  };
  if (json.substr(at, 2) == "//") return behind("\n", at);
  if (json.substr(at, 2) == "/*") return behind("*/", at + 2);
  if (json[at] != '"') return at;
  size_t end = at + 1;
  while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
  return std::min(end + 1, json.size());
}

std::string WithTexts(std::string_view json) {
  std::string mended;
  mended.reserve(json.size());
  for (size_t at = 0; at < json.size();) {
    size_t end = EndOfTextOrComment(json, at);
    if (end == at) {
      while (end < json.size() && IsOfWord(json[end])) ++end;
      const char* instead = end == at ? nullptr : InsteadOf(std::string(json.substr(at, end - at)));
      if (instead != nullptr) {
        mended += '"' + std::string(instead) + '"';
        at = end;
        continue;
      }
      end = std::max(end, at + 1);
    }
    mended += json.substr(at, end - at);
    at = end;
  }
  return mended;
}

}  // namespace

Json ReadForgivingJson(const std::filesystem::path& path) {
  const std::string text = WithTexts(ReadTextFile(path));
  try {
    return ParseJson(text, path.string());
  } catch (const Error& error) {
    throw Error(std::string(error.summary()), std::string(error.why()), "fix the file at that position");
  }
}

bool IsNotFinite(const Json& value) {
  if (value.is_null()) return true;
  if (value.is_number()) return !std::isfinite(value.get<double>());
  return value.is_string() &&
         std::find(kNotFinite.begin(), kNotFinite.end(), value.get_ref<const std::string&>()) != kNotFinite.end();
}

bool HoldsNotFinite(const Json& value) {
  return value.is_structured() ? std::any_of(value.begin(), value.end(), HoldsNotFinite) : IsNotFinite(value);
}

}  // namespace sanerf::scene
